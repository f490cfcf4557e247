//! `retry-jetstream` against a real server, with lists of tens of milliseconds.

#[path = "support/nats.rs"]
mod nats;
#[path = "support/skip.rs"]
mod skip;

use async_nats::HeaderMap;
use async_nats::jetstream::{AckKind, Context, consumer::pull, stream};
use futures::{StreamExt as _, TryStreamExt as _};
use nats::Nats;
use retry_core::{Attempt, AttemptTimeout, Jitter, Schedule, schedule};
use retry_jetstream::{
    Counts, DeadLetter, Error, Job, Limit, Published, Queue, Rate, Reason, Unjudged, Worker,
};
use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::runtime::Builder;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout};

const NAME: &str = "create";
const LIST: Schedule = schedule![40ms, 80ms, 120ms, 0];
/// Nothing takes so long, however slow the machine.
const LIMIT: Duration = Duration::from_secs(60);
const LONG: Duration = Duration::from_secs(600);

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("busy")]
    Busy(Option<Duration>),
    #[error("wrong")]
    Wrong,
    #[error(transparent)]
    TimedOut(#[from] AttemptTimeout),
}

/// The attempts that were made, in their order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<(String, usize, Instant)>>>);

impl Log {
    fn note(&self, job: &Job, attempt: Attempt) {
        let note = (job.id().to_owned(), attempt.number(), Instant::now());
        self.0.lock().unwrap().push(note);
    }

    fn attempts(&self) -> Vec<(String, usize)> {
        let log = self.0.lock().unwrap();
        log.iter()
            .map(|(id, attempt, _)| (id.clone(), *attempt))
            .collect()
    }

    fn times(&self) -> Vec<Instant> {
        self.0.lock().unwrap().iter().map(|note| note.2).collect()
    }
}

/// A worker in a task, which stops when it is told to.
struct Running {
    stop: oneshot::Sender<()>,
    run: JoinHandle<Result<(), Error>>,
}

impl Running {
    fn start<Fut>(
        worker: Worker<Failed>,
        attempt: impl Fn(Job, Attempt) -> Fut + Send + Sync + 'static,
    ) -> Self
    where
        Fut: Future<Output = Result<(), Failed>> + Send + 'static,
    {
        let (stop, stopped) = oneshot::channel();
        let worker = worker.stop(async {
            let _ = stopped.await;
        });
        Self {
            stop,
            run: tokio::spawn(worker.run(attempt)),
        }
    }

    async fn stop(self) -> Result<(), Error> {
        let _ = self.stop.send(());
        timeout(LIMIT, self.run).await.expect("a stop").unwrap()
    }

    async fn ends(self) -> Result<(), Error> {
        timeout(LIMIT, self.run).await.expect("an end").unwrap()
    }
}

fn worker_of(jetstream: Context) -> Worker<Failed> {
    open(jetstream)
        .on(|error| !matches!(error, Failed::Wrong))
        .retry_after(|error| match error {
            Failed::Busy(hint) => *hint,
            _ => None,
        })
}

fn open(jetstream: Context) -> Worker<Unjudged> {
    Worker::open(jetstream, NAME, &LIST)
}

async fn all_is_done(queue: &Queue) -> Counts {
    eventually(async || {
        let counts = queue.counts().await.ok()?;
        (counts.new + counts.pending + counts.unanswered == 0).then_some(counts)
    })
    .await
}

async fn dead(queue: &Queue, count: usize) -> Vec<DeadLetter> {
    eventually(async || {
        let letters: Vec<_> = queue.dead_letters().try_collect().await.ok()?;
        (letters.len() == count).then_some(letters)
    })
    .await
}

async fn eventually<T>(mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let started = Instant::now();
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(started.elapsed() < LIMIT, "it never came to that");
        sleep(Duration::from_millis(10)).await;
    }
}

