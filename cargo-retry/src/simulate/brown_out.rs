//! A service is slow for ten seconds, and then as fast as before.
//!
//! It answers requests one after another, 100 per second, and gets 80 calls per second, evenly spread. It lets 300 requests
//! queue and refuses more. A client gives an attempt up after a second, but its request stays in the queue and is answered for
//! nobody. Behind a full queue a request takes three seconds: the service is as busy as it can be, and every answer is too late.
//! Calls of four attempts then make up to 320 requests per second, which keep the queue full long after the service is well
//! again. This is the metastable failure of Bronson, Aghayev, Charapko and Zhu, "Metastable Failures in Distributed Systems",
//! `HotOS` 2021: a load that is high but bearable, something that triggers a collapse, and retries that sustain it.

use super::Failed;
use futures::future::join_all;
use retry_core::{RetryBudget, retry_block};
use retry_schedule::{Jitter, Schedule};
use std::ops::Range;
use std::time::Duration;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, sleep_until};

const WORK: Duration = Duration::from_millis(10);
const QUEUE: usize = 300;
pub(crate) const CAPACITY: usize = 100;
pub(crate) const LOAD: usize = 80;
const BETWEEN_CALLS: Duration = Duration::from_micros(1_000_000 / LOAD as u64);

/// In seconds.
pub(crate) const SLOW: Range<usize> = 5..15;
pub(crate) const END: usize = 80;

type Request = oneshot::Sender<()>;

async fn serve(mut queue: mpsc::Receiver<Request>) {
    let started = Instant::now();
    while let Some(request) = queue.recv().await {
        let slow = SLOW.contains(&second(started.elapsed()));
        sleep(if slow { 100 * WORK } else { WORK }).await;
        // Where the client has given up, the work is wasted.
        let _ = request.send(());
    }
}

async fn ask(service: &mpsc::Sender<Request>) -> Result<(), Failed> {
    let (request, answer) = oneshot::channel();
    service.try_send(request).map_err(|_| Failed)?;
    answer.await.map_err(|_| Failed)
}

async fn call(
    service: &mpsc::Sender<Request>,
    schedule: &Schedule,
    jitter: Jitter,
    budget: Option<&RetryBudget>,
) -> Result<(), Failed> {
    match budget {
        None => {
            retry_block!(schedule = schedule, jitter = jitter, on = |_| true, attempt_timeout = 1s
                => async { ask(service).await })
        }
        Some(budget) => {
            retry_block!(schedule = schedule, jitter = jitter, on = |_| true, attempt_timeout = 1s, budget = budget
                => async { ask(service).await })
        }
    }
}

/// How many calls succeed in each second.
pub(crate) async fn goodput(
    schedule: &Schedule,
    jitter: Jitter,
    budget: Option<RetryBudget>,
) -> Vec<usize> {
    let (service, queue) = mpsc::channel(QUEUE);
    let serving = tokio::spawn(serve(queue));
    let started = Instant::now();
    let calls = (0..)
        .map(|call| BETWEEN_CALLS * call)
        .take_while(|start| second(*start) < END)
        .map(async |start| {
            sleep_until(started + start).await;
            call(&service, schedule, jitter, budget.as_ref()).await?;
            Ok::<_, Failed>(second(started.elapsed()))
        });
    let ends = join_all(calls).await;
    serving.abort();
    (0..END)
        .map(|second| ends.iter().flatten().filter(|end| **end == second).count())
        .collect()
}

/// The second from which on nearly all calls succeed, if there is one.
pub(crate) fn recovery(goodput: &[usize]) -> Option<usize> {
    match goodput.iter().rposition(|calls| *calls < LOAD * 9 / 10) {
        None => Some(0),
        // What ends with the measurement may as well go on.
        Some(second) if second + 2 >= goodput.len() => None,
        Some(second) => Some(second + 1),
    }
}

fn second(time: Duration) -> usize {
    usize::try_from(time.as_secs()).unwrap_or(usize::MAX)
}
