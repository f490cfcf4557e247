//! What becomes of a job whose attempt failed. The schedule and the number of the delivery flow in; a wait, or the end, flows
//! out.

use core::time::Duration;
use retry_core::{End, Jitter, Schedule};

/// What becomes of a job whose attempt failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is delivered again after that time.
    Wait(Duration),
    /// It is not delivered again, for that reason: [`End::Exhausted`] or [`End::RetryAfter`].
    GiveUp(End),
}

/// Decides about a job whose attempt failed with an error that is worth another attempt.
///
/// `delivered` is how often the message was delivered, the failed attempt included, as the server counts it, from 1. `hint` is what
/// the error says about when to come back. A hint can only lengthen the listed wait. A hint that is longer than the sum of the
/// listed waits ends the job; [`verdict_within`] takes another limit.
///
/// ```
/// use core::time::Duration;
/// use retry_core::{End, Jitter, Schedule, schedule};
/// use retry_jetstream::{Verdict, verdict};
///
/// const CREATE: Schedule = schedule![2s, 4s, 0];
///
/// let second = verdict(&CREATE, Jitter::none(), 2, None);
/// assert_eq!(second, Verdict::Wait(Duration::from_secs(4)));
/// let last = verdict(&CREATE, Jitter::none(), 3, None);
/// assert_eq!(last, Verdict::GiveUp(End::Exhausted));
/// let hinted = verdict(&CREATE, Jitter::none(), 1, Some(Duration::from_secs(5)));
/// assert_eq!(hinted, Verdict::Wait(Duration::from_secs(5)));
/// ```
#[must_use]
pub fn verdict(
    schedule: &Schedule,
    jitter: Jitter,
    delivered: i64,
    hint: Option<Duration>,
) -> Verdict {
    verdict_within(schedule, jitter, delivered, hint, schedule.total())
}

/// As [`verdict`], but `max_hint` is the longest hint that is followed.
///
/// ```
/// use core::time::Duration;
/// use retry_core::{End, Jitter, Schedule, schedule};
/// use retry_jetstream::{Verdict, verdict_within};
///
/// const CREATE: Schedule = schedule![2s, 4s, 0];
///
/// let (hint, max_hint) = (Duration::from_secs(60), Duration::from_secs(30));
/// let verdict = verdict_within(&CREATE, Jitter::none(), 1, Some(hint), max_hint);
/// assert_eq!(verdict, Verdict::GiveUp(End::RetryAfter));
/// ```
#[must_use]
pub fn verdict_within(
    schedule: &Schedule,
    jitter: Jitter,
    delivered: i64,
    hint: Option<Duration>,
    max_hint: Duration,
) -> Verdict {
    let backoff = schedule.backoff(index(delivered));
    if backoff.is_zero() {
        return Verdict::GiveUp(End::Exhausted);
    }
    let max = schedule.max().unwrap_or(Duration::MAX);
    let wait = retry_core::jitter_capped(backoff, jitter, max);
    match retry_core::hinted(wait, hint, jitter, max_hint) {
        Some(wait) => Verdict::Wait(wait),
        None => Verdict::GiveUp(End::RetryAfter),
    }
}

/// The attempt of that delivery, counted from 0.
pub(crate) fn index(delivered: i64) -> usize {
    usize::try_from(delivered.saturating_sub(1)).unwrap_or(0)
}
