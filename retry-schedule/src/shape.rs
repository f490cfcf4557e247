//! A shape: its name and arguments go in one by one, as text, and come out checked, or as text again.

use crate::decimal::{BILLION, Decimal, write_billionths};
use crate::duration::{DurationError, duration_text, parse_duration};
use crate::kind::{SHAPES, ShapeArgument, ShapeKind};
use crate::quoted::ticked;
use crate::suggest::suggestion;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;
use thiserror::Error;

/// The most attempts a shape makes.
pub const MAX_ATTEMPTS: usize = 1_000;

/// What stands at the end of a list whose last wait is repeated, and in the place of a shape's number of attempts.
pub(crate) const OPEN: &str = "..";

/// How long before the end of `within` the last attempt is made.
pub(crate) const MARGIN: Duration = Duration::from_secs(1);

/// Why a shape such as `exponential(1s, attempts = 5)` makes no list.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// No shape has this name.
    #[error("there is no shape {}{}", ticked(.0), suggestion(.0, &SHAPES))]
    UnknownShape(String),
    /// The shape has no such argument.
    #[error("`{shape}` has no argument {}{}", ticked(.argument), suggest_argument(*.shape, .argument))]
    UnknownArgument {
        /// The shape.
        shape: ShapeKind,
        /// The argument's name.
        argument: String,
    },
    /// An argument is written twice.
    #[error("`{0}` is written twice: remove one")]
    Duplicate(ShapeArgument),
    /// The first wait is missing.
    #[error("`{0}` needs its first wait: write it first, as in `{0}(1s, …)`")]
    NoFirst(ShapeKind),
    /// A required argument is missing.
    #[error("`{shape}` needs `{argument}`: add `{argument} = 1s`, with a duration of your own")]
    Missing {
        /// The shape.
        shape: ShapeKind,
        /// The argument.
        argument: ShapeArgument,
    },
    /// Nothing says how long the list is.
    #[error(
        "`{0}` does not say how many attempts there are: add `attempts = 5`, or `retries = 4`, which means the same{within}",
        within = or_within(*.0)
    )]
    NoAttempts(ShapeKind),
    /// Both `attempts` and `retries` say how long the list is.
    #[error("`attempts` and `retries` say the same thing (attempts = retries + 1): remove one")]
    AttemptsAndRetries,
    /// Both `..` and this argument say when the attempts end.
    #[error("`..` repeats the last wait without end, and `{0}` says when to end: remove one")]
    CountAndOpen(ShapeArgument),
    /// Something follows the `..`.
    #[error("`..` stands at the end: move it behind the last argument")]
    OpenNotLast,
    /// The waits grow for ever, so `..` has none to repeat.
    #[error(
        "the waits of `{0}` grow without end, and `..` repeats the last: add `max = 60s`, with a duration of your own"
    )]
    NeverSettles(ShapeKind),
    /// The wait that `..` repeats is not reached.
    #[error(
        "`..` repeats the wait that `{argument}` sets, but 1000 waits do not reach it: write another `{argument}`, or larger steps"
    )]
    SettlesTooLate {
        /// What sets the wait: `max` or `min`.
        argument: ShapeArgument,
    },
    /// Both `within` and this argument, `attempts` or `retries`, say how long the list is.
    #[error("`within` says how many attempts there are, and so does `{0}`: remove one")]
    CountAndWithin(ShapeArgument),
    /// What stands as a duration among the arguments is not one.
    #[error("{name}: {error}", name = .argument.map_or("the first wait".to_string(), |name| format!("`{name}`")))]
    Duration {
        /// The argument, or `None` for the first wait.
        argument: Option<ShapeArgument>,
        /// What is wrong with it.
        error: DurationError,
    },
    /// An argument's value is outside its range.
    #[error("{} is out of range: `{argument}` is {range}", assigned(*.argument, .value))]
    OutOfRange {
        /// The argument.
        argument: ShapeArgument,
        /// What was written.
        value: String,
        /// What may be written.
        range: &'static str,
    },
    /// A wait does not fit a [`Duration`].
    #[error("wait {entry} does not fit a duration: add `max`, or ask for fewer attempts")]
    TooLarge {
        /// Which wait, from 1.
        entry: usize,
    },
    /// The text of a shape is not of the form `name(1s, argument = value, …)`.
    #[error(
        "{} is not understood: write a shape as `exponential(1s, max = 60s, attempts = 10)`",
        ticked(.0)
    )]
    Syntax(String),
}

