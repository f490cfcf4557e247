//! Durations: a text such as `1.5s` goes in, a duration that is exact to the nanosecond comes out, and back.

use crate::decimal::{Decimal, DecimalError};
use crate::quoted::ticked;
use crate::suggest::listed;
use crate::unit::Unit;
use alloc::format;
use alloc::string::{String, ToString};
use core::fmt;
use core::time::Duration;
use thiserror::Error;

/// Why a text is not a duration.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum DurationError {
    /// Nothing stands where a duration should.
    #[error("a duration is missing: write one such as `1s`")]
    Missing,
    /// A number other than `0` without a unit.
    #[error("{} has no unit: write {} for seconds, or another of {units}", ticked(.0), in_seconds(.0), units = listed(&Unit::NAMES))]
    NoUnit(String),
    /// A unit that is none of `ns us ms s m h d`.
    #[error("{} has {}", ticked(.text), unknown_unit(.text, .unit))]
    UnknownUnit {
        /// The whole text.
        text: String,
        /// Its unit.
        unit: String,
    },
    /// No number at the front.
    #[error("{} {}", ticked(.0), not_a_number(.0))]
    NotANumber(String),
    /// A sign before the number.
    #[error("{} {}", ticked(.0), signed(.0))]
    Signed(String),
    /// A number such as `1e3`.
    #[error("{} has an exponent: write the digits out, such as `1_000s`", ticked(.0))]
    Exponent(String),
    /// More than a [`Duration`] holds.
    #[error("{} is too long: a duration is at most {}", ticked(.0), duration_text(Duration::MAX))]
    TooLarge(String),
    /// Not a whole number of nanoseconds.
    #[error("{} is finer than a nanosecond: write a whole number of nanoseconds", ticked(.0))]
    TooFine(String),
}

fn in_seconds(number: &str) -> impl fmt::Display {
    ticked(format!("{number}s"))
}

fn unknown_unit(text: &str, unit: &str) -> String {
    if continues_with_units(unit) {
        return "more than one unit: write it in the smallest, such as `90s` for a minute and a half".to_string();
    }
    let fix = match (text.strip_suffix(unit), Unit::meant_by(unit)) {
        (Some(number), Some(meant)) => ticked(format!("{number}{meant}")).to_string(),
        _ => format!("one of {}", listed(&Unit::NAMES)),
    };
    format!("an unknown unit {}: write {fix}", ticked(unit))
}

/// Whether this is what follows the first number of `1m30s`.
fn continues_with_units(text: &str) -> bool {
    let is_digit = |c: char| c.is_ascii_digit();
    let (unit, rest) = text.split_at(text.find(is_digit).unwrap_or(0));
    let rest = rest.trim_start_matches(is_digit);
    Unit::from_name(unit).is_some()
        && (Unit::from_name(rest).is_some() || continues_with_units(rest))
}

fn not_a_number(text: &str) -> String {
    if text.starts_with('.') {
        let fixed = format!("0{text}");
        format!("has no digit before the point: write {}", ticked(fixed))
    } else {
        "is not a duration: write digits and a unit, such as `250ms` or `1.5s`".to_string()
    }
}

fn signed(text: &str) -> &'static str {
    if text.starts_with('-') {
        "is negative: a duration is zero or longer, remove the `-`"
    } else {
        "has a sign: remove the `+`"
    }
}

/// Reads a duration such as `250ms`, `1.5s` or `1_500ms`, or a `0`, which needs no unit.
///
/// # Errors
///
/// A text that is not an exact duration of zero or longer. The error says what to change.
///
/// ```
/// use core::time::Duration;
/// use retry_schedule::parse_duration;
///
/// assert_eq!(parse_duration("0.25s"), Ok(Duration::from_millis(250)));
/// assert!(parse_duration("4").unwrap_err().to_string().contains("has no unit"));
/// ```
pub fn parse_duration(text: &str) -> Result<Duration, DurationError> {
    if text.is_empty() {
        return Err(DurationError::Missing);
    }
    if text.starts_with(['-', '+']) {
        return Err(DurationError::Signed(text.to_string()));
    }
    let (number, unit) = text.split_at(
        text.find(|c: char| !(c.is_ascii_digit() || c == '_' || c == '.'))
            .unwrap_or(text.len()),
    );
    let refused = |error| match error {
        DecimalError::NotANumber => DurationError::NotANumber(text.to_string()),
        DecimalError::TooLarge => DurationError::TooLarge(text.to_string()),
        DecimalError::TooFine => DurationError::TooFine(text.to_string()),
    };
    let number = Decimal::parse(number).map_err(refused)?;
    if let Some(unit) = Unit::from_name(unit) {
        let nanos = number.times(unit.nanos()).map_err(refused)?;
        return from_nanos(nanos).ok_or_else(|| refused(DecimalError::TooLarge));
    }
    let is_exponent =
        |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit() || "+-".contains(c));
    Err(match unit.strip_prefix(['e', 'E']) {
        None if unit.is_empty() && number.is_zero() => return Ok(Duration::ZERO),
        None if unit.is_empty() => DurationError::NoUnit(text.to_string()),
        Some(rest) if is_exponent(rest) => DurationError::Exponent(text.to_string()),
        _ => DurationError::UnknownUnit {
            text: text.to_string(),
            unit: unit.to_string(),
        },
    })
}

/// The duration of that many nanoseconds, if it fits.
pub(crate) fn from_nanos(nanos: u128) -> Option<Duration> {
    // Five centuries fit 64 bits, whose division is many times as fast.
    if let Ok(nanos) = u64::try_from(nanos) {
        return Some(Duration::from_nanos(nanos));
    }
    let second = Unit::Second.nanos();
    let secs = u64::try_from(nanos / second).ok()?;
    let nanos = u32::try_from(nanos % second).ok()?;
    Some(Duration::new(secs, nanos))
}

/// The shortest exact text of a duration that [`parse_duration`] reads back: `0`, `250ms`, `1.5s`, `2m`.
#[must_use]
pub fn duration_text(duration: Duration) -> impl fmt::Display {
    Text(duration)
}

struct Text(Duration);

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.0.as_nanos();
        if nanos == 0 {
            return f.write_str("0");
        }
        // Minutes and longer only for whole numbers of them: `2m`, but `90s`.
        let fits = |unit: &Unit| match nanos {
            nanos if *unit > Unit::Second => nanos % unit.nanos() == 0,
            nanos => nanos >= unit.nanos(),
        };
        let unit = Unit::ALL
            .into_iter()
            .rev()
            .find(fits)
            .unwrap_or(Unit::Nanosecond);
        let mut place = unit.nanos();
        write!(f, "{}", nanos / place)?;
        let mut rest = nanos % place;
        if rest > 0 {
            f.write_str(".")?;
        }
        while rest > 0 {
            place /= 10;
            write!(f, "{}", rest / place)?;
            rest %= place;
        }
        f.write_str(unit.name())
    }
}
