//! What `tracing` and `metrics` hear of a worker, against a real server.

#![allow(
    clippy::pedantic,
    unreachable_pub,
    reason = "it shares files with the repository's tests, which are not published"
)]

#[path = "../../tests/support/nats.rs"]
mod nats;
#[path = "../../tests/support/skip.rs"]
mod skip;

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use nats::Nats;
use retry_core::{AttemptTimeout, Jitter, Schedule, schedule};
use retry_jetstream::{Queue, Worker};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::time::sleep;

const LIST: Schedule = schedule![20ms, 40ms, 0];

#[derive(Debug, thiserror::Error)]
enum Failed {
    #[error("busy")]
    Busy(#[source] io::Error),
    #[error("wrong")]
    Wrong,
    #[error(transparent)]
    TimedOut(#[from] AttemptTimeout),
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, text: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(text)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Log {
    /// Those about the queue's jobs, without their levels and quotes, which are `retry-core`'s to choose, in an order of their own.
    fn lines(&self) -> Vec<String> {
        let text = String::from_utf8(self.0.lock().unwrap().clone()).unwrap();
        let lines = text
            .lines()
            .filter(|line| line.contains("function=\"create\""));
        let lines = lines.filter_map(|line| line.trim().split_once(' '));
        let mut lines: Vec<_> = lines.map(|(_, line)| line.replace('"', "")).collect();
        lines.sort();
        lines
    }
}

#[test]
fn jobs_are_told_of_as_calls_are() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_max_level(tracing::Level::TRACE)
        .with_ansi(false)
        .without_time()
        .finish();
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    let ran = tracing::subscriber::with_default(subscriber, || {
        metrics::with_local_recorder(&recorder, || runtime.block_on(work()))
    });
    if ran.is_none() {
        return;
    }
    assert_eq!(
        log.lines(),
        [
            "retry: gave up function=create attempt=1 attempts=3 reason=not_retryable error=wrong",
            "retry: gave up function=create attempt=3 attempts=3 reason=exhausted error=busy: no answer",
            "retry: recovered function=create attempt=2 attempts=3",
            "retry: retrying function=create attempt=1 attempts=3 wait=20ms error=busy: no answer",
            "retry: retrying function=create attempt=1 attempts=3 wait=20ms error=busy: no answer",
            "retry: retrying function=create attempt=2 attempts=3 wait=40ms error=busy: no answer",
        ]
    );
    let mut counted = BTreeMap::new();
    for (key, _, _, value) in snapshots.snapshot().into_vec() {
        let (_, key) = key.into_parts();
        let labels: Vec<_> = key.labels().map(|label| label.value().to_owned()).collect();
        if let DebugValue::Counter(count) = value {
            counted.insert(format!("{} {labels:?}", key.name()), count);
        }
    }
    let of = |name: &str| {
        let counted = counted
            .iter()
            .filter(|(key, _)| key.starts_with(name) && key.contains("create\""));
        counted.map(|(_, count)| count).sum::<u64>()
    };
    assert_eq!(of("retry_calls_total"), 3, "{counted:?}");
    assert_eq!(of("retry_retries_total"), 3);
    assert_eq!(of("retry_recovered_total"), 1);
    assert_eq!(of("retry_gave_up_total"), 2);
}

/// One job that succeeds at once, one that recovers, one that is exhausted, and one that is wrong.
async fn work() -> Option<()> {
    let nats = Nats::start().await?;
    let jetstream = nats.jetstream().await;
    let queue = Queue::create(&jetstream, "create").await.unwrap();
    for id in ["succeeds", "recovers", "fails", "is wrong"] {
        queue.publish(id, "").await.unwrap();
    }
    let (stop, stopped) = oneshot::channel::<()>();
    let worker = Worker::open(jetstream, "create", &LIST)
        .jitter(Jitter::none())
        .stop(async {
            let _ = stopped.await;
        })
        .on(|error: &Failed| !matches!(error, Failed::Wrong))
        .run(|job, attempt| async move {
            match (job.id(), attempt.is_first()) {
                ("is wrong", _) => Err(Failed::Wrong),
                ("fails", _) | ("recovers", true) => {
                    Err(Failed::Busy(io::Error::other("no answer")))
                }
                _ => Ok(()),
            }
        });
    let all_done = async {
        loop {
            let counts = queue.counts().await.unwrap();
            if (counts.new, counts.pending, counts.dead) == (0, 0, 2) {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        let _ = stop.send(());
    };
    let (ended, ()) = tokio::join!(worker, all_done);
    ended.unwrap();
    Some(())
}
