//! Tests that do not wait.
//!
//! ```
//! use core::time::Duration;
//! use retry_core::{retry, testing};
//!
//! #[retry(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true)]
//! fn always_down() -> Result<(), &'static str> {
//!     Err("down")
//! }
//!
//! let guard = testing::skip_waits();
//! assert_eq!(always_down(), Err("down"));
//! assert_eq!(guard.waits(), [1, 2, 4].map(Duration::from_secs));
//! ```

use core::cell::{Cell, RefCell};
use core::marker::PhantomData;
use core::time::Duration;
use std::thread_local;
use std::vec::Vec;

thread_local! {
    /// One list for each guard that lives on this thread, the newest last.
    static RECORDED: RefCell<Vec<Vec<Duration>>> = const { RefCell::new(Vec::new()) };

    /// The sum of what was skipped since the thread began.
    static SKIPPED: Cell<Duration> = const { Cell::new(Duration::ZERO) };
}

/// From now until the guard is dropped, waits on this thread take no time and are recorded, in sync and async functions
/// alike, with no change to the code that retries.
///
/// A task that a multi-threaded runtime runs on another thread is not affected: use a current-thread runtime in such
/// tests, as `#[tokio::test]` does. A function with a `sleep` of its own is not affected either.
///
/// Guards may be nested: a wait is recorded by the newest.
pub fn skip_waits() -> SkipWaits {
    let depth = RECORDED.with_borrow_mut(|recorded| {
        recorded.push(Vec::new());
        recorded.len()
    });
    SkipWaits {
        depth,
        this_thread: PhantomData,
    }
}

/// Records the wait if a guard lives on this thread, and says so.
pub(crate) fn record(wait: Duration) -> bool {
    // During the destruction of the thread's locals there is no guard left.
    let recorded = RECORDED.try_with(|recorded| match recorded.borrow_mut().last_mut() {
        Some(waits) => {
            waits.push(wait);
            SKIPPED.with(|skipped| skipped.set(skipped.get().saturating_add(wait)));
            true
        }
        None => false,
    });
    recorded.unwrap_or(false)
}

/// The time by which clocks on this thread are ahead, because of waits that were skipped.
pub(crate) fn skipped() -> Duration {
    SKIPPED.try_with(Cell::get).unwrap_or_default()
}

/// Keeps waits on this thread from taking time, see [`skip_waits`].
#[derive(Debug)]
#[must_use = "waits are skipped only while the guard lives"]
pub struct SkipWaits {
    /// Which guard of this thread it is, from 1.
    depth: usize,
    this_thread: PhantomData<*const ()>,
}

impl SkipWaits {
    /// The waits that were skipped so far, after jitter, in their order.
    #[must_use]
    pub fn waits(&self) -> Vec<Duration> {
        RECORDED.with_borrow(|recorded| recorded.get(self.depth - 1).cloned().unwrap_or_default())
    }
}

impl Drop for SkipWaits {
    /// # Panics
    ///
    /// If a guard that was made later still lives.
    fn drop(&mut self) {
        let in_order = RECORDED.with_borrow_mut(|recorded| {
            let in_order = recorded.len() == self.depth;
            recorded.truncate(self.depth - 1);
            in_order
        });
        assert!(
            in_order || std::thread::panicking(),
            "`testing::skip_waits` guards were dropped out of order: drop the newest first"
        );
    }
}
