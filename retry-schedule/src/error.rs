//! Everything that can be wrong with a schedule, and what to change.

use crate::duration::{UNITS, duration_text};
use crate::schedule::MAX_TEXT;
use crate::shape::{MAX_ATTEMPTS, SHAPES};
use crate::suggest::nearest;
use alloc::string::String;
use core::error::Error;
use core::fmt;
use core::time::Duration;

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum DurationError {
    /// Nothing stands where a duration should.
    Missing,
    /// A number other than `0` without a unit.
    NoUnit(String),
    /// A unit that is none of `ns us ms s m h d`.
    UnknownUnit {
        /// The whole text.
        text: String,
        /// Its unit.
        unit: String,
    },
    /// No number at the front.
    NotANumber(String),
    /// A sign before the number.
    Signed(String),
    /// A number such as `1e3`.
    Exponent(String),
    /// More than a [`Duration`] holds.
    TooLarge(String),
    /// Not a whole number of nanoseconds.
    TooFine(String),
}

impl fmt::Display for DurationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("a duration is missing: write one such as `1s`"),
            Self::NoUnit(text) => {
                write!(
                    f,
                    "`{text}` has no unit: write `{text}s` for seconds, or another of "
                )?;
                units(f)
            }
            Self::UnknownUnit { text, unit } if two_units(unit) => {
                write!(
                    f,
                    "`{text}` has more than one unit: write it in the smallest, such as `90s` for a minute and a half"
                )
            }
            Self::UnknownUnit { text, unit } => {
                write!(f, "`{text}` has an unknown unit `{unit}`: write ")?;
                let number = text.strip_suffix(unit.as_str());
                if let (Some(number), Some(meant)) = (number, meant_unit(unit)) {
                    return write!(f, "`{number}{meant}`");
                }
                f.write_str("one of ")?;
                units(f)
            }
            Self::NotANumber(text) if text.starts_with('.') => {
                write!(f, "`{text}` has no digit before the point: write `0{text}`")
            }
            Self::NotANumber(text) => {
                write!(
                    f,
                    "`{text}` is not a duration: write digits and a unit, such as `250ms` or `1.5s`"
                )
            }
            Self::Signed(text) if text.starts_with('-') => {
                write!(
                    f,
                    "`{text}` is negative: a duration is zero or longer, remove the `-`"
                )
            }
            Self::Signed(text) => write!(f, "`{text}` has a sign: remove the `+`"),
            Self::Exponent(text) => write!(
                f,
                "`{text}` has an exponent: write the digits out, such as `1_000s`"
            ),
            Self::TooLarge(text) => write!(
                f,
                "`{text}` is too long: a duration is at most {}",
                duration_text(Duration::MAX)
            ),
            Self::TooFine(text) => {
                write!(
                    f,
                    "`{text}` is finer than a nanosecond: write a whole number of nanoseconds"
                )
            }
        }
    }
}

impl Error for DurationError {}

/// Whether this is what follows the first number of `1m30s`.
fn two_units(unit: &str) -> bool {
    let (first, rest) = unit.split_at(unit.find(|c: char| c.is_ascii_digit()).unwrap_or(0));
    let last = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    let is_unit = |name: &str| UNITS.into_iter().any(|(unit, _)| unit == name);
    is_unit(first) && (is_unit(last) || two_units(last))
}

/// The unit that goes by this longer or capital name.
fn meant_unit(name: &str) -> Option<&'static str> {
    let name = name.to_lowercase();
    let long = [
        ("ns", "nanoseconds nanos nsecs"),
        ("us", "microseconds micros usecs µs μs"),
        ("ms", "milliseconds millis msecs"),
        ("s", "seconds secs"),
        ("m", "minutes mins"),
        ("h", "hours hrs"),
        ("d", "days"),
    ];
    let is_short = |(unit, names): &(&str, &str)| {
        *unit == name
            || names
                .split(' ')
                .any(|long| long == name || long.strip_suffix('s') == Some(&name))
    };
    long.into_iter().find(is_short).map(|(unit, _)| unit)
}

fn units(f: &mut fmt::Formatter<'_>) -> fmt::Result {
    listed(f, UNITS.into_iter().map(|(name, _)| name))
}

fn listed<'a>(f: &mut fmt::Formatter<'_>, names: impl IntoIterator<Item = &'a str>) -> fmt::Result {
    for (index, name) in names.into_iter().enumerate() {
        f.write_str(if index == 0 { "`" } else { ", `" })?;
        write!(f, "{name}`")?;
    }
    Ok(())
}

fn suggest<I: Iterator<Item = &'static str>>(
    f: &mut fmt::Formatter<'_>,
    word: &str,
    names: impl Fn() -> I,
) -> fmt::Result {
    if let Some(name) = nearest(word, names()) {
        write!(f, ": did you mean `{name}`?")
    } else {
        f.write_str(": write one of ")?;
        listed(f, names())
    }
}

