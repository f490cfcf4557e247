//! Time without a runtime. A deadline and a waker flow in; a thread, which all alarms share, wakes the task when the time has
//! come.

use alloc::sync::Arc;
use core::cmp::{Ordering, Reverse};
use core::task::{Context, Poll, Waker};
use core::time::Duration;
use std::collections::BinaryHeap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::thread;
use std::time::Instant;

/// A time that is waited for.
#[derive(Debug)]
pub(crate) struct Alarm {
    deadline: Instant,
    /// Who is to be woken, once the thread knows of it.
    sleeper: Option<Arc<Sleeper>>,
}

/// Is empty when nobody waits any more.
type Sleeper = Mutex<Option<Waker>>;

impl Alarm {
    pub(crate) fn after(wait: Duration) -> Self {
        const YEARS: Duration = Duration::from_secs(30 * 365 * 24 * 3600);

        // What no clock can hold is never.
        let now = Instant::now();
        Self::at(now.checked_add(wait).unwrap_or(now + YEARS))
    }

    pub(crate) fn at(deadline: Instant) -> Self {
        Self {
            deadline,
            sleeper: None,
        }
    }

    pub(crate) fn poll(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let waker = cx.waker().clone();
        if let Some(sleeper) = &self.sleeper {
            let _before = lock(sleeper).replace(waker);
        } else {
            let sleeper = Arc::new(Mutex::new(Some(waker)));
            self.sleeper = Some(Arc::clone(&sleeper));
            set(Set {
                deadline: self.deadline,
                sleeper,
            });
        }
        // The thread may have been there just before the waker.
        if Instant::now() >= self.deadline {
            return Poll::Ready(());
        }
        Poll::Pending
    }
}

/// Lets go of the task at once, although the thread knows of it until the time has come.
impl Drop for Alarm {
    fn drop(&mut self) {
        if let Some(sleeper) = &self.sleeper {
            // Dropped when the lock is free: that may drop the task.
            let _waker = lock(sleeper).take();
        }
    }
}

fn lock(sleeper: &Sleeper) -> MutexGuard<'_, Option<Waker>> {
    sleeper.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An alarm that the thread knows of.
struct Set {
    deadline: Instant,
    sleeper: Arc<Sleeper>,
}

fn set(alarm: Set) {
    static ALARMS: OnceLock<Option<Sender<Set>>> = OnceLock::new();

    let alarms = ALARMS.get_or_init(|| {
        let (alarms, set) = channel();
        let thread = thread::Builder::new().name("retry-alarm".into());
        thread.spawn(move || ring(&set)).ok().map(|_| alarms)
    });
    let left = match alarms {
        Some(alarms) => alarms.send(alarm).err().map(|unsent| unsent.0),
        None => Some(alarm),
    };
    // There is no such thread, so this one waits: late is better than never.
    if let Some(alarm) = left {
        thread::sleep(alarm.left());
        alarm.ring();
    }
}

/// What the thread does.
fn ring(set: &Receiver<Set>) {
    let mut alarms = BinaryHeap::new();
    loop {
        let next = alarms.peek();
        let left = next.map_or(Duration::MAX, |Reverse(alarm): &Reverse<Set>| alarm.left());
        match set.recv_timeout(left) {
            Ok(alarm) => alarms.push(Reverse(alarm)),
            Err(RecvTimeoutError::Timeout) => {
                if let Some(Reverse(alarm)) = alarms.pop() {
                    alarm.ring();
                }
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

impl Set {
    fn left(&self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }

    fn ring(&self) {
        let waker = lock(&self.sleeper).take();
        if let Some(waker) = waker {
            waker.wake();
        }
    }
}

/// By their deadlines alone.
impl Ord for Set {
    fn cmp(&self, other: &Self) -> Ordering {
        self.deadline.cmp(&other.deadline)
    }
}

impl PartialOrd for Set {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Set {
    fn eq(&self, other: &Self) -> bool {
        self.deadline == other.deadline
    }
}

impl Eq for Set {}
