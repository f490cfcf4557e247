//! Dead letters. A job that ended without success and what is known of its attempts flow in; the message that keeps it flows out,
//! and back.

use crate::job::{ID, Job};
use async_nats::HeaderMap;
use bytes::Bytes;
use core::fmt;
use core::str::FromStr;
use core::time::Duration;
use serde::{Deserialize, Serialize};

/// The longest text of an error, in bytes.
const MAX_ERROR: usize = 1_024;
/// What a letter's history takes at most, in bytes.
const MAX_HISTORY: usize = 64 * 1_024;
/// What a letter has beside its job and history, in bytes.
pub(crate) const MARGIN: usize = 8 * 1_024;

const ERROR: &str = "Retry-Error";
const REASON: &str = "Retry-Reason";
const ATTEMPTS: &str = "Retry-Attempts";
const HISTORY: &str = "Retry-History";
const OURS: [&str; 5] = [ERROR, REASON, ATTEMPTS, HISTORY, ID];
/// The server's own headers say for how long a message lives, or where it was.
const SERVERS: &str = "Nats-";
const MESSAGE_ID: &str = "Nats-Msg-Id";

/// What stands in the history for an attempt of which nothing was recorded.
const UNRECORDED: &str =
    "nothing was recorded: its worker was killed, hung, or lost its connection";

/// A job that ended without success. It is kept with its payload and headers as they were published.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct DeadLetter {
    /// Its number among the dead letters of its queue.
    pub sequence: u64,
    /// The id that the job was published with.
    pub id: String,
    /// What was published.
    pub payload: Bytes,
    /// The headers that were published, without those that begin with `Nats-`.
    pub headers: HeaderMap,
    /// Why it ended.
    pub reason: Reason,
    /// The error of the last attempt, at most 1 KiB.
    pub error: String,
    /// How many attempts were made.
    pub attempts: u64,
    /// Each of them, the last 64 at most.
    pub history: Vec<Failure>,
}

/// Why a job ended without success.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// The last attempt of the schedule failed.
    Exhausted,
    /// The error is not worth another attempt: `on` was false.
    NotRetryable,
    /// The error asked for a longer wait than is followed.
    RetryAfter,
    /// An attempt panicked. Panics are never retried.
    Panicked,
    /// The last attempt ended without an answer: its worker was killed, hung, or lost its connection.
    Unanswered,
}

impl Reason {
    const ALL: [Self; 5] = [
        Self::Exhausted,
        Self::NotRetryable,
        Self::RetryAfter,
        Self::Panicked,
        Self::Unanswered,
    ];

    const fn text(self) -> &'static str {
        match self {
            Self::Exhausted => "exhausted",
            Self::NotRetryable => "not_retryable",
            Self::RetryAfter => "retry_after",
            Self::Panicked => "panicked",
            Self::Unanswered => "unanswered",
        }
    }
}

/// The text that stands in the header `Retry-Reason`.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.text())
    }
}

impl FromStr for Reason {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let reason = Self::ALL.into_iter().find(|reason| reason.text() == text);
        reason.ok_or(())
    }
}

/// An attempt that did not succeed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct Failure {
    /// Which attempt, from 1.
    pub attempt: u64,
    /// When it ended, in milliseconds since 1970 by its worker's clock. `None` if its worker recorded nothing.
    pub at: Option<u64>,
    /// Its error, at most 1 KiB.
    pub error: String,
    /// The wait that followed. `None` after the last attempt, and if its worker recorded nothing.
    pub wait: Option<Duration>,
}

impl Failure {
    pub(crate) fn unrecorded(attempt: u64) -> Self {
        Self {
            attempt,
            at: None,
            error: UNRECORDED.to_owned(),
            wait: None,
        }
    }
}

/// Each of `attempts` attempts, as far as there is room: what was recorded, and what to say of those of which nothing was.
pub(crate) fn complete(recorded: Vec<Failure>, attempts: u64, most: u64) -> Vec<Failure> {
    let first = attempts.saturating_sub(most) + 1;
    let mut history: Vec<Failure> = (first..=attempts).map(Failure::unrecorded).collect();
    for failure in recorded {
        let place = failure.attempt.checked_sub(first);
        let place = place.and_then(|place| usize::try_from(place).ok());
        if let Some(entry) = place.and_then(|place| history.get_mut(place)) {
            *entry = failure;
        }
    }
    history
}

/// The error and what caused it, on one line of at most 1 KiB. Control characters are escaped: a header has none.
pub(crate) fn error_text(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let cause = error.to_string();
        // Many errors show their cause themselves.
        if !text.ends_with(&cause) {
            text = format!("{text}: {cause}");
        }
        source = error.source();
    }
    one_line(&text)
}

/// The text on one line of at most 1 KiB, with control characters escaped.
pub(crate) fn one_line(text: &str) -> String {
    let mut line = String::new();
    for c in text.chars() {
        let before = line.len();
        if c.is_control() {
            line.extend(c.escape_default());
        } else {
            line.push(c);
        }
        if line.len() > MAX_ERROR {
            line.truncate(before);
            line.push('…');
            break;
        }
    }
    line
}

/// The end of a job.
pub(crate) struct End<'a> {
    /// Names the job for all time, so that it dies once.
    pub(crate) key: &'a str,
    pub(crate) reason: Reason,
    pub(crate) attempts: u64,
    pub(crate) history: &'a [Failure],
}

impl End<'_> {
    /// The headers of the letter: the job's own, and ours. The oldest entries of the history are left out where it is too long for
    /// what the server takes: `room` bytes for all of the message.
    pub(crate) fn headers(&self, job: &Job, room: usize) -> HeaderMap {
        let mut headers = copy(job.headers());
        headers.insert(MESSAGE_ID, self.key);
        headers.insert(ID, job.id());
        let error = self.history.last();
        headers.insert(ERROR, error.map_or("", |failure| &failure.error));
        headers.insert(REASON, self.reason.text());
        headers.insert(ATTEMPTS, self.attempts.to_string());
        let room = room.saturating_sub(job.payload().len() + MARGIN);
        headers.insert(HISTORY, history_text(self.history, room.min(MAX_HISTORY)));
        headers
    }
}

/// The headers without ours and the server's.
fn copy(headers: &HeaderMap) -> HeaderMap {
    let mut copy = HeaderMap::new();
    for (name, values) in headers.iter() {
        let text: &str = name.as_ref();
        if !OURS.contains(&text) && !text.starts_with(SERVERS) {
            for value in values {
                copy.append(name.clone(), value.clone());
            }
        }
    }
    copy
}

fn history_text(history: &[Failure], room: usize) -> String {
    (0..=history.len())
        .filter_map(|skipped| serde_json::to_string(history.get(skipped..)?).ok())
        .find(|text| text.len() <= room)
        .unwrap_or_else(|| "[]".to_owned())
}

impl DeadLetter {
    /// Reads a message of the dead letters. What somebody else published there is a letter too, with less in it.
    pub(crate) fn of(sequence: u64, headers: &HeaderMap, payload: Bytes) -> Self {
        let text = |name| {
            headers
                .get(name)
                .map(ToString::to_string)
                .unwrap_or_default()
        };
        Self {
            sequence,
            id: text(ID),
            payload,
            headers: copy(headers),
            reason: text(REASON).parse().unwrap_or(Reason::Unanswered),
            error: text(ERROR),
            attempts: text(ATTEMPTS).parse().unwrap_or(0),
            history: serde_json::from_str(&text(HISTORY)).unwrap_or_default(),
        }
    }
}
