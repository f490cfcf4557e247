//! The listed waits of one call. A list or a `Schedule` flows in when the call begins; the loop takes the wait of each
//! attempt out, by its index.
//!
//! Without the features below, `backoffs!` of a list is a reference to a constant. With one of them it is a [`Backoffs`],
//! which also knows what the feature needs: which function is called and whether to report about it (`tracing`,
//! `metrics`), the schedule that an operator has set (`control`), the number of attempts that a test allows
//! (`test-util`).

use core::fmt;
use core::ops::Index;
use core::time::Duration;
use retry_schedule::Schedule;

/// The waits of a call: `backoffs!(NAME, [..])` or `backoffs!(NAME, SCHEDULE)`, where `NAME` is the function's name, a
/// `&'static str`. A `bool` may follow: `false` means that retries are not enabled and that nothing is reported.
///
/// A list has to follow the rules of a schedule. The macros check that.
#[cfg(not(any(
    feature = "control",
    feature = "metrics",
    feature = "test-util",
    feature = "tracing"
)))]
#[doc(hidden)]
#[macro_export]
macro_rules! backoffs {
    ($name:expr, [$($list:tt)*] $(, $enabled:expr)?) => {
        const { &[$($list)*] }
    };
    ($name:expr, $schedule:expr $(, $enabled:expr)?) => {
        $crate::__private::Backoffs::of_schedule($schedule)
    };
}

#[cfg(any(
    feature = "control",
    feature = "metrics",
    feature = "test-util",
    feature = "tracing"
))]
#[doc(hidden)]
#[macro_export]
macro_rules! backoffs {
    ($name:expr, [$($list:tt)*] $(, $enabled:expr)?) => {
        $crate::backoffs!(
            $name,
            const { $crate::Schedule::from_static(const { &[$($list)*] }) }
            $(, $enabled)?
        )
    };
    ($name:expr, $schedule:expr) => {
        $crate::backoffs!($name, $schedule, true)
    };
    ($name:expr, $schedule:expr, $enabled:expr) => {
        $crate::__private::Backoffs::of_call($name, $schedule, $enabled)
    };
}

/// What `backoffs!` makes, unless a constant is enough.
pub struct Backoffs {
    schedule: Schedule,
    /// The function to report about. There is none while retries are not enabled.
    #[cfg(any(feature = "metrics", feature = "tracing"))]
    function: Option<&'static str>,
    /// The most attempts that a test allows.
    #[cfg(feature = "test-util")]
    limit: usize,
}

impl Backoffs {
    /// The waits of a schedule, where no feature needs more.
    #[cfg(not(any(
        feature = "control",
        feature = "metrics",
        feature = "test-util",
        feature = "tracing"
    )))]
    #[inline]
    #[must_use]
    pub const fn of_schedule(schedule: Schedule) -> Self {
        Self { schedule }
    }

    /// The waits of a call that begins now.
    #[cfg(any(
        feature = "control",
        feature = "metrics",
        feature = "test-util",
        feature = "tracing"
    ))]
    #[must_use]
    pub fn of_call(function: &'static str, schedule: Schedule, enabled: bool) -> Self {
        #[cfg(feature = "control")]
        let schedule = crate::control::in_force(function, schedule);
        // Not every feature needs both.
        let _ = (function, enabled);
        Self {
            schedule,
            #[cfg(any(feature = "metrics", feature = "tracing"))]
            function: enabled.then_some(function),
            #[cfg(feature = "test-util")]
            limit: crate::testing::attempt_limit(),
        }
    }

    #[cfg(any(feature = "metrics", feature = "tracing"))]
    pub(crate) fn function(&self) -> Option<&'static str> {
        self.function
    }
}

/// The wait after the attempt of that index, counted from 0; zero after the last.
impl Index<usize> for Backoffs {
    type Output = Duration;

    #[inline]
    fn index(&self, attempt: usize) -> &Duration {
        #[cfg(feature = "test-util")]
        if attempt >= self.limit - 1 {
            return &Duration::ZERO;
        }
        &self.schedule.backoffs()[attempt]
    }
}

impl fmt::Debug for Backoffs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.schedule.fmt(f)
    }
}

/// What `backoffs!` makes, with and without features. Only this crate implements it.
pub trait Listed {
    /// The waits, with the zero at the end.
    fn listed(&self) -> &[Duration];

    /// How many attempts there are at most.
    #[inline]
    fn attempts(&self) -> usize {
        self.listed().len()
    }

    /// The wait after that attempt, counted from 0, where the list says `backoff`.
    #[inline]
    fn limited(&self, _attempt: u32, backoff: Duration) -> Duration {
        backoff
    }
}

impl Listed for Backoffs {
    #[inline]
    fn listed(&self) -> &[Duration] {
        self.schedule.backoffs()
    }

    #[cfg(feature = "test-util")]
    fn attempts(&self) -> usize {
        self.limit.min(self.schedule.attempts())
    }

    #[cfg(feature = "test-util")]
    fn limited(&self, attempt: u32, _backoff: Duration) -> Duration {
        self[attempt as usize]
    }
}

impl Listed for [Duration] {
    #[inline]
    fn listed(&self) -> &[Duration] {
        self
    }
}

impl<const N: usize> Listed for [Duration; N] {
    #[inline]
    fn listed(&self) -> &[Duration] {
        self
    }
}

impl<L: Listed + ?Sized> Listed for &L {
    #[inline]
    fn listed(&self) -> &[Duration] {
        L::listed(self)
    }
}

/// Each attempt, counted from 0, with the wait after it.
#[doc(hidden)]
#[inline]
pub fn each<L: Listed>(backoffs: &L) -> impl Iterator<Item = (u32, Duration)> {
    let numbered = (0..).zip(backoffs.listed());
    numbered.map(|(attempt, backoff)| (attempt, backoffs.limited(attempt, *backoff)))
}

/// How many attempts the call makes at most.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn attempts<L: Listed>(backoffs: &L) -> usize {
    backoffs.attempts()
}
