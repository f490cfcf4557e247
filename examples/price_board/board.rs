//! The board: which stores are allowed, quarantined or blocked, and what their prices are.

use crate::api::{ApiError, Price};
use crate::clock::Clock;
use crate::common::terminal::{GOOD, cell};
use crate::common::{one_line, shown};
use anstyle::{AnsiColor, Style};
use retry_core::RetryEvent;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use textwrap::core::display_width;
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

/// How a store stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Listed, and neither answered nor missed yet.
    Awaited,
    Allowed(Price),
    /// Missed a poll, and is asked again.
    Quarantined {
        last: Option<Price>,
        misses: usize,
        attempts: usize,
        again: Duration,
        reason: String,
    },
    /// Missed too many polls in a row, and is not asked.
    Blocked {
        reason: String,
    },
}

impl Standing {
    /// The price to show: of a quarantined store, the last one that it gave.
    pub fn price(&self) -> Option<Price> {
        match self {
            Self::Allowed(price) => Some(*price),
            Self::Quarantined { last, .. } => *last,
            Self::Awaited | Self::Blocked { .. } => None,
        }
    }
}

/// What happened, and when, by the board's clock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    pub at: Duration,
    pub event: Event,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    Stands {
        store: String,
        standing: Standing,
    },
    /// The store is not listed any more.
    Gone {
        store: String,
    },
    /// The stores could not be listed, so the last list holds.
    ListKept {
        reason: String,
    },
    /// The stores are listed again.
    ListRenewed,
}

pub struct Board {
    clock: Clock,
    rows: Mutex<Rows>,
    changes: UnboundedSender<Change>,
}

/// What changes.
#[derive(Debug, Clone, Default)]
struct Rows {
    stores: BTreeMap<String, Standing>,
    /// Why the list of stores is an old one.
    kept: Option<String>,
}

impl Board {
    /// An empty board, and every change of it from now on.
    pub fn new(clock: Clock) -> (Self, UnboundedReceiver<Change>) {
        let (changes, receiver) = mpsc::unbounded_channel();
        let board = Self {
            clock,
            rows: Mutex::default(),
            changes,
        };
        (board, receiver)
    }

    /// The stores are these: what stands of others goes.
    pub fn list(&self, listed: &BTreeSet<String>) {
        let mut rows = self.rows();
        if rows.kept.take().is_some() {
            self.tell(Event::ListRenewed);
        }
        rows.stores.retain(|store, _| {
            let stays = listed.contains(store);
            if !stays {
                self.tell(Event::Gone {
                    store: store.clone(),
                });
            }
            stays
        });
    }

    /// The stores could not be listed.
    pub fn keep_list(&self, error: &ApiError) {
        let reason = one_line(error);
        self.rows().kept = Some(reason.clone());
        self.tell(Event::ListKept { reason });
    }

    /// The store is polled from now on.
    pub fn expect(&self, store: &str) {
        let mut rows = self.rows();
        rows.stores.insert(store.to_owned(), Standing::Awaited);
        self.tell(Event::Stands {
            store: store.to_owned(),
            standing: Standing::Awaited,
        });
    }

    pub fn allow(&self, store: &str, price: Price) {
        self.stand(store, |_| Standing::Allowed(price));
    }

    pub fn quarantine(&self, store: &str, miss: &RetryEvent<'_, ApiError>) {
        self.stand(store, |before| Standing::Quarantined {
            last: before.price(),
            misses: miss.attempt,
            attempts: miss.attempts,
            again: self.clock.now() + miss.wait,
            reason: one_line(miss.error),
        });
    }

    pub fn block(&self, store: &str, miss: &ApiError) {
        self.stand(store, |_| Standing::Blocked {
            reason: one_line(miss),
        });
    }

    pub fn table(&self) -> Table {
        // One statement for each: the time of a table is not before that of what it shows.
        let rows = self.rows().clone();
        Table {
            at: self.clock.now(),
            rows,
        }
    }

    /// Does nothing about a store that is not listed any more.
    fn stand(&self, store: &str, becomes: impl FnOnce(&Standing) -> Standing) {
        let mut rows = self.rows();
        let Some(standing) = rows.stores.get_mut(store) else {
            return;
        };
        let after = becomes(standing);
        let before = mem::replace(standing, after.clone());
        if before != after {
            self.tell(Event::Stands {
                store: store.to_owned(),
                standing: after,
            });
        }
    }

    /// Whether anybody listens is not the board's business.
    fn tell(&self, event: Event) {
        let at = self.clock.now();
        let _ = self.changes.send(Change { at, event });
    }