fn assigned(argument: ShapeArgument, value: &str) -> impl fmt::Display {
    ticked(format!("{argument} = {value}"))
}

fn suggest_argument(shape: ShapeKind, word: &str) -> String {
    let names: Vec<_> = shape.arguments().iter().map(|name| name.name()).collect();
    suggestion(word, &names)
}

fn or_within(shape: ShapeKind) -> &'static str {
    if shape.takes(ShapeArgument::Within) {
        ", or `within = 5m` for as many as that time allows"
    } else {
        ""
    }
}

/// A list in the making: a shape, its first wait, and what has been said of it so far.
///
/// [`Schedule::constant`](crate::Schedule::constant), [`linear`](crate::Schedule::linear),
/// [`exponential`](crate::Schedule::exponential), [`fibonacci`](crate::Schedule::fibonacci) and
/// [`inverse`](crate::Schedule::inverse) begin one. [`attempts`](Shape::attempts) or [`retries`](Shape::retries), or for
/// `inverse` [`within`](Shape::within), makes the schedule of it, and [`without_end`](Shape::without_end) makes one that
/// repeats its last wait. The arithmetic is exact: factors are decimal numbers
/// with up to nine places, and each wait is rounded half up to the nanosecond once, from its exact value.
///
/// ```
/// use core::time::Duration;
/// # use retry_schedule as retry_core;
/// use retry_core::Schedule;
///
/// let schedule = Schedule::exponential(Duration::from_secs(1)).max(Duration::from_secs(5)).retries(4)?;
/// assert_eq!(schedule.to_string(), "exponential(1s, max = 5s, retries = 4)");
/// assert_eq!(format!("{schedule:#}"), "1s, 2s, 4s, 5s, 0");
/// # Ok::<(), retry_core::ScheduleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[must_use = "a shape is a schedule only after `attempts`, `retries`, `within` or `without_end`"]
pub struct Shape {
    pub(crate) kind: ShapeKind,
    pub(crate) first: Duration,
    pub(crate) step: Option<Duration>,
    pub(crate) factor: Option<Factor>,
    pub(crate) max: Option<Duration>,
    pub(crate) min: Option<Duration>,
    pub(crate) attempts: Option<usize>,
    pub(crate) retries: Option<usize>,
    pub(crate) within: Option<Duration>,
    /// Whether the last wait is repeated without end.
    pub(crate) is_open: bool,
}

impl Shape {
    pub(crate) fn new(kind: ShapeKind, first: Duration) -> Self {
        Self {
            kind,
            first,
            step: None,
            factor: None,
            max: None,
            min: None,
            attempts: None,
            retries: None,
            within: None,
            is_open: false,
        }
    }

    /// The shape of that name, with its first wait as it is written in a schedule's text.
    ///
    /// # Errors
    ///
    /// The name is unknown, or the first wait is missing or not a duration.
    pub fn parse(name: &str, first: &str) -> Result<Self, ShapeError> {
        let kind =
            ShapeKind::from_name(name).ok_or_else(|| ShapeError::UnknownShape(name.to_string()))?;
        if first.is_empty() || first == OPEN || first.contains('=') {
            return Err(ShapeError::NoFirst(kind));
        }
        parse_duration(first)
            .map(|first| Self::new(kind, first))
            .map_err(|error| ShapeError::Duration {
                argument: None,
                error,
            })
    }

