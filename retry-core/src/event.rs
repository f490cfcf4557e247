//! What `notify` is told. The loop makes a [`RetryEvent`] for each retry, and the user's function reads it.

use core::time::Duration;

/// A retry whose wait is about to begin. `notify` is called with it once for each retry.
///
/// ```
/// use retry_core::{RetryEvent, retry};
/// use std::fmt::Display;
///
/// fn log<E: Display>(event: &RetryEvent<'_, E>) {
///     eprintln!(
///         "{}: attempt {} of {} failed ({}), next in {:?}",
///         event.function, event.attempt, event.attempts, event.error, event.wait
///     );
/// }
///
/// #[retry(schedule = [1ms, 2ms, 0], on = |_| true, notify = log)]
/// fn fail() -> Result<(), &'static str> {
///     Err("down")
/// }
///
/// assert!(fail().is_err());
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct RetryEvent<'a, E: ?Sized> {
    /// The path of the function, `app::create` or `app::Client::create`. For a block, that of the function it stands in, with
    /// line and column. The key `name` replaces it.
    pub function: &'static str,
    /// The attempt that failed, from 1.
    pub attempt: usize,
    /// How many attempts there are at most.
    pub attempts: usize,
    /// The error of that attempt.
    pub error: &'a E,
    /// The listed wait.
    pub backoff: Duration,
    /// The wait that follows, after jitter and a server's hint.
    pub wait: Duration,
    /// The sum of the waits before this one.
    pub waited: Duration,
}

impl<'a, E: ?Sized> RetryEvent<'a, E> {
    #[doc(hidden)]
    #[must_use]
    pub fn new(
        function: &'static str,
        attempt: usize,
        attempts: usize,
        error: &'a E,
        backoff: Duration,
        wait: Duration,
        waited: Duration,
    ) -> Self {
        Self {
            function,
            attempt,
            attempts,
            error,
            backoff,
            wait,
            waited,
        }
    }
}
