//! Waiting: on tokio's timer in async code, on the thread in sync code.

use core::time::Duration;

/// Whether a test has asked for waits that take no time, in which case this one is now recorded.
#[cfg(feature = "test-util")]
fn skipped(wait: Duration) -> bool {
    crate::testing::record(wait)
}

#[cfg(not(feature = "test-util"))]
fn skipped(_wait: Duration) -> bool {
    false
}

/// Blocks the thread for that long. A wait of zero returns at once.
pub fn sleep_blocking(wait: Duration) {
    if !skipped(wait) && !wait.is_zero() {
        std::thread::sleep(wait);
    }
}

/// Waits for that long on tokio's timer, so a paused clock moves it. A wait of zero is over at once, where tokio's own
/// timer would take until its next millisecond.
///
/// # Panics
///
/// As [`tokio::time::sleep`]: outside a tokio runtime, or in one whose timer is not enabled.
#[cfg(feature = "tokio")]
#[track_caller]
pub fn sleep(wait: Duration) -> Sleep {
    let timer = if skipped(wait) || wait.is_zero() {
        None
    } else {
        Some(tokio::time::sleep(wait))
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
        timer: Option<tokio::time::Sleep>,
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
