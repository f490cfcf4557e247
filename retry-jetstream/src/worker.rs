//! A worker: fetches jobs, no faster than its fleet may, and sees each attempt to its end. The builder's settings flow in; it runs
//! until it is stopped.

use crate::attempt::{Attempts, Delivery, Judge, Refusal};
use crate::bury;
use crate::config;
use crate::error::Error;
use crate::job::Job;
use crate::queue::Queue;
use crate::rate::{Lease, Rate};
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::{Consumer, pull};
use core::convert::Infallible;
use core::fmt;
use core::future;
use core::pin::Pin;
use core::time::Duration;
use futures_util::{FutureExt as _, StreamExt as _};
use retry_core::{Attempt, FromTimeout, Jitter, Schedule, retry};
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, timeout};

/// How long one request for messages waits for some where there are none.
const PATIENCE: Duration = Duration::from_secs(1);
/// How much later the server's word that a request has ended may come.
const LATE: Duration = Duration::from_secs(1);
const MOMENT: Duration = Duration::from_millis(100);
const CONCURRENCY: usize = 16;
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(30);

/// Works on the jobs of a queue, beside any number of others in other processes and on other machines.
///
/// ```no_run
/// use core::time::Duration;
/// use retry_core::{AttemptTimeout, Jitter, Schedule, schedule};
/// use retry_jetstream::{Error, Queue, Worker};
///
/// const CREATE: Schedule = schedule![2s, 4s, 8s, 16s, 32s, 0];
///
/// #[derive(Debug, thiserror::Error)]
/// enum ApiError {
///     #[error("too many requests")]
///     Throttled(Option<Duration>),
///     #[error("the request is wrong")]
///     Refused,
///     #[error(transparent)]
///     TimedOut(#[from] AttemptTimeout),
/// }
///
/// # async fn call_the_api(_: &[u8]) -> Result<(), ApiError> { Ok(()) }
/// # async fn doc() -> Result<(), Box<dyn std::error::Error>> {
/// let client = async_nats::connect("localhost").await?;
/// let jetstream = async_nats::jetstream::new(client);
///
/// let queue = Queue::create(&jetstream, "create").await?;
/// queue.publish("worker-1", "the first worker").await?;
///
/// Worker::open(jetstream, "create", &CREATE)
///     .jitter(Jitter::default())
///     .attempt_timeout(Duration::from_secs(10))
///     .on(|error: &ApiError| !matches!(error, ApiError::Refused))
///     .retry_after(|error| match error {
///         ApiError::Throttled(hint) => *hint,
///         _ => None,
///     })
///     .run(|job, _attempt| async move { call_the_api(job.payload()).await })
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a worker does nothing until it runs"]
pub struct Worker<E = Unjudged> {
    jetstream: Context,
    name: &'static str,
    schedule: Schedule,
    jitter: Jitter,
    attempt_timeout: Duration,
    max_retry_after: Option<Duration>,
    ack_wait: Option<Duration>,
    max_ack_pending: i64,
    concurrency: usize,
    grace: Option<Duration>,
    reconfigure: bool,
    rate: Option<Rate>,
    stop: Pin<Box<dyn Future<Output = ()> + Send>>,
    judge: Judge<E>,
}

/// In the place of the error's type until [`Worker::on`] is called: a worker that does not know which errors are worth another
/// attempt does not run.
#[derive(Debug)]
pub enum Unjudged {}

impl<E> fmt::Debug for Worker<E> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Worker")
            .field("name", &self.name)
            .field("schedule", &self.schedule)
            .finish_non_exhaustive()
    }
}

impl Worker {
    /// A worker on the queue of that name. Each job gets as many attempts as the schedule has, whichever workers make them. The name
    /// is also the `function` of events and counters.
    ///
    /// Nothing is asked of the server until it runs. All workers of a queue need the same schedule, and the same of
    /// what the server goes by: [`attempt_timeout`](Worker::attempt_timeout), [`ack_wait`](Worker::ack_wait) and
    /// [`max_ack_pending`](Worker::max_ack_pending).
    pub fn open(jetstream: Context, name: &'static str, schedule: &Schedule) -> Self {
        Self {
            jetstream,
            name,
            schedule: schedule.clone(),
            jitter: Jitter::default(),
            attempt_timeout: ATTEMPT_TIMEOUT,
            max_retry_after: None,
            ack_wait: None,
            max_ack_pending: config::MAX_ACK_PENDING,
            concurrency: CONCURRENCY,
            grace: None,
            reconfigure: false,
            rate: None,
            stop: Box::pin(future::pending()),
            judge: Judge {
                on: Box::new(|_| false),
                hint: Box::new(|_| None),
                notify: Box::new(|_| {}),
            },
        }
    }

