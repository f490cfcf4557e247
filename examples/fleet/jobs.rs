//! The jobs as a whole: published, counted, and looked after when they are dead.

use crate::common::{shown, tell};
use crate::failure::Failure;
use crate::server::connect;
use crate::work::QUEUE;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use retry_jetstream::{Error, Published, Queue};
use std::num::NonZeroU32;

/// How many publications are under way at once.
const AT_ONCE: usize = 64;

/// Publishes a job for each worker, and gives how many are new.
pub async fn publish(queue: &Queue, workers: NonZeroU32) -> Result<usize, Error> {
    stream::iter(1..=workers.get())
        .map(|number| async move {
            let name = format!("worker-{number:06}");
            queue.publish(&name, name.clone()).await
        })
        .buffer_unordered(AT_ONCE)
        .try_fold(0, async |new, published| {
            Ok(new + usize::from(published == Published::New))
        })
        .await
}

pub async fn enqueue(url: &str, workers: NonZeroU32) -> Result<(), Failure> {
    let queue = Queue::create(&connect(url).await?, QUEUE).await?;
    let new = publish(&queue, workers).await?;
    let known = workers.get() as usize - new;
    tell(format_args!(
        "{new} jobs published, {known} were there already"
    ));
    Ok(())
}

pub async fn status(url: &str) -> Result<(), Failure> {
    let queue = Queue::open(&connect(url).await?, QUEUE).await?;
    let counts = queue.counts().await?;
    tell(format_args!(
        "{} new, {} under way or waiting, {} without an answer, {} dead",
        counts.new, counts.pending, counts.unanswered, counts.dead
    ));
    Ok(())
}

pub async fn list_dead(url: &str) -> Result<(), Failure> {
    let queue = Queue::open(&connect(url).await?, QUEUE).await?;
    let mut letters = Box::pin(queue.dead_letters());
    while let Some(letter) = letters.try_next().await? {
        tell(format_args!(
            "{}: {} after {} attempts: {}",
            shown(&letter.id),
            letter.reason,
            letter.attempts,
            shown(&letter.error)
        ));
        for failure in &letter.history {
            let wait = failure.wait.map(|wait| format!(", then {wait:.1?}"));
            tell(format_args!(
                "  {}: {}{}",
                failure.attempt,
                shown(&failure.error),
                wait.unwrap_or_default()
            ));
        }
    }
    Ok(())
}

pub async fn retry_dead(url: &str) -> Result<(), Failure> {
    let queue = Queue::open(&connect(url).await?, QUEUE).await?;
    let letters: Vec<_> = queue.dead_letters().try_collect().await?;
    for letter in &letters {
        queue.retry(letter).await?;
    }
    tell(format_args!("{} jobs published anew", letters.len()));
    Ok(())
}
