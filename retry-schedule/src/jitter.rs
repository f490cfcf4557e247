//! Jitter: a listed wait goes in, the bounds of the actual wait come out, or the wait at a position between them.

use crate::duration::from_nanos;
use core::time::Duration;
use thiserror::Error;

const BILLION: u32 = 1_000_000_000;

/// How a listed wait is spread, so that clients that fail together do not come back together.
///
/// `full` and `equal` are named as in Marc Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
/// The default is ±20 %.
///
/// ```
/// use core::time::Duration;
/// use retry_schedule::Jitter;
///
/// let second = Duration::from_secs(1);
/// let (shortest, longest) = Jitter::proportional(0.2)?.bounds(second);
/// assert_eq!(shortest, Duration::from_millis(800));
/// assert_eq!(longest, Duration::from_millis(1200));
/// assert_eq!(Jitter::equal().bounds(second), (second / 2, second));
/// # Ok::<(), retry_schedule::JitterError>(())
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
    pub fn proportional(p: f64) -> Result<Self, JitterError> {
        if (0.0..=1.0).contains(&p) {
            // A float may be slightly less than the decimal it stands for, by under 10⁻⁷ billionths. Without the 10⁻⁶ that
            // is added, the cast would cut such a number off to the billionth below.
            let billionths = (p * f64::from(BILLION) + 1e-6) as u32;
            Ok(Self(Kind::Proportional(billionths.min(BILLION))))
        } else {
            Err(JitterError { p })
        }
    }

    /// The shortest and the longest wait that a listed wait can become, the latter at most [`Duration::MAX`].
    #[must_use]
    pub fn bounds(&self, backoff: Duration) -> (Duration, Duration) {
        match self.0 {
            Kind::Proportional(billionths) => {
                // Whole seconds times billionths are nanoseconds. The product of the rest is below 2⁶⁰, so it fits.
                let of_secs = u128::from(backoff.as_secs()) * u128::from(billionths);
                let of_rest = u64::from(backoff.subsec_nanos()) * u64::from(billionths);
                let spread = of_secs + u128::from(of_rest / u64::from(BILLION));
                let spread = from_nanos(spread).unwrap_or(Duration::MAX);
                (
                    backoff.saturating_sub(spread),
                    backoff.saturating_add(spread),
                )
            }
            Kind::Full => (Duration::ZERO, backoff),
            Kind::Equal => (backoff.saturating_sub(backoff / 2), backoff),
        }
    }

    /// The wait that lies at a position between the [`bounds`](Jitter::bounds): `0` is the shortest, [`u64::MAX`] the
    /// longest. With a uniformly random position, the wait is uniformly random too.
    #[must_use]
    pub fn at(&self, backoff: Duration, position: u64) -> Duration {
        let (shortest, longest) = self.bounds(backoff);
        between(shortest, longest, position)
    }

    /// The wait for a server's own hint h at a position between h and h + p·h. For `full` and `equal`, p is that of the
    /// default. So no client comes back before the time that the server named, and not all come back at once.
    #[must_use]
    pub fn after_hint(&self, hint: Duration, position: u64) -> Duration {
        let jitter = match self.0 {
            Kind::Proportional(_) => *self,
            Kind::Full | Kind::Equal => Self::default(),
        };
        let longest = jitter.bounds(hint).1;
        between(hint, longest, position)
    }
}

/// The duration at a position between two, `0` the shortest and [`u64::MAX`] the longest.
fn between(shortest: Duration, longest: Duration, position: u64) -> Duration {
    let range = longest.saturating_sub(shortest).as_nanos();
    // range · position / 2⁶⁴, in two halves because the product may need 160 bits. u64::MAX counts as 2⁶⁴.
    let position = u128::from(position) + u128::from(position >> 63);
    let offset = (range >> 64) * position + (((range & u128::from(u64::MAX)) * position) >> 64);
    shortest.saturating_add(from_nanos(offset).unwrap_or(Duration::MAX))
}

/// ±20 %.
impl Default for Jitter {
    fn default() -> Self {
        Self(Kind::Proportional(BILLION / 5))
    }
}

/// A proportion that is not within 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, Error)]
#[error("a jitter of {p} is out of range: write a number from 0 (no jitter) to 1 (±100 %)")]
pub struct JitterError {
    p: f64,
}
