//! What other retry libraries have. The name of a key that is none flows in; what to write in its place flows out.
//!
//! `docs/moving.md` lists the same names with the same answers, and `tests/moving.rs` compares the two.

use super::names::Keyword;
use std::fmt;

/// What to write in place of a key of another library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    /// That key.
    Key(Keyword),
    /// A number of attempts.
    Attempts,
    /// The wait that a shape begins with.
    FirstWait,
    /// What a shape multiplies by.
    Factor,
    /// The longest wait of a shape.
    LongestWait,
    /// A shape.
    Shape(&'static str),
    /// What limits an attempt, or the whole call.
    Timeout,
    /// A predicate that is true for errors that are final.
    Final,
    /// A predicate that is true for values that are not ready.
    NotReady,
    /// What to do before each attempt.
    Before,
    /// A switch for what always is so.
    LastError,
    /// What to do when all attempts have failed.
    Fallback,
}

const CONSTANT: &str = "constant(1s, attempts = 5)";
const EXPONENTIAL: &str = "exponential(1s, max = 30s, attempts = 5)";
const LINEAR: &str = "linear(1s, step = 1s, attempts = 5)";
const FIBONACCI: &str = "fibonacci(1s, attempts = 5)";

const ALL: &[(Elsewhere, &[&str])] = &[
    (
        Elsewhere::Key(Keyword::Schedule),
        &[
            "backoff",
            "delay",
            "delay_generator",
            "delays",
            "interval_bi_function",
            "interval_function",
            "wait",
            "wait_chain",
            "waits",
        ],
    ),
    (
        Elsewhere::Attempts,
        &[
            "attempts",
            "max_attempts",
            "max_retries",
            "max_retry_attempts",
            "max_times",
            "max_tries",
            "retries",
            "stop",
            "stop_after_attempt",
            "take",
            "tries",
        ],
    ),
    (
        Elsewhere::FirstWait,
        &[
            "base_delay",
            "initial_backoff",
            "initial_delay",
            "initial_interval",
            "min_delay",
            "wait_initial",
        ],
    ),
    (
        Elsewhere::Factor,
        &[
            "base",
            "exp_base",
            "exponential_backoff_multiplier",
            "factor",
            "multiplier",
            "wait_exp_base",
        ],
    ),
    (
        Elsewhere::LongestWait,
        &[
            "exponential_max_wait_duration",
            "max",
            "max_backoff",
            "max_delay",
            "max_interval",
            "max_value",
            "wait_max",
        ],
    ),
    (
        Elsewhere::Shape(CONSTANT),
        &[
            "constant",
            "fixed",
            "interval",
            "wait_duration",
            "wait_fixed",
        ],
    ),
    (
        Elsewhere::Shape(EXPONENTIAL),
        &[
            "backoff_type",
            "enable_exponential_backoff",
            "exponential",
            "exponential_backoff",
            "wait_exponential",
            "wait_exponential_jitter",
            "wait_random_exponential",
        ],
    ),
    (Elsewhere::Shape(LINEAR), &["linear", "wait_incrementing"]),
    (Elsewhere::Shape(FIBONACCI), &["fibonacci"]),
    (Elsewhere::Timeout, &["timeout"]),
    (
        Elsewhere::Key(Keyword::MaxElapsed),
        &[
            "deadline",
            "max_duration",
            "max_elapsed_time",
            "max_time",
            "stop_after_delay",
            "stop_before_delay",
            "total_delay",
        ],
    ),
    (
        Elsewhere::Key(Keyword::Jitter),
        &[
            "enable_randomized_wait",
            "jitter_factor",
            "random",
            "randomization_factor",
            "randomized_wait_factor",
            "use_jitter",
            "wait_jitter",
        ],
    ),
    (
        Elsewhere::Key(Keyword::On),
        &[
            "condition",
            "exception",
            "exception_expression",
            "include",
            "includes",
            "predicate",
            "retry",
            "retry_exceptions",
            "retry_for",
            "retry_if",
            "retry_if_exception",
            "retry_if_exception_type",
            "retry_on",
            "retry_on_exception",
            "retry_on_exception_predicate",
            "should_handle",
            "should_retry",
            "when",
        ],
    ),
    (
        Elsewhere::Final,
        &[
            "exclude",
            "excludes",
            "give_up",
            "ignore_exceptions",
            "no_retry_for",
            "retry_if_not_exception_type",
            "retry_unless_exception_type",
        ],
    ),
    (
        Elsewhere::NotReady,
        &[
            "retry_if_result",
            "retry_on_result",
            "retry_on_result_predicate",
        ],
    ),
    (
        Elsewhere::Key(Keyword::RetryAfter),
        &["adjust", "delay_hint", "hint", "wait_exception"],
    ),
    (
        Elsewhere::Key(Keyword::MaxRetryAfter),
        &["max_delay_hint", "max_hint"],
    ),
    (Elsewhere::Before, &["before"]),
    (
        Elsewhere::Key(Keyword::Notify),
        &[
            "after",
            "before_sleep",
            "listeners",
            "on_backoff",
            "on_retry",
        ],
    ),
    (
        Elsewhere::Key(Keyword::Done),
        &[
            "finally",
            "on_done",
            "on_end",
            "on_exit",
            "on_failure",
            "on_finish",
            "on_giveup",
            "on_success",
        ],
    ),
    (
        Elsewhere::LastError,
        &["fail_after_max_attempts", "reraise", "retry_error_cls"],
    ),
    (
        Elsewhere::Fallback,
        &["fallback", "recover", "retry_error_callback"],
    ),
    (Elsewhere::Key(Keyword::Budget), &["retry_budget"]),
    (
        Elsewhere::Key(Keyword::ResetAfter),
        &["reset", "reset_timeout"],
    ),
    (Elsewhere::Key(Keyword::Name), &["label"]),
];

