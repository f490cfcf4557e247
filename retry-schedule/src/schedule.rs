//! The list itself: validated once, cheap to clone, with one text form.

use crate::duration::{duration_text, parse_duration};
use crate::error::{ScheduleError, ShapeError};
use crate::jitter::Jitter;
use crate::shape::Shape;
use alloc::string::{String, ToString};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use core::hash::{Hash, Hasher};
use core::str::FromStr;
use core::time::Duration;

/// The longest text that is read as a schedule, in bytes.
pub const MAX_TEXT: usize = 4096;

/// A validated list of waits: entry n is the wait after attempt n fails, and the last entry, always `0`, says that
/// nothing follows. The length of the list is the number of attempts.
///
/// A schedule is either `'static` or shared, so a clone allocates nothing.
///
/// ```
/// use core::time::Duration;
/// use retry_schedule::Schedule;
///
/// const API: Schedule = Schedule::from_static(&[Duration::from_secs(1), Duration::from_secs(4), Duration::ZERO]);
///
/// assert_eq!(API.attempts(), 3);
/// assert_eq!(API.to_string(), "1s, 4s, 0");
/// assert_eq!("exponential(1s, factor = 4, attempts = 3)".parse(), Ok(API));
/// ```
#[derive(Clone)]
pub struct Schedule(Repr);

#[derive(Clone)]
enum Repr {
    Static(&'static [Duration]),
    Shared(Arc<Shared>),
}

struct Shared {
    backoffs: Vec<Duration>,
    /// Where the list came from, for a text short enough to be read back.
    shape: Option<Shape>,
}

impl Schedule {
    /// The schedule of a list that is known at compile time.
    ///
    /// # Panics
    ///
    /// If the list is empty, does not end in zero, or has a zero before the end. In a `const` or `static` this is a
    /// compile error.
    #[must_use]
    pub const fn from_static(backoffs: &'static [Duration]) -> Self {
        assert!(
            !backoffs.is_empty(),
            "the schedule is empty: it needs at least a zero, which is one attempt"
        );
        let last = backoffs.len() - 1;
        assert!(
            backoffs[last].is_zero(),
            "the schedule does not end in zero: nothing would follow its last wait"
        );
        let mut entry = 0;
        while entry < last {
            assert!(
                !backoffs[entry].is_zero(),
                "the schedule has a zero before its end: zero means \"no more waiting\""
            );
            entry += 1;
        }
        Self(Repr::Static(backoffs))
    }

    /// The waits d, d, d … ([`Shape::attempts`] or [`Shape::retries`] says how many).
    pub fn constant(wait: Duration) -> Shape {
        Shape::named("constant", wait)
    }

    /// The waits d, d+s, d+2s … with s the [`step`](Shape::step), never above [`max`](Shape::max) if there is one.
    pub fn linear(first: Duration) -> Shape {
        Shape::named("linear", first)
    }

    /// The waits d, d·f, d·f² … with f the [`factor`](Shape::factor), 2 unless set, never above [`max`](Shape::max)
    /// if there is one.
    pub fn exponential(first: Duration) -> Shape {
        Shape::named("exponential", first)
    }

    /// The waits d, d, 2d, 3d, 5d … never above [`max`](Shape::max) if there is one.
    pub fn fibonacci(first: Duration) -> Shape {
        Shape::named("fibonacci", first)
    }

    /// The waits d, d·f, d·f² … with f the [`factor`](Shape::factor), ½ unless set, never below
    /// [`min`](Shape::min), which is required: for polling what gets likelier to be done as time passes. [`within`](Shape::within) gives it a
    /// total time in place of a number of attempts.
    pub fn inverse(first: Duration) -> Shape {
        Shape::named("inverse", first)
    }

    pub(crate) fn from_shape(shape: Shape) -> Result<Self, ScheduleError> {
        let backoffs = shape.backoffs()?;
        check_backoffs(&backoffs)?;
        Ok(Self(Repr::Shared(Arc::new(Shared {
            backoffs,
            shape: Some(shape),
        }))))
    }

    /// How many attempts there are: the length of the list.
    #[must_use]
    pub fn attempts(&self) -> usize {
        self.backoffs().len()
    }

    /// The waits, without the `0` at the end.
    #[must_use]
    pub fn waits(&self) -> &[Duration] {
        let backoffs = self.backoffs();
        backoffs.split_last().map_or(backoffs, |(_, waits)| waits)
    }

