//! The listed waits of one call. A list or a `Schedule` flows in when the call begins; the loop takes the wait of each
//! attempt out, by its index.
//!
//! Without the features below, `backoffs!` of a list is a reference to a constant. With one of them it is a [`Backoffs`],
//! which also knows what the feature needs: which function is called and whether to report about it (`tracing`,
//! `metrics`), the schedule that an operator has set (`control`), the number of attempts that a test allows
//! (`test-util`).

#[cfg(feature = "control")]
use crate::control::InForce;
use crate::end::End;
#[cfg(any(
    feature = "control",
    feature = "metrics",
    feature = "test-util",
    feature = "tracing"
))]
use crate::max_wait::MaxWait;
#[cfg(any(
    feature = "control",
    feature = "metrics",
    feature = "test-util",
    feature = "tracing"
))]
use crate::site::Function;
use core::ops::Index;
use core::time::Duration;
use retry_schedule::Schedule;

#[cfg(feature = "control")]
const ONE_ATTEMPT: Schedule = Schedule::from_static(&[Duration::ZERO]);

/// The waits of a call: `backoffs!([..], fn)`, `backoffs!(open [..], fn)` for a list without end, or `backoffs!(SCHEDULE, fn)`.
/// In a block, `in fn` stands in place of `fn`, and where the key `name` is written, its value. A `bool` may follow: `false`
/// means that retries are not enabled and that nothing is reported. Where the key `max_wait` is written, a `;` and the arguments of
/// `max_wait!` follow.
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
    ([$($list:tt)*], $($call:tt)*) => {
        const { &[$($list)*] }
    };
    (open [$($list:tt)*], $($call:tt)*) => {
        $crate::__private::Open::of(const { &[$($list)*] })
    };
    ($schedule:expr, $($call:tt)*) => {
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
    ([$($list:tt)*], $($call:tt)*) => {
        $crate::backoffs!(
            const { $crate::Schedule::from_static(const { &[$($list)*] }) },
            $($call)*
        )
    };
    (open [$($list:tt)*], $($call:tt)*) => {
        $crate::backoffs!(
            const { $crate::Schedule::open(const { &[$($list)*] }) },
            $($call)*
        )
    };
    ($schedule:expr, fn $(, $enabled:expr)? $(; $($max_wait:tt)*)?) => {
        $crate::__private::Backoffs::of_call(
            $crate::site!(fn),
            $schedule,
            true $(&& $enabled)?,
            $crate::max_wait!($($($max_wait)*)?),
        )
    };
    ($schedule:expr, in fn $(, $enabled:expr)? $(; $($max_wait:tt)*)?) => {
        $crate::__private::Backoffs::of_call(
            $crate::site!(in fn),
            $schedule,
            true $(&& $enabled)?,
            $crate::max_wait!($($($max_wait)*)?),
        )
    };
    ($schedule:expr, $name:expr $(, $enabled:expr)? $(; $($max_wait:tt)*)?) => {
        $crate::__private::Backoffs::of_call(
            $crate::site!($name),
            $schedule,
            true $(&& $enabled)?,
            $crate::max_wait!($($($max_wait)*)?),
        )
    };
}

/// What `backoffs!` makes, unless a constant is enough.
#[derive(Debug)]
pub struct Backoffs {
    schedule: Schedule,
    /// The function to report about. There is none while retries are not enabled.
    #[cfg(any(feature = "metrics", feature = "tracing"))]
    function: Option<Function>,
    /// Whether an operator has set the schedule.
    #[cfg(feature = "control")]
    is_replaced: bool,
    /// How many calls are around this one.
    #[cfg(all(feature = "std", feature = "tracing"))]
    depth: usize,
    /// Whether an operator has switched retries off.
    #[cfg(feature = "control")]
    is_off: bool,
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
    pub fn of_call(
        function: Function,
        schedule: Schedule,
        enabled: bool,
        max_wait: Option<&'static MaxWait>,
    ) -> Self {
        #[cfg(feature = "control")]
        let (schedule, is_replaced, is_off) = match crate::control::in_force(function, max_wait) {
            InForce::Written => (schedule, false, false),
            InForce::Replaced(schedule) => (schedule, true, false),
            InForce::Off => (ONE_ATTEMPT, true, true),
        };
        // Not every feature needs all.
        let _ = (function, enabled, max_wait);
        Self {
            schedule,
            #[cfg(any(feature = "metrics", feature = "tracing"))]
            function: enabled.then_some(function),
            #[cfg(all(feature = "std", feature = "tracing"))]
            depth: crate::nested::depth(),
            #[cfg(feature = "control")]
            is_replaced,
            #[cfg(feature = "control")]
            is_off,
            #[cfg(feature = "test-util")]
            limit: crate::testing::attempt_limit(),
        }
    }

