//! Tests that do not wait.
//!
//! Each of these functions returns a guard. It holds on this thread for as long as the guard lives, in sync and async
//! functions alike, and the code that retries does not change.
//!
//! A guard covers what runs on its thread, whatever task it belongs to. So it covers all tasks of a current-thread runtime that is
//! driven from there, as `#[tokio::test]` does, and everything in `block_on`. It does not cover what a multi-threaded runtime, a
//! `spawn_blocking` or a thread of yours runs elsewhere. A task that moves to another thread leaves it behind: the time that was
//! skipped before the move does not count any more, and the waits after it take their time.
//!
//! A wait that is skipped lets other tasks, or other threads, run once: they may have to do what is waited for.
//!
//! ```
//! use core::time::Duration;
//! use retry_core::{retry, testing};
//!
//! #[retry(schedule = [1s, 2s, 4s, 0], jitter = 0.5, on = |_| true)]
//! fn always_down() -> Result<(), &'static str> {
//!     Err("down")
//! }
//!
//! let waits = testing::skip_waits();
//! let jitter = testing::fix_jitter(1.0);
//! assert_eq!(always_down(), Err("down"));
//! assert_eq!(waits.waits(), [1_500, 3_000, 6_000].map(Duration::from_millis));
//! ```
//!
//! Guards may be nested, and the newest of a kind counts. They may be dropped in any order.

use core::cell::{Cell, RefCell};
use core::marker::PhantomData;
use core::time::Duration;
use std::thread_local;
use std::vec::Vec;

thread_local! {
    /// What the guards on this thread ask for, each with the guard's number. The newest stands last.
    static ASKED: RefCell<Vec<(u64, Asked)>> = const { RefCell::new(Vec::new()) };

    /// How many guards there have been.
    static GUARDS: Cell<u64> = const { Cell::new(0) };

    /// The sum of the waits that were skipped since the thread began.
    static SKIPPED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

enum Asked {
    /// Skip waits. These are the waits so far.
    Skip(Vec<Duration>),
    /// At most so many attempts.
    Limit(usize),
    /// Draw nothing: this is the position of each wait between its shortest and its longest.
    Jitter(u64),
}

/// Makes waits take no time, and records them.
///
/// A function with a `sleep` of its own is not affected. `max_elapsed` counts what was skipped as waited for.
///
/// ```
/// use core::time::Duration;
/// use retry_core::{retry, testing};
///
/// #[retry(schedule = [1h, 2h, 0], jitter = 0, on = |_| true)]
/// fn down() -> Result<(), &'static str> {
///     Err("down")
/// }
///
/// let waits = testing::skip_waits();
/// assert_eq!(down(), Err("down"));
/// assert_eq!(waits.waits(), [3_600, 7_200].map(Duration::from_secs));
/// ```
pub fn skip_waits() -> SkipWaits {
    SkipWaits {
        guard: ask(Asked::Skip(Vec::new())),
    }
}

/// Retried functions make at most `attempts` attempts, at least one: with 1, nothing is retried.
///
/// ```
/// use retry_core::{retry, testing};
///
/// #[retry(schedule = [1s, 2s, 4s, 0], on = |_| true)]
/// fn down(attempts: &mut u32) -> Result<(), &'static str> {
///     *attempts += 1;
///     Err("down")
/// }
///
/// let _once = testing::limit_attempts(1);
/// let mut attempts = 0;
/// assert_eq!(down(&mut attempts), Err("down"));
/// assert_eq!(attempts, 1);
/// ```
pub fn limit_attempts(attempts: usize) -> LimitAttempts {
    LimitAttempts {
        _guard: ask(Asked::Limit(attempts.max(1))),
    }
}

/// Jitter is fixed instead of random: at 0 each wait is its shortest, at 1 its longest, and in between in proportion.
/// It holds for [`Schedule::jittered`](crate::Schedule::jittered) too.
///
/// ```
/// use core::time::Duration;
/// use retry_core::{Jitter, jitter, testing};
///
/// let _longest = testing::fix_jitter(1.0);
/// assert_eq!(jitter(Duration::from_secs(10), 0.2), Duration::from_secs(12));
/// ```
///
/// # Panics
///
/// If `position` is not within 0 to 1.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates"
)]
pub fn fix_jitter(position: f64) -> FixJitter {
    assert!(
        (0.0..=1.0).contains(&position),
        "`testing::fix_jitter({position})`: write a number from 0 to 1"
    );
    retry_schedule::entropy::ask_first(self::position);
    FixJitter {
        _guard: ask(Asked::Jitter(
            (position * 18_446_744_073_709_551_616.0) as u64,
        )),
    }
}