/// Takes one message as a worker does that is killed then.
async fn take_and_die(nats: &Nats) {
    let jetstream = nats.jetstream().await;
    let stream = jetstream.get_stream(NAME).await.unwrap();
    let consumer: async_nats::jetstream::consumer::Consumer<pull::Config> =
        stream.get_consumer(NAME).await.unwrap();
    let batch = consumer.batch().max_messages(1).expires(LIMIT).messages();
    batch.await.unwrap().next().await.unwrap().unwrap();
}

/// Runs a worker that does nothing, so that the consumer is there.
async fn make_the_consumer(worker: Worker<Failed>) {
    let running = Running::start(worker, |_, _| async { Ok(()) });
    sleep(Duration::from_millis(300)).await;
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_job_that_succeeds_is_attempted_once_and_is_gone() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    assert_eq!(queue.publish("a", "1").await.unwrap(), Published::New);
    assert_eq!(queue.publish("a", "1").await.unwrap(), Published::Duplicate);
    let (tell, mut told) = mpsc::unbounded_channel();
    let running = Running::start(worker_of(jetstream), move |job, attempt| {
        tell.send((job, attempt)).unwrap();
        async { Ok(()) }
    });
    assert_eq!(all_is_done(&queue).await.dead, 0);
    running.stop().await.unwrap();
    let (job, attempt) = told.recv().await.unwrap();
    assert_eq!((job.id(), &job.payload()[..]), ("a", &b"1"[..]));
    assert_eq!((attempt.number(), attempt.attempts()), (1, 4));
    assert!(told.recv().await.is_none());
}

#[tokio::test]
async fn the_waits_are_those_of_the_list_within_jitter_and_the_letter_tells_all_of_it() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    let mut headers = HeaderMap::new();
    headers.insert("Tenant", "blue");
    queue
        .publish_with_headers("a", headers.clone(), "payload")
        .await
        .unwrap();
    let log = Log::default();
    let running = Running::start(worker_of(jetstream), {
        let log = log.clone();
        move |job, attempt| {
            log.note(&job, attempt);
            async { Err(Failed::Busy(None)) }
        }
    });
    let [letter] = &dead(&queue, 1).await[..] else {
        panic!()
    };
    running.stop().await.unwrap();

    assert_eq!(
        (&letter.id[..], &letter.payload[..]),
        ("a", &b"payload"[..])
    );
    assert_eq!(letter.headers, headers);
    assert_eq!(letter.reason, Reason::Exhausted);
    assert_eq!((&letter.error[..], letter.attempts), ("busy", 4));
    let history: Vec<_> = letter
        .history
        .iter()
        .map(|failure| (failure.attempt, &failure.error[..]))
        .collect();
    assert_eq!(
        history,
        [(1, "busy"), (2, "busy"), (3, "busy"), (4, "busy")]
    );
    assert!(letter.history.iter().all(|failure| failure.at.is_some()));
    let waits: Vec<_> = letter
        .history
        .iter()
        .filter_map(|failure| failure.wait)
        .collect();
    assert_eq!(waits.len(), 3);
    for (wait, listed) in waits.iter().zip(LIST.waits()) {
        let (shortest, longest) = Jitter::default().bounds(*listed);
        assert!(
            shortest <= *wait && *wait <= longest,
            "{wait:?} of {listed:?}"
        );
    }
    // The server keeps to what it was told, whatever time the machine takes on top.
    let times = log.times();
    for (wait, pair) in waits.iter().zip(times.windows(2)) {
        let waited = pair[1] - pair[0];
        assert!(
            *wait <= waited && waited < *wait + Duration::from_secs(2),
            "{waited:?} of {wait:?}"
        );
    }
    assert_eq!(all_is_done(&queue).await.dead, 1);
    let left = queue_history(&nats).await;
    assert_eq!(left, 0, "what was noted of the job is gone with it");
}

async fn queue_history(nats: &Nats) -> u64 {
    let stream = nats
        .jetstream()
        .await
        .get_stream("KV_create-history")
        .await
        .unwrap();
    stream.cached_info().state.messages
}

