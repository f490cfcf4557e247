//! How far the workers are, counted as it happens.

use crate::clock::{AtWork, Clock};
use crate::history::{History, Lines};
use serde::Serialize;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How far one worker is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Nothing is known of it yet.
    Waiting,
    /// Rate limited at least once, and not finished.
    Retrying,
    Succeeded,
    /// It had been created before.
    AlreadyThere,
    Failed,
}

/// Counts of all workers together.
#[derive(Debug)]
pub struct Progress {
    clock: Clock,
    tally: Mutex<Tally>,
}

#[derive(Debug)]
struct Tally {
    states: Vec<State>,
    requests: usize,
    rate_limited: usize,
    /// In the order in which they failed.
    failures: Vec<Failure>,
    history: History,
}

/// Why a worker failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// Its place among all.
    pub worker: usize,
    pub attempts: usize,
    pub reason: String,
}

/// The counts of one moment, and the state of each worker as a letter: w, r, s, a or f.
#[derive(Debug, Serialize)]
pub struct Picture {
    pub states: String,
    pub waiting: usize,
    pub retrying: usize,
    pub succeeded: usize,
    pub already_there: usize,
    pub failed: usize,
    pub requests: usize,
    pub rate_limited: usize,
    pub history: Lines,
}

impl Progress {
    pub fn new(total: usize, clock: Clock) -> Self {
        Self {
            tally: Mutex::new(Tally {
                states: vec![State::Waiting; total],
                requests: 0,
                rate_limited: 0,
                failures: Vec::new(),
                history: History::new(clock.clone()),
            }),
            clock,
        }
    }

    /// A call for each worker. All of them are at work at once: none begins to sleep before the last has begun.
    pub fn calls(self: &Arc<Self>) -> Vec<Call> {
        let calls = (0..self.total()).map(|worker| {
            let at_work = self.clock.begin_work();
            Call {
                progress: Arc::clone(self),
                worker,
                requests: AtomicUsize::new(0),
                slept: AtomicU64::new(0),
                started: self.clock.now(),
                at_work,
            }
        });
        calls.collect()
    }

    /// How many workers there are to create or to delete.
    pub fn total(&self) -> usize {
        self.tally().states.len()
    }

    pub fn succeeded(&self) -> usize {
        self.tally().count(State::Succeeded)
    }

    pub fn already_there(&self) -> usize {
        self.tally().count(State::AlreadyThere)
    }

    pub fn failed(&self) -> usize {
        self.tally().count(State::Failed)
    }

    pub fn retrying(&self) -> usize {
        self.tally().count(State::Retrying)
    }

    pub fn requests(&self) -> usize {
        self.tally().requests
    }

    pub fn rate_limited(&self) -> usize {
        self.tally().rate_limited
    }

    pub fn finished(&self) -> usize {
        let tally = self.tally();
        tally.states.len() - tally.unfinished()
    }

    pub fn picture(&self) -> Picture {
        let mut tally = self.tally();
        let is_over = tally.unfinished() == 0;
        Picture {
            states: tally.states.iter().map(|state| state.letter()).collect(),
            waiting: tally.count(State::Waiting),
            retrying: tally.count(State::Retrying),
            succeeded: tally.count(State::Succeeded),
            already_there: tally.count(State::AlreadyThere),
            failed: tally.count(State::Failed),
            requests: tally.requests,
            rate_limited: tally.rate_limited,
            history: tally.history.lines(is_over),
        }
    }

    /// All failures but the first so many. One that is in a picture is in what is asked for after it.
    pub fn failures_after(&self, known: usize) -> Vec<Failure> {
        self.tally().failures[known..].to_vec()
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Tally {
    fn count(&self, wanted: State) -> usize {
        self.states.iter().filter(|state| **state == wanted).count()
    }

    fn unfinished(&self) -> usize {
        self.count(State::Waiting) + self.count(State::Retrying)
    }
}

impl State {
    fn letter(self) -> char {
        match self {
            Self::Waiting => 'w',
            Self::Retrying => 'r',
            Self::Succeeded => 's',
            Self::AlreadyThere => 'a',
            Self::Failed => 'f',
        }
    }
}

/// One worker: what it counts adds to the counts of all.
#[derive(Debug)]
pub struct Call {
    progress: Arc<Progress>,
    worker: usize,
    requests: AtomicUsize,
    /// In nanoseconds.
    slept: AtomicU64,
    started: Duration,
    at_work: AtWork,
}

/// What a call took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Took {
    pub attempts: usize,
    pub time: Duration,
    /// How much of the time passed between attempts.
    pub waited: Duration,
}

impl Call {
    /// The place of the worker among all.
    pub fn worker(&self) -> usize {
        self.worker
    }

    /// Waits for the next attempt.
    pub async fn sleep(&self, wait: Duration) {
        let asleep = self.progress.clock.now();
        self.at_work.sleep(wait).await;
        let slept = self.progress.clock.now() - asleep;
        let nanos = u64::try_from(slept.as_nanos()).unwrap_or(u64::MAX);
        self.slept.fetch_add(nanos, Relaxed);
    }

    pub fn count_request(&self) {
        self.requests.fetch_add(1, Relaxed);
        self.progress.tally().requests += 1;
    }

    /// Says that the request is sent now: it may have waited for a connection.
    pub fn chart_request(&self) {
        self.progress.tally().history.now().requests += 1;
    }

    pub fn count_rate_limited(&self) {
        let mut tally = self.progress.tally();
        tally.states[self.worker] = State::Retrying;
        tally.rate_limited += 1;
        tally.history.now().rate_limited += 1;
    }

    /// Says why it fails, before it is finished.
    pub fn fail(&self, reason: String) {
        self.progress.tally().failures.push(Failure {
            worker: self.worker,
            attempts: self.requests.load(Relaxed),
            reason,
        });
    }

    /// Says how the call ended.
    pub fn finish(self, state: State) -> Took {
        self.progress.tally().states[self.worker] = state;
        Took {
            attempts: self.requests.into_inner(),
            time: self.progress.clock.now() - self.started,
            waited: Duration::from_nanos(self.slept.into_inner()),
        }
    }
}
