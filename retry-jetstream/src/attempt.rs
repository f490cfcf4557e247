//! One attempt. A delivered message flows in; what it came to is told to the server: done, again after a wait, or dead.

use crate::error::Error;
use crate::job::Job;
use crate::letter::{End as Death, Failure, Reason, complete, error_text, one_line};
use crate::queue::Queue;
use crate::rate::Rate;
use crate::report;
use crate::verdict::{Verdict, index, verdict_within};
use async_nats::jetstream::AckKind;
use async_nats::jetstream::message::Message;
use core::any::Any;
use core::fmt;
use core::panic::AssertUnwindSafe;
use core::time::Duration;
use futures_util::FutureExt as _;
use retry_core::{Attempt, End, FromTimeout, Jitter, Schedule, retry};
use std::time::SystemTime;
use tokio::sync::watch;
use tokio::time::{Instant, sleep};

/// What a job's error becomes.
type Source = Box<dyn std::error::Error + Send + Sync>;

/// How many failures a letter has at most, as many as a key of the history keeps.
pub(crate) const KEPT: u64 = 64;

/// A failed attempt, before its job waits.
#[derive(Debug)]
#[non_exhaustive]
pub struct Refusal<'a, E> {
    /// The job.
    pub job: &'a Job,
    /// Which attempt failed, from 1.
    pub attempt: usize,
    /// Its error.
    pub error: &'a E,
    /// The listed wait.
    pub backoff: Duration,
    /// The wait that begins: with jitter, and a hint if there is one.
    pub wait: Duration,
}

type Hint<E> = dyn Fn(&E) -> Option<Duration> + Send + Sync;
type Notify<E> = dyn Fn(&Refusal<'_, E>) + Send + Sync;

/// Judges errors.
pub(crate) struct Judge<E> {
    pub(crate) on: Box<dyn Fn(&E) -> bool + Send + Sync>,
    pub(crate) hint: Box<Hint<E>>,
    pub(crate) notify: Box<Notify<E>>,
}

impl<E> fmt::Debug for Judge<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Judge").finish_non_exhaustive()
    }
}

/// What all attempts of a worker have in common.
#[derive(Debug)]
pub(crate) struct Attempts<E> {
    pub(crate) function: &'static str,
    pub(crate) queue: Queue,
    pub(crate) schedule: Schedule,
    pub(crate) jitter: Jitter,
    pub(crate) timeout: Duration,
    pub(crate) ack_wait: Duration,
    pub(crate) max_hint: Duration,
    pub(crate) rate: Option<Rate>,
    pub(crate) judge: Judge<E>,
}

/// A message, and which delivery of it this is.
pub(crate) struct Delivery {
    message: Message,
    job: Job,
    /// Names the job for all time: its number, and when it was published.
    key: String,
    delivered: i64,
}

/// How an attempt ended.
enum Outcome<E> {
    Succeeded,
    Failed(E),
    Panicked(String),
    /// The worker stops.
    GivenBack,
}

/// What the server is told.
enum Answer {
    Done,
    Again {
        wait: Option<Duration>,
        error: String,
    },
    Dead {
        reason: Reason,
        error: String,
    },
}

impl Delivery {
    /// `None` for a message that is not from a stream.
    pub(crate) fn of(message: Message) -> Option<Self> {
        let info = message.info().ok()?;
        let sequence = info.stream_sequence;
        let delivered = info.delivered;
        let key = key(sequence, info.published.into());
        Some(Self {
            job: Job::new(sequence, message.headers.as_ref(), &message.payload),
            message,
            key,
            delivered,
        })
    }

    fn number(&self) -> u64 {
        u64::try_from(self.delivered).unwrap_or(1)
    }

    /// Counted from 0.
    fn index(&self) -> u32 {
        u32::try_from(index(self.delivered)).unwrap_or(u32::MAX)
    }
}

/// The key of a job's history.
pub(crate) fn key(sequence: u64, published: SystemTime) -> String {
    let published = published.duration_since(SystemTime::UNIX_EPOCH);
    format!("{sequence}-{}", published.unwrap_or_default().as_nanos())
}

