//! Shapes: a few words that are worked out into an explicit list.

use crate::decimal::Decimal;
use crate::duration::{duration_text, from_nanos, parse_duration};
use crate::error::{ScheduleError, ShapeError};
use crate::geometric::Geometric;
use crate::schedule::Schedule;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::time::Duration;

/// The most attempts a shape makes.
pub const MAX_ATTEMPTS: usize = 1_000;

/// The names of the shapes.
pub const SHAPES: [&str; 5] = ["constant", "linear", "exponential", "fibonacci", "inverse"];

const ATTEMPTS: &str = "attempts";
const RETRIES: &str = "retries";
const STEP: &str = "step";
const FACTOR: &str = "factor";
const MAX: &str = "max";
const MIN: &str = "min";
const WITHIN: &str = "within";

/// How long before the end of `within` the last attempt is made.
const MARGIN: Duration = Duration::from_secs(1);

const BILLION: u64 = 1_000_000_000;

/// Which arguments a shape takes besides its first wait.
pub(crate) fn arguments(shape: &str) -> impl Iterator<Item = &'static str> {
    let own: &[&str] = match shape {
        "linear" => &[STEP, MAX],
        "exponential" => &[FACTOR, MAX],
        "fibonacci" => &[MAX],
        "inverse" => &[FACTOR, MIN, WITHIN],
        _ => &[],
    };
    own.iter().chain(&[ATTEMPTS, RETRIES]).copied()
}

/// A list in the making: a shape, its first wait, and what has been said of it so far.
///
/// Made by [`Schedule::constant`], [`linear`](Schedule::linear), [`exponential`](Schedule::exponential),
/// [`fibonacci`](Schedule::fibonacci) and [`inverse`](Schedule::inverse); [`attempts`](Shape::attempts) or
/// [`retries`](Shape::retries), or for `inverse` [`within`](Shape::within), ends it. The arithmetic is exact: factors are decimal numbers with up to nine places,
/// and each wait is rounded half up to the nanosecond once, from its exact value.
///
/// ```
/// use core::time::Duration;
/// use retry_schedule::Schedule;
///
/// let schedule = Schedule::exponential(Duration::from_secs(1)).max(Duration::from_secs(5)).retries(4)?;
/// assert_eq!(schedule.to_string(), "1s, 2s, 4s, 5s, 0");
/// # Ok::<(), retry_schedule::ScheduleError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[must_use = "a shape is a list only after `attempts`, `retries` or `within`"]
pub struct Shape {
    name: &'static str,
    first: Duration,
    step: Option<Duration>,
    /// In billionths.
    factor: Option<u64>,
    max: Option<Duration>,
    min: Option<Duration>,
    attempts: Option<usize>,
    retries: Option<usize>,
    within: Option<Duration>,
}

impl Shape {
    /// The shape of that name, with its first wait as it is written in a schedule's text.
    ///
    /// # Errors
    ///
    /// An unknown name, or a first wait that is missing or no duration.
    pub fn parse(name: &str, first: &str) -> Result<Self, ShapeError> {
        let name = SHAPES
            .into_iter()
            .find(|shape| *shape == name)
            .ok_or_else(|| ShapeError::UnknownShape(name.to_string()))?;
        if first.is_empty() || first.contains('=') {
            return Err(ShapeError::Missing {
                shape: name,
                argument: "",
            });
        }
        let first = parse_duration(first).map_err(|error| ShapeError::Duration {
            argument: "",
            error,
        })?;
        Ok(Self::named(name, first))
    }

    pub(crate) fn named(name: &'static str, first: Duration) -> Self {
        Self {
            name,
            first,
            step: None,
            factor: None,
            max: None,
            min: None,
            attempts: None,
            retries: None,
            within: None,
        }
    }

