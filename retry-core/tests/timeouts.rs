//! What an attempt that took too long gives back, for each error type that can be made from a timeout.

#![cfg(feature = "tokio")]

use core::convert::Infallible;
use core::future::{pending, ready};
use core::time::Duration;
use retry_core::{AttemptTimeout, FromTimeout, timeout};
use std::borrow::Cow;
use std::error::Error;
use std::io;
use std::sync::Arc;

const LIMIT: Duration = Duration::from_millis(1500);
const TEXT: &str = "the attempt took longer than 1.5s";

/// The error of a function whose attempt takes for ever.
async fn error<E: FromTimeout>() -> E {
    timeout(LIMIT, pending::<Infallible>())
        .await
        .unwrap_err()
        .into_error()
}

#[derive(Debug)]
struct OwnError(Duration);

impl From<AttemptTimeout> for OwnError {
    fn from(timeout: AttemptTimeout) -> Self {
        Self(timeout.limit())
    }
}

impl From<AttemptTimeout> for Box<OwnError> {
    fn from(timeout: AttemptTimeout) -> Self {
        Box::new(timeout.into())
    }
}

#[tokio::test(start_paused = true)]
async fn an_error_of_ones_own() {
    assert_eq!(error::<OwnError>().await.0, LIMIT);
    assert_eq!(error::<Box<OwnError>>().await.0, LIMIT);
    assert_eq!(error::<AttemptTimeout>().await.limit(), LIMIT);
}

#[tokio::test(start_paused = true)]
async fn an_io_error() {
    let error = error::<io::Error>().await;
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert_eq!(error.to_string(), TEXT);
    assert!(retry_core::transient::io(&error));
}

#[tokio::test(start_paused = true)]
async fn texts() {
    assert_eq!(error::<String>().await, TEXT);
    assert_eq!(&*error::<Box<str>>().await, TEXT);
    assert_eq!(&*error::<Arc<str>>().await, TEXT);
    assert_eq!(error::<Cow<'static, str>>().await, TEXT);
    assert_eq!(error::<&'static str>().await, "the attempt took too long");
    error::<()>().await;
}

#[tokio::test(start_paused = true)]
async fn any_error() {
    fn check(error: &(dyn Error + 'static)) {
        let timeout: &AttemptTimeout = error.downcast_ref().unwrap();
        assert_eq!(timeout.limit(), LIMIT);
    }
    check(&*error::<Box<dyn Error>>().await);
    check(&*error::<Box<dyn Error + Send>>().await);
    check(&*error::<Box<dyn Error + Send + Sync>>().await);
    check(&*error::<Arc<dyn Error + Send + Sync>>().await);
}

#[tokio::test(start_paused = true)]
async fn an_attempt_without_time_is_made_and_ends_at_its_first_wait() {
    assert_eq!(timeout(Duration::ZERO, ready(1)).await, Ok(1));
    let timed_out = timeout(Duration::ZERO, pending::<Infallible>()).await;
    assert_eq!(timed_out.unwrap_err().limit(), Duration::ZERO);
}
