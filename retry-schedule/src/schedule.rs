//! The list itself: waits or a shape go in, a checked list comes out, which is cheap to clone.

use crate::duration::{DurationError, duration_text};
use crate::jitter::Jitter;
use crate::shape::{MAX_ATTEMPTS, Shape, ShapeError};
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::fmt::Display;
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
    /// A `..` with no wait before it.
    #[error("`..` repeats the wait before it, and there is none: write one, as in `1s, ..`")]
    NothingBeforeOpen,
    /// A `..` after a `0`.
    #[error(
        "`..` repeats the wait before it, and entry {entry} is `0`, which means \"no more waiting\": remove one of the two"
    )]
    OpenAfterZero {
        /// Which entry is `0`.
        entry: usize,
    },
    /// A `..` that is not the last entry.
    #[error(
        "entry {entry} is `..`, which repeats the wait before it without end: remove what follows"
    )]
    OpenNotLast {
        /// Which one.
        entry: usize,
    },
    /// A shape makes no list.
    #[error(transparent)]
    Shape(#[from] ShapeError),
}

/// A validated list of waits: entry n is the wait after attempt n fails, and the last entry, `0`, says that nothing
/// follows. The length of the list is the number of attempts.
///
/// An open schedule, `1s, 2s, 5s, ..`, has no `0`: its last wait is repeated without end, for what reconnects as long as it
/// lives.
///
/// A schedule is either `'static` or shared, so a clone allocates nothing.
///
/// ```
/// use core::time::Duration;
/// # use retry_schedule as retry_core;
/// use retry_core::Schedule;
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
    Static(&'static [Duration], Option<&'static StaticShape>),
    Shared(Arc<Shared>),
}

struct Shared {
    /// An open list is one that does not end in zero.
    backoffs: Vec<Duration>,
    shape: Option<Shape>,
}