#[tokio::test]
async fn a_job_that_succeeds_in_the_end_leaves_no_letter_and_no_history() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    queue.publish("a", "").await.unwrap();
    let log = Log::default();
    let running = Running::start(worker_of(jetstream), {
        let log = log.clone();
        move |job, attempt| {
            log.note(&job, attempt);
            async move {
                if attempt.is_last() {
                    Ok(())
                } else {
                    Err(Failed::Busy(None))
                }
            }
        }
    });
    assert_eq!(all_is_done(&queue).await.dead, 0);
    running.stop().await.unwrap();
    assert_eq!(
        log.attempts(),
        [1, 2, 3, 4].map(|attempt| ("a".to_owned(), attempt))
    );
    assert_eq!(queue_history(&nats).await, 0);
}

#[tokio::test]
async fn an_error_that_is_not_retryable_is_a_dead_letter_at_once() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    queue.publish("a", "").await.unwrap();
    let running = Running::start(worker_of(jetstream), |_, _| async { Err(Failed::Wrong) });
    let [letter] = &dead(&queue, 1).await[..] else {
        panic!()
    };
    running.stop().await.unwrap();
    assert_eq!(
        (letter.reason, &letter.error[..], letter.attempts),
        (Reason::NotRetryable, "wrong", 1)
    );
    assert_eq!(letter.history.len(), 1);
    assert_eq!(letter.history[0].wait, None);
}

#[tokio::test]
async fn a_hint_lengthens_the_wait_and_one_beyond_the_limit_ends_the_job() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    queue.publish("followed", "").await.unwrap();
    queue.publish("too long", "").await.unwrap();
    let (hint, too_long) = (Duration::from_millis(230), Duration::from_millis(250));
    let (tell, mut told) = mpsc::unbounded_channel();
    let worker = worker_of(jetstream).notify(move |refusal| {
        let told = (
            refusal.job.id().to_owned(),
            refusal.attempt,
            refusal.backoff,
            refusal.wait,
        );
        tell.send(told).unwrap();
    });
    let running = Running::start(worker, move |job, attempt| async move {
        match (job.id(), attempt.number()) {
            ("followed", 1) => Err(Failed::Busy(Some(hint))),
            ("followed", _) => Ok(()),
            // The sum of the listed waits is 240 ms.
            _ => Err(Failed::Busy(Some(too_long))),
        }
    });
    let [letter] = &dead(&queue, 1).await[..] else {
        panic!()
    };
    assert_eq!(all_is_done(&queue).await.dead, 1);
    running.stop().await.unwrap();
    assert_eq!(
        (&letter.id[..], letter.reason, letter.attempts),
        ("too long", Reason::RetryAfter, 1)
    );
    let (id, attempt, backoff, wait) = told.recv().await.unwrap();
    assert_eq!(
        (&id[..], attempt, backoff),
        ("followed", 1, LIST.waits()[0])
    );
    assert!(
        hint <= wait && wait <= Jitter::default().bounds(hint).1,
        "{wait:?}"
    );
    assert!(told.recv().await.is_none());
}

#[tokio::test]
async fn a_panic_is_a_dead_letter_at_once_and_the_worker_goes_on() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    queue.publish("panics", "").await.unwrap();
    let running = Running::start(worker_of(jetstream).concurrency(1), |job, _| async move {
        assert_ne!(job.id(), "panics", "line\nbreak");
        Ok(())
    });
    let [letter] = &dead(&queue, 1).await[..] else {
        panic!()
    };
    queue.publish("works", "").await.unwrap();
    assert_eq!(all_is_done(&queue).await.dead, 1);
    running.stop().await.unwrap();
    assert_eq!((letter.reason, letter.attempts), (Reason::Panicked, 1));
    assert!(letter.error.contains("line\\nbreak"), "{}", letter.error);
}

#[tokio::test]
async fn an_attempt_that_takes_too_long_is_dropped_and_judged_as_an_error() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    queue.publish("a", "").await.unwrap();
    let worker = worker_of(jetstream).attempt_timeout(Duration::from_millis(150));
    let running = Running::start(worker, |_, attempt| async move {
        if attempt.is_first() {
            sleep(LIMIT).await;
        }
        Err(Failed::Wrong)
    });
    let [letter] = &dead(&queue, 1).await[..] else {
        panic!()
    };
    running.stop().await.unwrap();
    assert_eq!(
        letter.history[0].error,
        "the attempt took longer than 150ms"
    );
    assert_eq!(letter.history[1].error, "wrong");
}

