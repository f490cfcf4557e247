//! All workers at once: each is a call of its own, and none waits for another.

use crate::client::{ApiError, Client, ListedWorker, SCHEDULE};
use crate::progress::{Call, Progress};
use crate::workers::Worker;
use retry_core::{Schedule, ScheduleError};
use serde::Serialize;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;
use tokio::time::Instant;

/// What is done to all workers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Work {
    Create,
    Delete,
}

impl Work {
    /// What a worker is when it has succeeded.
    pub fn done(self) -> &'static str {
        match self {
            Self::Create => "created",
            Self::Delete => "deleted",
        }
    }
}

/// Where the calls are made from, which decides how long each may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// A program, which has all the time that the schedule takes.
    Program,
    /// A hosted function, which is ended after ten seconds.
    Hosted,
}

/// How one call went.
#[derive(Debug)]
pub struct Outcome {
    pub name: String,
    pub attempts: usize,
    pub took: Duration,
    /// What the server calls the worker, or why the call failed.
    pub result: Result<String, ApiError>,
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
    client: &Arc<Client>,
    place: Place,
    workers: Vec<Worker>,
    progress: &Arc<Progress>,
) -> Vec<Outcome> {
    let calls: JoinSet<Outcome> = (0..)
        .zip(workers)
        .map(|(index, worker)| {
            let (client, progress) = (Arc::clone(client), Arc::clone(progress));
            async move {
                let call = Call::new(&progress, index);
                let started = Instant::now();
                let created = match place {
                    Place::Program => client.create_worker(&worker, &call).await,
                    Place::Hosted => client.create_worker_hosted(&worker, &call).await,
                };
                let result = created.map(|created| created.sid);
                outcome(worker.friendly_name, call, started, result)
            }
        })
        .collect();
    calls.join_all().await
}

/// Ends when every call has ended; calls that are still under way when this is dropped are given up.
pub async fn delete_all(
    client: &Arc<Client>,
    workers: Vec<ListedWorker>,
    progress: &Arc<Progress>,
) -> Vec<Outcome> {
    let calls: JoinSet<Outcome> = (0..)
        .zip(workers)
        .map(|(index, worker)| {
            let (client, progress) = (Arc::clone(client), Arc::clone(progress));
            async move {
                let call = Call::new(&progress, index);
                let started = Instant::now();
                let deleted = client.delete_worker(&worker.sid, &call).await;
                let result = deleted.map(|()| worker.sid);
                outcome(worker.friendly_name, call, started, result)
            }
        })
        .collect();
    calls.join_all().await
}

fn outcome(
    name: String,
    call: Call<'_>,
    started: Instant,
    result: Result<String, ApiError>,
) -> Outcome {
    Outcome {
        name,
        attempts: call.finish(result.is_ok()),
        took: started.elapsed(),
        result,
    }
}
