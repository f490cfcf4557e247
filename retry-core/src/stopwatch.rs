//! How long a call has taken: `max_elapsed` goes by it.
//!
//! Nothing flows in; a closure that gives the time since it was made flows out. The clocks are monotonic. Waits that a test
//! has skipped count as if they had been waited for.

#[cfg(feature = "std")]
use core::time::Duration;

/// A `Copy` closure `Fn() -> Duration` that gives the time since it was made. `stopwatch!(async)` goes by tokio's clock,
/// so that a paused one is followed.
#[cfg(feature = "tokio")]
#[doc(hidden)]
#[macro_export]
macro_rules! stopwatch {
    () => {
        $crate::__private::stopwatch()
    };
    (async) => {
        $crate::__private::tokio_stopwatch()
    };
}

#[cfg(all(feature = "std", not(feature = "tokio")))]
#[doc(hidden)]
#[macro_export]
macro_rules! stopwatch {
    ($(async)?) => {
        $crate::__private::stopwatch()
    };
}

// This crate has no clock without `std`. The crate that retries may have one.
#[cfg(not(feature = "std"))]
#[doc(hidden)]
#[macro_export]
macro_rules! stopwatch {
    ($(async)?) => {{
        let started = ::std::time::Instant::now();
        move || ::std::time::Instant::elapsed(&started)
    }};
}

/// Starts the clock of sync code.
#[cfg(feature = "std")]
pub fn stopwatch() -> impl Fn() -> Duration + Copy {
    let started = std::time::Instant::now();
    let skipped = Skipped::now();
    move || started.elapsed().saturating_add(skipped.since())
}

/// Starts tokio's clock.
#[cfg(feature = "tokio")]
pub fn tokio_stopwatch() -> impl Fn() -> Duration + Copy {
    let started = tokio::time::Instant::now();
    let skipped = Skipped::now();
    move || started.elapsed().saturating_add(skipped.since())
}

/// The sum of the waits that were skipped on this thread before some time. On another thread other calls have skipped theirs, and
/// nothing is known of this one's. Empty where waits cannot be skipped.
#[cfg(feature = "std")]
#[derive(Clone, Copy)]
struct Skipped {
    #[cfg(feature = "test-util")]
    sum: Duration,
    #[cfg(feature = "test-util")]
    thread: std::thread::ThreadId,
}

#[cfg(feature = "test-util")]
impl Skipped {
    fn now() -> Self {
        Self {
            sum: crate::testing::skipped(),
            thread: std::thread::current().id(),
        }
    }

    fn since(self) -> Duration {
        if std::thread::current().id() == self.thread {
            crate::testing::skipped().saturating_sub(self.sum)
        } else {
            Duration::ZERO
        }
    }
}

#[cfg(all(feature = "std", not(feature = "test-util")))]
impl Skipped {
    fn now() -> Self {
        Self {}
    }

    #[allow(clippy::unused_self, reason = "with `test-util` it is used")]
    fn since(self) -> Duration {
        Duration::ZERO
    }
}