#[tokio::test]
async fn a_killed_workers_job_comes_back_its_attempt_counts_and_the_last_one_is_a_letter() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    let worker = || worker_of(jetstream.clone()).ack_wait(Duration::from_millis(200));
    make_the_consumer(worker()).await;
    queue.publish("a", "payload").await.unwrap();
    take_and_die(&nats).await;
    // Its second attempt fails in words.
    let (failed, mut has_failed) = mpsc::unbounded_channel();
    let running = Running::start(worker().grace(Duration::ZERO), move |_, attempt| {
        failed.send(attempt.number()).unwrap();
        async { Err(Failed::Busy(None)) }
    });
    assert_eq!(has_failed.recv().await, Some(2));
    running.stop().await.unwrap();
    take_and_die(&nats).await;
    take_and_die(&nats).await;
    let running = Running::start(worker(), |_, _| async { panic!("it has had its attempts") });
    let [letter] = &dead(&queue, 1).await[..] else {
        panic!()
    };
    assert_eq!(all_is_done(&queue).await.dead, 1);
    running.stop().await.unwrap();
    assert_eq!((letter.reason, letter.attempts), (Reason::Unanswered, 4));
    assert_eq!(
        (&letter.id[..], &letter.payload[..]),
        ("a", &b"payload"[..])
    );
    let silent: Vec<_> = letter
        .history
        .iter()
        .map(|failure| failure.at.is_none())
        .collect();
    assert_eq!(silent, [true, false, true, true]);
    assert_eq!(letter.history[1].error, "busy");
}

#[tokio::test]
async fn a_job_whose_advisory_was_lost_is_found_and_buried() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    let worker = || worker_of(jetstream.clone()).ack_wait(Duration::from_millis(100));
    make_the_consumer(worker()).await;
    for id in ["a", "b"] {
        queue.publish(id, "").await.unwrap();
    }
    for _ in 0..2 * LIST.attempts() {
        take_and_die(&nats).await;
    }
    // The server notices when it is asked for more.
    let jobs = jetstream.get_stream(NAME).await.unwrap();
    let consumer: async_nats::jetstream::consumer::Consumer<pull::Config> =
        jobs.get_consumer(NAME).await.unwrap();
    eventually(async || {
        let batch = consumer
            .batch()
            .max_messages(1)
            .expires(Duration::from_millis(100));
        assert!(batch.messages().await.unwrap().next().await.is_none());
        (queue.counts().await.unwrap().unanswered == 2).then_some(())
    })
    .await;
    let ended = jetstream.get_stream("create-ended").await.unwrap();
    ended.purge().await.unwrap();
    let running = Running::start(worker(), |_, _| async { panic!("it has had its attempts") });
    let letters = dead(&queue, 2).await;
    assert_eq!(all_is_done(&queue).await.dead, 2);
    running.stop().await.unwrap();
    for letter in letters {
        assert_eq!((letter.reason, letter.attempts), (Reason::Unanswered, 4));
    }
}

#[tokio::test]
async fn a_rate_whose_bucket_goes_away_ends_the_worker_with_its_name() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    let rate = Rate::open(&jetstream, "api", Limit::per_second(NonZeroU32::MIN))
        .await
        .unwrap();
    jetstream.delete_key_value("retry-rates").await.unwrap();
    queue.publish("a", "").await.unwrap();
    queue.publish("b", "").await.unwrap();
    let worker = worker_of(jetstream).rate(&rate).grace(Duration::ZERO);
    let error = Running::start(worker, |_, _| async { Ok(()) })
        .ends()
        .await
        .unwrap_err();
    assert!(
        error.to_string().contains("stream `KV_retry-rates`"),
        "{error}"
    );
}