/// Why a shape such as `exponential(1s, attempts = 5)` makes no list.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ShapeError {
    /// No shape has this name.
    UnknownShape(String),
    /// The shape has no such argument.
    UnknownArgument {
        /// The shape's name.
        shape: &'static str,
        /// The argument's name.
        argument: String,
    },
    /// An argument is written twice.
    Duplicate(&'static str),
    /// A required argument is missing.
    Missing {
        /// The shape's name.
        shape: &'static str,
        /// The argument's name.
        argument: &'static str,
    },
    /// Neither `attempts` nor `retries` says how long the list is.
    NoAttempts(&'static str),
    /// Both `attempts` and `retries` say how long the list is.
    AttemptsAndRetries,
    /// Both `within` and this argument, `attempts` or `retries`, say how long the list is.
    CountAndWithin(&'static str),
    /// A duration among the arguments is none.
    Duration {
        /// The argument's name.
        argument: &'static str,
        /// What is wrong with it.
        error: DurationError,
    },
    /// An argument's value is outside its range.
    OutOfRange {
        /// The argument's name.
        argument: &'static str,
        /// What was written.
        value: String,
        /// What may be written.
        range: &'static str,
    },
    /// A wait does not fit a [`Duration`].
    TooLarge {
        /// Which wait, from 1.
        entry: usize,
    },
    /// The text of a shape is not of the form `name(1s, argument = value, ..)`.
    Syntax(String),
}

impl fmt::Display for ShapeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownShape(name) => {
                write!(f, "there is no shape `{name}`")?;
                suggest(f, name, || SHAPES.into_iter())
            }
            Self::UnknownArgument { shape, argument } => {
                write!(f, "`{shape}` has no argument `{argument}`")?;
                suggest(f, argument, || crate::shape::arguments(shape))
            }
            Self::Duplicate(argument) => write!(f, "`{argument}` is written twice: remove one"),
            Self::Missing {
                shape,
                argument: "",
            } => {
                write!(
                    f,
                    "`{shape}` needs its first wait: write it first, as in `{shape}(1s, ..)`"
                )
            }
            Self::Missing { shape, argument } => {
                write!(
                    f,
                    "`{shape}` needs `{argument}`: add `{argument} = 1s`, with a duration of your own"
                )
            }
            Self::NoAttempts(shape) => {
                write!(
                    f,
                    "`{shape}` does not say how many attempts there are: add `attempts = 5`, or `retries = 4`, which means the same"
                )?;
                if crate::shape::arguments(shape).any(|argument| argument == "within") {
                    f.write_str(", or `within = 5m` for as many as that time allows")?;
                }
                Ok(())
            }
            Self::AttemptsAndRetries => f.write_str(
                "`attempts` and `retries` say the same thing (attempts = retries + 1): remove one",
            ),
            Self::CountAndWithin(count) => write!(
                f,
                "`within` says how many attempts there are, and so does `{count}`: remove one"
            ),
            Self::Duration {
                argument: "",
                error,
            } => write!(f, "the first wait: {error}"),
            Self::Duration { argument, error } => write!(f, "`{argument}`: {error}"),
            Self::OutOfRange {
                argument,
                value,
                range,
            } => {
                write!(
                    f,
                    "`{argument} = {value}` is out of range: `{argument}` is {range}"
                )
            }
            Self::TooLarge { entry } => write!(
                f,
                "wait {entry} does not fit a duration: add `max`, or ask for fewer attempts"
            ),
            Self::Syntax(text) => write!(
                f,
                "`{text}` is not understood: write a shape as `exponential(1s, max = 60s, attempts = 10)`"
            ),
        }
    }
}

impl Error for ShapeError {}

/// Why something is not a [`Schedule`](crate::Schedule). Entries are counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScheduleError {
    /// The text is longer than 4 KiB.
    TextTooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The list has no entry.
    Empty,
    /// An entry is not a duration.
    Entry {
        /// Which one.
        entry: usize,
        /// What is wrong with it.
        error: DurationError,
    },
    /// An entry before the last one is `0`.
    InteriorZero {
        /// Which one.
        entry: usize,
    },
    /// The last entry is not `0`.
    NoTrailingZero {
        /// Which one it is.
        entry: usize,
        /// The wait that stands there.
        last: Duration,
    },
    /// A shape makes no list.
    Shape(ShapeError),
}

impl fmt::Display for ScheduleError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TextTooLong { bytes } => write!(
                f,
                "the schedule's text has {bytes} bytes, at most {MAX_TEXT} are read: write a shape such as `exponential(1s, max = 60s, attempts = {MAX_ATTEMPTS})`"
            ),
            Self::Empty => f.write_str(
                "the schedule is empty: write at least `0`, which is one attempt without a retry",
            ),
            Self::Entry { entry, error } => write!(f, "entry {entry}: {error}"),
            Self::InteriorZero { entry } => write!(
                f,
                "entry {entry} is `0`, which means \"no more waiting\" and stands only at the end: remove it, or write a short wait such as `1ms`"
            ),
            Self::NoTrailingZero { entry, last } => {
                let last = duration_text(*last);
                write!(
                    f,
                    "the schedule does not end in `0`: entry {entry}, `{last}`, is the wait after the last attempt, and nothing would follow it. \
                     Add `, 0` for one more attempt after that wait, or write `0` in place of `{last}`"
                )
            }
            Self::Shape(error) => error.fmt(f),
        }
    }
}

// What is wrong with an entry is part of the message, so it is no `source`: whoever prints the chain would print it twice.
impl Error for ScheduleError {}

impl From<ShapeError> for ScheduleError {
    fn from(error: ShapeError) -> Self {
        Self::Shape(error)
    }
}
