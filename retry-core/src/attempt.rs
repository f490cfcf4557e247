//! Which attempt the body is in. The loop makes an [`Attempt`] before each attempt, and the body reads it.

use core::time::Duration;

/// The attempt that is being made: what the key `attempt = name` binds `name` to in the body.
///
/// With `max_elapsed`, it also knows how much time is left, so that a deadline can be handed down:
///
/// ```
/// use core::time::Duration;
/// use retry_core::Attempt;
///
/// # struct Request;
/// # impl Request {
/// #     fn timeout(self, _: Duration) -> Self { self }
/// #     fn header(self, _: &str, _: usize) -> Self { self }
/// # }
/// /// Lets the client give up when the call would, and tells the server about retries.
/// fn prepare(request: Request, attempt: Attempt) -> Request {
///     let timeout = attempt.remaining().unwrap_or(Duration::from_secs(30));
///     let request = request.timeout(timeout);
///     if attempt.is_first() {
///         request
///     } else {
///         request.header("Retry-Attempt", attempt.number() - 1)
///     }
/// }
/// # prepare(Request, Attempt::new(1, 3, Some(Duration::from_secs(4))));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    number: usize,
    attempts: usize,
    remaining: Option<Duration>,
}

impl Attempt {
    /// `attempt` is counted from 0 here.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub const fn new(attempt: u32, attempts: usize, remaining: Option<Duration>) -> Self {
        Self {
            number: attempt as usize + 1,
            attempts,
            remaining,
        }
    }

    /// Which attempt this is, from 1.
    ///
    /// ```
    /// # use retry_core::Attempt;
    /// # let (first, second) = (Attempt::new(0, 2, None), Attempt::new(1, 2, None));
    /// assert_eq!((first.number(), second.number()), (1, 2));
    /// ```
    #[inline]
    #[must_use]
    pub const fn number(self) -> usize {
        self.number
    }

    /// How many attempts there are at most: the length of the schedule, or [`usize::MAX`] if the schedule has no end.
    ///
    /// ```
    /// # use retry_core::Attempt;
    /// # let attempt = Attempt::new(0, 5, None);
    /// // With `schedule = [1s, 2s, 4s, 8s, 0]`:
    /// assert_eq!(attempt.attempts(), 5);
    /// ```
    #[inline]
    #[must_use]
    pub const fn attempts(self) -> usize {
        self.attempts
    }

    /// Whether this is the first attempt.
    ///
    /// ```
    /// # use retry_core::Attempt;
    /// # let (first, second) = (Attempt::new(0, 2, None), Attempt::new(1, 2, None));
    /// assert!(first.is_first() && !second.is_first());
    /// ```
    #[inline]
    #[must_use]
    pub const fn is_first(self) -> bool {
        self.number == 1
    }

    /// Whether the schedule has no attempt after this one. A call can end earlier, so not every call reaches such an attempt.
    ///
    /// ```
    /// # use retry_core::Attempt;
    /// # let (first, second) = (Attempt::new(0, 2, None), Attempt::new(1, 2, None));
    /// assert!(second.is_last() && !first.is_last());
    /// ```
    #[inline]
    #[must_use]
    pub const fn is_last(self) -> bool {
        self.number == self.attempts
    }

    /// What was left of `max_elapsed` when the attempt began, zero at least. `None` without that key.
    ///
    /// ```
    /// # use core::time::Duration;
    /// # use retry_core::Attempt;
    /// # let attempt = Attempt::new(1, 3, Some(Duration::from_secs(6)));
    /// // With `max_elapsed = 10s`, 4 s after the start:
    /// assert_eq!(attempt.remaining(), Some(Duration::from_secs(6)));
    /// ```
    #[inline]
    #[must_use]
    pub const fn remaining(self) -> Option<Duration> {
        self.remaining
    }
}
