//! Shapes from values: `Schedule::exponential(first).max(longest).attempts(5)` goes in, a schedule comes out.

use crate::kind::ShapeKind;
use crate::schedule::{Schedule, ScheduleError};
use crate::shape::{Factor, Shape};
use alloc::string::ToString;
use core::time::Duration;

impl Schedule {
    /// The waits d, d, d … ([`Shape::attempts`], [`Shape::retries`] or [`Shape::without_end`] says how many).
    pub fn constant(wait: Duration) -> Shape {
        Shape::new(ShapeKind::Constant, wait)
    }

    /// The waits d, d+s, d+2s … with s the [`step`](Shape::step), never above [`max`](Shape::max) if there is one.
    pub fn linear(first: Duration) -> Shape {
        Shape::new(ShapeKind::Linear, first)
    }

    /// The waits d, d·f, d·f² … with f the [`factor`](Shape::factor), 2 unless set, never above [`max`](Shape::max)
    /// if there is one.
    pub fn exponential(first: Duration) -> Shape {
        Shape::new(ShapeKind::Exponential, first)
    }

    /// The waits d, d, 2d, 3d, 5d … never above [`max`](Shape::max) if there is one.
    pub fn fibonacci(first: Duration) -> Shape {
        Shape::new(ShapeKind::Fibonacci, first)
    }

    /// The waits d, d·f, d·f² … with f the [`factor`](Shape::factor), ½ unless set, never below [`min`](Shape::min),
    /// which is required. For polling something that is more likely to be done as time passes.
    /// [`within`](Shape::within) gives it a total time in place of a number of attempts.
    pub fn inverse(first: Duration) -> Shape {
        Shape::new(ShapeKind::Inverse, first)
    }
}

impl Shape {
    /// How much each wait is longer than the one before, for `linear`.
    pub fn step(mut self, step: Duration) -> Self {
        self.step = Some(step);
        self
    }

    /// The number that a wait is multiplied by to give the next, for `exponential` (above 1) and `inverse` (below 1).
    /// It is taken as it prints: `0.1` is one tenth.
    pub fn factor(mut self, factor: f64) -> Self {
        self.factor = Some(Factor::parse(&factor.to_string()));
        self
    }

    /// The longest wait, jitter included, for `linear`, `exponential` and `fibonacci`. See [`Schedule::max`].
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
        Schedule::try_from(self)
    }

    /// The schedule of that many retries: one attempt more.
    ///
    /// # Errors
    ///
    /// As for [`attempts`](Shape::attempts).
    pub fn retries(mut self, retries: usize) -> Result<Schedule, ScheduleError> {
        self.retries = Some(retries);
        Schedule::try_from(self)
    }

    /// The schedule of as many attempts as fit into that time, for `inverse`. Its last wait is shortened, so that the
    /// last attempt is one second before the time is up, if attempts take no time and waits have no jitter.
    ///
    /// ```
    /// use core::time::Duration;
    /// # use retry_schedule as retry_core;
    /// use retry_core::Schedule;
    ///
    /// let minute = Duration::from_secs(60);
    /// let schedule = Schedule::inverse(3 * minute).min(minute).within(5 * minute)?;
    /// assert_eq!(format!("{schedule:#}"), "3m, 90s, 29s, 0");
    /// # Ok::<(), retry_core::ScheduleError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`attempts`](Shape::attempts). The time must be longer than a second.
    pub fn within(mut self, within: Duration) -> Result<Schedule, ScheduleError> {
        self.within = Some(within);
        Schedule::try_from(self)
    }

    /// The schedule without an end: once the waits stop changing, the last is repeated. They stop at
    /// [`max`](Shape::max), at [`min`](Shape::min), or in `constant` at once.
    ///
    /// ```
    /// use core::time::Duration;
    /// # use retry_schedule as retry_core;
    /// use retry_core::Schedule;
    ///
    /// let second = Duration::from_secs(1);
    /// let schedule = Schedule::exponential(second).max(5 * second).without_end()?;
    /// assert_eq!(schedule.to_string(), "exponential(1s, max = 5s, ..)");
    /// assert_eq!(format!("{schedule:#}"), "1s, 2s, 4s, 5s, ..");
    /// # Ok::<(), retry_core::ScheduleError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// As for [`attempts`](Shape::attempts), and where the waits do not stop changing within the first 1,000.
    pub fn without_end(mut self) -> Result<Schedule, ScheduleError> {
        self.is_open = true;
        Schedule::try_from(self)
    }
}