    /// Reads one argument as it is written in a schedule's text, `max = 60s` as `("max", "60s")`.
    ///
    /// # Errors
    ///
    /// An argument that the shape does not take, that was set before, or whose value is not one.
    pub fn set(&mut self, argument: &str, value: &str) -> Result<(), ShapeError> {
        let argument = arguments(self.name)
            .find(|name| *name == argument)
            .ok_or_else(|| ShapeError::UnknownArgument {
                shape: self.name,
                argument: argument.to_string(),
            })?;
        let duration =
            || parse_duration(value).map_err(|error| ShapeError::Duration { argument, error });
        match argument {
            STEP => set_once(&mut self.step, argument, duration()?),
            MAX => set_once(&mut self.max, argument, duration()?),
            MIN => set_once(&mut self.min, argument, duration()?),
            WITHIN => set_once(&mut self.within, argument, duration()?),
            FACTOR => {
                let factor = self.parse_factor(value)?;
                set_once(&mut self.factor, argument, factor)
            }
            ATTEMPTS => set_once(&mut self.attempts, argument, parse_count(argument, value)?),
            _ => set_once(&mut self.retries, argument, parse_count(argument, value)?),
        }
    }

    /// How much each wait is longer than the one before, for `linear`.
    pub fn step(mut self, step: Duration) -> Self {
        self.step = Some(step);
        self
    }

    /// How many times the wait before each wait is, for `exponential` (above 1) and `inverse` (below 1). The number
    /// is taken as it prints: `0.1` is one tenth.
    pub fn factor(mut self, factor: f64) -> Self {
        // What is no decimal number becomes 0, which no shape allows.
        self.factor = Some(factor_billionths(&format!("{factor}")).unwrap_or(0));
        self
    }

    /// The longest wait, for `linear`, `exponential` and `fibonacci`.
    pub fn max(mut self, max: Duration) -> Self {
        self.max = Some(max);
        self
    }

    /// The shortest wait, for `inverse`.
    pub fn min(mut self, min: Duration) -> Self {
        self.min = Some(min);
        self
    }

    /// The schedule of that many attempts, 1 to 1,000: one entry each, the `0` at the end included.
    ///
    /// # Errors
    ///
    /// [`ScheduleError::Shape`] where an argument is missing, not the shape's own, or out of range, and
    /// [`ScheduleError::InteriorZero`] where a wait is zero.
    pub fn attempts(mut self, attempts: usize) -> Result<Schedule, ScheduleError> {
        self.attempts = Some(attempts);
        Schedule::from_shape(self)
    }

    /// The schedule of that many retries: one attempt more.
    ///
    /// # Errors
    ///
    /// As for [`attempts`](Shape::attempts).
    pub fn retries(mut self, retries: usize) -> Result<Schedule, ScheduleError> {
        self.retries = Some(retries);
        Schedule::from_shape(self)
    }

    /// The schedule of as many attempts as fit into that time, for `inverse`: its last wait is shortened, so that the last
    /// attempt is one second before the time is up, if attempts take no time and waits no jitter.
    ///
    /// ```
    /// use core::time::Duration;
    /// use retry_schedule::Schedule;
    ///
    /// let minute = Duration::from_secs(60);
    /// let schedule = Schedule::inverse(3 * minute).min(minute).within(5 * minute)?;
    /// assert_eq!(schedule.to_string(), "3m, 90s, 29s, 0");
    /// # Ok::<(), retry_schedule::ScheduleError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`attempts`](Shape::attempts); the time must be longer than a second.
    pub fn within(mut self, within: Duration) -> Result<Schedule, ScheduleError> {
        self.within = Some(within);
        Schedule::from_shape(self)
    }

