//! The key `max_wait` at run time: the macro has checked the schedule in the source, and here one that an operator gives is
//! checked. A schedule flows in; whether it is too long flows out.

use core::time::Duration;
use retry_schedule::Schedule;

/// `max_wait!(MAX, JITTER)`, and where hints are followed, `sum` or the longest that is: an `Option<&'static MaxWait>`. With nothing
/// in it, there is none. Without `control` nothing is ever replaced, and there is none either.
#[cfg(not(feature = "control"))]
#[doc(hidden)]
#[macro_export]
macro_rules! max_wait {
    ($($max_wait:tt)*) => {
        ::core::option::Option::None
    };
}

#[cfg(feature = "control")]
#[doc(hidden)]
#[macro_export]
macro_rules! max_wait {
    () => {
        ::core::option::Option::None
    };
    ($max_wait:expr, $jitter:expr) => {
        $crate::max_wait!(@ $max_wait, |schedule| {
            $crate::Schedule::worst_case(schedule, &$crate::IntoJitter::into_jitter($jitter))
        })
    };
    ($max_wait:expr, $jitter:expr, sum) => {
        $crate::max_wait!(@ $max_wait, |schedule| {
            $crate::Schedule::worst_case_with_hints(
                schedule,
                &$crate::IntoJitter::into_jitter($jitter),
                $crate::Schedule::total(schedule),
            )
        })
    };
    ($max_wait:expr, $jitter:expr, $longest:expr) => {
        $crate::max_wait!(@ $max_wait, |schedule| {
            $crate::Schedule::worst_case_with_hints(
                schedule,
                &$crate::IntoJitter::into_jitter($jitter),
                $longest,
            )
        })
    };
    (@ $max_wait:expr, $worst_case:expr) => {
        const {
            ::core::option::Option::Some(&$crate::__private::MaxWait {
                max_wait: $max_wait,
                worst_case: $worst_case,
            })
        }
    };
}

/// What a function's waits may be together.
#[derive(Debug)]
pub struct MaxWait {
    /// At most.
    pub max_wait: Duration,
    /// All waits of a schedule at their longest, with the function's jitter and hints.
    pub worst_case: fn(&Schedule) -> Duration,
}

impl MaxWait {
    /// The worst case, if it is too long.
    #[cfg(feature = "control")]
    pub(crate) fn exceeded_by(&self, schedule: &Schedule) -> Option<Duration> {
        let worst_case = (self.worst_case)(schedule);
        (worst_case > self.max_wait).then_some(worst_case)
    }
}
