//! A server's own hint when to come back. The drawn wait and the hint flow in; the wait that is taken flows out.

use crate::backoffs::Listed;
use crate::entropy;
use crate::jitter::IntoJitter;
use core::time::Duration;

/// The longer of a wait and a server's hint. Jitter lengthens the hint by up to its proportion. `None` if the wait or the
/// hint is longer than `allowed`, which is how long the call may still wait.
#[doc(hidden)]
#[cold]
pub fn lengthen<J: IntoJitter>(
    wait: Duration,
    hint: Option<Duration>,
    jitter: J,
    allowed: Duration,
) -> Option<Duration> {
    let hint = hint.unwrap_or_default();
    if wait.max(hint) > allowed {
        return None;
    }
    if hint.is_zero() {
        return Some(wait);
    }
    let hinted = jitter.into_jitter().after_hint(hint, entropy::draw());
    // The hint fits. If jitter makes it too long, it is cut, so that chance does not decide whether the call goes on.
    Some(wait.max(hinted).min(allowed))
}

/// The sum of the waits when each takes the longest that the jitter allows.
#[doc(hidden)]
#[cold]
pub fn worst_case<L: Listed + ?Sized, J: IntoJitter>(backoffs: &L, jitter: J) -> Duration {
    let jitter = jitter.into_jitter();
    let backoffs = backoffs.listed().iter();
    backoffs.fold(Duration::ZERO, |sum, wait| {
        sum.saturating_add(jitter.bounds(*wait).1)
    })
}