    /// The list, the `0` at its end included.
    ///
    /// # Errors
    ///
    /// What is missing, not the shape's own, or out of range.
    pub fn backoffs(&self) -> Result<Vec<Duration>, ShapeError> {
        let retries = self.check()?;
        let max = self.max.unwrap_or(Duration::MAX);
        let mut waits = Waits {
            list: Vec::new(),
            retries,
            max,
            capped: self.max.is_some(),
            left: self.within.map(|within| within.saturating_sub(MARGIN)),
        };
        match self.name {
            "constant" => waits.fill(|_| Some(self.first))?,
            "linear" => {
                let step = self.step.ok_or(ShapeError::Missing {
                    shape: self.name,
                    argument: STEP,
                })?;
                waits.fill(|list| match list.last() {
                    None => Some(self.first),
                    Some(last) => last.checked_add(step),
                })?;
            }
            "fibonacci" => waits.fill(|list| match list {
                [] | [_] => Some(self.first),
                [.., before, last] => last.checked_add(*before),
            })?,
            _ => {
                let min = self.min.unwrap_or(Duration::ZERO);
                let factor = self.factor.unwrap_or(self.default_factor());
                let mut exact = Geometric::new(self.first.as_nanos());
                waits.fill(|list| {
                    // Once at its bound, a wait stays there: no need to go on multiplying.
                    match list.last() {
                        None => {}
                        Some(last) if *last == max || *last == min => return Some(*last),
                        Some(_) => exact.multiply(factor),
                    }
                    Some(from_nanos(exact.rounded()?)?.max(min))
                })?;
            }
        }
        if let Some(within) = self.within.filter(|_| waits.left != Some(Duration::ZERO)) {
            return Err(ShapeError::OutOfRange {
                argument: WITHIN,
                value: duration_text(within).to_string(),
                range: "a time that at most 1000 attempts can take: write a longer `min`, too",
            });
        }
        waits.list.push(Duration::ZERO);
        Ok(waits.list)
    }

    /// Everything that can be wrong with the arguments together; gives the number of retries.
    fn check(&self) -> Result<usize, ShapeError> {
        let given = [
            (STEP, self.step.is_some()),
            (FACTOR, self.factor.is_some()),
            (MAX, self.max.is_some()),
            (MIN, self.min.is_some()),
            (WITHIN, self.within.is_some()),
        ];
        for (argument, given) in given {
            if given && !arguments(self.name).any(|name| name == argument) {
                return Err(ShapeError::UnknownArgument {
                    shape: self.name,
                    argument: argument.to_string(),
                });
            }
        }
        if let Some(factor) = self.factor {
            self.check_factor(factor, || Factor(factor).to_string())?;
        }
        if self.name == "inverse" {
            let min = self.min.ok_or(ShapeError::Missing {
                shape: self.name,
                argument: MIN,
            })?;
            if min.is_zero() || min > self.first {
                return Err(ShapeError::OutOfRange {
                    argument: MIN,
                    value: duration_text(min).to_string(),
                    range: "longer than 0 and not longer than the first wait",
                });
            }
        }
        match (self.attempts, self.retries, self.within) {
            (Some(attempts), None, None) => {
                check_count(ATTEMPTS, attempts, || attempts.to_string()).map(|count| count - 1)
            }
            (None, Some(retries), None) => check_count(RETRIES, retries, || retries.to_string()),
            (None, None, Some(within)) if within <= MARGIN => Err(ShapeError::OutOfRange {
                argument: WITHIN,
                value: duration_text(within).to_string(),
                range: "longer than 1s: the last attempt is made one second before it is over",
            }),
            (None, None, Some(_)) => Ok(MAX_ATTEMPTS - 1),
            (None, None, None) => Err(ShapeError::NoAttempts(self.name)),
            (Some(_), Some(_), _) => Err(ShapeError::AttemptsAndRetries),
            (_, None, Some(_)) => Err(ShapeError::CountAndWithin(ATTEMPTS)),
            (None, Some(_), Some(_)) => Err(ShapeError::CountAndWithin(RETRIES)),
        }
    }

    fn default_factor(&self) -> u64 {
        if self.name == "inverse" {
            BILLION / 2
        } else {
            2 * BILLION
        }
    }