    /// Which errors are worth another attempt. It is required, because not every operation is safe to repeat; `|_| true` says all.
    /// It is called only where a wait is left, once per failure.
    pub fn on<E>(self, on: impl Fn(&E) -> bool + Send + Sync + 'static) -> Worker<E> {
        Worker {
            jetstream: self.jetstream,
            name: self.name,
            schedule: self.schedule,
            jitter: self.jitter,
            attempt_timeout: self.attempt_timeout,
            max_retry_after: self.max_retry_after,
            ack_wait: self.ack_wait,
            max_ack_pending: self.max_ack_pending,
            concurrency: self.concurrency,
            grace: self.grace,
            reconfigure: self.reconfigure,
            rate: self.rate,
            stop: self.stop,
            judge: Judge {
                on: Box::new(on),
                hint: Box::new(|_| None),
                notify: Box::new(|_| {}),
            },
        }
    }
}

impl<E> Worker<E> {
    /// How each wait is spread: ±20 % unless it is said here.
    pub fn jitter(self, jitter: Jitter) -> Self {
        Self { jitter, ..self }
    }

    /// The server's own hint when to come back. It can only lengthen a listed wait.
    pub fn retry_after(
        mut self,
        hint: impl Fn(&E) -> Option<Duration> + Send + Sync + 'static,
    ) -> Self {
        self.judge.hint = Box::new(hint);
        self
    }

    /// The longest hint that is followed, the sum of the listed waits unless it is said here. A job whose error asks for more is
    /// dead.
    pub fn max_retry_after(self, max: Duration) -> Self {
        Self {
            max_retry_after: Some(max),
            ..self
        }
    }

    /// An attempt that takes longer is dropped, and has failed with `E::from(AttemptTimeout)`: 30 s unless it is said here.
    pub fn attempt_timeout(self, limit: Duration) -> Self {
        Self {
            attempt_timeout: limit,
            ..self
        }
    }

    /// How soon the job of a worker that is dead or hangs goes to another: what [`consumer`](crate::consumer) says unless it is said
    /// here. It may be shorter than an attempt takes, because workers send a sign of life three times as often.
    pub fn ack_wait(self, ack_wait: Duration) -> Self {
        Self {
            ack_wait: Some(ack_wait),
            ..self
        }
    }

    /// No more attempts start in the whole fleet than that rate allows. Without one, there is no limit.
    pub fn rate(self, rate: &Rate) -> Self {
        Self {
            rate: Some(rate.clone()),
            ..self
        }
    }

    /// How many attempts this worker makes at the same time: 16 unless it is said here.
    ///
    /// # Panics
    ///
    /// If it is 0.
    pub fn concurrency(self, concurrency: usize) -> Self {
        assert!(
            concurrency > 0,
            "a worker makes at least one attempt at a time"
        );
        Self {
            concurrency,
            ..self
        }
    }

    /// How many jobs may be under way or wait for their next attempt, in the whole fleet: [`MAX_ACK_PENDING`](crate::MAX_ACK_PENDING)
    /// unless it is said here.
    pub fn max_ack_pending(self, max: i64) -> Self {
        Self {
            max_ack_pending: max,
            ..self
        }
    }

    /// Lets the server's consumer be changed where it is configured otherwise, as after a change of the schedule. Other workers that
    /// run go on; those that start with the old schedule get an error.
    pub fn reconfigure(self) -> Self {
        Self {
            reconfigure: true,
            ..self
        }
    }

