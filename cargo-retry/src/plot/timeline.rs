//! The numbers: when each call is made, which of them finds the task done, and how late that is.

use crate::given::shorten;
use crate::screen::plural;
use retry_schedule::{Jitter, MAX_ATTEMPTS, Schedule, duration_text};
use std::fmt;
use std::time::Duration;

/// How often the last wait of an open list is shown again.
const REPEATED: usize = 5;

/// What a schedule makes of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Timeline {
    /// The schedule as it was written, on one line.
    pub(crate) text: String,
    /// The start, and each check after it. The first of them that finds the task done is the last, unless jitter may make
    /// another one necessary.
    pub(crate) calls: Vec<Call>,
    pub(crate) done_at: Option<Duration>,
    /// Which of the calls finds the task done, all waits being as listed.
    pub(crate) noticed: Option<usize>,
    /// Whether there are more calls after the last.
    pub(crate) is_open: bool,
}

/// When a call is made. Calls themselves take no time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Call {
    /// With all waits as listed.
    pub(crate) at: Duration,
    /// With all waits as short as jitter makes them.
    pub(crate) earliest: Duration,
    /// With all waits as long as jitter makes them.
    pub(crate) latest: Duration,
}

impl Timeline {
    pub(crate) fn new(
        text: &str,
        schedule: &Schedule,
        jitter: Jitter,
        done_at: Option<Duration>,
    ) -> Self {
        let max = schedule.max().unwrap_or(Duration::MAX);
        let mut last = Call::default();
        let mut calls = vec![last];
        let waits = schedule.waits();
        // An open list goes on for as long as is needed to see it.
        let repeated = match done_at {
            _ if !schedule.is_open() => 0,
            None => REPEATED,
            Some(_) => MAX_ATTEMPTS,
        };
        let repeated = waits.last().map(|last| std::iter::repeat_n(last, repeated));
        for wait in waits.iter().chain(repeated.into_iter().flatten()) {
            // A call that finds it done even when it is made as early as can be: no other follows.
            if done_at.is_some_and(|done_at| last.earliest >= done_at) {
                break;
            }
            let (shortest, longest) = jitter.bounds_capped(*wait, max);
            last = Call {
                at: last.at.saturating_add(*wait),
                earliest: last.earliest.saturating_add(shortest),
                latest: last.latest.saturating_add(longest),
            };
            calls.push(last);
        }
        let noticed = done_at.and_then(|done_at| calls.iter().position(|call| call.at >= done_at));
        let words: Vec<_> = text.split_whitespace().collect();
        Self {
            text: words.join(" "),
            calls,
            done_at,
            noticed,
            is_open: schedule.is_open(),
        }
    }

    /// The calls that are made, all waits being as listed.
    pub(crate) fn made(&self) -> &[Call] {
        let count = self.noticed.map_or(self.calls.len(), |index| index + 1);
        &self.calls[..count]
    }

    /// Whether jitter moves anything.
    pub(crate) fn is_spread(&self) -> bool {
        self.calls.iter().any(|call| call.earliest < call.latest)
    }

    /// The call that finds the task done.
    pub(crate) fn noticed_at(&self) -> Option<Duration> {
        Some(self.calls[self.noticed?].at)
    }

    /// The last moment at which there is anything to draw.
    pub(crate) fn end(&self) -> Duration {
        let done_at = self.done_at.unwrap_or_default();
        self.calls
            .last()
            .map_or(done_at, |call| call.latest.max(call.at).max(done_at))
    }

    /// The schedule in at most that many characters.
    pub(crate) fn short_text(&self, most: usize) -> String {
        shorten(&self.text, most)
    }
}

/// What is said of it: when it is noticed, after how many calls.
impl fmt::Display for Timeline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let made = self.made();
        let calls = plural(made.len(), "call", "calls");
        if let (Some(done_at), Some(noticed_at)) = (self.done_at, self.noticed_at()) {
            let retries = plural(made.len() - 1, "retry", "retries");
            write!(f, "noticed at {}", duration_text(noticed_at))?;
            match noticed_at.saturating_sub(done_at) {
                Duration::ZERO => f.write_str(", at once")?,
                late => write!(f, ", {} late", duration_text(late))?,
            }
            return write!(f, ": {retries}, {calls}");
        }
        if self.done_at.is_some() {
            f.write_str("never noticed: ")?;
        }
        let last = made.last().map_or(Duration::ZERO, |call| call.at);
        if self.is_open {
            return write!(
                f,
                "calls without end, number {} at {}",
                made.len(),
                duration_text(last)
            );
        }
        write!(f, "{calls}, the last at {}", duration_text(last))
    }
}
