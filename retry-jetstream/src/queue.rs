//! A queue of jobs on the server. Jobs flow in, and are counted; dead letters flow out, or back among the jobs.

use crate::config;
use crate::error::{Error, nobody_listens};
use crate::history::History;
use crate::job::{self, Job};
use crate::letter::{DeadLetter, End, MARGIN};
use crate::messages::each;
use crate::names::Names;
use async_nats::HeaderMap;
use async_nats::jetstream::consumer::{self, Consumer, pull};
use async_nats::jetstream::stream::Stream;
use async_nats::jetstream::{self, Context};
use bytes::Bytes;
use futures_util::TryStreamExt as _;

/// A queue of jobs on a server: its streams, where jobs are published, and where those are that died.
///
/// | on the server | what |
/// |---|---|
/// | stream `NAME`, subject `retry.NAME.job` | jobs that wait or are under way; done, they are gone |
/// | stream `NAME-dead`, subject `retry.NAME.dead` | dead letters, until they are deleted |
/// | stream `NAME-ended` | what the server says about jobs whose last attempt had no answer |
/// | bucket `NAME-history` | what is known of the attempts of jobs that are not done |
///
/// A clone is the same queue.
#[derive(Debug, Clone)]
pub struct Queue {
    pub(crate) jetstream: Context,
    pub(crate) names: Names,
    pub(crate) jobs: Stream,
    pub(crate) ended: Stream,
    pub(crate) history: History,
    dead: Stream,
}

/// What became of a publication. Either way, the server has the job on its disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Published {
    /// The job is new.
    New,
    /// A job with this id was published within the last hour. It is not there twice.
    Duplicate,
}

/// How many jobs there are.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Counts {
    /// Not delivered yet.
    pub new: u64,
    /// Under way, or waiting for their next attempt.
    pub pending: u64,
    /// Those whose last attempt had no answer, and that are not among the dead letters yet.
    pub unanswered: u64,
    /// Dead letters.
    pub dead: u64,
}

impl Queue {
    /// Makes what is missing of the queue on the server, and opens it.
    ///
    /// # Errors
    ///
    /// The name does not fit; what is there is configured otherwise; the server does not answer, has no room, or refuses.
    pub async fn create(jetstream: &Context, name: &str) -> Result<Self, Error> {
        let names = Names::of(name)?;
        for stream in [
            config::jobs(&names),
            config::dead(&names),
            config::ended(&names),
        ] {
            jetstream
                .get_or_create_stream(stream)
                .await
                .map_err(Error::of)?;
        }
        let history = config::history(&names);
        if let Err(Error::Missing { .. }) = bucket(jetstream, &history.bucket).await {
            jetstream
                .create_key_value(history)
                .await
                .map_err(Error::of)?;
        }
        Self::open(jetstream, name).await
    }

    /// Opens a queue that is there.
    ///
    /// # Errors
    ///
    /// The name does not fit; a part of the queue is missing or configured otherwise; the server does not answer.
    pub async fn open(jetstream: &Context, name: &str) -> Result<Self, Error> {
        let names = Names::of(name)?;
        let jobs = open(jetstream, &config::jobs(&names)).await?;
        let dead = open(jetstream, &config::dead(&names)).await?;
        let ended = open(jetstream, &config::ended(&names)).await?;
        let history = History::new(bucket(jetstream, &names.history()).await?);
        Ok(Self {
            jetstream: jetstream.clone(),
            names,
            jobs,
            ended,
            history,
            dead,
        })
    }

    /// Publishes a job. When this returns, the server has it on its disk.
    ///
    /// The id tells the job from others: a second publication with it, within an hour, is recognised as the same job.
    ///
    /// # Errors
    ///
    /// The server does not answer: whether it has the job is not known then, and a publication with the same id makes sure. Or it has
    /// no room, or the payload is too large.
    pub async fn publish(&self, id: &str, payload: impl Into<Bytes>) -> Result<Published, Error> {
        self.publish_with_headers(id, HeaderMap::new(), payload)
            .await
    }

    /// As [`publish`](Queue::publish), with headers that attempts see.
    ///
    /// # Errors
    ///
    /// As for [`publish`](Queue::publish).
    pub async fn publish_with_headers(
        &self,
        id: &str,
        mut headers: HeaderMap,
        payload: impl Into<Bytes>,
    ) -> Result<Published, Error> {
        let payload = payload.into();
        let most = self.room().saturating_sub(MARGIN);
        if payload.len() > most {
            return Err(Error::TooLarge {
                bytes: payload.len(),
                most,
            });
        }
        headers.insert(async_nats::header::NATS_MESSAGE_ID, id);
        self.send(&self.jobs, self.names.job_subject(), headers, payload)
            .await
    }

