//! The messages of a stream, without a consumer: a subject flows in, its messages flow out, oldest first.

use crate::error::Error;
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{DirectGetErrorKind, Stream};
use futures_util::stream;

/// Each message of that subject. One is asked for at a time, so it takes as many requests as there are.
pub(crate) fn each(
    of: &Stream,
    subject: String,
) -> impl futures_util::Stream<Item = Result<StreamMessage, Error>> + Send + '_ {
    stream::try_unfold(1, move |from| {
        let subject = subject.clone();
        async move {
            match of.direct_get_next_for_subject(subject, Some(from)).await {
                Ok(message) => {
                    let next = message.sequence + 1;
                    Ok(Some((message, next)))
                }
                Err(error) if error.kind() == DirectGetErrorKind::NotFound => Ok(None),
                Err(error) => Err(Error::of(error)),
            }
        }
    })
}
