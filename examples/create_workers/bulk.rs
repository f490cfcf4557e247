//! All workers at once: each is a call of its own, and none waits for another.

use crate::client::{ApiError, Client, CreatedWorker, SCHEDULE};
use crate::progress::{Call, Progress};
use crate::workers::Worker;
use retry_core::{Schedule, ScheduleError};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// How one call went.
#[derive(Debug)]
pub struct Outcome {
    pub name: String,
    pub attempts: usize,
    pub took: Duration,
    pub result: Result<CreatedWorker, ApiError>,
}

/// The first retries of [`SCHEDULE`], that many times as fast as it is written.
pub fn schedule(retries: usize, speed: u32) -> Result<Schedule, ScheduleError> {
    let listed: Schedule = SCHEDULE.parse()?;
    let waits = listed.waits().iter().take(retries);
    let scaled: Vec<_> = waits
        .map(|wait| *wait / speed)
        .chain([Duration::ZERO])
        .collect();
    scaled.try_into()
}

/// Ends when every call has ended; calls that are still under way when this is dropped are given up.
pub async fn create_all(
    client: Client,
    workers: Vec<Worker>,
    progress: &Arc<Progress>,
) -> Vec<Outcome> {
    let client = Arc::new(client);
    let calls: JoinSet<Outcome> = workers
        .into_iter()
        .map(|worker| create(Arc::clone(&client), worker, Arc::clone(progress)))
        .collect();
    calls.join_all().await
}

async fn create(client: Arc<Client>, worker: Worker, progress: Arc<Progress>) -> Outcome {
    let call = Call::new(&progress);
    let started = Instant::now();
    let result = client.create_worker(&worker, &call).await;
    Outcome {
        name: worker.friendly_name,
        attempts: call.finish(result.is_ok()),
        took: started.elapsed(),
        result,
    }
}
