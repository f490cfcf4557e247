//! How many requests were sent, and how many of them rate limited, as time passes.

use crate::clock::Clock;
use serde::Serialize;
use std::time::Duration;

/// How finely time is divided at first.
const SLOT: Duration = Duration::from_millis(250);

/// How many slots there are at most, however long it takes: two minutes of the finest.
const SLOTS: usize = 480;

#[derive(Debug)]
pub struct History {
    clock: Clock,
    /// When the first of it happened: the clock may have run before.
    started: Option<Duration>,
    width: Duration,
    slots: Vec<Slot>,
}

/// What happened in one slot of time.
#[derive(Debug, Clone, Copy, Default)]
pub struct Slot {
    pub requests: usize,
    pub rate_limited: usize,
}

/// A line for each: the counts of each slot of so many seconds.
#[derive(Debug, PartialEq, Serialize)]
pub struct Lines {
    pub seconds: f64,
    pub requests: Vec<usize>,
    pub rate_limited: Vec<usize>,
}

impl History {
    pub fn new(clock: Clock) -> Self {
        Self {
            clock,
            started: None,
            width: SLOT,
            slots: Vec::new(),
        }
    }

    /// The slot of this moment.
    pub fn now(&mut self) -> &mut Slot {
        let slot = self.reach();
        &mut self.slots[slot]
    }

    /// All slots; while more is to come, all that are over.
    pub fn lines(&mut self, is_over: bool) -> Lines {
        let shown = if is_over || self.started.is_none() {
            self.slots.len()
        } else {
            self.reach()
        };
        let shown = &self.slots[..shown];
        Lines {
            seconds: self.width.as_secs_f64(),
            requests: shown.iter().map(|slot| slot.requests).collect(),
            rate_limited: shown.iter().map(|slot| slot.rate_limited).collect(),
        }
    }

    /// Makes slots up to this moment, and gives the place of the last.
    fn reach(&mut self) -> usize {
        let now = self.clock.now();
        let elapsed = now - *self.started.get_or_insert(now);
        while elapsed >= self.width * SLOTS as u32 {
            self.widen();
        }
        let place = (elapsed.as_nanos() / self.width.as_nanos()) as usize;
        if self.slots.len() <= place {
            self.slots.resize(place + 1, Slot::default());
        }
        place
    }

    /// Makes one slot of every two.
    fn widen(&mut self) {
        self.width *= 2;
        let pairs = self.slots.chunks(2).map(|pair| Slot {
            requests: pair.iter().map(|slot| slot.requests).sum(),
            rate_limited: pair.iter().map(|slot| slot.rate_limited).sum(),
        });
        self.slots = pairs.collect();
    }
}
