//! Jobs whose last attempt had no answer. The server's advisories flow in; dead letters flow out.

use crate::attempt::{KEPT, key};
use crate::error::Error;
use crate::job::Job;
use crate::letter::{End as Death, Reason, complete};
use crate::messages::each;
use crate::queue::Queue;
use crate::report;
use async_nats::jetstream::AckKind;
use async_nats::jetstream::consumer::{AckPolicy, Consumer, pull};
use async_nats::jetstream::message::{Message, StreamMessage};
use async_nats::jetstream::stream::RawMessageErrorKind;
use core::pin::pin;
use core::time::Duration;
use futures_util::{StreamExt as _, TryStreamExt as _};
use retry_core::{End, Schedule};
use serde::Deserialize;

/// How long one request for advisories waits for some.
const PATIENCE: Duration = Duration::from_secs(5);
const AT_ONCE: usize = 16;

/// What the server says when a message was delivered as often as its consumer allows.
#[derive(Deserialize)]
struct Advisory {
    stream_seq: u64,
    deliveries: u64,
}

/// Buries such jobs, for as long as it can.
pub(crate) async fn unanswered(
    queue: &Queue,
    function: &'static str,
    schedule: &Schedule,
) -> Result<(), Error> {
    let consumer = consumer(queue).await?;
    let mut silent = 0;
    loop {
        let batch = consumer.batch().max_messages(AT_ONCE).expires(PATIENCE);
        let mut batch = batch.messages().await.map_err(Error::of)?;
        let mut said = 0;
        while let Some(message) = batch.next().await {
            let message = message.map_err(Error::of)?;
            // What cannot be read is nothing that the server wrote.
            if let Ok(advisory) = serde_json::from_slice(&message.payload) {
                bury(queue, function, schedule, &advisory).await?;
            }
            done(&message).await?;
            said += 1;
        }
        // A server that dies may lose an advisory. Others may be late, so it is looked at twice.
        let is_silent = said == 0 && queue.counts().await?.unanswered > 0;
        silent = if is_silent { silent + 1 } else { 0 };
        if silent == 2 {
            bury_all(queue, function, schedule).await?;
            silent = 0;
        }
    }
}

/// Buries all jobs that are neither to be delivered any more nor under way: those that the consumer is past, and that are there. While
/// others are under way, it is past none of those that were delivered after the first of these.
async fn bury_all(queue: &Queue, function: &'static str, schedule: &Schedule) -> Result<(), Error> {
    let consumer = queue.consumer_info().await?;
    let past = if consumer.num_ack_pending == 0 {
        consumer.delivered
    } else {
        consumer.ack_floor
    };
    let deliveries = schedule.attempts() as u64;
    let mut messages = pin!(each(&queue.jobs, queue.names.job_subject()));
    while let Some(message) = messages.try_next().await? {
        if message.sequence > past.stream_sequence {
            break;
        }
        let advisory = Advisory {
            stream_seq: message.sequence,
            deliveries,
        };
        bury(queue, function, schedule, &advisory).await?;
    }
    Ok(())
}

/// All workers share one, so that each advisory is worked on once.
async fn consumer(queue: &Queue) -> Result<Consumer<pull::Config>, Error> {
    let name = queue.names.undertaker();
    let config = pull::Config {
        durable_name: Some(name.clone()),
        ack_policy: AckPolicy::Explicit,
        ..pull::Config::default()
    };
    let consumer = queue.ended.get_or_create_consumer(&name, config).await;
    consumer.map_err(Error::of)
}

async fn bury(
    queue: &Queue,
    function: &'static str,
    schedule: &Schedule,
    advisory: &Advisory,
) -> Result<(), Error> {
    let Some(message) = message(queue, advisory.stream_seq).await? else {
        // It was answered after all, late.
        return Ok(());
    };
    let key = key(message.sequence, message.time.into());
    let recorded = queue.history.of(&key).await?;
    let answered = recorded
        .iter()
        .any(|failure| failure.attempt == advisory.deliveries);
    let history = complete(recorded, advisory.deliveries, KEPT);
    let death = Death {
        key: &key,
        // Its failure may be recorded, and its worker may have been killed between that and its death.
        reason: if answered {
            Reason::Exhausted
        } else {
            Reason::Unanswered
        },
        attempts: advisory.deliveries,
        history: &history,
    };
    let job = Job::new(message.sequence, Some(&message.headers), &message.payload);
    queue.bury(&job, &death).await?;
    let error = history.last().map_or("", |failure| &failure.error);
    let attempt = u32::try_from(advisory.deliveries.saturating_sub(1)).unwrap_or(u32::MAX);
    report::ended(function, schedule, attempt, Err((error, End::Exhausted)));
    queue.end(message.sequence).await?;
    queue.history.forget(&key).await
}

async fn message(queue: &Queue, sequence: u64) -> Result<Option<StreamMessage>, Error> {
    match queue.jobs.get_raw_message(sequence).await {
        Ok(message) => Ok(Some(message)),
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(Error::of(error)),
    }
}

async fn done(message: &Message) -> Result<(), Error> {
    message.ack_with(AckKind::Ack).await.map_err(Error::of)
}