    /// A hook that is called once for each failed attempt whose job waits, before its wait.
    pub fn notify(mut self, notify: impl Fn(&Refusal<'_, E>) + Send + Sync + 'static) -> Self {
        self.judge.notify = Box::new(notify);
        self
    }

    /// Stops the worker when this future ends: no new jobs, and attempts under way have [`grace`](Worker::grace) to end.
    pub fn stop(self, stop: impl Future<Output = ()> + Send + 'static) -> Self {
        Self {
            stop: Box::pin(stop),
            ..self
        }
    }

    /// How long attempts under way may go on after a stop: the attempt timeout unless it is said here, so that all end. What is still
    /// under way after it is dropped and given back at once. That counts as an attempt, because the server counts deliveries.
    pub fn grace(self, grace: Duration) -> Self {
        Self {
            grace: Some(grace),
            ..self
        }
    }

    /// Works until it is stopped, or until an error ends it that time does not mend.
    ///
    /// Each attempt is a task of its own. While the server does not answer, the worker waits and tries again, without end; the client
    /// connects anew by itself.
    ///
    /// An attempt must not block its thread: it sends no sign of life then, and its job goes to another worker although it still
    /// runs. On a runtime with few threads it also holds the signs of life of other attempts. Use `tokio::task::spawn_blocking`.
    ///
    /// # Errors
    ///
    /// A part of the queue is missing or configured otherwise, at the start or later; the server refuses; or, at the start, it does
    /// not answer. Attempts under way have ended by then, or were given back.
    pub async fn run<F, Fut>(self, attempt: F) -> Result<(), Error>
    where
        F: Fn(Job, Attempt) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: FromTimeout + Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
    {
        let mut config = config::consumer(&self.schedule, self.attempt_timeout);
        config.max_ack_pending = self.max_ack_pending;
        config.ack_wait = self.ack_wait.unwrap_or(config.ack_wait);
        let ack_wait = config.ack_wait;
        let (queue, consumer) = start(&self.jetstream, self.name, config, self.reconfigure).await?;
        let (give_back, stopping) = watch::channel(false);
        let mut fleet = Fleet {
            attempt: Arc::new(attempt),
            attempts: Arc::new(Attempts {
                function: self.name,
                queue,
                max_hint: self.max_retry_after.unwrap_or(self.schedule.total()),
                schedule: self.schedule,
                jitter: self.jitter,
                timeout: self.attempt_timeout,
                ack_wait,
                rate: self.rate,
                judge: self.judge,
            }),
            consumer,
            name: self.name,
            concurrency: self.concurrency,
            stopping,
            tasks: JoinSet::new(),
        };
        let attempts = Arc::clone(&fleet.attempts);
        let ended = tokio::select! {
            ended = fleet.work(self.stop) => ended,
            Err(error) = bury_all(&attempts) => Err(error),
        };
        let grace = self.grace.unwrap_or(self.attempt_timeout);
        let _ = timeout(grace, fleet.all_ended()).await;
        give_back.send_replace(true);
        fleet.all_ended().await;
        ended
    }
}

/// What a running worker has.
struct Fleet<E, F> {
    attempt: Arc<F>,
    attempts: Arc<Attempts<E>>,
    consumer: Consumer<pull::Config>,
    name: &'static str,
    concurrency: usize,
    /// Becomes true when attempts under way are given back.
    stopping: watch::Receiver<bool>,
    tasks: JoinSet<()>,
}

impl<E, F, Fut> Fleet<E, F>
where
    F: Fn(Job, Attempt) -> Fut + Send + Sync + 'static,
    Fut: Future<Output = Result<(), E>> + Send + 'static,
    E: FromTimeout + Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
{
    /// Fetches and starts until it is stopped.
    async fn work(&mut self, stop: impl Future<Output = ()>) -> Result<(), Error> {
        let mut stop = core::pin::pin!(stop);
        // Only where there were messages a moment ago, tokens are leased before the next ones are fetched. Else they would be
        // wasted, by every worker of a fleet that has nothing to do.
        let mut busy = false;
        loop {
            let fetched = tokio::select! {
                biased;
                () = &mut stop => return Ok(()),
                fetched = self.fetch(busy) => fetched,
            };
            let started = match fetched {
                Ok((batch, lease)) => self.start_all(batch, lease, &mut stop).await,
                Err(error) => Err(error),
            };
            busy = match started {
                Ok(None) => return Ok(()),
                Ok(Some(started)) => started > 0,
                Err(error) if error.is_transient() => {
                    tokio::select! {
                        biased;
                        () = &mut stop => return Ok(()),
                        checked = self.check() => checked?,
                    }
                    false
                }
                Err(error) => return Err(error),
            };
        }
    }

    /// Asks for as many messages as there are places and tokens for.
    async fn fetch(&mut self, busy: bool) -> Result<(pull::Batch, Option<Lease>), Error> {
        while self.tasks.len() >= self.concurrency {
            self.one_ended().await;
        }
        while self.tasks.try_join_next().is_some() {}
        let places = self.concurrency - self.tasks.len();
        let (messages, lease, patience) = match &self.attempts.rate {
            None => (places, None, PATIENCE),
            // This one gets its token when it is there.
            Some(_) if !busy => (1, None, PATIENCE),
            Some(rate) => {
                let wanted = u32::try_from(places).unwrap_or(u32::MAX);
                let lease = rate.lease(wanted).await?;
                let left = lease.until.saturating_duration_since(Instant::now());
                (lease.tokens as usize, Some(lease), left)
            }
        };
        // The server does not know shorter requests.
        let patience = patience.max(Duration::from_millis(1));
        let batch = self
            .consumer
            .batch()
            .max_messages(messages)
            .expires(patience);
        Ok((batch.messages().await.map_err(Error::of)?, lease))
    }

    /// Starts an attempt for each message, and says how many there were. `None` if the worker was stopped.
    async fn start_all(
        &mut self,
        mut batch: pull::Batch,
        lease: Option<Lease>,
        stop: &mut Pin<&mut impl Future<Output = ()>>,
    ) -> Result<Option<usize>, Error> {
        let until = lease.map(|lease| lease.until);
        let patience = until.map_or(PATIENCE, |until| {
            until.saturating_duration_since(Instant::now())
        });
        // The client itself would wait five seconds longer where the server has forgotten the request, as after a restart.
        let mut over = core::pin::pin!(sleep(patience + LATE));
        let mut started = 0;
        loop {
            tokio::select! {
                biased;
                () = &mut *stop => {
                    // What is here already was delivered, and counts as an attempt: it is made.
                    while let Some(Some(Ok(message))) = batch.next().now_or_never() {
                        self.start(message, until);
                    }
                    return Ok(None);
                }
                message = batch.next() => match message {
                    Some(Ok(message)) => {
                        self.start(message, until);
                        started += 1;
                    }
                    Some(Err(error)) => return Err(Error::of(error)),
                    None => return Ok(Some(started)),
                },
                () = &mut over => return Ok(Some(started)),
            }
        }
    }

    fn start(&mut self, message: async_nats::jetstream::Message, until: Option<Instant>) {
        let Some(delivery) = Delivery::of(message) else {
            return;
        };
        let attempts = Arc::clone(&self.attempts);
        let attempt = Arc::clone(&self.attempt);
        let stopping = self.stopping.clone();
        self.tasks.spawn(async move {
            attempts.make(&*attempt, delivery, until, stopping).await;
        });
    }

    /// Looks what is wrong after an error: returns when all is well again, or why it never will be.
    #[retry(
        schedule = [100ms, 200ms, 500ms, 1s, 2s, ..],
        on = Error::is_transient,
        name = "retry_jetstream::check",
    )]
    async fn check(&self) -> Result<(), Error> {
        // What is mended by itself, such as a change of the leader in a cluster, needs a moment.
        sleep(MOMENT).await;
        let jetstream = &self.attempts.queue.jetstream;
        let queue = Queue::open(jetstream, self.name).await?;
        if let Some(rate) = &self.attempts.rate {
            rate.check(jetstream).await?;
        }
        queue.consumer_info().await.map(drop)
    }

    async fn all_ended(&mut self) {
        while !self.tasks.is_empty() {
            self.one_ended().await;
        }
    }

    async fn one_ended(&mut self) {
        if let Some(Err(error)) = self.tasks.join_next().await {
            // Not of the attempt, whose panics end as dead letters: of a predicate or a hook, or our own.
            if let Ok(panic) = error.try_into_panic() {
                std::panic::resume_unwind(panic);
            }
        }
    }
}

#[retry(
    schedule = [500ms, 1s, 2s, 0],
    on = Error::is_transient,
    name = "retry_jetstream::start",
)]
async fn start(
    jetstream: &Context,
    name: &str,
    config: pull::Config,
    reconfigure: bool,
) -> Result<(Queue, Consumer<pull::Config>), Error> {
    let queue = Queue::open(jetstream, name).await?;
    let consumer = queue.consumer(config.clone(), reconfigure).await?;
    Ok((queue, consumer))
}

/// Buries jobs whose last attempt had no answer, for as long as the worker runs.
async fn bury_all<E>(attempts: &Attempts<E>) -> Result<Infallible, Error> {
    let Attempts {
        queue,
        function,
        schedule,
        ..
    } = attempts;
    loop {
        match bury::unanswered(queue, function, schedule).await {
            Err(error) if error.is_transient() => sleep(PATIENCE).await,
            Err(error) => return Err(error),
            Ok(()) => {}
        }
    }
}
