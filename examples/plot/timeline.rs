//! The numbers: when each call is made, which of them finds the task done, and how late that is.

use retry_core::{Jitter, Schedule};
use retry_schedule::duration_text;
use std::fmt;
use std::time::Duration;

/// What a schedule makes of a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeline {
    /// The schedule as it was written, on one line.
    pub text: String,
    /// The start, and each check after it. The first of them that finds the task done is the last, unless jitter may make
    /// another one necessary.
    pub calls: Vec<Call>,
    pub done_at: Option<Duration>,
    /// Which of the calls finds the task done, all waits being as listed.
    pub noticed: Option<usize>,
}

/// When a call is made. Calls themselves take no time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Call {
    /// With all waits as listed.
    pub at: Duration,
    /// With all waits as short as jitter makes them.
    pub earliest: Duration,
    /// With all waits as long as jitter makes them.
    pub latest: Duration,
}

impl Timeline {
    pub fn new(
        text: &str,
        schedule: &Schedule,
        jitter: &Jitter,
        done_at: Option<Duration>,
    ) -> Self {
        let max = schedule.max().unwrap_or(Duration::MAX);
        let mut last = Call::default();
        let mut calls = vec![last];
        for wait in schedule.waits() {
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
        }
    }

    /// The calls that are made, all waits being as listed.
    pub fn made(&self) -> &[Call] {
        let count = self.noticed.map_or(self.calls.len(), |index| index + 1);
        &self.calls[..count]
    }

    /// Whether jitter moves anything.
    pub fn is_spread(&self) -> bool {
        self.calls.iter().any(|call| call.earliest < call.latest)
    }

    /// The call that finds the task done.
    pub fn noticed_at(&self) -> Option<Duration> {
        Some(self.calls[self.noticed?].at)
    }

    /// The last moment at which there is anything to draw.
    pub fn end(&self) -> Duration {
        let done_at = self.done_at.unwrap_or_default();
        self.calls
            .last()
            .map_or(done_at, |call| call.latest.max(call.at).max(done_at))
    }

    /// The schedule in at most that many characters.
    pub fn short_text(&self, most: usize) -> String {
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
        write!(f, "{calls}, the last at {}", duration_text(last))
    }
}

/// The text, cut off where it gets too long.
pub fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

fn plural(count: usize, one: &str, more: &str) -> String {
    let what = if count == 1 { one } else { more };
    format!("{count} {what}")
}
