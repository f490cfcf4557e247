//! What can be seen of retries from outside: events and counters.
//!
//! With the feature `tracing`, target `retry`:
//!
//! | level | message | when | fields |
//! |---|---|---|---|
//! | WARN | `retrying` | an attempt failed, and a wait begins (DEBUG if it gave a value that is not good yet) | `function`, `depth`, `attempt`, `attempts`, `wait`, `error` |
//! | INFO | `recovered` | a call succeeds after retries | `function`, `depth`, `attempt`, `attempts` |
//! | WARN | `gave up` | a call ends without success (DEBUG if the reason is `not_retryable`: the caller has an ordinary error) | `function`, `depth`, `attempt`, `attempts`, `reason`, `error` |
//!
//! `attempts` is left out where the list has no end, and `depth` where no call is around this one.
//!
//! What a subscriber is given:
//!
//! ```
//! # #[cfg(all(feature = "tracing", feature = "test-util"))] {
//! # use std::fmt::{Debug, Write as _};
//! # use std::sync::{Arc, Mutex};
//! # use tracing::{Event, Metadata, Subscriber, field::{Field, Visit}, span};
//! # #[derive(Clone, Default)]
//! # struct Lines(Arc<Mutex<Vec<String>>>);
//! # struct Line(String);
//! # impl Visit for Line {
//! #     fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
//! #         match field.name() {
//! #             "message" => write!(self.0, " {value:?}").unwrap(),
//! #             "function" => {}
//! #             name => write!(self.0, " {name}={value:?}").unwrap(),
//! #         }
//! #     }
//! # }
//! # impl Subscriber for Lines {
//! #     fn enabled(&self, metadata: &Metadata<'_>) -> bool {
//! #         metadata.target() == "retry"
//! #     }
//! #     fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
//! #         span::Id::from_u64(1)
//! #     }
//! #     fn record(&self, _: &span::Id, _: &span::Record<'_>) {}
//! #     fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}
//! #     fn event(&self, event: &Event<'_>) {
//! #         let mut line = Line(event.metadata().level().to_string());
//! #         event.record(&mut line);
//! #         self.0.lock().unwrap().push(line.0);
//! #     }
//! #     fn enter(&self, _: &span::Id) {}
//! #     fn exit(&self, _: &span::Id) {}
//! # }
//! # let lines = Lines::default();
//! # let _default = tracing::subscriber::set_default(lines.clone());
//! # let events = || std::mem::take(&mut *lines.0.lock().unwrap());
//! use retry_core::{retry, testing};
//!
//! #[retry(schedule = [1s, 2s, 0], jitter = 0, on = |error| *error != "forbidden")]
//! fn fetch(answers: &mut Vec<Result<u32, &'static str>>) -> Result<u32, &'static str> {
//!     answers.pop().unwrap_or(Err("down"))
//! }
//!
//! let _waits = testing::skip_waits();
//! fetch(&mut vec![Ok(7), Err("busy")]).unwrap();
//! # let fields: Vec<String> = events();
//! assert_eq!(fields, [
//!     r#"WARN retrying attempt=1 attempts=3 wait=1s error="busy""#,
//!     r#"INFO recovered attempt=2 attempts=3"#,
//! ]);
//! fetch(&mut vec![Err("forbidden")]).unwrap_err();
//! # let fields: Vec<String> = events();
//! assert_eq!(fields, [r#"DEBUG gave up attempt=1 attempts=3 reason="not_retryable" error="forbidden""#]);
//! # }
//! ```
//!
//! `depth` is there only if the call is made inside a call of another retried function: it is how many there are around it.
//! Their retries multiply, see [`retry`](macro@crate::retry). What an attempt hands to another thread, or spawns as another task, is
//! not seen to be inside; nor is anything without the feature `std`.
//!
//! In debug builds with the feature `tokio`, a sync function that is about to wait in a task of tokio is a WARN, once per
//! process: it keeps everything else on its thread from running.
//!
//! With the feature `metrics`, each with the label `function`:
//!
//! | name | kind | what |
//! |---|---|---|
//! | `retry_calls_total` | counter | calls whose first attempt failed, whether they were retried or not |
//! | `retry_recovered_total` | counter | those of them that succeeded after retries |
//! | `retry_gave_up_total` | counter | those of them that did not; label `reason` |
//! | `retry_retries_total` | counter | retries |
//! | `retry_wait_seconds` | histogram | the waits, after jitter |
//!
//! A call is counted when it ends, so `retry_calls_total` is always `retry_recovered_total` plus `retry_gave_up_total`, summed
//! over its reasons. A call that is still under way, or that is dropped, or that panics, is in none of the three. Its retries
//! are counted as they are made.
//!
//! What a recorder is given:
//!
//! ```
//! # #[cfg(all(feature = "metrics", feature = "test-util"))] {
//! # use metrics::{Counter, CounterFn, Gauge, Histogram, Key, KeyName, Metadata, Recorder, SharedString, Unit};
//! # use std::collections::BTreeMap;
//! # use std::sync::{Arc, Mutex};
//! # #[derive(Clone, Default)]
//! # struct Counters(Arc<Mutex<BTreeMap<String, u64>>>);
//! # struct One(Counters, String);
//! # impl CounterFn for One {
//! #     fn increment(&self, value: u64) {
//! #         *self.0.0.lock().unwrap().entry(self.1.clone()).or_default() += value;
//! #     }
//! #     fn absolute(&self, _: u64) {}
//! # }
//! # impl Recorder for Counters {
//! #     fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
//! #     fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
//! #     fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
//! #     fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
//! #         let mut name = key.name().to_owned();
//! #         for label in key.labels().filter(|label| label.key() != "function") {
//! #             name += &format!(" {}={}", label.key(), label.value());
//! #         }
//! #         Counter::from_arc(Arc::new(One(self.clone(), name)))
//! #     }
//! #     fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
//! #         Gauge::noop()
//! #     }
//! #     fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
//! #         Histogram::noop()
//! #     }
//! # }
//! use retry_core::{retry, testing};
//!
//! #[retry(schedule = [1s, 2s, 0], on = |error| *error != "forbidden")]
//! fn fetch(answers: &mut Vec<Result<u32, &'static str>>) -> Result<u32, &'static str> {
//!     answers.pop().unwrap_or(Err("down"))
//! }
//!
//! # let counters = Counters::default();
//! # let recorder = counters.clone();
//! # metrics::with_local_recorder(&recorder, || {
//! let _waits = testing::skip_waits();
//! fetch(&mut vec![Ok(7)]).unwrap();
//! fetch(&mut vec![Ok(7), Err("busy")]).unwrap();
//! fetch(&mut vec![Err("forbidden")]).unwrap_err();
//! fetch(&mut vec![]).unwrap_err();
//! # });
//! # let counters: Vec<String> = counters.0.lock().unwrap().iter().map(|(name, count)| format!("{name}: {count}")).collect();
//! assert_eq!(counters, [
//!     "retry_calls_total: 3",
//!     "retry_gave_up_total reason=exhausted: 1",
//!     "retry_gave_up_total reason=not_retryable: 1",
//!     "retry_recovered_total: 1",
//!     "retry_retries_total: 3",
//! ]);
//! # }
//! ```
//!
//! A failure is an error, a `None`, or a value for which `until` is false. The reasons are those of [`End`]:
//!
//! | `reason` | when |
//! |---|---|
//! | `not_retryable` | `on` was false, no list is for the error, there is neither, or `control` has switched retries off |
//! | `exhausted` | the last attempt of the schedule failed; `on` is not asked about it |
//! | `max_elapsed`, `budget`, `retry_after` | that limit allowed no other attempt |
//!
//! A call that succeeds at once reports nothing. A call for which `enabled` is false reports nothing.
//!
//! An error needs no traits. An `Error` is shown by its `Display` and those of its sources, `outer: inner: innermost`, each
//! once; so is what is in a `Box<dyn Error>` or an `anyhow::Error`. Other types are shown by their alternate `Display`, `{:#}`,
//! or by their `Debug` if they have no `Display`, or not at all. The text stands in quotes. Control characters, line separators
//! and characters that change the direction of text are escaped as in Rust. It ends after 1 KiB, and a `…` says so. Arguments are
//! never reported.

