//! The waits of a schedule, drawn: a schedule and a jitter go in, an iterator over waits comes out.

use crate::entropy;
use crate::jitter::Jitter;
use crate::schedule::Schedule;
use core::iter::FusedIterator;
use core::time::Duration;

impl Schedule {
    /// An iterator over the waits, each with the jitter applied, drawn when it is asked for. Other crates that retry take
    /// such an iterator. It ends where the schedule does; an [open](Schedule::is_open) schedule does not end.
    ///
    /// ```
    /// use core::time::Duration;
    /// # use retry_schedule as retry_core;
    /// use retry_core::{Jitter, Schedule};
    ///
    /// let schedule: Schedule = "1s, 2s, 0".parse()?;
    /// let waits: Vec<Duration> = schedule.jittered(Jitter::full()).collect();
    /// assert_eq!(waits.len(), 2);
    /// assert!(waits[0] <= Duration::from_secs(1));
    /// # Ok::<(), retry_core::ScheduleError>(())
    /// ```
    #[must_use]
    pub fn jittered(&self, jitter: Jitter) -> Jittered {
        Jittered {
            schedule: self.clone(),
            jitter,
            attempt: 0,
        }
    }
}

/// What [`Schedule::jittered`] gives.
///
/// The [`len`](ExactSizeIterator::len) of an open schedule is always [`usize::MAX`]. A clone goes on from where the
/// original is, and draws waits of its own.
#[derive(Debug, Clone)]
pub struct Jittered {
    schedule: Schedule,
    jitter: Jitter,
    /// The attempt whose wait comes next, counted from 0.
    attempt: usize,
}

impl Iterator for Jittered {
    type Item = Duration;

    fn next(&mut self) -> Option<Duration> {
        let backoff = self.schedule.backoff(self.attempt);
        if backoff.is_zero() {
            return None;
        }
        self.attempt = self.attempt.saturating_add(1);
        if self.jitter == Jitter::none() {
            return Some(backoff);
        }
        let max = self.schedule.max().unwrap_or(Duration::MAX);
        Some(self.jitter.at_capped(backoff, max, entropy::draw()))
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let left = if self.schedule.is_open() {
            usize::MAX
        } else {
            self.schedule.waits().len() - self.attempt
        };
        (left, Some(left))
    }
}

impl ExactSizeIterator for Jittered {}

impl FusedIterator for Jittered {}
