//! What can be seen of retries from outside: events and counters.
//!
//! With the feature `tracing`, target `retry`:
//!
//! | level | message | when | fields |
//! |---|---|---|---|
//! | WARN | `retrying` | an attempt failed, and a wait begins (DEBUG if it gave a value that is not good yet) | `function`, `attempt`, `attempts`, `wait`, `error` |
//! | INFO | `recovered` | a call gives a value after retries | `function`, `attempt`, `attempts` |
//! | WARN | `gave up` | a call ends with an error, or with `None` | `function`, `attempt`, `attempts`, `reason`, `error` |
//!
//! With the feature `metrics`, each with the label `function`:
//!
//! | name | kind | what |
//! |---|---|---|
//! | `retry_calls_total` | counter | calls that were retried at least once |
//! | `retry_retries_total` | counter | retries |
//! | `retry_recovered_total` | counter | calls that gave a value after retries |
//! | `retry_gave_up_total` | counter | calls that ended in failure; label `reason` |
//! | `retry_wait_seconds` | histogram | the waits, after jitter |
//!
//! A reason is `exhausted` (the last attempt failed), `not_retryable` (`on` said no), `budget`, `max_elapsed` or
//! `retry_after`. A call that succeeds at once reports nothing. A call for which `enabled` is false reports nothing.
//!
//! An error needs no traits: it is shown by its `Display`, or by its `Debug` if it has no `Display`, or not at all. Control
//! characters are escaped, and the text ends after 1 KiB. Arguments are never reported.

use crate::backoffs::Backoffs;
#[cfg(feature = "tracing")]
use crate::backoffs::attempts;
use crate::end::End;
use crate::shown::Shown;
use core::time::Duration;

/// What the macros in `report` call. The attempt is counted from 0 here, and from 1 in events.
#[doc(hidden)]
impl Backoffs {
    /// A wait is about to begin.
    #[cold]
    pub fn retrying(&self, attempt: u32, wait: Duration, error: Shown<'_>) {
        let Some(function) = self.function() else {
            return;
        };
        #[cfg(feature = "tracing")]
        {
            let (attempt, attempts) = (attempt as usize + 1, attempts(self));
            if error.is_error() {
                let error = error.visible();
                tracing::warn!(target: "retry", function, attempt, attempts, ?wait, error, "retrying");
            } else {
                tracing::debug!(target: "retry", function, attempt, attempts, ?wait, "retrying");
            }
        }
        #[cfg(feature = "metrics")]
        {
            if attempt == 0 {
                metrics::counter!("retry_calls_total", "function" => function).increment(1);
            }
            metrics::counter!("retry_retries_total", "function" => function).increment(1);
            metrics::histogram!("retry_wait_seconds", "function" => function)
                .record(wait.as_secs_f64());
        }
        let _ = (attempt, error);
    }

    /// The call gives a value.
    #[inline]
    pub fn succeeded(&self, attempt: u32) {
        if attempt > 0 {
            self.recovered(attempt);
        }
    }

    #[cold]
    fn recovered(&self, attempt: u32) {
        let Some(function) = self.function() else {
            return;
        };
        #[cfg(feature = "tracing")]
        {
            let (attempt, attempts) = (attempt as usize + 1, attempts(self));
            tracing::info!(target: "retry", function, attempt, attempts, "recovered");
        }
        #[cfg(feature = "metrics")]
        metrics::counter!("retry_recovered_total", "function" => function).increment(1);
        let _ = (function, attempt);
    }

    /// The call ends in failure, and no limit is the reason.
    #[cold]
    pub fn failed(&self, attempt: u32, error: Shown<'_>) {
        self.gave_up(attempt, End::of_failure(self[attempt as usize]), error);
    }

    /// The call ends in failure.
    #[cold]
    pub fn gave_up(&self, attempt: u32, end: End, error: Shown<'_>) {
        let Some(function) = self.function() else {
            return;
        };
        let reason = end.reason();
        #[cfg(feature = "tracing")]
        {
            let (attempt, attempts) = (attempt as usize + 1, attempts(self));
            let error = error.visible();
            tracing::warn!(target: "retry", function, attempt, attempts, reason, error, "gave up");
        }
        #[cfg(feature = "metrics")]
        metrics::counter!("retry_gave_up_total", "function" => function, "reason" => reason)
            .increment(1);
        let _ = (attempt, error);
    }
}