impl Elsewhere {
    /// What is called so elsewhere: `max_delay`, `with_max_delay`, `maxDelay`, `MaxDelay`. Our own keys may be written so, too.
    pub(crate) fn of(written: &str) -> Option<Self> {
        let written = written.strip_prefix("with_").unwrap_or(written);
        let ours = Keyword::ALL.map(|key| (key.text(), Self::Key(key)));
        let mut all = ours.into_iter().chain(Self::all());
        let (_, meant) = all.find(|(name, _)| letters(name).eq(letters(written)))?;
        Some(meant)
    }

    /// All names, each with what is said of it.
    pub(crate) fn all() -> impl Iterator<Item = (&'static str, Self)> {
        ALL.iter()
            .flat_map(|(meant, names)| names.iter().map(|name| (*name, *meant)))
    }

    /// The key that was meant, if its value may be right as it is.
    pub(crate) fn key(self) -> Option<Keyword> {
        match self {
            Self::Key(key) => Some(key),
            _ => None,
        }
    }

    /// The key that says the same in another way.
    pub(crate) fn about(self) -> Option<Keyword> {
        match self {
            Self::Key(key) => Some(key),
            Self::Attempts
            | Self::FirstWait
            | Self::Factor
            | Self::LongestWait
            | Self::Shape(_) => Some(Keyword::Schedule),
            Self::Final => Some(Keyword::On),
            Self::NotReady => Some(Keyword::Until),
            Self::Timeout | Self::Before | Self::LastError | Self::Fallback => None,
        }
    }
}

/// How a name is compared: `_` and capitals do not count.
fn letters(name: &str) -> impl Iterator<Item = u8> {
    name.bytes()
        .filter(|letter| *letter != b'_')
        .map(|letter| letter.to_ascii_lowercase())
}

/// What follows "there is no key `timeout`".
impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Key(key) => write!(f, ", did you mean `{}`?", key.text()),
            Self::Attempts => f.write_str(
                ": `schedule` has one entry for each attempt, so `[1s, 2s, 4s, 0]` makes four",
            ),
            Self::FirstWait => f.write_str(
                ": the first wait stands first in the schedule, as in `schedule = exponential(500ms, attempts = 5)`",
            ),
            Self::Factor => f.write_str(
                ": it is part of the schedule, as in `schedule = exponential(1s, factor = 2, attempts = 5)`",
            ),
            Self::LongestWait => f.write_str(
                ": the longest wait is part of the schedule, as in `schedule = exponential(1s, max = 30s, attempts = 5)`",
            ),
            Self::Shape(shape) => write!(f, ": write `schedule = {shape}`"),
            Self::Timeout => f.write_str(
                ": `attempt_timeout` limits each attempt, `max_elapsed` the whole call",
            ),
            Self::Final => f.write_str(
                ": `on` says which errors are retried, so write `on = |error| !is_final(error)`",
            ),
            Self::NotReady => f.write_str(
                ": `until` says which value is the right one, as in `until = |value| value.is_ready()`",
            ),
            Self::Before => f.write_str(
                ": what comes before each attempt stands in the body, where `attempt = attempt` tells which one it is",
            ),
            Self::LastError => {
                f.write_str(": the last error is always returned as it is, so remove this")
            }
            Self::Fallback => f.write_str(
                ": the last error is returned to the caller, who can write `.or_else(..)`",
            ),
        }
    }
}