    /// The longest wait, jitter included, where `written` is that of the source.
    #[cfg(feature = "control")]
    #[must_use]
    pub fn max_in_force(&self, written: Duration) -> Duration {
        if self.is_replaced {
            max_of(self)
        } else {
            written
        }
    }

    /// How many calls are around this one, if any is, and if that is known.
    #[cfg(feature = "tracing")]
    pub(crate) fn depth(&self) -> Option<usize> {
        #[cfg(feature = "std")]
        return Some(self.depth).filter(|depth| *depth > 0);
        #[cfg(not(feature = "std"))]
        return None;
    }

    #[cfg(any(feature = "metrics", feature = "tracing"))]
    pub(crate) fn function(&self) -> Option<&'static str> {
        self.function.map(Function::name)
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
        entry_of(self.schedule.backoffs(), attempt)
    }
}

/// The entry of that index, or the last: the zero, or the wait that an open list repeats.
#[inline]
fn entry_of(list: &[Duration], attempt: usize) -> &Duration {
    list.get(attempt).or(list.last()).unwrap_or(&Duration::ZERO)
}

/// A list without end, as a constant.
#[derive(Debug, Clone, Copy)]
pub struct Open<const N: usize>(&'static [Duration; N]);

impl<const N: usize> Open<N> {
    /// The list whose last wait is repeated.
    #[inline]
    #[must_use]
    pub const fn of(waits: &'static [Duration; N]) -> Self {
        Self(waits)
    }
}

impl<const N: usize> Index<usize> for Open<N> {
    type Output = Duration;

    #[inline]
    fn index(&self, attempt: usize) -> &Duration {
        entry_of(self.0, attempt)
    }
}

/// What `backoffs!` makes, with and without features. Only this crate implements it.
pub trait Listed {
    /// The waits, with the zero at the end if there is one.
    fn listed(&self) -> &[Duration];

    /// Whether the last wait is repeated without end.
    #[inline]
    fn is_open(&self) -> bool {
        false
    }

    /// How many attempts there are at most.
    #[inline]
    fn attempts(&self) -> usize {
        if self.is_open() {
            usize::MAX
        } else {
            self.listed().len()
        }
    }

    /// The wait after that attempt, counted from 0; zero after the last.
    #[inline]
    fn after(&self, attempt: u32) -> Duration {
        let listed = self.listed().get(attempt as usize);
        listed.copied().unwrap_or_default()
    }

    /// Whether this is not what stands in the source.
    #[inline]
    fn is_replaced(&self) -> bool {
        false
    }

    /// How a call ends that fails where no wait is left.
    #[inline]
    fn exhausted(&self) -> End {
        End::Exhausted
    }
}

impl Listed for Backoffs {
    #[inline]
    fn listed(&self) -> &[Duration] {
        self.schedule.backoffs()
    }

    #[inline]
    fn is_open(&self) -> bool {
        self.schedule.is_open()
    }

    #[cfg(feature = "test-util")]
    fn attempts(&self) -> usize {
        self.limit.min(self.schedule.attempts())
    }

    #[inline]
    fn after(&self, attempt: u32) -> Duration {
        self[attempt as usize]
    }

    #[cfg(feature = "control")]
    fn is_replaced(&self) -> bool {
        self.is_replaced
    }

    /// A single attempt is no schedule that has come to its end.
    #[cfg(feature = "control")]
    fn exhausted(&self) -> End {
        if self.is_off {
            End::NotRetryable
        } else {
            End::Exhausted
        }
    }
}

impl<const N: usize> Listed for Open<N> {
    #[inline]
    fn listed(&self) -> &[Duration] {
        self.0
    }

    #[inline]
    fn is_open(&self) -> bool {
        true
    }
}

impl<const N: usize> Listed for &[Duration; N] {
    #[inline]
    fn listed(&self) -> &[Duration] {
        *self
    }
}

/// The wait after that attempt, counted from 0, where the list of its kind of error is `list`. It is zero where the call ends
/// anyway. The schedule of an operator takes the place of every list.
#[doc(hidden)]
#[inline]
pub fn entry<L: Listed>(backoffs: &L, attempt: u32, list: &[Duration]) -> Duration {
    match backoffs.after(attempt) {
        Duration::ZERO => Duration::ZERO,
        backoff if backoffs.is_replaced() => backoff,
        _ => *entry_of(list, attempt as usize),
    }
}

/// The longest wait of a schedule, jitter included.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn max_of(backoffs: &Backoffs) -> Duration {
    backoffs.schedule.max().unwrap_or(Duration::MAX)
}

/// How many attempts the call makes at most.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn attempts<L: Listed>(backoffs: &L) -> usize {
    backoffs.attempts()
}

/// How a call ends that fails where no wait is left.
#[doc(hidden)]
#[inline]
#[must_use]
pub fn exhausted<L: Listed>(backoffs: &L) -> End {
    backoffs.exhausted()
}
