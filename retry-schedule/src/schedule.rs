//! The list itself: waits or a shape go in, a checked list comes out, which is cheap to clone.

use crate::duration::{DurationError, duration_text};
use crate::jitter::Jitter;
use crate::shape::{MAX_ATTEMPTS, Shape, ShapeError};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::hash::{Hash, Hasher};
use core::time::Duration;
use thiserror::Error;

/// The longest text that is read as a schedule, in bytes.
pub const MAX_TEXT: usize = 4096;

/// Why something is not a [`Schedule`]. Entries are counted from 1.
// An error that shows its cause in its own text has no `source`, so that a printed chain says nothing twice.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum ScheduleError {
    /// The text is longer than 4 KiB.
    #[error(
        "the schedule's text has {bytes} bytes, at most {MAX_TEXT} are read: write a shape such as `exponential(1s, max = 60s, attempts = {MAX_ATTEMPTS})`"
    )]
    TextTooLong {
        /// Its length in bytes.
        bytes: usize,
    },
    /// The list has no entry.
    #[error("the schedule is empty: write at least `0`, which is one attempt without a retry")]
    Empty,
    /// An entry is not a duration.
    #[error("entry {entry}: {error}")]
    Entry {
        /// Which one.
        entry: usize,
        /// What is wrong with it.
        error: DurationError,
    },
    /// An entry before the last one is `0`.
    #[error(
        "entry {entry} is `0`, which means \"no more waiting\" and stands only at the end: remove it, or write a short wait such as `1ms`"
    )]
    InteriorZero {
        /// Which one.
        entry: usize,
    },
    /// The last entry is not `0`.
    #[error(
        "the schedule does not end in `0`: entry {entry}, `{wait}`, is the wait after the last attempt, and nothing would follow it. \
         Add `, 0` for one more attempt after that wait, or write `0` in place of `{wait}`",
        wait = duration_text(*.last)
    )]
    NoTrailingZero {
        /// Which one it is.
        entry: usize,
        /// The wait that stands there.
        last: Duration,
    },
    /// A shape makes no list.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

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
    /// What made the list: the text of a list that is too long to be read back.
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

    pub(crate) fn from_shape(shape: Shape) -> Result<Self, ScheduleError> {
        Self::shared(shape.backoffs()?, Some(shape))
    }

    fn shared(backoffs: Vec<Duration>, shape: Option<Shape>) -> Result<Self, ScheduleError> {
        check_backoffs(&backoffs)?;
        Ok(Self(Repr::Shared(Arc::new(Shared { backoffs, shape }))))
    }

    /// The shape that made the list, if one did.
    pub(crate) fn shape(&self) -> Option<&Shape> {
        match &self.0 {
            Repr::Static(_) => None,
            Repr::Shared(shared) => shared.shape.as_ref(),
        }
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
        Self::shared(backoffs, None)
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