#[tokio::test]
async fn a_message_is_kept_alive_while_its_attempt_runs_however_long() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    queue.publish("a", "").await.unwrap();
    let log = Log::default();
    let running = Running::start(worker_of(jetstream).ack_wait(Duration::from_millis(300)), {
        let log = log.clone();
        move |job, attempt| {
            log.note(&job, attempt);
            async {
                sleep(Duration::from_millis(1_500)).await;
                Ok(())
            }
        }
    });
    assert_eq!(all_is_done(&queue).await.dead, 0);
    running.stop().await.unwrap();
    assert_eq!(log.attempts(), [("a".to_owned(), 1)]);
}

#[tokio::test]
async fn a_worker_that_hangs_loses_its_message_to_another() {
    const ACK_WAIT: Duration = Duration::from_millis(200);
    let Some(nats) = Nats::start().await else {
        return;
    };
    let queue = Queue::create(&nats.jetstream().await, NAME).await.unwrap();
    queue.publish("a", "").await.unwrap();
    let log = Log::default();
    let (hang, hung) = std::sync::mpsc::channel::<()>();
    let hung = Arc::new(Mutex::new(hung));
    let (stop, stopped) = oneshot::channel::<()>();
    // In a runtime of its own, as in another process: whatever waits for the thread that hangs is part of the worker that hangs.
    let hanging = std::thread::spawn({
        let (log, url) = (log.clone(), nats.url());
        move || {
            let runtime = Builder::new_current_thread().enable_all().build();
            runtime.unwrap().block_on(async {
                let client = async_nats::connect(url).await.unwrap();
                // One message at a time: no other request of it is open that could get the message again.
                let worker = worker_of(async_nats::jetstream::new(client)).concurrency(1);
                let running = Running::start(worker.ack_wait(ACK_WAIT), move |job, attempt| {
                    log.note(&job, attempt);
                    let hung = Arc::clone(&hung);
                    async move {
                        // Blocks its thread, as code that never awaits does.
                        let _ = hung.lock().unwrap().recv();
                        Ok(())
                    }
                });
                let _ = stopped.await;
                running.stop().await
            })
        }
    });
    eventually(async || (!log.attempts().is_empty()).then_some(())).await;
    let other = Running::start(worker_of(nats.jetstream().await).ack_wait(ACK_WAIT), {
        let log = log.clone();
        move |job, attempt| {
            log.note(&job, attempt);
            async { Ok(()) }
        }
    });
    all_is_done(&queue).await;
    assert_eq!(log.attempts(), [("a".to_owned(), 1), ("a".to_owned(), 2)]);
    drop(hang);
    stop.send(()).unwrap();
    hanging.join().unwrap().unwrap();
    other.stop().await.unwrap();
}

#[tokio::test]
async fn after_a_stop_attempts_under_way_end_and_nothing_new_starts() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    queue.publish("under way", "").await.unwrap();
    let (start, mut started) = mpsc::unbounded_channel();
    let running = Running::start(worker_of(jetstream).concurrency(1), move |job, _| {
        start.send(job.id().to_owned()).unwrap();
        async {
            sleep(Duration::from_millis(300)).await;
            Ok(())
        }
    });
    assert_eq!(started.recv().await.as_deref(), Some("under way"));
    queue.publish("new", "").await.unwrap();
    running.stop().await.unwrap();
    let counts = queue.counts().await.unwrap();
    assert_eq!((counts.new, counts.pending), (1, 0));
    assert!(started.recv().await.is_none());
}

#[tokio::test]
async fn without_grace_an_attempt_is_given_back_at_once() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    queue.publish("a", "").await.unwrap();
    let (start, mut started) = mpsc::unbounded_channel();
    let worker = worker_of(jetstream.clone())
        .ack_wait(LONG)
        .grace(Duration::ZERO);
    let running = Running::start(worker, move |_, _| {
        start.send(()).unwrap();
        sleep_then_ok(LONG)
    });
    started.recv().await.unwrap();
    running.stop().await.unwrap();
    let log = Log::default();
    let running = Running::start(worker_of(jetstream).ack_wait(LONG), {
        let log = log.clone();
        move |job, attempt| {
            log.note(&job, attempt);
            async { Ok(()) }
        }
    });
    all_is_done(&queue).await;
    running.stop().await.unwrap();
    assert_eq!(log.attempts(), [("a".to_owned(), 2)]);
}

