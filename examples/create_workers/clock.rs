//! The one clock of the client and the server: every wait, every limit and every time that is shown goes by it.
//!
//! In a demonstration it stands still while anybody is at work, and runs faster than real time while all sleep, up to the
//! moment when the next of them wakes up. So requests take no time, whatever else the machine has to do: a busy machine
//! makes the demonstration take longer, but changes nothing in it.

use std::collections::BTreeMap;
use std::mem;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{Notify, oneshot};
use tokio::time::{self, Instant};

#[derive(Debug, Clone)]
pub struct Clock(Kind);

#[derive(Debug, Clone)]
enum Kind {
    Real { started: Instant },
    Demonstration(Arc<Demonstration>),
}

impl Clock {
    pub fn real() -> Self {
        let started = Instant::now();
        Self(Kind::Real { started })
    }

    /// While it runs, it is that many times as fast as real time.
    pub fn demonstration(speed: NonZeroU32) -> Self {
        let demonstration = Arc::new(Demonstration::new(speed));
        let changed = Arc::clone(&demonstration.changed);
        tokio::spawn(ring(Arc::downgrade(&demonstration), changed));
        Self(Kind::Demonstration(demonstration))
    }

    /// How many times as fast as real time it is while it runs; None if it is the real one.
    pub fn speed(&self) -> Option<NonZeroU32> {
        match &self.0 {
            Kind::Real { .. } => None,
            Kind::Demonstration(demonstration) => NonZeroU32::new(demonstration.state().speed),
        }
    }

    /// What has passed since the start.
    pub fn now(&self) -> Duration {
        match &self.0 {
            Kind::Real { started } => started.elapsed(),
            Kind::Demonstration(demonstration) => demonstration.state().now(),
        }
    }

    pub fn begin_work(&self) -> AtWork {
        if let Kind::Demonstration(demonstration) = &self.0 {
            demonstration.state().begin_work();
        }
        AtWork(self.clone())
    }
}

/// Somebody who is at work, until this is dropped, or who sleeps.
#[derive(Debug)]
pub struct AtWork(Clock);

impl AtWork {
    pub async fn sleep(&self, wait: Duration) {
        match &self.0.0 {
            Kind::Real { .. } => retry_core::sleep(wait).await,
            Kind::Demonstration(demonstration) => demonstration.sleep(wait).await,
        }
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        if let Kind::Demonstration(demonstration) = &self.0.0 {
            demonstration.end_work();
        }
    }
}

#[derive(Debug)]
struct Demonstration {
    state: Mutex<State>,
    /// Says that nobody is at work any more, or that there is no clock any more.
    changed: Arc<Notify>,
}

#[derive(Debug)]
struct State {
    speed: u32,
    /// How many are at work.
    at_work: usize,
    /// What the clock shows while it stands still, or showed when it last did.
    shown: Duration,
    /// When it last began to run.
    resumed: Instant,
    /// How late the last alarm was, in real time. The next comes so much sooner, so that a thousand alarms are not late by a
    /// thousand times what a timer is late.
    ahead: Duration,
    /// Those who sleep, by the time when they wake up; the number tells those of the same time apart.
    alarms: BTreeMap<(Duration, u64), oneshot::Sender<()>>,
    next: u64,
}

impl Demonstration {
    fn new(speed: NonZeroU32) -> Self {
        Self {
            state: Mutex::new(State {
                speed: speed.get(),
                at_work: 0,
                shown: Duration::ZERO,
                resumed: Instant::now(),
                ahead: Duration::ZERO,
                alarms: BTreeMap::new(),
                next: 0,
            }),
            changed: Arc::default(),
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn end_work(&self) {
        if self.state().end_work() {
            self.changed.notify_one();
        }
    }

    /// Ends in the same way when it is dropped: at work again.
    async fn sleep(&self, wait: Duration) {
        let (ring, rung) = oneshot::channel();
        let asleep = Asleep {
            clock: self,
            alarm: self.state().set_alarm(wait, ring),
        };
        self.end_work();
        // The clock keeps the other end until it rings.
        let _ = rung.await;
        drop(asleep);
    }
}

impl Drop for Demonstration {
    fn drop(&mut self) {
        self.changed.notify_one();
    }
}

impl State {
    fn now(&self) -> Duration {
        if self.at_work > 0 {
            return self.shown;
        }
        let passed = self.resumed.elapsed() + self.ahead;
        let now = self.shown.saturating_add(passed.saturating_mul(self.speed));
        let next = self.alarms.keys().next();
        next.map_or(now, |(time, _)| now.min(*time))
    }

    fn begin_work(&mut self) {
        if self.at_work == 0 {
            self.shown = self.now();
            self.ahead = Duration::ZERO;
        }
        self.at_work += 1;
    }

    /// True if nobody is at work any more.
    fn end_work(&mut self) -> bool {
        self.at_work -= 1;
        let runs = self.at_work == 0;
        if runs {
            self.resumed = Instant::now();
        }
        runs
    }

    fn set_alarm(&mut self, wait: Duration, ring: oneshot::Sender<()>) -> (Duration, u64) {
        let alarm = (self.now().saturating_add(wait), self.next);
        self.next += 1;
        self.alarms.insert(alarm, ring);
        alarm
    }

    /// Rings the next alarm, and others of the same time, if it has come; else tells how long that takes. None if it is not
    /// known before somebody falls asleep.
    fn ring(&mut self) -> Option<Duration> {
        let (time, _) = *self.alarms.keys().next()?;
        if self.at_work > 0 {
            return None;
        }
        let due = time.saturating_sub(self.shown) / self.speed;
        let passed = self.resumed.elapsed() + self.ahead;
        if passed < due {
            return Some(due - passed);
        }
        self.shown = time;
        self.ahead = passed - due;
        let later = self.alarms.split_off(&(time, u64::MAX));
        let rung = mem::replace(&mut self.alarms, later);
        // They are at work from now on, not only when they notice.
        self.at_work = rung.len();
        for ring in rung.into_values() {
            let _ = ring.send(());
        }
        None
    }
}

struct Asleep<'a> {
    clock: &'a Demonstration,
    alarm: (Duration, u64),
}

impl Drop for Asleep<'_> {
    fn drop(&mut self) {
        let mut state = self.clock.state();
        // One that has rung has begun the work.
        if state.alarms.contains_key(&self.alarm) {
            state.begin_work();
            state.alarms.remove(&self.alarm);
        }
    }
}

/// Rings every alarm at its time, until there is no clock any more.
async fn ring(clock: Weak<Demonstration>, changed: Arc<Notify>) {
    while let Some(due) = clock.upgrade().map(|clock| clock.state().ring()) {
        match due {
            // Too late is as good as a change.
            Some(due) => drop(time::timeout(due, changed.notified()).await),
            None => changed.notified().await,
        }
    }
}
