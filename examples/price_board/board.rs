//! The board: which stores are allowed, quarantined or blocked, and what their prices are.

use crate::api::{ApiError, Price};
use crate::clock::Clock;
use crate::common::one_line;
use retry_core::RetryEvent;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
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

    /// Why the last poll was a miss, if it was.
    fn reason(&self) -> Option<&str> {
        match self {
            Self::Quarantined { reason, .. } | Self::Blocked { reason } => Some(reason),
            Self::Awaited | Self::Allowed(_) => None,
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
                write!(f, "{}: {standing}", plain(store))?;
                match standing.reason() {
                    Some(reason) => write!(f, ": {reason}"),
                    None => Ok(()),
                }
            }
            Event::Gone { store } => write!(f, "{}: not listed any more", plain(store)),
            Event::ListKept { reason } => write!(f, "the last list of stores holds: {reason}"),
            Event::ListRenewed => write!(f, "the stores are listed again"),
        }
    }
}

impl fmt::Display for Standing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Awaited => f.write_str("no answer yet"),
            Self::Allowed(price) => write!(f, "allowed, {price}"),
            Self::Quarantined {
                misses,
                attempts,
                again,
                ..
            } => {
                let again = again.as_secs();
                write!(
                    f,
                    "quarantined, miss {misses} of {attempts}, asked again at {again} s"
                )
            }
            Self::Blocked { .. } => f.write_str("blocked"),
        }
    }
}

/// The board as it was at a time.
pub struct Table {
    at: Duration,
    rows: Rows,
}

impl Table {
    pub fn stores(&self) -> usize {
        self.rows.stores.len()
    }

    pub fn priced(&self) -> usize {
        let standings = self.rows.stores.values();
        standings.filter_map(Standing::price).count()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "best prices at {} s", self.at.as_secs())?;
        if self.rows.stores.is_empty() {
            write!(f, "\nno stores")?;
        }
        let stores = self.rows.stores.iter();
        let (blocked, mut polled): (Vec<_>, Vec<_>) =
            stores.partition(|(_, standing)| matches!(standing, Standing::Blocked { .. }));
        // Stable, so stores of one price stay in the order of their names.
        polled.sort_by_key(|(_, standing)| (standing.price().is_none(), standing.price()));
        for (store, standing) in polled {
            let store = plain(store);
            let price = standing.price().map(|price| price.to_string());
            let price = price.as_deref().unwrap_or("-");
            match standing {
                Standing::Allowed(_) => write!(f, "\n{price:>8}  {store}")?,
                _ => write!(f, "\n{price:>8}  {store:<12}  {standing}")?,
            }
        }
        if !blocked.is_empty() {
            write!(f, "\nblocked")?;
        }
        for (store, standing) in blocked {
            let reason = standing.reason().unwrap_or_default();
            write!(f, "\n{:>8}  {:<12}  {reason}", "-", plain(store))?;
        }
        if let Some(reason) = &self.rows.kept {
            write!(f, "\nthe list of stores is an old one: {reason}")?;
        }
        Ok(())
    }
}

/// A name as a terminal may show it, whatever a server put into it.
fn plain(store: &str) -> String {
    let characters = store.chars().take(40);
    characters
        .map(|character| {
            if character.is_control() {
                '?'
            } else {
                character
            }
        })
        .collect()
}
