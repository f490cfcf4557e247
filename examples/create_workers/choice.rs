//! What one run may choose: how many retries, and how far each wait is spread. Out of it comes the list of waits.

use retry_core::{Jitter, Schedule, schedule};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::num::ParseIntError;
use std::str::FromStr;
use std::time::Duration;

/// The lists that can be chosen, by the number of their retries: each wait is two to the power of its number in seconds.
static LISTS: [Schedule; 6] = [
    schedule![0],
    schedule![2s, 0],
    schedule![2s, 4s, 0],
    schedule![2s, 4s, 8s, 0],
    schedule![2s, 4s, 8s, 16s, 0],
    schedule![2s, 4s, 8s, 16s, 32s, 0],
];

/// The default is what the attribute of `Client::create_worker` says. Reads as `{"retries": 3, "jitter": "0.2"}`, or
/// `retries=3&jitter=0.2`; what is left out is the default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Choice {
    pub retries: Retries,
    pub jitter: Jitter,
}

impl Choice {
    /// This, and what is worth comparing with it: 3 or 5 retries, each with every jitter.
    pub fn or_others(self) -> Vec<Self> {
        let mut retries = vec![Retries(3), Retries(5)];
        if !retries.contains(&self.retries) {
            retries.push(self.retries);
        }
        let mut jitters = vec![
            Jitter::none(),
            Jitter::default(),
            Jitter::equal(),
            Jitter::full(),
        ];
        if !jitters.contains(&self.jitter) {
            jitters.push(self.jitter);
        }
        let all = retries.into_iter().flat_map(|retries| {
            jitters.iter().map(move |jitter| Self {
                retries,
                jitter: *jitter,
            })
        });
        all.collect()
    }

    pub fn schedule(&self) -> &'static Schedule {
        &LISTS[usize::from(self.retries.0)]
    }

    /// The sum of all waits, each at its longest.
    pub fn worst_case(&self) -> Duration {
        self.schedule().worst_case(&self.jitter)
    }
}

/// As an attribute says it: `schedule = [2s, 4s, 0], jitter = 0.2`.
impl fmt::Display for Choice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (schedule, jitter) = (self.schedule(), self.jitter);
        write!(f, "schedule = [{schedule}], jitter = {jitter}")
    }
}

/// How often a request that was rate limited is sent again: 0 to 5 times.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8")]
pub struct Retries(u8);

#[derive(Debug, thiserror::Error)]
pub enum RetriesError {
    #[error("there are 0 to {} retries", LISTS.len() - 1)]
    TooMany,
    #[error(transparent)]
    NotANumber(#[from] ParseIntError),
}

/// As many as there are.
impl Default for Retries {
    fn default() -> Self {
        Self(5)
    }
}

impl TryFrom<u8> for Retries {
    type Error = RetriesError;

    fn try_from(retries: u8) -> Result<Self, RetriesError> {
        if usize::from(retries) < LISTS.len() {
            Ok(Self(retries))
        } else {
            Err(RetriesError::TooMany)
        }
    }
}

impl FromStr for Retries {
    type Err = RetriesError;

    fn from_str(text: &str) -> Result<Self, RetriesError> {
        text.parse::<u8>()?.try_into()
    }
}

impl fmt::Display for Retries {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