    /// The whole list, the `0` at the end included: what a loop over the schedule runs through.
    #[must_use]
    pub fn backoffs(&self) -> &[Duration] {
        match &self.0 {
            Repr::Static(backoffs) => backoffs,
            Repr::Shared(shared) => &shared.backoffs,
        }
    }

    /// The sum of the waits, at most [`Duration::MAX`].
    #[must_use]
    pub fn total(&self) -> Duration {
        self.worst_case(&Jitter::none())
    }

    /// The sum of the waits when each takes the longest that the jitter allows, at most [`Duration::MAX`]. The time
    /// that the attempts themselves take comes on top.
    #[must_use]
    pub fn worst_case(&self, jitter: &Jitter) -> Duration {
        self.waits().iter().fold(Duration::ZERO, |sum, wait| {
            sum.saturating_add(jitter.bounds(*wait).1)
        })
    }
}

/// Checks the rules of a list: at least one entry, `0` at the end and only there.
///
/// # Errors
///
/// The first rule that is broken.
pub fn check_backoffs(backoffs: &[Duration]) -> Result<(), ScheduleError> {
    let (last, waits) = backoffs.split_last().ok_or(ScheduleError::Empty)?;
    if let Some(index) = waits.iter().position(Duration::is_zero) {
        return Err(ScheduleError::InteriorZero { entry: index + 1 });
    }
    if last.is_zero() {
        Ok(())
    } else {
        Err(ScheduleError::NoTrailingZero {
            entry: backoffs.len(),
            last: *last,
        })
    }
}

impl TryFrom<Vec<Duration>> for Schedule {
    type Error = ScheduleError;

    fn try_from(backoffs: Vec<Duration>) -> Result<Self, ScheduleError> {
        check_backoffs(&backoffs)?;
        Ok(Self(Repr::Shared(Arc::new(Shared {
            backoffs,
            shape: None,
        }))))
    }
}

/// Reads the text of a list, `1s, 2s, 4s, 0`, or of a shape, `exponential(1s, max = 60s, attempts = 10)`.
///
/// The text is that of the `#[retry]` attribute: a list may stand in brackets, and a comma may follow the last entry.
impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        if text.len() > MAX_TEXT {
            return Err(ScheduleError::TextTooLong { bytes: text.len() });
        }
        let text = text.trim();
        if text.starts_with(|c: char| c.is_alphabetic()) && text.contains('(') {
            return Self::from_shape(parse_shape(text)?);
        }
        let list = text
            .strip_prefix('[')
            .and_then(|list| list.strip_suffix(']'))
            .unwrap_or(text)
            .trim();
        if list.is_empty() {
            return Err(ScheduleError::Empty);
        }
        let backoffs = split(list)
            .enumerate()
            .map(|(index, entry)| {
                parse_duration(entry).map_err(|error| ScheduleError::Entry {
                    entry: index + 1,
                    error,
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        Self::try_from(backoffs)
    }
}

fn parse_shape(text: &str) -> Result<Shape, ShapeError> {
    let syntax = || ShapeError::Syntax(text.to_string());
    let (name, arguments) = text
        .strip_suffix(')')
        .and_then(|text| text.split_once('('))
        .ok_or_else(syntax)?;
    let mut arguments = split(arguments.trim());
    let mut shape = Shape::parse(name.trim_end(), arguments.next().unwrap_or_default())?;
    for argument in arguments {
        let (name, value) = argument.split_once('=').ok_or_else(syntax)?;
        shape.set(name.trim(), value.trim())?;
    }
    Ok(shape)
}

/// The parts between commas, trimmed; a comma at the end adds none.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.strip_suffix(',')
        .unwrap_or(text)
        .split(',')
        .map(str::trim)
}

/// The list, `1s, 2s, 4s, 0`. A list that was made by a shape and is longer than [`MAX_TEXT`] prints as that shape, so
/// that the text can be read back.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = String::new();
        for wait in self.waits() {
            write!(list, "{}, ", duration_text(*wait))?;
        }
        match &self.0 {
            Repr::Shared(shared) if list.len() >= MAX_TEXT => match &shared.shape {
                Some(shape) => write!(f, "{shape}"),
                None => write!(f, "{list}0"),
            },
            _ => write!(f, "{list}0"),
        }
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schedule({self})")
    }
}

impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.backoffs() == other.backoffs()
    }
}

impl Eq for Schedule {}

impl Hash for Schedule {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.backoffs().hash(state);
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Schedule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Schedule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl serde::de::Visitor<'_> for Text {
            type Value = Schedule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a schedule such as \"1s, 2s, 4s, 0\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Schedule, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}