async fn sleep_then_ok(time: Duration) -> Result<(), Failed> {
    sleep(time).await;
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_killed_and_comes_back_loses_no_job() {
    let Some(mut nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    for number in 0..100 {
        queue.publish(&number.to_string(), "").await.unwrap();
    }
    let log = Log::default();
    let worker = worker_of(jetstream)
        .concurrency(4)
        .ack_wait(Duration::from_millis(500));
    let running = Running::start(worker, {
        let log = log.clone();
        move |job, attempt| {
            log.note(&job, attempt);
            sleep_then_ok(Duration::from_millis(10))
        }
    });
    eventually(async || (log.attempts().len() > 20).then_some(())).await;
    nats.kill();
    nats.start_again().await;
    let counts = all_is_done(&queue).await;
    running.stop().await.unwrap();
    assert_eq!(counts.dead, 0);
    let ids: HashSet<_> = log.attempts().into_iter().map(|(id, _)| id).collect();
    assert_eq!(ids.len(), 100);
}

#[tokio::test]
async fn a_publication_to_a_dead_server_says_that_it_does_not_answer() {
    let Some(mut nats) = Nats::start().await else {
        return;
    };
    let mut jetstream = nats.jetstream().await;
    jetstream.set_timeout(Duration::from_millis(300));
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    nats.kill();
    let error = queue.publish("a", "").await.unwrap_err();
    assert!(matches!(error, Error::Unreachable(_)), "{error:?}");
    assert!(error.is_transient());
    assert!(error.to_string().starts_with("the server does not answer"));
    nats.start_again().await;
    // Whether the first one arrived does not matter.
    eventually(async || queue.publish("a", "").await.ok()).await;
    assert_eq!(queue.counts().await.unwrap().new, 1);
}

#[tokio::test]
async fn a_queue_that_was_not_created_is_missing_and_the_error_says_what_to_do() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let run = worker_of(nats.jetstream().await).run(|_, _| async { Ok(()) });
    let error = timeout(LIMIT, run).await.unwrap().unwrap_err();
    assert_eq!(
        error.to_string(),
        "there is no stream `create`: make the queue with `Queue::create` and let a worker run, or look whether this is the right server and account"
    );
}

#[tokio::test]
async fn a_stream_or_consumer_that_goes_away_ends_the_worker_with_its_name() {
    for consumer_only in [true, false] {
        let Some(nats) = Nats::start().await else {
            return;
        };
        let jetstream = nats.jetstream().await;
        let queue = Queue::create(&jetstream, NAME).await.unwrap();
        let running = Running::start(worker_of(jetstream.clone()), |_, _| async { Ok(()) });
        queue.publish("a", "").await.unwrap();
        all_is_done(&queue).await;
        if consumer_only {
            let stream = jetstream.get_stream(NAME).await.unwrap();
            stream.delete_consumer(NAME).await.unwrap();
        } else {
            jetstream.delete_stream(NAME).await.unwrap();
        }
        let error = running.ends().await.unwrap_err();
        assert!(matches!(error, Error::Missing { .. }), "{error:?}");
        let what = if consumer_only {
            "consumer"
        } else {
            "stream `create`"
        };
        assert!(error.to_string().contains(what), "{error}");
        if !consumer_only {
            let error = queue.publish("b", "").await.unwrap_err();
            assert!(matches!(error, Error::Missing { .. }), "{error:?}");
        }
    }
}

#[tokio::test]
async fn a_stream_that_is_configured_otherwise_is_not_worked_on() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let memory = stream::Config {
        name: NAME.to_owned(),
        subjects: vec!["retry.create.job".to_owned()],
        retention: stream::RetentionPolicy::WorkQueue,
        storage: stream::StorageType::Memory,
        ..stream::Config::default()
    };
    jetstream.create_stream(memory).await.unwrap();
    let error = Queue::create(&jetstream, NAME).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the stream `create` has `storage` Memory, and needs File:"),
        "{error}"
    );
}

