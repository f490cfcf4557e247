//! What can go wrong between this crate and the server, in one place. The client's errors flow in; an [`Error`] that says what to do
//! flows out.

use async_nats::jetstream::{self, context, stream};
use context::{PublishError, PublishErrorKind};
use jetstream::ErrorCode;
use std::error::Error as StdError;
use thiserror::Error;

/// Why a queue, a rate or a worker could not do what it was asked for. No job is lost by any of these: what is not acknowledged comes
/// again.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum Error {
    /// A queue's name has characters that NATS does not allow.
    #[error(
        "`{0}` is no name for a queue: write letters and digits of ASCII, `-` and `_`, at least one"
    )]
    Name(String),
    /// A stream or a consumer is not there.
    #[error(
        "there is no {what}: make the queue with `Queue::create` and let a worker run, or look whether this is the right server and account"
    )]
    Missing {
        /// Which one.
        what: String,
    },
    /// A stream or a consumer is there, but it would not do what is promised.
    #[error(
        "the {of} has `{what}` {found}, and needs {wanted}: change it on the server, or use another name. \
         For a consumer, `Worker::reconfigure` does so"
    )]
    Otherwise {
        /// Which stream or consumer.
        of: String,
        /// Which of its settings.
        what: &'static str,
        /// Its value.
        found: String,
        /// What is needed.
        wanted: String,
    },
    /// The server does not answer, or it has no `JetStream`.
    #[error(
        "the server does not answer: look whether it runs, with JetStream enabled (`nats-server -js`)"
    )]
    Unreachable(#[source] Source),
    /// The disk, or what the account may use of it, is full.
    #[error(
        "the server has no room left: free some, or raise the limit of the stream, the account or the disk"
    )]
    Full(#[source] Source),
    /// The payload does not fit a message, with what a dead letter adds.
    #[error(
        "the payload has {bytes} bytes, and {most} fit: publish a reference, or raise `max_payload` of the server"
    )]
    TooLarge {
        /// Its length.
        bytes: usize,
        /// The longest that fits.
        most: usize,
    },
    /// The server refuses for another reason.
    #[error("the server refuses")]
    Server(#[source] Source),
}

type Source = Box<dyn StdError + Send + Sync>;

impl Error {
    /// Whether trying again later may help: the server does not answer, or has no room.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Full(_))
    }

    /// Any error of the client. What the server itself said is in it, or in one of its causes.
    pub(crate) fn of(error: impl Into<Source>) -> Self {
        let error = error.into();
        let mut cause: Option<&(dyn StdError + 'static)> = Some(&*error);
        while let Some(error) = cause {
            if let Some(said) = said_in(error) {
                return Self::said(said);
            }
            cause = error.source();
        }
        Self::Unreachable(error)
    }

    fn said(error: jetstream::Error) -> Self {
        match error.error_code() {
            ErrorCode::ACCOUNT_RESOURCES_EXCEEDED
            | ErrorCode::INSUFFICIENT_RESOURCES
            | ErrorCode::STORAGE_RESOURCES_EXCEEDED
            | ErrorCode::MEMORY_RESOURCES_EXCEEDED
            | ErrorCode::STREAM_STORE_FAILED => Self::Full(error.into()),
            _ => Self::Server(error.into()),
        }
    }

    pub(crate) fn of_stream(name: &str, error: context::GetStreamError) -> Self {
        match said_in(&error) {
            Some(said) if said.error_code() == ErrorCode::STREAM_NOT_FOUND => Self::Missing {
                what: format!("stream `{name}`"),
            },
            _ => Self::of(error),
        }
    }

    pub(crate) fn of_consumer(name: &str, error: context::ConsumerInfoError) -> Self {
        use context::ConsumerInfoErrorKind::{NotFound, StreamNotFound};
        match error.kind() {
            NotFound | StreamNotFound => Self::Missing {
                what: format!("consumer `{name}`"),
            },
            _ => Self::of(error),
        }
    }
}

/// What the server said, where this error has it. The client keeps it in the kinds of its errors, each of which is a type.
fn said_in(error: &(dyn StdError + 'static)) -> Option<jetstream::Error> {
    macro_rules! look_in {
        ($($error:ty, $kind:path;)*) => {$(
            if let Some(error) = error.downcast_ref::<$error>() {
                if let $kind(said) = error.kind() {
                    return Some(said);
                }
            }
        )*};
    }
    look_in! {
        context::GetStreamError, context::GetStreamErrorKind::JetStream;
        context::CreateStreamError, context::CreateStreamErrorKind::JetStream;
        context::ConsumerInfoError, context::ConsumerInfoErrorKind::JetStream;
        stream::ConsumerError, stream::ConsumerErrorKind::JetStream;
        stream::DeleteMessageError, stream::DeleteMessageErrorKind::JetStream;
        stream::LastRawMessageError, stream::LastRawMessageErrorKind::JetStream;
        stream::PurgeError, stream::PurgeErrorKind::JetStream;
    }
    error.downcast_ref().cloned()
}

/// That no stream takes the subject may mean that there is none, or that `JetStream` does not run: whoever asks for the stream learns
/// which.
pub(crate) fn nobody_listens(error: &PublishError) -> bool {
    error.kind() == PublishErrorKind::StreamNotFound
}