    fn parse_factor(&self, value: &str) -> Result<u64, ShapeError> {
        let factor = factor_billionths(value).unwrap_or(0);
        self.check_factor(factor, || value.to_string())
    }

    fn check_factor(
        &self,
        factor: u64,
        written: impl FnOnce() -> String,
    ) -> Result<u64, ShapeError> {
        let (allowed, range) = if self.name == "inverse" {
            (
                0 < factor && factor < BILLION,
                "a number above 0 and below 1, with at most nine decimal places",
            )
        } else {
            (
                factor > BILLION,
                "a number above 1, with at most nine decimal places",
            )
        };
        if allowed {
            Ok(factor)
        } else {
            Err(ShapeError::OutOfRange {
                argument: FACTOR,
                value: written(),
                range,
            })
        }
    }
}

impl fmt::Display for Shape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}({}", self.name, duration_text(self.first))?;
        let durations = [
            (STEP, self.step),
            (MAX, self.max),
            (MIN, self.min),
            (WITHIN, self.within),
        ];
        for (argument, value) in durations {
            if let Some(value) = value {
                write!(f, ", {argument} = {}", duration_text(value))?;
            }
        }
        if let Some(factor) = self.factor {
            write!(f, ", {FACTOR} = {}", Factor(factor))?;
        }
        for (argument, value) in [(ATTEMPTS, self.attempts), (RETRIES, self.retries)] {
            if let Some(value) = value {
                write!(f, ", {argument} = {value}")?;
            }
        }
        f.write_str(")")
    }
}

/// A list that grows to its length, never above its cap.
struct Waits {
    list: Vec<Duration>,
    retries: usize,
    max: Duration,
    capped: bool,
    /// How much all further waits may take together, where that is limited.
    left: Option<Duration>,
}

impl Waits {
    fn fill(
        &mut self,
        mut next: impl FnMut(&[Duration]) -> Option<Duration>,
    ) -> Result<(), ShapeError> {
        while self.list.len() < self.retries && self.left != Some(Duration::ZERO) {
            let mut wait = match next(&self.list) {
                Some(wait) => wait.min(self.max),
                None if self.capped => self.max,
                None => {
                    return Err(ShapeError::TooLarge {
                        entry: self.list.len() + 1,
                    });
                }
            };
            if let Some(left) = &mut self.left {
                wait = wait.min(*left);
                *left -= wait;
            }
            self.list.push(wait);
        }
        Ok(())
    }
}

/// A factor in billionths, printed as the decimal number it is.
struct Factor(u64);

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{}.{:09}", self.0 / BILLION, self.0 % BILLION);
        f.write_str(digits.trim_end_matches('0').trim_end_matches('.'))
    }
}

fn factor_billionths(text: &str) -> Option<u64> {
    u64::try_from(Decimal::parse(text).ok()?.billionths().ok()?).ok()
}

fn parse_count(argument: &'static str, value: &str) -> Result<usize, ShapeError> {
    let count = Decimal::parse(value)
        .ok()
        .filter(|_| !value.contains('.'))
        .and_then(|number| usize::try_from(number.whole).ok());
    check_count(argument, count.unwrap_or(usize::MAX), || value.to_string())
}

fn check_count(
    argument: &'static str,
    count: usize,
    written: impl FnOnce() -> String,
) -> Result<usize, ShapeError> {
    let (allowed, range) = if argument == ATTEMPTS {
        (1..=MAX_ATTEMPTS, "a whole number from 1 to 1000")
    } else {
        (0..=MAX_ATTEMPTS - 1, "a whole number from 0 to 999")
    };
    if allowed.contains(&count) {
        Ok(count)
    } else {
        Err(ShapeError::OutOfRange {
            argument,
            value: written(),
            range,
        })
    }
}

fn set_once<T>(slot: &mut Option<T>, argument: &'static str, value: T) -> Result<(), ShapeError> {
    match slot.replace(value) {
        None => Ok(()),
        Some(_) => Err(ShapeError::Duplicate(argument)),
    }
}