#[tokio::test]
async fn another_list_than_the_consumers_is_an_error_until_it_is_reconfigured() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    make_the_consumer(worker_of(jetstream.clone())).await;
    let other = || Worker::open(jetstream.clone(), NAME, &schedule![40ms, 0]).on(|_: &Failed| true);
    let error = other().run(|_, _| async { Ok(()) }).await.unwrap_err();
    assert!(
        error
            .to_string()
            .starts_with("the consumer `create` has `max_deliver` 4, and needs 2:"),
        "{error}"
    );
    queue.publish("a", "").await.unwrap();
    let running = Running::start(other().reconfigure(), |_, _| async {
        Err(Failed::Busy(None))
    });
    assert_eq!(dead(&queue, 1).await[0].attempts, 2);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_full_disk_refuses_new_jobs_in_words_and_loses_none_of_the_old() {
    let Some(nats) = Nats::start_with("max_file_store: 1MB").await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    let payload = vec![b'x'; 64 * 1_024];
    let mut published = 0;
    let error = loop {
        assert!(published < 100, "the limit does not hold");
        match queue.publish(&published.to_string(), payload.clone()).await {
            Ok(_) => published += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::Full(_)), "{error:?}");
    assert!(error.to_string().starts_with("the server has no room left"));
    // A letter takes the place of its job, but there is no room for both at once until others are done.
    let running = Running::start(worker_of(jetstream).concurrency(2), |job, _| async move {
        if job.id() == "0" {
            Err(Failed::Wrong)
        } else {
            Ok(())
        }
    });
    assert_eq!(all_is_done(&queue).await.dead, 1);
    running.stop().await.unwrap();
    assert_eq!(dead(&queue, 1).await[0].payload.len(), payload.len());
}

#[tokio::test]
async fn a_payload_that_leaves_no_room_for_a_letter_is_refused_when_it_is_published() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let queue = Queue::create(&nats.jetstream().await, NAME).await.unwrap();
    let most = 1_024 * 1_024 - 8 * 1_024;
    let error = queue.publish("a", vec![0; most + 1]).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error:?}");
    queue.publish("a", vec![0; most]).await.unwrap();
    let running = Running::start(worker_of(nats.jetstream().await), |_, _| async {
        Err(Failed::Busy(None))
    });
    assert_eq!(dead(&queue, 1).await[0].payload.len(), most);
    running.stop().await.unwrap();
}

#[tokio::test]
async fn a_name_that_nats_does_not_allow_is_refused() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    for name in ["", "a.b", "a b", "a*", "a>", "ä"] {
        let error = Queue::create(&jetstream, name).await.unwrap_err();
        assert!(matches!(error, Error::Name(_)), "{error:?}");
    }
}

#[tokio::test]
async fn a_dead_letter_is_retried_with_all_attempts_before_it_or_deleted() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    queue.publish("a", "payload").await.unwrap();
    queue.publish("b", "payload").await.unwrap();
    let running = Running::start(worker_of(jetstream.clone()), |_, _| async {
        Err(Failed::Wrong)
    });
    let letters = dead(&queue, 2).await;
    running.stop().await.unwrap();
    for letter in &letters {
        if letter.id == "a" {
            queue.retry(letter).await.unwrap();
            // As whoever could not delete it, and tries again.
            queue.retry(letter).await.unwrap();
        } else {
            queue.delete(letter).await.unwrap();
            queue.delete(letter).await.unwrap();
        }
    }
    let counts = queue.counts().await.unwrap();
    assert_eq!((counts.new, counts.dead), (1, 0));
    let log = Log::default();
    let running = Running::start(worker_of(jetstream), {
        let log = log.clone();
        move |job, attempt| {
            log.note(&job, attempt);
            async { Err(Failed::Wrong) }
        }
    });
    let [letter] = &dead(&queue, 1).await[..] else {
        panic!()
    };
    running.stop().await.unwrap();
    assert_eq!(log.attempts(), [("a".to_owned(), 1)]);
    assert_eq!(
        (&letter.id[..], &letter.payload[..]),
        ("a", &b"payload"[..])
    );
}

