//! The ways in which a call ends, in one place: events, counters and hooks name them from here.

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
    /// The failure is not worth another attempt: `on` was false, no list is for the error, there is neither, or retries are
    /// switched off.
    NotRetryable,
    /// The last attempt of the schedule failed, gave `None`, or gave a value for which `until` was false.
    Exhausted,
    /// The next wait would have ended later than `max_elapsed` allows.
    MaxElapsed,
    /// The `budget` had too few tokens for another retry.
    Budget,
    /// The server asked for a longer wait than `max_retry_after` allows.
    RetryAfter,
}

impl End {
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
