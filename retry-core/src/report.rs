//! What the loop reports, as macros: `retrying!` before each wait, `gave_up!` where the loop ends the call, `ended!`
//! where the call ends by itself.
//!
//! They are given what [`backoffs!`](crate::backoffs) made, the attempt counted from 0, and the error by reference. With
//! `tracing` or `metrics` they call [`observe`](crate::observe). Without both they expand to nothing, so that the loop
//! is as long as it looks.

/// A wait is about to begin: `retrying!(backoffs, attempt, wait, error)`. Without `error`, the attempt gave a value that
/// is not good yet.
#[cfg(not(any(feature = "metrics", feature = "tracing")))]
#[doc(hidden)]
#[macro_export]
macro_rules! retrying {
    ($($arguments:tt)*) => {};
}

#[cfg(any(feature = "metrics", feature = "tracing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! retrying {
    ($backoffs:expr, $attempt:expr, $wait:expr $(, $error:expr)?) => {
        $crate::__private::Backoffs::retrying(
            &$backoffs,
            $attempt,
            $wait,
            $crate::shown!($($error)?),
        )
    };
}

/// The loop ends the call: `gave_up!(backoffs, attempt, End::Budget, error)`, with the [`End`](crate::End). `error` may be
/// left out, as in `retrying!`.
#[cfg(not(any(feature = "metrics", feature = "tracing")))]
#[doc(hidden)]
#[macro_export]
macro_rules! gave_up {
    ($($arguments:tt)*) => {};
}

#[cfg(any(feature = "metrics", feature = "tracing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! gave_up {
    ($backoffs:expr, $attempt:expr, $end:expr $(, $error:expr)?) => {
        $crate::__private::Backoffs::gave_up(
            &$backoffs,
            $attempt,
            $end,
            $crate::shown!($($error)?),
        )
    };
}

/// The call is about to return the result of its last attempt: `ended!(backoffs, attempt, result: Result)`, or `Option`,
/// or `Value` for any other type. `result` is only borrowed. After `Result`, the [`End`](crate::End) of an error may follow.
///
/// A value is a success: the loop gives up where one is not good yet, unless retries are not enabled, when nothing is reported.
#[cfg(not(any(feature = "metrics", feature = "tracing")))]
#[doc(hidden)]
#[macro_export]
macro_rules! ended {
    ($($arguments:tt)*) => {};
}

#[cfg(any(feature = "metrics", feature = "tracing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! ended {
    ($backoffs:expr, $attempt:expr, $result:ident : Result) => {
        $crate::ended!(
            $backoffs,
            $attempt,
            $result: Result,
            $crate::__private::Backoffs::end_of_failure(&$backoffs, $attempt)
        )
    };
    ($backoffs:expr, $attempt:expr, $result:ident : Result, $end:expr) => {
        match $result {
            ::core::result::Result::Ok(_) => {
                $crate::__private::Backoffs::succeeded(&$backoffs, $attempt)
            }
            ::core::result::Result::Err(ref error) => {
                $crate::gave_up!($backoffs, $attempt, $end, error)
            }
        }
    };
    ($backoffs:expr, $attempt:expr, $result:ident : $kind:ident) => {
        $crate::__private::Backoffs::succeeded(&$backoffs, $attempt)
    };
}