/// What is kept of a shape whose list was worked out at compile time.
#[doc(hidden)]
#[derive(Debug)]
pub struct StaticShape {
    /// Its text.
    pub text: &'static str,
    /// Its `max`.
    pub max: Option<Duration>,
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
        assert_no_zero(backoffs, last);
        Self(Repr::Static(backoffs, None))
    }

    /// The open schedule of waits that are known at compile time: the last is repeated without end.
    ///
    /// ```
    /// use core::time::Duration;
    /// # use retry_schedule as retry_core;
    /// use retry_core::Schedule;
    ///
    /// const RECONNECT: Schedule = Schedule::open(&[Duration::from_secs(1), Duration::from_secs(5)]);
    ///
    /// assert_eq!(RECONNECT.to_string(), "1s, 5s, ..");
    /// assert_eq!(RECONNECT.backoff(1_000), Duration::from_secs(5));
    /// ```
    ///
    /// # Panics
    ///
    /// If there is no wait, or one of them is zero. In a `const` or `static` this is a compile error.
    #[must_use]
    pub const fn open(waits: &'static [Duration]) -> Self {
        assert!(
            !waits.is_empty(),
            "the schedule is empty: it needs at least one wait that is repeated"
        );
        assert_no_zero(waits, waits.len());
        Self(Repr::Static(waits, None))
    }

    /// The open schedule of these waits: the last is repeated without end.
    ///
    /// ```
    /// use core::time::Duration;
    /// # use retry_schedule as retry_core;
    /// use retry_core::Schedule;
    ///
    /// let schedule = Schedule::try_open(vec![Duration::from_secs(1), Duration::from_secs(5)])?;
    /// assert!(schedule.is_open());
    /// # Ok::<(), retry_core::ScheduleError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// There is no wait, or one of them is zero.
    pub fn try_open(waits: Vec<Duration>) -> Result<Self, ScheduleError> {
        check_open(&waits)?;
        Ok(Self::shared(waits, None))
    }

    /// The schedule of a shape that the macros have worked out: its list, as [`Shape::backoffs`] gives it, and what else
    /// is kept of it.
    #[doc(hidden)]
    #[must_use]
    pub const fn of_shape(backoffs: &'static [Duration], shape: &'static StaticShape) -> Self {
        Self(Repr::Static(backoffs, Some(shape)))
    }

    fn shared(backoffs: Vec<Duration>, shape: Option<Shape>) -> Self {
        Self(Repr::Shared(Arc::new(Shared { backoffs, shape })))
    }

    /// The text of the shape that made the list, if one did.
    #[doc(hidden)]
    #[must_use]
    pub fn shape(&self) -> Option<&dyn Display> {
        match &self.0 {
            Repr::Static(_, shape) => shape.as_ref().map(|shape| &shape.text as &dyn Display),
            Repr::Shared(shared) => shared.shape.as_ref().map(|shape| shape as &dyn Display),
        }
    }

    /// How many attempts there are: the length of the list, or [`usize::MAX`] if it is open.
    #[must_use]
    pub fn attempts(&self) -> usize {
        if self.is_open() {
            usize::MAX
        } else {
            self.backoffs().len()
        }
    }

    /// Whether the last wait is repeated without end.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.backoffs().last().is_some_and(|last| !last.is_zero())
    }

    /// The longest wait that the schedule allows, jitter included: the `max` of the shape that made it. Waits near it are
    /// drawn from [`Jitter::bounds_capped`].
    ///
    /// ```
    /// use core::time::Duration;
    /// # use retry_schedule as retry_core;
    /// use retry_core::{Jitter, Schedule};
    ///
    /// let schedule: Schedule = "exponential(1s, max = 4s, attempts = 4)".parse()?;
    /// assert_eq!(schedule.max(), Some(Duration::from_secs(4)));
    /// // 1.2 s, 2.4 s, 4 s
    /// assert_eq!(schedule.worst_case(&Jitter::default()), Duration::from_millis(7_600));
    /// # Ok::<(), retry_core::ScheduleError>(())
    /// ```
    #[must_use]
    pub fn max(&self) -> Option<Duration> {
        match &self.0 {
            Repr::Static(_, shape) => shape.and_then(|shape| shape.max),
            Repr::Shared(shared) => shared.shape.as_ref().and_then(|shape| shape.max),
        }
    }

    /// The waits, without the `0` at the end. The last wait of an open schedule is there once.
    #[must_use]
    pub fn waits(&self) -> &[Duration] {
        let backoffs = self.backoffs();
        match backoffs.split_last() {
            Some((&Duration::ZERO, waits)) => waits,
            _ => backoffs,
        }
    }

    /// The whole list, the `0` at the end included, or the waits of an open schedule, which has no `0`.
    #[must_use]
    pub fn backoffs(&self) -> &[Duration] {
        match &self.0 {
            Repr::Static(backoffs, _) => backoffs,
            Repr::Shared(shared) => &shared.backoffs,
        }
    }

    /// The wait after the attempt of that index, counted from 0. It is zero after the last attempt; an open schedule
    /// repeats its last wait.
    ///
    /// ```
    /// use core::time::Duration;
    /// # use retry_schedule as retry_core;
    /// use retry_core::Schedule;
    ///
    /// let schedule: Schedule = "1s, 2s, 0".parse()?;
    /// assert_eq!(schedule.backoff(1), Duration::from_secs(2));
    /// assert_eq!(schedule.backoff(2), Duration::ZERO);
    /// # Ok::<(), retry_core::ScheduleError>(())
    /// ```
    #[must_use]
    pub fn backoff(&self, attempt: usize) -> Duration {
        let backoffs = self.backoffs();
        // The last entry is the `0`, or the wait to be repeated.
        let backoff = backoffs.get(attempt).or(backoffs.last());
        backoff.copied().unwrap_or_default()
    }

    /// The sum of the waits, at most [`Duration::MAX`], which is also that of an open schedule.
    #[must_use]
    pub fn total(&self) -> Duration {
        self.worst_case(&Jitter::none())
    }

    /// The sum of the waits when each takes the longest that the jitter and [`max`](Schedule::max) allow, at most
    /// [`Duration::MAX`], which is also that of an open schedule. The time that the attempts themselves take comes on top.
    #[must_use]
    pub fn worst_case(&self, jitter: &Jitter) -> Duration {
        self.longest(*jitter, Duration::ZERO)
    }

    /// The [`worst_case`](Schedule::worst_case) where a server may ask to wait for up to `max_hint` each time, and such a hint
    /// takes the place of a shorter wait.
    ///
    /// ```
    /// use core::time::Duration;
    /// # use retry_schedule as retry_core;
    /// use retry_core::{Jitter, Schedule};
    ///
    /// let schedule: Schedule = "1s, 60s, 0".parse()?;
    /// let worst_case = schedule.worst_case_with_hints(&Jitter::none(), Duration::from_secs(30));
    /// assert_eq!(worst_case, Duration::from_secs(90));
    /// # Ok::<(), retry_core::ScheduleError>(())
    /// ```
    #[must_use]
    pub fn worst_case_with_hints(&self, jitter: &Jitter, max_hint: Duration) -> Duration {
        self.longest(*jitter, jitter.after_hint(max_hint, u64::MAX))
    }

    /// The sum of the waits at their longest, each at least `hinted`.
    fn longest(&self, jitter: Jitter, hinted: Duration) -> Duration {
        if self.is_open() {
            return Duration::MAX;
        }
        let max = self.max().unwrap_or(Duration::MAX);
        self.waits().iter().fold(Duration::ZERO, |sum, wait| {
            let longest = jitter.bounds_capped(*wait, max).1;
            sum.saturating_add(longest.max(hinted))
        })
    }
}