    /// Reads one argument as it is written in a schedule's text, `max = 60s` as `("max", "60s")`.
    ///
    /// # Errors
    ///
    /// The shape does not take this argument, or has it already, or the value is not one that it may have; or the shape
    /// has its `..` already.
    pub fn set(&mut self, argument: &str, value: &str) -> Result<(), ShapeError> {
        if self.is_open {
            return Err(ShapeError::OpenNotLast);
        }
        let argument = ShapeArgument::from_name(argument)
            .filter(|name| self.kind.takes(*name))
            .ok_or_else(|| self.unknown(argument))?;
        let duration = || {
            let argument = Some(argument);
            parse_duration(value).map_err(|error| ShapeError::Duration { argument, error })
        };
        let count = || check_count(argument, parse_count(value).unwrap_or(usize::MAX), &value);
        let is_set = match argument {
            ShapeArgument::Step => self.step.replace(duration()?).is_some(),
            ShapeArgument::Max => self.max.replace(duration()?).is_some(),
            ShapeArgument::Min => self.min.replace(duration()?).is_some(),
            ShapeArgument::Within => self.within.replace(duration()?).is_some(),
            ShapeArgument::Factor => {
                let factor = Factor::parse(value);
                self.check_factor(factor, &value)?;
                self.factor.replace(factor).is_some()
            }
            ShapeArgument::Attempts => self.attempts.replace(count()?).is_some(),
            ShapeArgument::Retries => self.retries.replace(count()?).is_some(),
        };
        if is_set {
            return Err(ShapeError::Duplicate(argument));
        }
        Ok(())
    }

    /// Reads the `..` at the end: the last wait is repeated without end.
    ///
    /// # Errors
    ///
    /// The shape has its `..` already.
    pub fn set_open(&mut self) -> Result<(), ShapeError> {
        if self.is_open {
            return Err(ShapeError::OpenNotLast);
        }
        self.is_open = true;
        Ok(())
    }

    /// The wait from which on all are equal, and the argument that sets it.
    pub(crate) fn settled(&self) -> Option<(Duration, ShapeArgument)> {
        match self.kind {
            ShapeKind::Inverse => self.min.map(|min| (min, ShapeArgument::Min)),
            _ => self.max.map(|max| (max, ShapeArgument::Max)),
        }
    }

    /// The number of retries, or the most that there can be, if the arguments fit together.
    pub(crate) fn check(&self) -> Result<usize, ShapeError> {
        for argument in ShapeArgument::ALL {
            if !self.kind.takes(argument) && self.value(argument).is_some() {
                return Err(self.unknown(argument.name()));
            }
        }
        if let Some(factor) = self.factor {
            self.check_factor(factor, &factor)?;
        }
        if self.kind == ShapeKind::Inverse {
            let min = self.min.ok_or(self.missing(ShapeArgument::Min))?;
            if min.is_zero() || min > self.first {
                let range = "longer than 0 and not longer than the first wait";
                return Err(out_of_range(ShapeArgument::Min, &duration_text(min), range));
            }
        }
        let count = [
            ShapeArgument::Attempts,
            ShapeArgument::Retries,
            ShapeArgument::Within,
        ]
        .into_iter()
        .find(|count| self.value(*count).is_some());
        if self.is_open {
            return match count {
                Some(count) => Err(ShapeError::CountAndOpen(count)),
                None => Ok(MAX_ATTEMPTS),
            };
        }
        match (self.attempts, self.retries, self.within) {
            (Some(attempts), None, None) => {
                check_count(ShapeArgument::Attempts, attempts, &attempts).map(|count| count - 1)
            }
            (None, Some(retries), None) => check_count(ShapeArgument::Retries, retries, &retries),
            (None, None, Some(within)) if within <= MARGIN => Err(out_of_range(
                ShapeArgument::Within,
                &duration_text(within),
                "longer than 1s: the last attempt is made one second before it is over",
            )),
            (None, None, Some(_)) => Ok(MAX_ATTEMPTS - 1),
            (None, None, None) => Err(ShapeError::NoAttempts(self.kind)),
            (Some(_), Some(_), _) => Err(ShapeError::AttemptsAndRetries),
            (_, None, Some(_)) => Err(ShapeError::CountAndWithin(ShapeArgument::Attempts)),
            (None, Some(_), Some(_)) => Err(ShapeError::CountAndWithin(ShapeArgument::Retries)),
        }
    }

