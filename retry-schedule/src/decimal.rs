//! Decimal numbers: the text of one goes in, exact whole multiples of it come out, and billionths as text again.

use alloc::format;
use core::fmt;

pub(crate) const BILLION: u32 = 1_000_000_000;

/// Prints a number of billionths as the shortest decimal number that is exactly it.
pub(crate) fn write_billionths(f: &mut fmt::Formatter<'_>, billionths: u64) -> fmt::Result {
    let one = u64::from(BILLION);
    let digits = format!("{}.{:09}", billionths / one, billionths % one);
    f.write_str(digits.trim_end_matches('0').trim_end_matches('.'))
}

/// `whole + fraction / 10^places`, with no trailing zero in the fraction.
pub(crate) struct Decimal {
    pub(crate) whole: u128,
    fraction: u128,
    places: u32,
}

pub(crate) enum DecimalError {
    /// Not `digits` or `digits.digits`, with `_` between digits.
    NotANumber,
    /// The whole part does not fit `u128`.
    TooLarge,
    /// More decimal places than `u128` holds.
    TooFine,
}

impl Decimal {
    /// Reads `1`, `0.25` or `1_500`: no sign, no exponent, ASCII digits only.
    pub(crate) fn parse(text: &str) -> Result<Self, DecimalError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let whole = value(digits(whole)?).ok_or(DecimalError::TooLarge)?;
        let fraction = digits(fraction)?.trim_end_matches(['0', '_']);
        let places = u32::try_from(fraction.bytes().filter(u8::is_ascii_digit).count());
        Ok(Self {
            whole,
            fraction: value(fraction).ok_or(DecimalError::TooFine)?,
            places: places
                .ok()
                .filter(|places| *places <= 36)
                .ok_or(DecimalError::TooFine)?,
        })
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.whole == 0 && self.fraction == 0
    }

    /// The number times `unit`, if that is whole and fits.
    pub(crate) fn times(&self, unit: u128) -> Result<u128, DecimalError> {
        let whole = self.whole.checked_mul(unit).ok_or(DecimalError::TooLarge)?;
        let fraction = self
            .fraction
            .checked_mul(unit)
            .ok_or(DecimalError::TooFine)?;
        let power = 10u128.pow(self.places);
        if fraction % power != 0 {
            return Err(DecimalError::TooFine);
        }
        whole
            .checked_add(fraction / power)
            .ok_or(DecimalError::TooLarge)
    }
}

/// The text, if it is a run of digits with `_` only between them.
fn digits(text: &str) -> Result<&str, DecimalError> {
    let is_digit = |c: char| c.is_ascii_digit();
    let is_number = text.starts_with(is_digit)
        && text.ends_with(is_digit)
        && text.chars().all(|c| is_digit(c) || c == '_');
    is_number.then_some(text).ok_or(DecimalError::NotANumber)
}

/// The value of a run of digits, `None` where it does not fit.
fn value(digits: &str) -> Option<u128> {
    let mut digits = digits.chars().filter_map(|c| c.to_digit(10));
    digits.try_fold(0u128, |value, digit| {
        value.checked_mul(10)?.checked_add(digit.into())
    })
}
