//! The wait between two attempts. A drawn wait flows in; the thread or the task goes on when it is over.
//!
//! Async code waits on tokio's timer, sync code blocks its thread. What is missing without a feature is replaced as well as
//! can be: without `std`, sync code is given the standard library's own `sleep`; without `tokio`, async code is given an
//! error that names the feature.

#[cfg(feature = "tokio")]
use crate::timer::Timer;
#[cfg(feature = "std")]
use core::time::Duration;

/// Blocks the thread for that long.
#[cfg(feature = "std")]
#[doc(hidden)]
#[macro_export]
macro_rules! sleep_blocking {
    ($wait:expr) => {
        $crate::sleep_blocking($wait)
    };
}

#[cfg(not(feature = "std"))]
#[doc(hidden)]
#[macro_export]
macro_rules! sleep_blocking {
    ($wait:expr) => {
        ::std::thread::sleep($wait)
    };
}

/// A future that waits for that long.
#[cfg(feature = "tokio")]
#[doc(hidden)]
#[macro_export]
macro_rules! sleep {
    ($wait:expr) => {
        $crate::sleep($wait)
    };
}

#[cfg(not(feature = "tokio"))]
#[doc(hidden)]
#[macro_export]
macro_rules! sleep {
    ($wait:expr) => {
        ::core::compile_error!(
            "async code needs a timer to wait: turn on the `tokio` feature of `retry-core`, or give a timer of your own with `sleep = path`"
        )
    };
}

/// Whether a test skips waits. If so, this one is now recorded.
#[cfg(feature = "test-util")]
fn skipped(wait: Duration) -> bool {
    crate::testing::record(wait)
}

#[cfg(all(feature = "std", not(feature = "test-util")))]
fn skipped(_wait: Duration) -> bool {
    false
}

/// Blocks the thread for that long. A wait of zero returns at once.
///
/// In async code, use [`sleep`](fn@crate::sleep): nothing else runs on the thread meanwhile. With the features `tokio` and
/// `tracing`, debug builds warn of it, once per process.
#[cfg(feature = "std")]
pub fn sleep_blocking(wait: Duration) {
    if skipped(wait) {
        // Another thread may have to do what this one waits for.
        std::thread::yield_now();
    } else if !wait.is_zero() {
        #[cfg(all(feature = "tokio", feature = "tracing"))]
        crate::blocking::warn_in_async_code();
        std::thread::sleep(wait);
    }
}

/// Waits for that long on tokio's timer, so a paused clock moves it. A wait of zero is over at once, where tokio's own
/// timer would take until its next millisecond.
///
/// Where there is no tokio runtime with a timer, or it shuts down meanwhile, a thread keeps the time. It is started when it is
/// first needed, and all waits share it.
#[cfg(feature = "tokio")]
pub fn sleep(wait: Duration) -> Sleep {
    let timer = if skipped(wait) {
        // Another task may have to do what this one waits for.
        Some(Timer::yielding())
    } else if wait.is_zero() {
        None
    } else {
        Some(Timer::new(wait))
    };
    Sleep { timer }
}

#[cfg(feature = "tokio")]
pin_project_lite::pin_project! {
    /// The future that [`sleep`](fn@crate::sleep) returns, of the same size as tokio's.
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Sleep {
        #[pin]
        timer: Option<Timer>,
    }
}

#[cfg(feature = "tokio")]
impl Future for Sleep {
    type Output = ();

    fn poll(
        self: core::pin::Pin<&mut Self>,
        cx: &mut core::task::Context<'_>,
    ) -> core::task::Poll<Self::Output> {
        match self.project().timer.as_pin_mut() {
            Some(timer) => timer.poll(cx),
            None => core::task::Poll::Ready(()),
        }
    }
}
