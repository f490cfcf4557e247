//! The checks of a VM's status: when each was made, on the story's clock, and what it found.

use crate::client::ApiError;
use crate::common::{Speed, one_line};
use crate::vm::{State, Vm};
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::time::Instant;

/// The clock of the story, which runs as many times as fast as the waits do.
#[derive(Debug, Clone, Copy)]
pub struct Story {
    began: Instant,
    speed: Speed,
}

impl Story {
    pub fn begin(speed: Speed) -> Self {
        Self {
            began: Instant::now(),
            speed,
        }
    }

    /// The time since it began.
    pub fn time(&self) -> Duration {
        self.stretch(self.began.elapsed())
    }

    /// What so much real time is in the story.
    pub fn stretch(&self, real: Duration) -> Duration {
        self.speed.stretch(real)
    }
}

/// One call for the status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub at: Duration,
    /// Nothing while the call is under way.
    pub found: Option<Found>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    Starting,
    /// It runs; since when, if the server says so.
    Running(Option<Duration>),
    /// What kept the check from finding anything.
    Error(String),
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Starting => f.write_str("starting"),
            Self::Running(_) => f.write_str("running"),
            Self::Error(error) => f.write_str(error),
        }
    }
}

/// All checks of one VM.
pub struct Checks {
    story: Story,
    tell: fn(&Check),
    list: Mutex<Vec<Check>>,
}

impl Checks {
    /// `tell` is called with each check that has ended.
    pub fn new(story: Story, tell: fn(&Check)) -> Self {
        Self {
            story,
            tell,
            list: Mutex::new(Vec::new()),
        }
    }

    /// Makes a check, and keeps what it finds.
    pub async fn count(
        &self,
        status: impl Future<Output = Result<Vm, ApiError>>,
    ) -> Result<Vm, ApiError> {
        let mut check = Check {
            at: self.story.time(),
            found: None,
        };
        let index = {
            let mut list = self.lock();
            list.push(check.clone());
            list.len() - 1
        };
        let answer = status.await;
        check.found = Some(self.found(&answer));
        (self.tell)(&check);
        self.lock()[index] = check;
        answer
    }

    pub fn list(&self) -> Vec<Check> {
        self.lock().clone()
    }

    fn found(&self, answer: &Result<Vm, ApiError>) -> Found {
        match answer {
            Ok(Vm {
                state: State::Running,
                running_for_ms,
                ..
            }) => Found::Running(running_for_ms.map(|ms| {
                let running_for = self.story.stretch(Duration::from_millis(ms));
                self.story.time().saturating_sub(running_for)
            })),
            Ok(_) => Found::Starting,
            Err(error) => Found::Error(one_line(error)),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Check>> {
        self.list.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
