//! All workers at once: each is a call of its own, and none waits for another.

use crate::choice::Choice;
use crate::client::{ApiError, Client, Created, ListedWorker};
use crate::common::one_line;
use crate::progress::{Call, Progress, State, Took};
use crate::workers::Worker;
use serde::Serialize;
use std::sync::Arc;
use tokio::task::JoinSet;

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
    /// The place of the worker among all.
    pub worker: usize,
    pub name: String,
    pub took: Took,
    pub result: Result<Success, ApiError>,
}

#[derive(Debug, PartialEq, Eq)]
pub enum Success {
    /// The server calls the worker so.
    Created(String),
    /// Nothing was to be done: it had been created before.
    AlreadyThere,
    Deleted,
}

/// Ends when every call has ended; calls that are still under way when this is dropped are given up.
pub async fn create_all(
    client: &Arc<Client>,
    place: Place,
    choice: Choice,
    workers: Vec<Worker>,
    progress: &Arc<Progress>,
    tell: fn(&Outcome),
) -> Vec<Outcome> {
    let calls: JoinSet<Outcome> = workers
        .into_iter()
        .zip(progress.calls())
        .map(|(worker, call)| {
            let client = Arc::clone(client);
            async move {
                let created = match place {
                    Place::Hosted => client.create_worker_hosted(&worker, &call).await,
                    Place::Program if choice == Choice::default() => {
                        client.create_worker(&worker, &call).await
                    }
                    Place::Program => client.create_worker_as(&choice, &worker, &call).await,
                };
                let result = created.map(|created| match created {
                    Created::Now { sid } => Success::Created(sid),
                    Created::Before => Success::AlreadyThere,
                });
                let outcome = outcome(worker.friendly_name, call, result);
                tell(&outcome);
                outcome
            }
        })
        .collect();
    in_order(calls).await
}

/// Ends when every call has ended; calls that are still under way when this is dropped are given up.
pub async fn delete_all(
    client: &Arc<Client>,
    workers: Vec<ListedWorker>,
    progress: &Arc<Progress>,
    tell: fn(&Outcome),
) -> Vec<Outcome> {
    let calls: JoinSet<Outcome> = workers
        .into_iter()
        .zip(progress.calls())
        .map(|(worker, call)| {
            let client = Arc::clone(client);
            async move {
                let deleted = client.delete_worker(&worker.sid, &call).await;
                let result = deleted.map(|()| Success::Deleted);
                let outcome = outcome(worker.friendly_name, call, result);
                tell(&outcome);
                outcome
            }
        })
        .collect();
    in_order(calls).await
}

fn outcome(name: String, call: Call, result: Result<Success, ApiError>) -> Outcome {
    let state = match &result {
        Ok(Success::Created(_) | Success::Deleted) => State::Succeeded,
        Ok(Success::AlreadyThere) => State::AlreadyThere,
        Err(error) => {
            call.fail(one_line(error));
            State::Failed
        }
    };
    Outcome {
        worker: call.worker(),
        name,
        took: call.finish(state),
        result,
    }
}

async fn in_order(calls: JoinSet<Outcome>) -> Vec<Outcome> {
    let mut outcomes = calls.join_all().await;
    outcomes.sort_unstable_by_key(|outcome| outcome.worker);
    outcomes
}
