//! A job. A message of the server flows in; what an attempt sees of it flows out.

use async_nats::HeaderMap;
use async_nats::header::NATS_MESSAGE_ID;
use bytes::Bytes;

/// The id that a job was published with first, where its message has another.
pub(crate) const ID: &str = "Retry-Id";

/// What was published, as an attempt is given it. A clone copies nothing of the payload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    id: String,
    payload: Bytes,
    headers: HeaderMap,
}

impl Job {
    /// `sequence` takes the place of an id where whoever published the job gave none.
    pub(crate) fn new(sequence: u64, headers: Option<&HeaderMap>, payload: &Bytes) -> Self {
        let headers = headers.cloned().unwrap_or_default();
        let id = headers.get(ID).or_else(|| headers.get(NATS_MESSAGE_ID));
        Self {
            id: id.map_or_else(|| sequence.to_string(), ToString::to_string),
            payload: payload.clone(),
            headers,
        }
    }

    /// The id that the job was published with, or its number in the stream if it has none. It stays the same for all attempts, so it
    /// is what an API needs that refuses duplicates by a key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What was published.
    #[must_use]
    pub fn payload(&self) -> &Bytes {
        &self.payload
    }

    /// The headers that were published.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }
}
