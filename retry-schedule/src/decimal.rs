//! Decimal numbers as people write them, kept exact.

/// `whole + fraction / 10^places`, with no trailing zero in the fraction.
pub(crate) struct Decimal {
    pub(crate) whole: u128,
    pub(crate) fraction: u128,
    pub(crate) places: u32,
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
        let (whole, fraction) = match text.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let whole = digits(whole)?.ok_or(DecimalError::TooLarge)?;
        let Some(fraction) = fraction else {
            return Ok(Self {
                whole,
                fraction: 0,
                places: 0,
            });
        };
        digits(fraction)?;
        let fraction = fraction.trim_end_matches(['0', '_']);
        if fraction.is_empty() {
            return Ok(Self {
                whole,
                fraction: 0,
                places: 0,
            });
        }
        let places = fraction.bytes().filter(u8::is_ascii_digit).count();
        let places = u32::try_from(places).map_err(|_| DecimalError::TooFine)?;
        let fraction = digits(fraction)?.ok_or(DecimalError::TooFine)?;
        if places > 36 {
            return Err(DecimalError::TooFine);
        }
        Ok(Self {
            whole,
            fraction,
            places,
        })
    }

    /// The number times `unit`, if that is whole and fits.
    pub(crate) fn times(&self, unit: u128) -> Result<u128, DecimalError> {
        let whole = self.whole.checked_mul(unit).ok_or(DecimalError::TooLarge)?;
        let power = 10u128.pow(self.places);
        let fraction = self
            .fraction
            .checked_mul(unit)
            .ok_or(DecimalError::TooFine)?;
        if fraction % power != 0 {
            return Err(DecimalError::TooFine);
        }
        whole
            .checked_add(fraction / power)
            .ok_or(DecimalError::TooLarge)
    }

    /// The number in billionths, if it has no more than nine decimal places.
    pub(crate) fn billionths(&self) -> Result<u128, DecimalError> {
        self.times(1_000_000_000)
    }
}

/// The value of a run of digits, `None` where it does not fit.
fn digits(text: &str) -> Result<Option<u128>, DecimalError> {
    let bytes = text.as_bytes();
    if !(bytes.first().is_some_and(u8::is_ascii_digit)
        && bytes.last().is_some_and(u8::is_ascii_digit))
    {
        return Err(DecimalError::NotANumber);
    }
    let mut value = Some(0u128);
    for &byte in bytes {
        match byte {
            b'0'..=b'9' => {
                value = value
                    .and_then(|value| value.checked_mul(10))
                    .and_then(|value| value.checked_add(u128::from(byte - b'0')));
            }
            b'_' => {}
            _ => return Err(DecimalError::NotANumber),
        }
    }
    Ok(value)
}