    fn rows(&self) -> MutexGuard<'_, Rows> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Display for Change {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:>6} s  ", self.at.as_secs())?;
        match &self.event {
            Event::Stands { store, standing } => {
                write!(f, "{}: {}", shown(store), standing.at(self.at))?;
                match standing {
                    Standing::Allowed(price) => write!(f, ", {price}"),
                    Standing::Quarantined { reason, .. } => write!(f, " ({reason})"),
                    Standing::Awaited | Standing::Blocked { .. } => Ok(()),
                }
            }
            Event::Gone { store } => write!(f, "{}: not listed any more", shown(store)),
            Event::ListKept { reason } => write!(f, "the last list of stores holds: {reason}"),
            Event::ListRenewed => write!(f, "the stores are listed again"),
        }
    }
}

impl Standing {
    /// What is said of it at a time.
    fn at(&self, now: Duration) -> String {
        match self {
            Self::Awaited => "no answer yet".to_owned(),
            Self::Allowed(_) => "allowed".to_owned(),
            Self::Quarantined {
                misses,
                attempts,
                again,
                ..
            } => {
                let left = again.saturating_sub(now);
                let next = match left.as_millis().div_ceil(1000) {
                    // The poll is under way, or about to be.
                    0 => "being asked again".to_owned(),
                    left => format!("next poll in {left} s"),
                };
                format!("quarantined: miss {misses} of {attempts}, {next}")
            }
            Self::Blocked { reason } => format!("blocked: {reason}"),
        }
    }

    /// Where a store stands in the table: first those whose price is one of now, then those who may give one again.
    fn rank(&self) -> u8 {
        match self {
            Self::Allowed(_) => 0,
            Self::Quarantined { .. } => 1,
            Self::Awaited => 2,
            Self::Blocked { .. } => 3,
        }
    }
}

/// The board as it was at a time.
pub struct Table {
    at: Duration,
    rows: Rows,
}

const HEADING: Style = Style::new().bold();
const OLD: Style = AnsiColor::Yellow.on_default();
const NO_PRICE: Style = Style::new().dimmed();

impl Table {
    pub fn stores(&self) -> usize {
        self.rows.stores.len()
    }

    pub fn priced(&self) -> usize {
        let standings = self.rows.stores.values();
        standings.filter_map(Standing::price).count()
    }

    /// Lines of so many columns at most, with styles; what is said of a store goes on below itself where it is too long.
    pub fn of_width(&self, columns: usize) -> String {
        let mut rows: Vec<_> = self.rows.stores.iter().collect();
        // Stable, so stores of one price stay in the order of their names.
        rows.sort_by_key(|(_, standing)| {
            let price = standing.price();
            (standing.rank(), price.is_none(), price)
        });
        let best = rows.first().and_then(|(_, standing)| match standing {
            Standing::Allowed(price) => Some(*price),
            _ => None,
        });
        let rows = rows.into_iter().map(|(store, standing)| {
            let price = standing.price();
            let price = price.map_or("-".to_owned(), |price| price.to_string());
            let (style, standing) = match standing {
                Standing::Allowed(price) if Some(*price) == best => (GOOD, "best price".to_owned()),
                Standing::Allowed(_) => (Style::new(), standing.at(self.at)),
                Standing::Quarantined { .. } => (OLD, standing.at(self.at)),
                Standing::Awaited | Standing::Blocked { .. } => (NO_PRICE, standing.at(self.at)),
            };
            (style, price, shown(store), standing)
        });
        let heading = ["price", "store", "standing"].map(str::to_owned);
        let [price, store, standing] = heading;
        let rows: Vec<_> = [(HEADING, price, store, standing)]
            .into_iter()
            .chain(rows)
            .collect();

        let prices = rows.iter().map(|(_, price, ..)| price.len()).max();
        let prices = prices.unwrap_or_default();
        let stores = rows.iter().map(|(.., store, _)| display_width(store)).max();
        let stores = stores.unwrap_or_default().min(columns / 3);
        let left = columns.saturating_sub(prices + stores + 4).max(1);

        let mut lines = vec![format!("best prices at {} s", self.at.as_secs())];
        if self.rows.stores.is_empty() {
            lines.push("no stores".to_owned());
        } else {
            for (style, price, store, standing) in rows {
                let (mut price, mut store) = (&*price, &*store);
                for part in textwrap::wrap(&standing, left) {
                    let store_cell = cell(store, stores);
                    lines.push(format!(
                        "{style}{price:>prices$}  {store_cell}  {part}{style:#}"
                    ));
                    (price, store) = ("", "");
                }
            }
        }
        if let Some(reason) = &self.rows.kept {
            let old = format!("the list of stores is an old one: {reason}");
            let old = textwrap::wrap(&old, columns).into_iter();
            lines.extend(old.map(Cow::into_owned));
        }
        lines.join("\n")
    }
}
