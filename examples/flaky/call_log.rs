//! The log of one call: a line for each retry, or, if that is asked for, what tenacity's `after_log` and
//! `before_sleep_log` say.

use crate::common::terminal::{fit, stderr_width};
use crate::common::{Speed, one_line, root_cause};
use retry_core::RetryEvent;
use std::error::Error;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// How much the log says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// A line for each retry, no longer than the terminal is wide.
    Short,
    /// How each attempt went, and of each retry the initial delay, its number, the time since the last attempt, and why.
    Long,
}

/// Make one for each call. All times in it are those of the schedule: at a hundred times the speed, what takes 10 ms is
/// told as a second.
pub struct CallLog<W> {
    form: Form,
    speed: Speed,
    write: W,
    started: Instant,
    so_far: Mutex<SoFar>,
}

#[derive(Debug)]
struct SoFar {
    attempts: usize,
    last_failed: Option<Instant>,
    initial_delay: Option<Duration>,
}

impl<W: Fn(String)> CallLog<W> {
    pub fn new(form: Form, speed: Speed, write: W) -> Self {
        let started = Instant::now();
        Self {
            form,
            speed,
            write,
            started,
            so_far: Mutex::new(SoFar {
                attempts: 0,
                last_failed: None,
                initial_delay: None,
            }),
        }
    }

    /// How many attempts have ended.
    pub fn attempts(&self) -> usize {
        self.so_far().attempts
    }

    /// At the end of each attempt.
    pub fn after(&self, function: &str) {
        let mut so_far = self.so_far();
        so_far.attempts += 1;
        if self.form == Form::Long {
            (self.write)(format!(
                "Finished call to '{function}' after {:.3}(s), this was the {} time calling it.",
                self.seconds(self.started.elapsed()),
                ordinal(so_far.attempts)
            ));
        }
    }

    /// Before each wait. The time since the last attempt is that since it failed; before the first retry there is none.
    pub fn before_sleep<E: Error>(&self, event: &RetryEvent<'_, E>) {
        let (retry, retries) = (event.attempt, event.attempts - 1);
        let wait = event.wait.as_secs_f64();
        let mut so_far = self.so_far();
        let now = Instant::now();
        let last = so_far.last_failed.replace(now);
        let initial_delay = *so_far.initial_delay.get_or_insert(event.backoff);
        (self.write)(match self.form {
            Form::Short => {
                let reason = root_cause(event.error);
                let line = format!("retry {retry:2} of {retries} in {wait:4.1} s: {reason}");
                fit(&line, stderr_width()).into_owned()
            }
            Form::Long => {
                let reason = one_line(event.error);
                let since = last.map_or(String::new(), |last| {
                    let seconds = self.seconds(now - last);
                    format!(", {seconds:.3} seconds since the last")
                });
                format!(
                    "Retrying {} in {wait:.3} seconds as it failed: {reason} \
                     (retry {retry} of {retries}{since}, initial delay {initial_delay:?})",
                    event.function
                )
            }
        });
    }

    fn so_far(&self) -> MutexGuard<'_, SoFar> {
        self.so_far.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many of the schedule's seconds took so long.
    fn seconds(&self, elapsed: Duration) -> f64 {
        self.speed.stretch(elapsed).as_secs_f64()
    }
}

/// 1st, 2nd, 3rd, 4th, as English has it.
fn ordinal(number: usize) -> String {
    let like = match (number % 10, number % 100) {
        (_, 11..=13) => "0th",
        (1, _) => "1st",
        (2, _) => "2nd",
        (3, _) => "3rd",
        _ => "0th",
    };
    let suffix = &like[1..];
    format!("{number}{suffix}")
}
