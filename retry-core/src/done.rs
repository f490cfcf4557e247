//! What `done` is told. The loop makes a [`RetryDone`] when a call ends, and the user's function reads it.

use crate::end::End;
use core::time::Duration;

/// A call that has ended. `done` is called with it once for each call, whether it succeeded or not.
///
/// If the function returns an `Option` or a plain value, there is no error, and `E` is
/// [`Infallible`](core::convert::Infallible).
///
/// ```
/// use retry_core::{End, RetryDone};
/// use std::fmt::Display;
///
/// fn tell<E: Display>(done: &RetryDone<'_, E>) {
///     match (done.end, done.error) {
///         (End::Succeeded, _) if done.attempt == 1 => {}
///         (End::Succeeded, _) => println!("{}: recovered at attempt {}", done.function, done.attempt),
///         (end, Some(error)) => println!(
///             "{}: gave up at attempt {} of {} after {:?} of waiting ({end:?}): {error}",
///             done.function, done.attempt, done.attempts, done.waited
///         ),
///         (end, None) => println!("{}: gave up without a value ({end:?})", done.function),
///     }
/// }
/// # tell(&RetryDone::new("create", 2, 3, std::time::Duration::ZERO, Some(&"down"), End::Budget));
/// ```
#[derive(Debug)]
#[non_exhaustive]
pub struct RetryDone<'a, E: ?Sized> {
    /// The path of the function, `app::create` or `app::Client::create`. For a block, that of the function it stands in, with
    /// line and column. The key `name` replaces it.
    pub function: &'static str,
    /// The last attempt that was made, from 1.
    pub attempt: usize,
    /// How many attempts there are at most: [`usize::MAX`] if the schedule has no end.
    pub attempts: usize,
    /// The sum of the waits, after jitter and a server's hints.
    pub waited: Duration,
    /// The error that the call returns. `None` if it returns a value, also one that `until` never accepted.
    pub error: Option<&'a E>,
    /// How the call ended.
    pub end: End,
}

impl<'a, E: ?Sized> RetryDone<'a, E> {
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        function: &'static str,
        attempt: usize,
        attempts: usize,
        waited: Duration,
        error: Option<&'a E>,
        end: End,
    ) -> Self {
        Self {
            function,
            attempt,
            attempts,
            waited,
            error,
            end,
        }
    }
}