impl<E> Attempts<E>
where
    E: FromTimeout + Into<Source> + Send,
{
    /// Makes an attempt, and tells the server what it came to. `until` is the end of the time in which its token can be used.
    pub(crate) async fn make<F, Fut>(
        &self,
        attempt: &F,
        delivery: Delivery,
        until: Option<Instant>,
        mut stopping: watch::Receiver<bool>,
    ) where
        F: Fn(Job, Attempt) -> Fut,
        Fut: Future<Output = Result<(), E>>,
    {
        let alive = async {
            loop {
                sleep(self.ack_wait / 3).await;
                // Where the connection is lost, the next one may be there in time.
                let _ = delivery.message.ack_with(AckKind::Progress).await;
            }
        };
        let work = async {
            let outcome = tokio::select! {
                biased;
                _ = stopping.wait_for(|stop| *stop) => Outcome::GivenBack,
                outcome = self.outcome(attempt, &delivery, until) => outcome,
            };
            let answer = self.answer(&delivery, outcome);
            // A message whose end cannot be told is delivered again: no job is lost by that.
            let _ = self.tell(&delivery, answer).await;
        };
        // In one task: an attempt that blocks it sends no sign of life, and loses its message.
        tokio::select! {
            biased;
            () = work => {}
            () = alive => {}
        }
    }

    async fn outcome<F, Fut>(
        &self,
        attempt: &F,
        delivery: &Delivery,
        until: Option<Instant>,
    ) -> Outcome<E>
    where
        F: Fn(Job, Attempt) -> Fut,
        Fut: Future<Output = Result<(), E>>,
    {
        let late = until.is_none_or(|until| until <= Instant::now());
        if let (true, Some(rate)) = (late, &self.rate) {
            if leased_one(rate).await.is_err() {
                return Outcome::GivenBack;
            }
        }
        let number = Attempt::new(delivery.index(), self.schedule.attempts(), None);
        let job = delivery.job.clone();
        // The call itself may panic too, before there is a future.
        let attempt = async { retry_core::timeout(self.timeout, attempt(job, number)).await };
        match AssertUnwindSafe(attempt).catch_unwind().await {
            Ok(Ok(Ok(()))) => Outcome::Succeeded,
            Ok(Ok(Err(error))) => Outcome::Failed(error),
            Ok(Err(timeout)) => Outcome::Failed(E::from_timeout(timeout)),
            Err(panic) => Outcome::Panicked(panic_text(&*panic)),
        }
    }

    /// Decides what the server is told.
    fn answer(&self, delivery: &Delivery, outcome: Outcome<E>) -> Answer {
        let error = match outcome {
            Outcome::Succeeded => {
                report::ended(self.function, &self.schedule, delivery.index(), Ok(()));
                return Answer::Done;
            }
            Outcome::GivenBack => {
                return Answer::Again {
                    wait: None,
                    error: "given back: its worker stopped".to_owned(),
                };
            }
            Outcome::Panicked(error) => {
                return self.dead(delivery, Reason::Panicked, End::NotRetryable, error);
            }
            Outcome::Failed(error) => error,
        };
        match self.verdict(delivery, &error) {
            Verdict::Wait(wait) => {
                (self.judge.notify)(&Refusal {
                    job: &delivery.job,
                    attempt: index(delivery.delivered) + 1,
                    error: &error,
                    backoff: self.schedule.backoff(index(delivery.delivered)),
                    wait,
                });
                let error = error_text(&*error.into());
                report::retrying(
                    self.function,
                    &self.schedule,
                    delivery.index(),
                    wait,
                    &error,
                );
                Answer::Again {
                    wait: Some(wait),
                    error,
                }
            }
            Verdict::GiveUp(end) => {
                let reason = match end {
                    End::NotRetryable => Reason::NotRetryable,
                    End::RetryAfter => Reason::RetryAfter,
                    _ => Reason::Exhausted,
                };
                self.dead(delivery, reason, end, error_text(&*error.into()))
            }
        }
    }

    /// `on` is asked only where a wait is left.
    fn verdict(&self, delivery: &Delivery, error: &E) -> Verdict {
        if self.schedule.backoff(index(delivery.delivered)).is_zero() {
            return Verdict::GiveUp(End::Exhausted);
        }
        if !(self.judge.on)(error) {
            return Verdict::GiveUp(End::NotRetryable);
        }
        let hint = (self.judge.hint)(error);
        verdict_within(
            &self.schedule,
            self.jitter,
            delivery.delivered,
            hint,
            self.max_hint,
        )
    }

    fn dead(&self, delivery: &Delivery, reason: Reason, end: End, error: String) -> Answer {
        let ended = Err((error.as_str(), end));
        report::ended(self.function, &self.schedule, delivery.index(), ended);
        Answer::Dead { reason, error }
    }

    async fn tell(&self, delivery: &Delivery, answer: Answer) -> Result<(), Error> {
        let attempt = delivery.number();
        let failure = |error, wait| Failure {
            attempt,
            at: now(),
            error,
            wait,
        };
        match answer {
            Answer::Done => self.confirm(delivery, AckKind::Ack).await?,
            Answer::Again { wait, error } => {
                // A failure that is not recorded is missing in a dead letter, and in nothing else.
                let _ = self.record(delivery, &failure(error, wait)).await;
                return self.confirm(delivery, AckKind::Nak(wait)).await;
            }
            Answer::Dead { reason, error } => {
                let mut recorded = if attempt > 1 {
                    self.queue
                        .history
                        .of(&delivery.key)
                        .await
                        .unwrap_or_default()
                } else {
                    Vec::new()
                };
                recorded.push(failure(error, None));
                let death = Death {
                    key: &delivery.key,
                    reason,
                    attempts: attempt,
                    history: &complete(recorded, attempt, KEPT),
                };
                self.bury(delivery, &death).await?;
                self.confirm(delivery, AckKind::Term).await?;
            }
        }
        if attempt > 1 {
            self.queue.history.forget(&delivery.key).await?;
        }
        Ok(())
    }

    #[retry(
        schedule = [100ms, 500ms, 0],
        on = Error::is_transient,
        name = "retry_jetstream::record",
    )]
    async fn record(&self, delivery: &Delivery, failure: &Failure) -> Result<(), Error> {
        self.queue.history.add(&delivery.key, failure).await
    }

    /// Goes on for as long as there is no room: the message is kept alive meanwhile, and the job is nowhere else.
    #[retry(
        schedule = [100ms, 500ms, 1s, 2s, 5s, ..],
        on = Error::is_transient,
        name = "retry_jetstream::bury",
    )]
    async fn bury(&self, delivery: &Delivery, death: &Death<'_>) -> Result<(), Error> {
        self.queue.bury(&delivery.job, death).await
    }

    /// Tells the server, and waits for its answer.
    #[retry(
        schedule = [100ms, 500ms, 2s, 0],
        on = Error::is_transient,
        name = "retry_jetstream::confirm",
    )]
    async fn confirm(&self, delivery: &Delivery, kind: AckKind) -> Result<(), Error> {
        let Some(reply) = &delivery.message.reply else {
            return Ok(());
        };
        let client = self.queue.jetstream.client();
        let confirmed = client.request(reply.clone(), kind.into()).await;
        confirmed.map_err(Error::of)?;
        Ok(())
    }
}

/// A token for a message that came when no leased one was left.
#[retry(
    schedule = [100ms, 500ms, 1s, ..],
    on = Error::is_transient,
    name = "retry_jetstream::lease_one",
)]
async fn leased_one(rate: &Rate) -> Result<(), Error> {
    rate.lease(1).await.map(drop)
}

fn now() -> Option<u64> {
    let now = SystemTime::now()
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?;
    u64::try_from(now.as_millis()).ok()
}

fn panic_text(panic: &(dyn Any + Send)) -> String {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    one_line(&format!("panicked: {}", text.unwrap_or("no text")))
}
