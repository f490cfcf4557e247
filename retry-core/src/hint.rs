//! A server's own hint when to come back.

use crate::entropy;
use crate::jitter::IntoJitter;
use core::time::Duration;

/// The longer of a wait and a server's hint, the latter lengthened by up to the jitter's proportion; nothing where that
/// is longer than what the call may still wait.
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
    // What jitter adds to the hint may be cut, so that chance does not decide whether the call goes on.
    Some(wait.max(hinted).min(allowed))
}

/// The sum of the waits when each takes the longest that the jitter allows.
#[doc(hidden)]
#[cold]
pub fn worst_case<J: IntoJitter>(backoffs: &[Duration], jitter: J) -> Duration {
    let jitter = jitter.into_jitter();
    backoffs.iter().fold(Duration::ZERO, |sum, wait| {
        sum.saturating_add(jitter.bounds(*wait).1)
    })
}
