//! A server's own hint when to come back. The drawn wait and the hint flow in; the wait that is taken flows out.

use crate::backoffs::Listed;
use crate::entropy;
use crate::jitter::IntoJitter;
use core::time::Duration;

/// The wait that is taken: `wait`, which jitter has drawn, or the server's hint if that is longer. Jitter lengthens the hint by
/// up to its proportion (the default's for `full` and `equal`), so that clients with the same hint do not come back together.
///
/// `None` if the hint is longer than `max_hint`: the call ends. A hint is never cut, and no wait has an influence on another. So
/// each wait is at most (1 + p) times the longer of its entry and `max_hint`, p being that proportion.
#[doc(hidden)]
#[cold]
pub fn hinted<J: IntoJitter>(
    wait: Duration,
    hint: Option<Duration>,
    jitter: J,
    max_hint: Duration,
) -> Option<Duration> {
    let Some(hint) = hint else {
        return Some(wait);
    };
    if hint > max_hint {
        return None;
    }
    let hinted = jitter.into_jitter().after_hint(hint, entropy::draw());
    Some(wait.max(hinted))
}

/// The sum of the listed waits, at most [`Duration::MAX`], which an open list has: the longest hint that is followed without `max_retry_after`.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn sum_of<L: Listed>(backoffs: &L) -> Duration {
    if backoffs.is_open() {
        return Duration::MAX;
    }
    let backoffs = backoffs.listed().iter();
    backoffs.fold(Duration::ZERO, |sum, wait| sum.saturating_add(*wait))
}
