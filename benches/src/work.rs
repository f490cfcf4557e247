//! The work: a call that fails as often as it is told to, its error, and what waits.

use std::future::{Future, Ready, ready};
use std::hint::black_box;
use std::pin::pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

/// What each schedule is: five attempts.
pub const BACKOFFS: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::ZERO,
];

/// The same without its end, for whoever counts attempts.
pub const WAITS: [Duration; 4] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
];

/// A service.
#[derive(Debug)]
pub struct Api {
    failures: AtomicU32,
}

#[derive(Debug, PartialEq)]
pub enum ApiError {
    Busy,
    Status(u16, String),
}

/// What `attempt_timeout` asks for.
impl From<retry_core::AttemptTimeout> for ApiError {
    fn from(_: retry_core::AttemptTimeout) -> Self {
        Self::Busy
    }
}

pub type Answer = Result<u64, ApiError>;

/// Anything that takes part.
pub type Call = fn(&Api, u64) -> Answer;

impl Api {
    /// One whose first calls fail.
    #[must_use]
    pub fn failing(failures: u32) -> Self {
        Self {
            failures: AtomicU32::new(failures),
        }
    }

    /// The next calls fail.
    pub fn fail(&self, failures: u32) {
        self.failures.store(failures, Ordering::Relaxed);
    }
}

/// Never inlined, as a real request is not: else the compiler would merge it with the loop around it.
///
/// # Errors
///
/// As often as told.
#[inline(never)]
pub fn call(api: &Api, id: u64) -> Answer {
    let failures = api.failures.load(Ordering::Relaxed);
    if failures > 0 {
        api.failures.store(failures - 1, Ordering::Relaxed);
        Err(ApiError::Busy)
    } else if id == u64::MAX {
        Err(ApiError::Status(404, String::from("none")))
    } else {
        Ok(id + 1)
    }
}

/// Three async bodies: one that is ready at once, one that returns a kibibyte, one that holds a kibibyte across an await.
/// An attribute stands on a function that has the body in it; whoever loops or makes a closure calls one.
macro_rules! body {
    (trivial, $api:ident, $id:ident) => {
        crate::work::call($api, $id)
    };
    (large, $api:ident, $id:ident) => {{
        tokio::task::yield_now().await;
        crate::work::call($api, $id).map(|answer| [u8::try_from(answer).unwrap_or(0); 1024])
    }};
    (held, $api:ident, $id:ident) => {{
        let buffer = [std::hint::black_box(1_u8); 1024];
        tokio::task::yield_now().await;
        let one = std::hint::black_box(&buffer)[7];
        crate::work::call($api, $id + u64::from(one))
    }};
}

pub(crate) async fn trivial(api: &Api, id: u64) -> Answer {
    body!(trivial, api, id)
}

pub(crate) async fn large(api: &Api, id: u64) -> Result<[u8; 1024], ApiError> {
    body!(large, api, id)
}

pub(crate) async fn held(api: &Api, id: u64) -> Answer {
    body!(held, api, id)
}

#[must_use]
pub(crate) fn is_retryable(error: &ApiError) -> bool {
    *error == ApiError::Busy
}

/// A wait that takes no time, so that what is around it can be counted.
#[inline(never)]
pub(crate) fn skip(wait: Duration) {
    black_box(wait);
}

/// The same, async.
#[inline(never)]
pub(crate) fn skip_async(wait: Duration) -> Ready<()> {
    black_box(wait);
    ready(())
}

/// Polls once what is ready at once. Through a `dyn`, as a runtime does: so the poll stays a function of its own.
pub(crate) fn poll_once<T>(future: impl Future<Output = T>) -> T {
    let future = pin!(future);
    let future: std::pin::Pin<&mut dyn Future<Output = T>> = future;
    match black_box(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => unreachable!("nothing here waits"),
    }
}

/// What most programs have for jitter: a generator in memory. As cheap as it gets, and copied by `fork`.
#[inline]
pub(crate) fn own_jitter(backoff: Duration, proportion: f64) -> Duration {
    backoff.mul_f64(1.0 - proportion + 2.0 * proportion * fastrand::f64())
}
