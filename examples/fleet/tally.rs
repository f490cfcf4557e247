//! What one worker process did: events flow in, a line of numbers flows out, and is read back by the process that started it.

use std::fmt;
use std::str::FromStr;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

#[derive(Debug, Default)]
pub struct Tally {
    fetched: AtomicUsize,
    created: AtomicUsize,
    refused: AtomicUsize,
    /// When the waits of refused jobs end.
    waits: Mutex<Vec<Instant>>,
}

impl Tally {
    pub fn fetches(&self) {
        self.fetched.fetch_add(1, Relaxed);
    }

    pub fn creates(&self) {
        self.created.fetch_add(1, Relaxed);
    }

    pub fn is_refused(&self) {
        self.refused.fetch_add(1, Relaxed);
    }

    pub fn waits(&self, wait: Duration) {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        waits.push(Instant::now() + wait);
    }

    fn numbers(&self) -> Numbers {
        let mut waits = self.waits.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        waits.retain(|end| *end > now);
        Numbers {
            fetched: self.fetched.load(Relaxed),
            created: self.created.load(Relaxed),
            waiting: waits.len(),
            refused: self.refused.load(Relaxed),
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.numbers().fmt(f)
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Numbers {
    /// Attempts.
    pub fetched: usize,
    pub created: usize,
    /// Jobs that this process refused, and that wait for their next attempt.
    pub waiting: usize,
    /// Requests that the API refused.
    pub refused: usize,
}

impl Numbers {
    /// Of a process and of those that were killed before it in its place. What those had waiting is the server's to know.
    pub fn after(self, killed: Self) -> Self {
        Self {
            fetched: self.fetched + killed.fetched,
            created: self.created + killed.created,
            waiting: self.waiting,
            refused: self.refused + killed.refused,
        }
    }
}

impl fmt::Display for Numbers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            fetched,
            created,
            waiting,
            refused,
        } = self;
        write!(f, "{fetched} {created} {waiting} {refused}")
    }
}

impl FromStr for Numbers {
    type Err = ();

    fn from_str(line: &str) -> Result<Self, ()> {
        let numbers: Result<Vec<_>, _> = line.split_whitespace().map(str::parse).collect();
        match numbers.map_err(drop)?[..] {
            [fetched, created, waiting, refused] => Ok(Self {
                fetched,
                created,
                waiting,
                refused,
            }),
            _ => Err(()),
        }
    }
}
