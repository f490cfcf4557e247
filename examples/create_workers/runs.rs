//! What the page shows: the run that is under way, or the last one. There is one at a time, whoever began it.

use crate::bulk::{self, Place, Work};
use crate::client::Client;
use crate::common::one_line;
use crate::progress::{Picture, Progress};
use crate::report::{Report, WorstCase};
use crate::workers::Worker;
use serde::Serialize;
use serde_json::{Value, json};
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Begins runs, and lets anybody watch them.
pub struct Runs {
    terms: Terms,
    current: watch::Sender<Run>,
}

/// What all runs are done with.
pub struct Terms {
    pub client: Arc<Client>,
    /// Where workers are created; they are always deleted by a program.
    pub place: Place,
    /// The worst case of the client's schedule.
    pub waiting: Duration,
    /// How many requests a second the server accepts, if that is known.
    pub rate: Option<NonZeroU32>,
}

/// A run: it ends by itself, whether or not anybody watches.
pub struct Run {
    work: Work,
    /// What was sent for each worker. It is replaced, never changed.
    pub workers: Arc<Value>,
    progress: Arc<Progress>,
    stage: Stage,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Stage {
    /// Nobody has begun a run yet.
    Idle,
    Running,
    /// What the report says at the end.
    Ended(Value),
    /// Why there are no workers to work on.
    Stopped(String),
}

/// All that changes in a run.
#[derive(Serialize)]
pub struct Standing<'a> {
    work: Work,
    stage: &'a Stage,
    #[serde(flatten)]
    picture: Picture,
}

impl Runs {
    pub fn new(terms: Terms) -> Self {
        let mut idle = Run::new(Work::Create, json!([]), 0);
        idle.stage = Stage::Idle;
        Self {
            terms,
            current: watch::Sender::new(idle),
        }
    }

    pub fn rate(&self) -> Option<NonZeroU32> {
        self.terms.rate
    }

    /// Changes when a run begins, knows its workers, or ends.
    pub fn watch(&self) -> watch::Receiver<Run> {
        self.current.subscribe()
    }

    /// Creates the workers. False if a run is under way.
    pub fn create(self: &Arc<Self>, workers: Vec<Worker>) -> bool {
        let run = Run::new(Work::Create, json!(workers), workers.len());
        let progress = Arc::clone(&run.progress);
        if !self.begin(run) {
            return false;
        }
        let runs = Arc::clone(self);
        tokio::spawn(async move {
            let Terms { client, place, .. } = &runs.terms;
            let outcomes = bulk::create_all(client, *place, workers, &progress).await;
            runs.end(&Report {
                work: Work::Create,
                progress: &progress,
                outcomes: &outcomes,
                worst_case: WorstCase::of(*place, runs.terms.waiting),
            });
        });
        true
    }

    /// Deletes every worker that there is. False if a run is under way.
    pub fn delete(self: &Arc<Self>) -> bool {
        if !self.begin(Run::new(Work::Delete, json!([]), 0)) {
            return false;
        }
        let runs = Arc::clone(self);
        tokio::spawn(async move {
            let workers = match runs.terms.client.list_workers().await {
                Ok(workers) => workers,
                Err(error) => {
                    let reason = one_line(&error);
                    return runs
                        .current
                        .send_modify(|run| run.stage = Stage::Stopped(reason));
                }
            };
            let run = Run::new(Work::Delete, json!(workers), workers.len());
            let progress = Arc::clone(&run.progress);
            runs.current.send_replace(run);
            let outcomes = bulk::delete_all(&runs.terms.client, workers, &progress).await;
            runs.end(&Report {
                work: Work::Delete,
                progress: &progress,
                outcomes: &outcomes,
                worst_case: WorstCase::Waiting(runs.terms.waiting),
            });
        });
        true
    }

    fn begin(&self, run: Run) -> bool {
        self.current.send_if_modified(|current| {
            let free = !current.is_running();
            if free {
                *current = run;
            }
            free
        })
    }

    fn end(&self, report: &Report<'_>) {
        let attempts: Vec<_> = report.attempts().into_iter().collect();
        let ended = json!({ "rows": report.rows(), "attempts": attempts });
        self.current
            .send_modify(|run| run.stage = Stage::Ended(ended));
    }
}

impl Run {
    fn new(work: Work, workers: Value, total: usize) -> Self {
        Self {
            work,
            workers: Arc::new(workers),
            progress: Arc::new(Progress::new(total)),
            stage: Stage::Running,
        }
    }

    pub fn is_running(&self) -> bool {
        matches!(self.stage, Stage::Running)
    }

    pub fn standing(&self) -> Standing<'_> {
        Standing {
            work: self.work,
            stage: &self.stage,
            picture: self.progress.picture(),
        }
    }

    /// How far a run that is under way has come, in words.
    pub fn interrupted(&self) -> Option<String> {
        let Picture { succeeded, .. } = self.progress.picture();
        self.is_running().then(|| {
            let (total, done) = (self.progress.total(), self.work.done());
            format!("interrupted: {succeeded} of {total} workers were {done}")
        })
    }
}