const fn assert_no_zero(backoffs: &[Duration], end: usize) {
    let mut entry = 0;
    while entry < end {
        assert!(
            !backoffs[entry].is_zero(),
            "the schedule has a zero before its end: zero means \"no more waiting\""
        );
        entry += 1;
    }
}

/// Checks the rules of a list: at least one entry, `0` at the end and only there. The error is the first that is broken.
fn check_backoffs(backoffs: &[Duration]) -> Result<(), ScheduleError> {
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

/// Checks the rules of an open list: at least one wait, and no `0`. The error is the first that is broken.
fn check_open(waits: &[Duration]) -> Result<(), ScheduleError> {
    match waits.iter().position(Duration::is_zero) {
        _ if waits.is_empty() => Err(ScheduleError::NothingBeforeOpen),
        None => Ok(()),
        Some(index) if index + 1 == waits.len() => {
            Err(ScheduleError::OpenAfterZero { entry: index + 1 })
        }
        Some(index) => Err(ScheduleError::InteriorZero { entry: index + 1 }),
    }
}

impl TryFrom<Vec<Duration>> for Schedule {
    type Error = ScheduleError;

    fn try_from(backoffs: Vec<Duration>) -> Result<Self, ScheduleError> {
        check_backoffs(&backoffs)?;
        Ok(Self::shared(backoffs, None))
    }
}

/// The list that the shape makes. The shape is kept: it is the schedule's text.
impl TryFrom<Shape> for Schedule {
    type Error = ScheduleError;

    fn try_from(shape: Shape) -> Result<Self, ScheduleError> {
        let backoffs = shape.backoffs()?;
        if shape.is_open {
            check_open(&backoffs)?;
        } else {
            check_backoffs(&backoffs)?;
        }
        Ok(Self::shared(backoffs, Some(shape)))
    }
}

/// Two schedules are equal if they have the same waits and the same [`max`](Schedule::max).
impl PartialEq for Schedule {
    fn eq(&self, other: &Self) -> bool {
        self.backoffs() == other.backoffs() && self.max() == other.max()
    }
}

impl Eq for Schedule {}

impl Hash for Schedule {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.backoffs().hash(state);
        self.max().hash(state);
    }
}
