//! Jitter. A listed wait flows in; the wait that is drawn for it flows out.

use crate::entropy;
use core::time::Duration;
use retry_schedule::Jitter;

/// The wait that takes the place of a listed one: drawn uniformly, and afresh each time, from
/// [`Jitter::bounds`].
///
/// The random number comes from the operating system, so that forked processes and copies of a virtual machine draw
/// different ones. A thread that draws again within a millisecond fetches several at once. If the system gives none, the number
/// is made from the time, the process id and a counter. It never panics, and [`Duration::MAX`] is the longest wait.
///
/// A plain number is a proportion, as in `jitter = 0.2`: 0.2 is ±20 %. One outside 0 to 1 counts as the nearer of the
/// two, NaN as 0; [`Jitter::proportional`] refuses them instead.
///
/// ```
/// use core::time::Duration;
/// use retry_core::{Jitter, jitter};
///
/// let second = Duration::from_secs(1);
/// let wait = jitter(second, 0.2);
/// assert!(Duration::from_millis(800) <= wait && wait <= Duration::from_millis(1200));
/// assert!(jitter(second, Jitter::full()) <= second);
/// ```
pub fn jitter<J: IntoJitter>(backoff: Duration, jitter: J) -> Duration {
    jitter.spread(backoff)
}

/// As [`jitter`], but no wait is longer than `max`: drawn from [`Jitter::bounds_capped`]. This is for the waits of a
/// schedule that has a [`max`](crate::Schedule::max).
///
/// ```
/// use core::time::Duration;
/// use retry_core::jitter_capped;
///
/// let minute = Duration::from_secs(60);
/// assert!(jitter_capped(minute, 0.2, minute) <= minute);
/// ```
pub fn jitter_capped<J: IntoJitter>(backoff: Duration, jitter: J, max: Duration) -> Duration {
    capped(backoff, jitter.into_jitter(), max)
}

/// The wait in place of a listed one: `jitter!(backoffs, backoff, jitter)`, with the longest wait at the end if there is one.
#[cfg(not(feature = "control"))]
#[doc(hidden)]
#[macro_export]
macro_rules! jitter {
    ($backoffs:expr, $backoff:expr, $jitter:expr) => {
        $crate::jitter($backoff, $jitter)
    };
    ($backoffs:expr, $backoff:expr, $jitter:expr, $max:expr) => {
        $crate::jitter_capped($backoff, $jitter, $max)
    };
}

// The schedule of an operator has a longest wait of its own, or none.
#[cfg(feature = "control")]
#[doc(hidden)]
#[macro_export]
macro_rules! jitter {
    ($backoffs:expr, $backoff:expr, $jitter:expr) => {
        $crate::jitter!($backoffs, $backoff, $jitter, ::core::time::Duration::MAX)
    };
    ($backoffs:expr, $backoff:expr, $jitter:expr, $max:expr) => {
        $crate::jitter_capped(
            $backoff,
            $jitter,
            $crate::__private::Backoffs::max_in_force(&$backoffs, $max),
        )
    };
}

#[cold]
fn capped(backoff: Duration, jitter: Jitter, max: Duration) -> Duration {
    if jitter == Jitter::none() {
        return backoff.min(max);
    }
    jitter.at_capped(backoff, max, entropy::draw())
}

/// Inlined into the two functions that call it, which are cold: each call site stays small.
#[inline]
fn drawn(backoff: Duration, jitter: Jitter) -> Duration {
    if jitter == Jitter::none() {
        return backoff;
    }
    jitter.at(backoff, entropy::draw())
}

/// What [`jitter`] takes: a [`Jitter`], or a number for a proportional one.
pub trait IntoJitter: sealed::Sealed {
    #[doc(hidden)]
    fn into_jitter(self) -> Jitter;

    #[doc(hidden)]
    fn spread(self, backoff: Duration) -> Duration;
}

impl IntoJitter for Jitter {
    fn into_jitter(self) -> Jitter {
        self
    }

    #[cold]
    fn spread(self, backoff: Duration) -> Duration {
        drawn(backoff, self)
    }
}

impl IntoJitter for f64 {
    fn into_jitter(self) -> Jitter {
        let nearer = |_| Jitter::proportional(if self > 1.0 { 1.0 } else { 0.0 });
        Jitter::proportional(self)
            .or_else(nearer)
            .unwrap_or_default()
    }

    #[cold]
    fn spread(self, backoff: Duration) -> Duration {
        drawn(backoff, self.into_jitter())
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for f64 {}
    impl Sealed for retry_schedule::Jitter {}
}
