//! The log of one call, in the manner of tenacity's `after_log` and `before_sleep_log`.

use crate::common::{Speed, one_line};
use retry_core::RetryEvent;
use std::error::Error;
use std::mem;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;
use tracing::info;

/// Make one for each call. All times in it are those of the schedule: at a hundred times the speed, what takes 10 ms is
/// told as a second.
#[derive(Debug)]
pub struct CallLog {
    speed: Speed,
    started: Instant,
    so_far: Mutex<SoFar>,
}

#[derive(Debug)]
struct SoFar {
    attempts: usize,
    last_failed: Instant,
    initial_delay: Option<Duration>,
}

impl CallLog {
    pub fn new(speed: Speed) -> Self {
        let started = Instant::now();
        Self {
            speed,
            started,
            so_far: Mutex::new(SoFar {
                attempts: 0,
                last_failed: started,
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
        info!(
            "Finished call to '{function}' after {:.3}(s), this was the {} time calling it.",
            self.seconds(self.started.elapsed()),
            ordinal(so_far.attempts)
        );
    }

    /// Before each wait. The time since the last attempt is that since the last one failed; before the first retry, since the
    /// call began.
    pub fn before_sleep<E: Error>(&self, event: &RetryEvent<'_, E>) {
        let mut so_far = self.so_far();
        let last = mem::replace(&mut so_far.last_failed, Instant::now());
        let initial_delay = *so_far.initial_delay.get_or_insert(event.backoff);
        info!(
            retry = event.attempt,
            retries = event.attempts - 1,
            ?initial_delay,
            since_last_attempt = format_args!("{:.3}s", self.seconds(so_far.last_failed - last)),
            "Retrying {} in {:.3} seconds as it failed: {}",
            event.function,
            event.wait.as_secs_f64(),
            one_line(event.error)
        );
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