/// Keeps waits on this thread from taking time, see [`skip_waits`].
#[derive(Debug)]
#[must_use = "waits are skipped only while the guard lives"]
pub struct SkipWaits {
    guard: Guard,
}

impl SkipWaits {
    /// The waits that were skipped so far, after jitter, in their order.
    #[must_use]
    pub fn waits(&self) -> Vec<Duration> {
        let waits = ASKED.try_with(|asked| {
            let asked = asked.borrow();
            let mine = asked.iter().find(|(guard, _)| *guard == self.guard.number);
            match mine {
                Some((_, Asked::Skip(waits))) => waits.clone(),
                _ => Vec::new(),
            }
        });
        waits.unwrap_or_default()
    }
}

/// Keeps functions on this thread from making more attempts, see [`limit_attempts`].
#[derive(Debug)]
#[must_use = "attempts are limited only while the guard lives"]
pub struct LimitAttempts {
    _guard: Guard,
}

/// Keeps jitter on this thread from being random, see [`fix_jitter`].
#[derive(Debug)]
#[must_use = "jitter is fixed only while the guard lives"]
pub struct FixJitter {
    _guard: Guard,
}

#[derive(Debug)]
struct Guard {
    number: u64,
    this_thread: PhantomData<*const ()>,
}

fn ask(for_this: Asked) -> Guard {
    let number = GUARDS.get() + 1;
    GUARDS.set(number);
    ASKED.with_borrow_mut(|asked| asked.push((number, for_this)));
    Guard {
        number,
        this_thread: PhantomData,
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        // A guard that is kept in a thread-local variable may outlive `ASKED`. A panic would then abort the process.
        let _ = ASKED.try_with(|asked| {
            asked
                .borrow_mut()
                .retain(|(number, _)| *number != self.number);
        });
    }
}

/// The answer of the newest guard that has one. While the thread ends and drops its locals, no guard is left.
fn newest<T>(mut answer: impl FnMut(&mut Asked) -> Option<T>) -> Option<T> {
    let newest = ASKED.try_with(|asked| {
        let mut asked = asked.borrow_mut();
        asked.iter_mut().rev().find_map(|(_, asked)| answer(asked))
    });
    newest.ok().flatten()
}

/// Whether waits are skipped on this thread. If so, this one is recorded.
pub(crate) fn record(wait: Duration) -> bool {
    let recorded = newest(|asked| match asked {
        Asked::Skip(waits) => {
            waits.push(wait);
            Some(())
        }
        _ => None,
    });
    if recorded.is_some() {
        SKIPPED.set(SKIPPED.get().saturating_add(wait));
    }
    recorded.is_some()
}

/// The time by which clocks on this thread are ahead, because of waits that were skipped.
pub(crate) fn skipped() -> Duration {
    SKIPPED.try_with(Cell::get).unwrap_or_default()
}

/// The position at which jitter is fixed.
pub(crate) fn position() -> Option<u64> {
    newest(|asked| match asked {
        Asked::Jitter(position) => Some(*position),
        _ => None,
    })
}

/// The most attempts that a call which begins now may make.
pub(crate) fn attempt_limit() -> usize {
    let limit = newest(|asked| match asked {
        Asked::Limit(attempts) => Some(*attempts),
        _ => None,
    });
    limit.unwrap_or(usize::MAX)
}

/// How many calls of retried functions this code runs inside of.
///
/// It is 0 outside, and 1 in an attempt. In an attempt inside an attempt it is 2: both are retried, and their attempts
/// multiply. A test asks where its calls arrive, in the fake of a service.
///
/// ```
/// use retry_core::{retry, testing};
///
/// fn service() -> Result<usize, &'static str> {
///     Ok(testing::depth())
/// }
///
/// #[retry(schedule = [1ms, 0], on = |_| true)]
/// fn read() -> Result<usize, &'static str> {
///     service()
/// }
///
/// #[retry(schedule = [1ms, 0], on = |_| true)]
/// fn read_all() -> Result<usize, &'static str> {
///     read()
/// }
///
/// assert_eq!(service(), Ok(0));
/// assert_eq!(read(), Ok(1));
/// assert_eq!(read_all(), Ok(2));
/// ```
///
/// In async code it follows the task. What an attempt hands to another thread, or spawns as another task, begins at 0.
#[must_use]
pub fn depth() -> usize {
    crate::nested::depth()
}
