//! What happens to retries, seen from outside: events and counters.
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
//! A reason is `exhausted` (the list has ended), `not_retryable` (`on` said no), `budget`, `max_elapsed` or `retry_after`. A call
//! that succeeds at once reports nothing, and neither does one for which `enabled` is false.
//!
//! The error is shown by its `Display`, or else its `Debug`, or else not at all: it need implement nothing. Control characters
//! are escaped, and the text ends after 1 KiB. Arguments are never reported.

use core::fmt;
use core::time::Duration;

/// The longest text of an error, in bytes.
const MAX_ERROR: usize = 1_024;

/// A retry is about to be waited for.
#[cold]
pub fn retrying(
    function: &'static str,
    attempt: usize,
    attempts: usize,
    wait: Duration,
    error: Shown<'_>,
) {
    #[cfg(feature = "tracing")]
    if error.is_error() {
        let error = error.visible();
        tracing::warn!(target: "retry", function, attempt, attempts, ?wait, error, "retrying");
    } else {
        tracing::debug!(target: "retry", function, attempt, attempts, ?wait, "retrying");
    }
    #[cfg(feature = "metrics")]
    {
        if attempt == 1 {
            metrics::counter!("retry_calls_total", "function" => function).increment(1);
        }
        metrics::counter!("retry_retries_total", "function" => function).increment(1);
        metrics::histogram!("retry_wait_seconds", "function" => function)
            .record(wait.as_secs_f64());
    }
    let _ = (function, attempt, attempts, wait, error);
}

/// A call gives a value, after retries.
#[cold]
pub fn recovered(function: &'static str, attempt: usize, attempts: usize) {
    #[cfg(feature = "tracing")]
    tracing::info!(target: "retry", function, attempt, attempts, "recovered");
    #[cfg(feature = "metrics")]
    metrics::counter!("retry_recovered_total", "function" => function).increment(1);
    let _ = (function, attempt, attempts);
}

/// A call ended in failure.
#[cold]
pub fn gave_up(
    function: &'static str,
    attempt: usize,
    attempts: usize,
    reason: &'static str,
    error: Shown<'_>,
) {
    #[cfg(feature = "tracing")]
    {
        let error = error.visible();
        tracing::warn!(target: "retry", function, attempt, attempts, reason, error, "gave up");
    }
    #[cfg(feature = "metrics")]
    metrics::counter!("retry_gave_up_total", "function" => function, "reason" => reason)
        .increment(1);
    let _ = (function, attempt, attempts, reason, error);
}

/// An error, as far as it can be shown.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// By its `Display`.
    Display(&'a dyn fmt::Display),
    /// By its `Debug`.
    Debug(&'a dyn fmt::Debug),
    /// An error without either.
    Hidden,
    /// There is no error.
    Nothing,
}

impl Shown<'_> {
    #[cfg(feature = "tracing")]
    fn visible(&self) -> Option<tracing::field::DisplayValue<&Self>> {
        matches!(self, Self::Display(_) | Self::Debug(_)).then(|| tracing::field::display(self))
    }

    #[cfg(feature = "tracing")]
    fn is_error(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

/// Escaped, and at most 1 KiB.
impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut capped = Capped {
            to: f,
            left: MAX_ERROR,
        };
        let written = match self {
            Self::Display(error) => fmt::write(&mut capped, format_args!("{error}")),
            Self::Debug(error) => fmt::write(&mut capped, format_args!("{error:?}")),
            Self::Hidden | Self::Nothing => Ok(()),
        };
        // What stops at the cap is an error to the writer only.
        if capped.left == 0 {
            f.write_str("…")
        } else {
            written
        }
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

struct Capped<'a, 'b> {
    to: &'a mut fmt::Formatter<'b>,
    left: usize,
}

impl fmt::Write for Capped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            let escaped = c.is_control();
            let length = if escaped {
                c.escape_default().len()
            } else {
                c.len_utf8()
            };
            if length > self.left {
                self.left = 0;
                return Err(fmt::Error);
            }
            self.left -= length;
            if escaped {
                write!(self.to, "{}", c.escape_default())?;
            } else {
                self.to.write_char(c)?;
            }
        }
        Ok(())
    }
}

/// Finds out how an error can be shown: the first of the traits below whose method applies, by the number of references
/// that it takes. David Tolnay describes it as "autoref-based stable specialization".
#[doc(hidden)]
#[derive(Debug)]
pub struct Show<'a, E>(pub &'a E);

#[doc(hidden)]
pub trait ShowDisplay<'a> {
    fn show(&self) -> Shown<'a>;
}

impl<'a, E: fmt::Display> ShowDisplay<'a> for &&Show<'a, E> {
    fn show(&self) -> Shown<'a> {
        Shown::Display(self.0)
    }
}

#[doc(hidden)]
pub trait ShowDebug<'a> {
    fn show(&self) -> Shown<'a>;
}

impl<'a, E: fmt::Debug> ShowDebug<'a> for &Show<'a, E> {
    fn show(&self) -> Shown<'a> {
        Shown::Debug(self.0)
    }
}

#[doc(hidden)]
pub trait ShowNothing<'a> {
    fn show(&self) -> Shown<'a>;
}

impl<'a, E> ShowNothing<'a> for Show<'a, E> {
    fn show(&self) -> Shown<'a> {
        Shown::Hidden
    }
}

/// An error as [`Shown`], whatever it implements.
#[doc(hidden)]
#[macro_export]
macro_rules! shown {
    ($error:expr) => {{
        use $crate::observe::{ShowDebug as _, ShowDisplay as _, ShowNothing as _};
        (&&&$crate::observe::Show($error)).show()
    }};
}
