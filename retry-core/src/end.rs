//! The ways in which a call ends, in one place: events, counters and hooks name them from here.

use core::time::Duration;

/// How a call to a retried function ended.
///
/// ```
/// use retry_core::End;
///
/// fn is_alarming(end: End) -> bool {
///     !matches!(end, End::Succeeded | End::NotRetryable)
/// }
///
/// assert!(is_alarming(End::Exhausted));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum End {
    /// An attempt succeeded.
    Succeeded,
    /// The error is not worth another attempt: `on` was false, or no list is for it.
    NotRetryable,
    /// The last attempt of the schedule failed, or gave a value that `until` did not accept.
    Exhausted,
    /// The next wait would have ended later than `max_elapsed` allows.
    MaxElapsed,
    /// The `budget` had too few tokens for another retry.
    Budget,
    /// The server asked for a longer wait than `max_retry_after` allows.
    RetryAfter,
}

impl End {
    /// Of a call whose attempt failed, where no limit is the reason: `backoff` is the wait that was left.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub const fn of_failure(backoff: Duration) -> Self {
        if backoff.is_zero() {
            Self::Exhausted
        } else {
            Self::NotRetryable
        }
    }

    /// The text that stands in events and in the label of a counter.
    #[doc(hidden)]
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::NotRetryable => "not_retryable",
            Self::Exhausted => "exhausted",
            Self::MaxElapsed => "max_elapsed",
            Self::Budget => "budget",
            Self::RetryAfter => "retry_after",
        }
    }
}
