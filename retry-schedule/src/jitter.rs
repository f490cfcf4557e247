//! Jitter: a listed wait goes in, the bounds of the actual wait come out, or the wait at a position between them. A text
//! such as `0.2` goes in, jitter comes out, and back.

use crate::decimal::{BILLION, Decimal, DecimalError, write_billionths};
use crate::quoted::ticked;
use alloc::string::{String, ToString};
use core::fmt;
use core::str::FromStr;
use core::time::Duration;
use thiserror::Error;

/// How a listed wait is spread, so that clients that fail together do not come back together.
///
/// `full` and `equal` are named as in Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
/// The default is ±20 %.
///
/// ```
/// use core::time::Duration;
/// # use retry_schedule as retry_core;
/// use retry_core::Jitter;
///
/// let second = Duration::from_secs(1);
/// let (shortest, longest) = Jitter::proportional(0.2)?.bounds(second);
/// assert_eq!(shortest, Duration::from_millis(800));
/// assert_eq!(longest, Duration::from_millis(1200));
/// assert_eq!(Jitter::equal().bounds(second), (second / 2, second));
/// assert_eq!("0.2".parse(), Ok(Jitter::default()));
/// assert_eq!(Jitter::full().to_string(), "full");
/// # Ok::<(), retry_core::JitterError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Jitter(Kind);

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Kind {
    /// In billionths, so that `0.2` is exactly two tenths.
    Proportional(u32),
    Full,
    Equal,
}

impl Jitter {
    /// No spread: a wait d stays d.
    #[must_use]
    pub const fn none() -> Self {
        Self(Kind::Proportional(0))
    }

    /// A wait d becomes any of 0 to d.
    #[must_use]
    pub const fn full() -> Self {
        Self(Kind::Full)
    }

    /// A wait d becomes any of d/2 to d.
    #[must_use]
    pub const fn equal() -> Self {
        Self(Kind::Equal)
    }

    /// A wait d becomes any of d − p·d to d + p·d. Digits of p after the ninth decimal place are cut off.
    ///
    /// # Errors
    ///
    /// [`JitterError`] where p is not within 0 to 1; NaN is not.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "0 to 10⁹ fits u32"
    )]
    #[inline]
    pub fn proportional(p: f64) -> Result<Self, JitterError> {
        if (0.0..=1.0).contains(&p) {
            // A float may be slightly less than the decimal it stands for, by under 10⁻⁷ billionths. Without the 10⁻⁶ that
            // is added, the cast would cut such a number off to the billionth below.
            let billionths = (p * f64::from(BILLION) + 1e-6) as u32;
            Ok(Self(Kind::Proportional(billionths.min(BILLION))))
        } else {
            Err(JitterError::OutOfRange { p })
        }
    }

    /// The shortest and the longest wait that a listed wait can become, the latter at most [`Duration::MAX`].
    #[must_use]
    pub fn bounds(&self, backoff: Duration) -> (Duration, Duration) {
        let (shortest, longest) = self.nanos(backoff);
        (from_nanos(shortest), from_nanos(longest))
    }

    /// The [`bounds`](Jitter::bounds), with the longest wait at most `max`. The shortest stays what it is, so that waits
    /// near `max` are spread too.
    ///
    /// ```
    /// use core::time::Duration;
    /// # use retry_schedule as retry_core;
    /// use retry_core::Jitter;
    ///
    /// let minute = Duration::from_secs(60);
    /// let bounds = Jitter::default().bounds_capped(minute, minute);
    /// assert_eq!(bounds, (Duration::from_secs(48), minute));
    /// ```
    #[must_use]
    pub fn bounds_capped(&self, backoff: Duration, max: Duration) -> (Duration, Duration) {
        let (shortest, longest) = self.bounds(backoff);
        (shortest.min(max), longest.min(max))
    }

    /// The wait that lies at a position between the [`bounds`](Jitter::bounds): `0` is the shortest, [`u64::MAX`] the
    /// longest. With a uniformly random position, the wait is uniformly random too.
    #[inline]
    #[must_use]
    pub fn at(&self, backoff: Duration, position: u64) -> Duration {
        let (shortest, longest) = self.nanos(backoff);
        between(shortest, longest, position)
    }

    /// The wait that lies at a position between the [capped bounds](Jitter::bounds_capped), as for [`at`](Jitter::at).
    #[must_use]
    pub fn at_capped(&self, backoff: Duration, max: Duration, position: u64) -> Duration {
        let (shortest, longest) = self.bounds_capped(backoff, max);
        between(shortest.as_nanos(), longest.as_nanos(), position)
    }

    /// The wait for a server's own hint h at a position between h and h + p·h. For `full` and `equal`, p is that of the
    /// default. So no client comes back before the time that the server named, and not all come back at once.
    #[must_use]
    pub fn after_hint(&self, hint: Duration, position: u64) -> Duration {
        let jitter = match self.0 {
            Kind::Proportional(_) => *self,
            Kind::Full | Kind::Equal => Self::default(),
        };
        let (_, longest) = jitter.nanos(hint);
        between(hint.as_nanos(), longest, position)
    }

    /// The bounds in nanoseconds, the longest perhaps more than a [`Duration`] holds.
    #[inline]
    fn nanos(self, backoff: Duration) -> (u128, u128) {
        let nanos = backoff.as_nanos();
        match self.0 {
            Kind::Proportional(billionths) => {
                // Whole seconds times billionths are nanoseconds. The product of the rest is below 2⁶⁰, so it fits, and a
                // division of 64 bits is many times as fast as one of 128.
                let of_secs = u128::from(backoff.as_secs()) * u128::from(billionths);
                let of_rest = u64::from(backoff.subsec_nanos()) * u64::from(billionths);
                let spread = of_secs + u128::from(of_rest / u64::from(BILLION));
                (nanos - spread, nanos + spread)
            }
            Kind::Full => (0, nanos),
            Kind::Equal => (nanos - nanos / 2, nanos),
        }
    }
}