#[tokio::test]
async fn messages_of_other_publishers_are_jobs_too_and_known_by_their_number() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    jetstream
        .publish("retry.create.job", "plain".into())
        .await
        .unwrap()
        .await
        .unwrap();
    let running = Running::start(worker_of(jetstream), |_, _| async { Err(Failed::Wrong) });
    let [letter] = &dead(&queue, 1).await[..] else {
        panic!()
    };
    running.stop().await.unwrap();
    assert_eq!((&letter.id[..], &letter.payload[..]), ("1", &b"plain"[..]));
}

#[tokio::test]
async fn a_fleet_starts_no_more_attempts_in_any_period_than_the_shared_limit_says() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jobs = 150;
    let limit = Limit::per_second(NonZeroU32::new(60).unwrap());
    let queue = Queue::create(&nats.jetstream().await, NAME).await.unwrap();
    for number in 0..jobs {
        queue.publish(&number.to_string(), "").await.unwrap();
    }
    let log = Log::default();
    let mut fleet = Vec::new();
    for _ in 0..5 {
        let jetstream = nats.jetstream().await;
        let rate = Rate::open(&jetstream, "api", limit).await.unwrap();
        let log = log.clone();
        fleet.push(Running::start(
            worker_of(jetstream).rate(&rate),
            move |job, attempt| {
                log.note(&job, attempt);
                async { Ok(()) }
            },
        ));
    }
    all_is_done(&queue).await;
    for worker in fleet {
        worker.stop().await.unwrap();
    }
    let times = log.times();
    assert_eq!(times.len(), jobs);
    // What a request may take on this machine, whatever else runs on it.
    let late = Duration::from_millis(100);
    for period in [100, 300, 1_000].map(Duration::from_millis) {
        let most = limit.most_in(period + late) as usize;
        for (index, start) in times.iter().enumerate() {
            let within = times[index..]
                .iter()
                .take_while(|next| **next < *start + period)
                .count();
            assert!(within <= most, "{within} of {most} in {period:?}");
        }
    }
    // And not much fewer than it allows.
    let took = times[jobs - 1] - times[0];
    assert!(took < Duration::from_secs(8), "{took:?}");
}

#[tokio::test]
async fn of_two_rates_with_different_names_neither_slows_the_other() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    let one_a_minute = Limit::per_second(NonZeroU32::MIN);
    // Uses up the other one's burst.
    for name in ["other", "mine"] {
        let rate = Rate::open(&jetstream, name, one_a_minute).await.unwrap();
        queue.publish(name, "").await.unwrap();
        let started = Instant::now();
        let running = Running::start(worker_of(jetstream.clone()).rate(&rate), |_, _| async {
            Ok(())
        });
        all_is_done(&queue).await;
        assert!(started.elapsed() < Duration::from_secs(5));
        running.stop().await.unwrap();
    }
}

#[tokio::test]
async fn a_negative_answer_of_another_client_is_followed_too() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, NAME).await.unwrap();
    make_the_consumer(worker_of(jetstream.clone())).await;
    queue.publish("a", "").await.unwrap();
    let stream = jetstream.get_stream(NAME).await.unwrap();
    let consumer: async_nats::jetstream::consumer::Consumer<pull::Config> =
        stream.get_consumer(NAME).await.unwrap();
    let mut batch = consumer.batch().max_messages(1).messages().await.unwrap();
    let message = batch.next().await.unwrap().unwrap();
    message.double_ack_with(AckKind::Nak(None)).await.unwrap();
    let log = Log::default();
    let running = Running::start(worker_of(jetstream), {
        let log = log.clone();
        move |job, attempt| {
            log.note(&job, attempt);
            async { Ok(()) }
        }
    });
    all_is_done(&queue).await;
    running.stop().await.unwrap();
    assert_eq!(log.attempts(), [("a".to_owned(), 2)]);
}
