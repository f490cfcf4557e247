//! Durations with a unit, exact to the nanosecond, read and written.

use crate::decimal::{Decimal, DecimalError};
use crate::error::DurationError;
use alloc::string::{String, ToString};
use core::fmt;
use core::time::Duration;

/// The units a duration may be written in, with their length in nanoseconds, shortest first.
pub const UNITS: [(&str, u128); 7] = [
    ("ns", 1),
    ("us", 1_000),
    ("ms", 1_000_000),
    ("s", NANOS_PER_SEC),
    ("m", 60 * NANOS_PER_SEC),
    ("h", 60 * 60 * NANOS_PER_SEC),
    ("d", 24 * 60 * 60 * NANOS_PER_SEC),
];

const NANOS_PER_SEC: u128 = 1_000_000_000;

/// Reads a duration such as `250ms`, `1.5s` or `1_500ms`, or a `0`, which needs no unit.
///
/// # Errors
///
/// Whatever is not an exact, non-negative duration; the error says what to change.
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
    let number_end = text
        .find(|c: char| !(c.is_ascii_digit() || c == '_' || c == '.'))
        .unwrap_or(text.len());
    let (number, unit) = text.split_at(number_end);
    let error = |reason: fn(String) -> DurationError| Err(reason(text.to_string()));
    let number = match Decimal::parse(number) {
        Ok(number) => number,
        Err(DecimalError::NotANumber) => return error(DurationError::NotANumber),
        Err(DecimalError::TooLarge) => return error(DurationError::TooLarge),
        Err(DecimalError::TooFine) => return error(DurationError::TooFine),
    };
    if unit.is_empty() {
        return if number.whole == 0 && number.fraction == 0 {
            Ok(Duration::ZERO)
        } else {
            error(DurationError::NoUnit)
        };
    }
    let Some((_, length)) = UNITS.into_iter().find(|(name, _)| *name == unit) else {
        let exponent = unit.strip_prefix(['e', 'E']);
        return if exponent.is_some_and(|rest| {
            rest.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+')
        }) {
            error(DurationError::Exponent)
        } else {
            Err(DurationError::UnknownUnit {
                text: text.to_string(),
                unit: unit.to_string(),
            })
        };
    };
    match number.times(length).map(from_nanos) {
        Ok(Some(duration)) => Ok(duration),
        Ok(None) | Err(DecimalError::TooLarge) => error(DurationError::TooLarge),
        Err(_) => error(DurationError::TooFine),
    }
}

/// The duration of that many nanoseconds, if it fits.
pub(crate) fn from_nanos(nanos: u128) -> Option<Duration> {
    // Five centuries fit 64 bits, whose division is many times as fast.
    if let Ok(nanos) = u64::try_from(nanos) {
        return Some(Duration::from_nanos(nanos));
    }
    let secs = u64::try_from(nanos / NANOS_PER_SEC).ok()?;
    let nanos = u32::try_from(nanos % NANOS_PER_SEC).ok()?;
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
        // Minutes and longer only where they come out whole: `2m`, but `90s`.
        let (unit, length) = UNITS
            .into_iter()
            .rev()
            .find(|&(_, length)| {
                if length > NANOS_PER_SEC {
                    nanos % length == 0
                } else {
                    nanos >= length
                }
            })
            .unwrap_or(UNITS[0]);
        write!(f, "{}", nanos / length)?;
        let mut rest = nanos % length;
        if rest > 0 {
            f.write_str(".")?;
        }
        let mut place = length;
        while rest > 0 {
            place /= 10;
            write!(f, "{}", rest / place)?;
            rest %= place;
        }
        f.write_str(unit)
    }
}