/// The duration at a position between two numbers of nanoseconds, `0` the shortest and [`u64::MAX`] the longest.
#[inline]
fn between(shortest: u128, longest: u128, position: u64) -> Duration {
    let range = longest - shortest;
    // range · position / 2⁶⁴, in two halves because the product may need 160 bits. u64::MAX counts as 2⁶⁴.
    let position = u128::from(position) + u128::from(position >> 63);
    let offset = (range >> 64) * position + (((range & u128::from(u64::MAX)) * position) >> 64);
    from_nanos(shortest + offset)
}

/// The longest duration where it is longer than that.
#[inline]
fn from_nanos(nanos: u128) -> Duration {
    crate::duration::from_nanos(nanos).unwrap_or(Duration::MAX)
}

/// ±20 %.
impl Default for Jitter {
    fn default() -> Self {
        Self(Kind::Proportional(BILLION / 5))
    }
}

/// Reads `0.2`, `full` or `equal`. Digits after the ninth decimal place are cut off.
impl FromStr for Jitter {
    type Err = JitterError;

    fn from_str(text: &str) -> Result<Self, JitterError> {
        let number = match text.trim() {
            "full" => return Ok(Self::full()),
            "equal" => return Ok(Self::equal()),
            number => number,
        };
        // A float is read from more than that: from `inf`, `1e-1` and `.5`.
        let is_number = !matches!(Decimal::parse(number), Err(DecimalError::NotANumber));
        let p = number.replace('_', "").parse().ok().filter(|_| is_number);
        Self::proportional(p.ok_or_else(|| JitterError::NotAJitter(text.to_string()))?)
    }
}

/// The text that is read back as the same jitter.
impl fmt::Display for Jitter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Kind::Proportional(billionths) => write_billionths(f, billionths.into()),
            Kind::Full => f.write_str("full"),
            Kind::Equal => f.write_str("equal"),
        }
    }
}

/// Why something is not a [`Jitter`].
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum JitterError {
    /// A proportion that is not within 0 to 1.
    #[error("a jitter of {p} is out of range: write a number from 0 (no jitter) to 1 (±100 %)")]
    OutOfRange {
        /// The proportion.
        p: f64,
    },
    /// A text that is neither a number nor a name.
    #[error(
        "{} is not a jitter: write a number from 0 (no jitter) to 1 (±100 %), `full` or `equal`",
        ticked(.0)
    )]
    NotAJitter(String),
}