    fn check_factor(&self, factor: Factor, written: &dyn fmt::Display) -> Result<(), ShapeError> {
        let (is_allowed, range) = if self.kind == ShapeKind::Inverse {
            (
                Factor::ZERO < factor && factor < Factor::ONE,
                "a number above 0 and below 1, with at most nine decimal places",
            )
        } else {
            (
                factor > Factor::ONE,
                "a number above 1, with at most nine decimal places",
            )
        };
        if !is_allowed {
            return Err(out_of_range(ShapeArgument::Factor, written, range));
        }
        Ok(())
    }

    /// The text of an argument's value, if it was given.
    fn value(&self, argument: ShapeArgument) -> Option<String> {
        let duration = match argument {
            ShapeArgument::Step => self.step,
            ShapeArgument::Max => self.max,
            ShapeArgument::Min => self.min,
            ShapeArgument::Within => self.within,
            ShapeArgument::Factor => return self.factor.map(|factor| factor.to_string()),
            ShapeArgument::Attempts => return self.attempts.map(|count| count.to_string()),
            ShapeArgument::Retries => return self.retries.map(|count| count.to_string()),
        };
        duration.map(|duration| duration_text(duration).to_string())
    }

    fn unknown(&self, argument: &str) -> ShapeError {
        ShapeError::UnknownArgument {
            shape: self.kind,
            argument: argument.to_string(),
        }
    }

    pub(crate) fn missing(&self, argument: ShapeArgument) -> ShapeError {
        ShapeError::Missing {
            shape: self.kind,
            argument,
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}", self.kind, duration_text(self.first))?;
        for argument in ShapeArgument::ALL {
            if let Some(value) = self.value(argument) {
                write!(f, ", {argument} = {value}")?;
            }
        }
        f.write_str(if self.is_open { ", ..)" } else { ")" })
    }
}

/// A factor in billionths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Hash)]
pub(crate) struct Factor(pub(crate) u64);

impl Factor {
    pub(crate) const ZERO: Self = Self(0);
    pub(crate) const ONE: Self = Self(BILLION as u64);

    /// The factor that is written. A text that is not a number, or has more than nine decimal places, gives zero, which
    /// no shape allows.
    pub(crate) fn parse(text: &str) -> Self {
        let billionths = Decimal::parse(text).and_then(|number| number.times(Self::ONE.0.into()));
        Self(
            billionths
                .ok()
                .and_then(|billionths| billionths.try_into().ok())
                .unwrap_or(0),
        )
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_billionths(f, self.0)
    }
}

fn parse_count(text: &str) -> Option<usize> {
    let number = Decimal::parse(text).ok()?;
    usize::try_from(number.whole)
        .ok()
        .filter(|_| !text.contains('.'))
}

fn check_count(
    argument: ShapeArgument,
    count: usize,
    written: &dyn fmt::Display,
) -> Result<usize, ShapeError> {
    let (allowed, range) = if argument == ShapeArgument::Attempts {
        (1..=MAX_ATTEMPTS, "a whole number from 1 to 1000")
    } else {
        (0..=MAX_ATTEMPTS - 1, "a whole number from 0 to 999")
    };
    if !allowed.contains(&count) {
        return Err(out_of_range(argument, written, range));
    }
    Ok(count)
}

pub(crate) fn out_of_range(
    argument: ShapeArgument,
    value: &dyn fmt::Display,
    range: &'static str,
) -> ShapeError {
    ShapeError::OutOfRange {
        argument,
        value: value.to_string(),
        range,
    }
}
