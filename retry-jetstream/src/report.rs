//! What is told to `tracing` and `metrics`, in the words of `retry-core` and by its own means: nothing without its features. What
//! happened to a job flows in.

use core::time::Duration;
use retry_core::{End, Schedule};

/// An attempt failed, counted from 0, and a wait begins.
pub(crate) fn retrying(
    function: &'static str,
    schedule: &Schedule,
    attempt: u32,
    wait: Duration,
    error: &str,
) {
    let backoffs = retry_core::backoffs!(schedule.clone(), function);
    retry_core::retrying!(backoffs, attempt, wait, &error);
    // Without features, the macros use nothing.
    let _ = (function, backoffs, attempt, wait, error);
}

/// The job is done, or dead for that reason.
pub(crate) fn ended(
    function: &'static str,
    schedule: &Schedule,
    attempt: u32,
    result: Result<(), (&str, End)>,
) {
    let backoffs = retry_core::backoffs!(schedule.clone(), function);
    let end = result.map_or_else(|(_, end)| end, |()| End::Succeeded);
    let result = result.map_err(|(error, _)| error);
    retry_core::ended!(backoffs, attempt, result: Result, end);
    // Without features, the macros use nothing.
    let _ = (function, backoffs, attempt, result, end);
}