    /// The dead letters, oldest first.
    ///
    /// # Errors
    ///
    /// Each item may be one: the server does not answer.
    pub fn dead_letters(
        &self,
    ) -> impl futures_util::Stream<Item = Result<DeadLetter, Error>> + Send + '_ {
        each(&self.dead, self.names.dead_subject())
            .map_ok(|message| DeadLetter::of(message.sequence, &message.headers, message.payload))
    }

    /// Publishes the job of a dead letter anew, with all attempts before it, and deletes the letter.
    ///
    /// # Errors
    ///
    /// As for [`publish`](Queue::publish). The letter is there until the job is published.
    pub async fn retry(&self, letter: &DeadLetter) -> Result<(), Error> {
        let DeadLetter { id, sequence, .. } = letter;
        // Its own id would be recognised as published before. This one is, if the letter could not be deleted the last time.
        let again = format!("{id}#{sequence}");
        let mut headers = letter.headers.clone();
        headers.insert(job::ID, id.as_str());
        self.publish_with_headers(&again, headers, letter.payload.clone())
            .await?;
        self.delete(letter).await
    }

    /// Deletes a dead letter.
    ///
    /// # Errors
    ///
    /// The server does not answer.
    pub async fn delete(&self, letter: &DeadLetter) -> Result<(), Error> {
        remove(&self.dead, letter.sequence).await
    }

    /// Counts the jobs.
    ///
    /// # Errors
    ///
    /// The server does not answer.
    pub async fn counts(&self) -> Result<Counts, Error> {
        let jobs = self
            .jobs
            .get_info()
            .await
            .map_err(Error::of)?
            .state
            .messages;
        let dead = self
            .dead
            .get_info()
            .await
            .map_err(Error::of)?
            .state
            .messages;
        let (new, pending) = match self.consumer_info().await {
            Ok(consumer) => (consumer.num_pending, consumer.num_ack_pending as u64),
            // No worker has been there yet.
            Err(Error::Missing { .. }) => (jobs, 0),
            Err(error) => return Err(error),
        };
        Ok(Counts {
            new,
            pending,
            unanswered: jobs.saturating_sub(new + pending),
            dead,
        })
    }

    /// Opens the consumer that workers share, and makes it if there is none.
    pub(crate) async fn consumer(
        &self,
        mut config: pull::Config,
        reconfigure: bool,
    ) -> Result<Consumer<pull::Config>, Error> {
        let name = self.names.consumer();
        config.durable_name = Some(name.clone());
        let found = self.jobs.get_or_create_consumer(&name, config.clone());
        let found = found.await.map_err(Error::of)?;
        match config::check_consumer(&found.cached_info().config, &config) {
            Err(_) if reconfigure => self.jobs.create_consumer(config).await.map_err(Error::of),
            checked => checked.map(|()| found),
        }
    }

    /// What the server says about the consumer that workers share.
    pub(crate) async fn consumer_info(&self) -> Result<consumer::Info, Error> {
        let name = self.names.consumer();
        let info = self.jobs.consumer_info(&name).await;
        info.map_err(|error| Error::of_consumer(&name, error))
    }

    /// Keeps a job as a dead letter, once however often it is asked to.
    pub(crate) async fn bury(&self, job: &Job, end: &End<'_>) -> Result<(), Error> {
        let headers = end.headers(job, self.room());
        let payload = job.payload().clone();
        self.send(&self.dead, self.names.dead_subject(), headers, payload)
            .await?;
        Ok(())
    }

    /// Removes the message of a job that is buried.
    pub(crate) async fn end(&self, sequence: u64) -> Result<(), Error> {
        remove(&self.jobs, sequence).await
    }

    /// The longest message that the server takes, headers included.
    fn room(&self) -> usize {
        self.jetstream.client().server_info().max_payload
    }

    async fn send(
        &self,
        to: &Stream,
        subject: String,
        headers: HeaderMap,
        payload: Bytes,
    ) -> Result<Published, Error> {
        let sent = self
            .jetstream
            .publish_with_headers(subject, headers, payload)
            .await;
        let stored = async { sent?.await };
        match stored.await {
            Ok(stored) if stored.duplicate => Ok(Published::Duplicate),
            Ok(_) => Ok(Published::New),
            Err(error) if nobody_listens(&error) => {
                let name = &to.cached_info().config.name;
                let found = self.jetstream.get_stream(name).await;
                found.map_err(|error| Error::of_stream(name, error))?;
                Err(Error::of(error))
            }
            Err(error) => Err(Error::of(error)),
        }
    }
}

async fn open(jetstream: &Context, wanted: &jetstream::stream::Config) -> Result<Stream, Error> {
    let found = jetstream.get_stream(&wanted.name).await;
    let found = found.map_err(|error| Error::of_stream(&wanted.name, error))?;
    config::check_stream(&found.cached_info().config, wanted)?;
    Ok(found)
}

async fn remove(from: &Stream, sequence: u64) -> Result<(), Error> {
    match from.delete_message(sequence).await.map_err(Error::of) {
        // One that somebody else has removed is removed.
        Ok(_) | Err(Error::Server(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Opens a key-value bucket that is there. The client does not say whether there is none, so its stream is asked for first.
pub(crate) async fn bucket(jetstream: &Context, name: &str) -> Result<jetstream::kv::Store, Error> {
    let stream = format!("KV_{name}");
    let found = jetstream.get_stream(&stream).await;
    found.map_err(|error| Error::of_stream(&stream, error))?;
    jetstream.get_key_value(name).await.map_err(Error::of)
}