#[cfg(feature = "tracing")]
use crate::backoffs::attempts;
use crate::backoffs::{Backoffs, exhausted};
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
            let (depth, attempt, attempts) = self.place(attempt);
            if error.is_error() {
                let error = error.visible();
                tracing::warn!(target: "retry", function, depth, attempt, attempts, ?wait, error, "retrying");
            } else {
                tracing::debug!(target: "retry", function, depth, attempt, attempts, ?wait, "retrying");
            }
        }
        #[cfg(feature = "metrics")]
        {
            metrics::counter!("retry_retries_total", "function" => function).increment(1);
            metrics::histogram!("retry_wait_seconds", "function" => function)
                .record(wait.as_secs_f64());
        }
        let _ = (attempt, error);
    }

    /// How many calls are around this one, the number of the attempt, and of how many, unless the list has no end.
    #[cfg(feature = "tracing")]
    fn place(&self, attempt: u32) -> (Option<usize>, usize, Option<usize>) {
        let attempts = Some(attempts(self)).filter(|attempts| *attempts < usize::MAX);
        (self.depth(), attempt as usize + 1, attempts)
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
            let (depth, attempt, attempts) = self.place(attempt);
            tracing::info!(target: "retry", function, depth, attempt, attempts, "recovered");
        }
        #[cfg(feature = "metrics")]
        {
            metrics::counter!("retry_calls_total", "function" => function).increment(1);
            metrics::counter!("retry_recovered_total", "function" => function).increment(1);
        }
        let _ = (function, attempt);
    }

    /// How a call ended whose last attempt failed, if no limit is the reason.
    #[must_use]
    pub fn end_of_failure(&self, attempt: u32) -> End {
        if self[attempt as usize].is_zero() {
            exhausted(self)
        } else {
            End::NotRetryable
        }
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
            let (depth, attempt, attempts) = self.place(attempt);
            let error = error.visible();
            if end == End::NotRetryable {
                tracing::debug!(target: "retry", function, depth, attempt, attempts, reason, error, "gave up");
            } else {
                tracing::warn!(target: "retry", function, depth, attempt, attempts, reason, error, "gave up");
            }
        }
        #[cfg(feature = "metrics")]
        {
            metrics::counter!("retry_calls_total", "function" => function).increment(1);
            metrics::counter!("retry_gave_up_total", "function" => function, "reason" => reason)
                .increment(1);
        }
        let _ = (attempt, error);
    }
}
