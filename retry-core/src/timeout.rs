//! The limit on each attempt. A future flows in; its output flows out, or an [`AttemptTimeout`], which becomes the
//! function's own error.

#[cfg(feature = "tokio")]
use crate::timer::Timer;
use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::{String, ToString as _};
use alloc::sync::Arc;
use core::error::Error;
#[cfg(feature = "tokio")]
use core::pin::Pin;
#[cfg(feature = "tokio")]
use core::task::{Context, Poll};
use core::time::Duration;

/// An attempt took longer than `attempt_timeout` allows, and was dropped.
///
/// The function fails with its own error type, which is made from this. These can be:
///
/// - every type that implements `From<AttemptTimeout>`: one of your own, `std::io::Error` (its kind is `TimedOut`),
///   `Box<dyn Error>`, `Box<dyn Error + Send + Sync>`, `anyhow::Error`;
/// - `Box<dyn Error + Send>` and `Arc<dyn Error + Send + Sync>`;
/// - `String`, `Box<str>`, `Arc<str>` and `Cow<'static, str>`, with the text of this error's `Display`;
/// - `&'static str`, as `"the attempt took too long"`;
/// - `()`.
///
/// You cannot implement `From<AttemptTimeout>` for an error type of another crate. Let the function return an error of your own
/// that wraps it, or one of those above.
///
/// ```
/// use retry_core::AttemptTimeout;
///
/// enum ApiError {
///     Busy,
///     Timeout,
/// }
///
/// impl From<AttemptTimeout> for ApiError {
///     fn from(_: AttemptTimeout) -> Self {
///         Self::Timeout
///     }
/// }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[error("the attempt took longer than {limit:?}")]
pub struct AttemptTimeout {
    limit: Duration,
}

impl AttemptTimeout {
    /// The limit that was exceeded.
    #[must_use]
    pub fn limit(&self) -> Duration {
        self.limit
    }

    /// The timeout as the function's own error.
    #[doc(hidden)]
    #[must_use]
    pub fn into_error<E: FromTimeout>(self) -> E {
        E::from_timeout(self)
    }
}

#[cfg(feature = "std")]
impl From<AttemptTimeout> for std::io::Error {
    fn from(timeout: AttemptTimeout) -> Self {
        Self::new(std::io::ErrorKind::TimedOut, timeout)
    }
}

/// An error that an attempt's timeout can become: every type that implements `From<AttemptTimeout>`, and some types of the
/// standard library that do not.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "`attempt_timeout` has no `{Self}` to give back when the time is up",
    label = "`{Self}` cannot be made from a timeout",
    note = "if `{Self}` is a type of your own, implement `From<retry_core::AttemptTimeout>` for it",
    note = "if it is from another crate, let the function return an error of your own that wraps it, `anyhow::Error`, or `std::io::Error`"
)]
pub trait FromTimeout {
    fn from_timeout(timeout: AttemptTimeout) -> Self;
}

impl<E: From<AttemptTimeout>> FromTimeout for E {
    fn from_timeout(timeout: AttemptTimeout) -> Self {
        timeout.into()
    }
}

macro_rules! from_timeout {
    ($($error:ty: |$timeout:pat_param| $value:expr;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl FromTimeout for $error {
            fn from_timeout($timeout: AttemptTimeout) -> Self {
                $value
            }
        }
    )*};
}

from_timeout! {
    String: |timeout| timeout.to_string();
    Box<str>: |timeout| timeout.to_string().into();
    Arc<str>: |timeout| timeout.to_string().into();
    Cow<'static, str>: |timeout| timeout.to_string().into();
    &'static str: |_| "the attempt took too long";
    (): |_| ();
    Box<dyn Error + Send>: |timeout| Box::new(timeout);
    Arc<dyn Error + Send + Sync>: |timeout| Arc::new(timeout);
}

/// A future that drops the attempt when it has taken that long.
#[cfg(feature = "tokio")]
#[doc(hidden)]
#[macro_export]
macro_rules! timeout {
    ($limit:expr, $attempt:expr) => {
        $crate::timeout($limit, $crate::nested!($attempt))
    };
}

#[cfg(not(feature = "tokio"))]
#[doc(hidden)]
#[macro_export]
macro_rules! timeout {
    ($limit:expr, $attempt:expr) => {
        ::core::compile_error!(
            "`attempt_timeout` goes by tokio's timer: turn on the `tokio` feature of `retry-core`, or remove the key"
        )
    };
}

/// Drops the attempt when it has taken that long, by the same clock as [`sleep`](fn@crate::sleep).
#[cfg(feature = "tokio")]
#[doc(hidden)]
pub fn timeout<F: Future>(limit: Duration, attempt: F) -> Timeout<F> {
    Timeout {
        attempt,
        timer: Timer::new(limit),
        limit,
    }
}

#[cfg(feature = "tokio")]
pin_project_lite::pin_project! {
    /// The future that `timeout` returns.
    #[doc(hidden)]
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub struct Timeout<F> {
        #[pin]
        attempt: F,
        #[pin]
        timer: Timer,
        limit: Duration,
    }
}

#[cfg(feature = "tokio")]
impl<F: Future> Future for Timeout<F> {
    type Output = Result<F::Output, AttemptTimeout>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        if let Poll::Ready(output) = this.attempt.poll(cx) {
            return Poll::Ready(Ok(output));
        }
        // An attempt may have used up all that tokio lets a task do at once. The timer is looked at all the same.
        let timer = core::pin::pin!(tokio::task::unconstrained(this.timer));
        let limit = *this.limit;
        timer.poll(cx).map(|()| Err(AttemptTimeout { limit }))
    }
}
