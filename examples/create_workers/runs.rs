//! What the page shows: the run that is under way, or the last one. There is one at a time, whoever began it.

use crate::bulk::{self, Outcome, Place, Work};
use crate::choice::Choice;
use crate::client::Client;
use crate::clock::Clock;
use crate::common::one_line;
use crate::progress::{Failure, Picture, Progress};
use crate::report::{Headline, Report};
use crate::workers::Worker;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use tokio::sync::watch;
use tokio::task::JoinHandle;

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
    /// What a run has that chooses nothing itself.
    pub choice: Choice,
    pub clock: Clock,
    /// How many requests a second the server accepts, if that is known.
    pub rate: Option<NonZeroU32>,
    /// Is told how each call went, as soon as it has ended.
    pub tell: fn(&Outcome),
}

impl Terms {
    pub fn headline(&self, work: Work, choice: Choice) -> Headline {
        Headline {
            work,
            place: self.place,
            choice,
            rate: self.rate,
            speed: self.clock.speed(),
        }
    }
}

/// Workers that are created together.
pub struct Batch {
    /// Where they are from.
    pub name: String,
    pub workers: Vec<Worker>,
    /// How many rows of the file are no workers.
    pub skipped: usize,
}

/// A run: it ends by itself, whether or not anybody watches.
pub struct Run {
    /// Tells it from others. Before the first it is 0.
    pub number: u64,
    work: Work,
    /// It is replaced, never changed.
    pub subject: Arc<Subject>,
    progress: Arc<Progress>,
    stage: Stage,
}

/// What a run is about.
#[derive(Serialize)]
pub struct Subject {
    work: Work,
    name: String,
    /// What was sent for each worker.
    workers: Value,
    list: String,
    scale: String,
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
        let nothing = terms.headline(Work::Create, terms.choice);
        let mut idle = Run::new(nothing, String::new(), json!([]), 0, &terms.clock);
        idle.stage = Stage::Idle;
        Self {
            terms,
            current: watch::Sender::new(idle),
        }
    }

    /// What a page can know before any run: what it may choose, and what that means.
    pub fn terms(&self) -> Value {
        let Terms {
            place,
            choice: default,
            rate,
            ..
        } = self.terms;
        let choices = match place {
            Place::Program => default.or_others(),
            Place::Hosted => vec![default],
        };
        let choices = choices.into_iter().map(|choice| {
            let headline = self.terms.headline(Work::Create, choice);
            json!({
                "choice": choice,
                "list": headline.list(),
                "worst_case": headline.worst_case(),
            })
        });
        json!({
            "rate": rate,
            "speed": self.terms.clock.speed(),
            "default": default,
            "choices": choices.collect::<Vec<_>>(),
        })
    }

    /// What a run has that chooses nothing itself.
    pub fn choice(&self) -> Choice {
        self.terms.choice
    }

    /// Changes when a run begins, knows its workers, or ends.
    pub fn watch(&self) -> watch::Receiver<Run> {
        self.current.subscribe()
    }

    /// Creates the workers. False if a run is under way.
    pub fn create(self: &Arc<Self>, choice: Choice, batch: Batch) -> bool {
        self.creation(choice, batch).is_some()
    }

    /// Creates the workers, and gives how each call went. None if a run is under way.
    pub fn creation(
        self: &Arc<Self>,
        choice: Choice,
        batch: Batch,
    ) -> Option<JoinHandle<Vec<Outcome>>> {
        let Batch {
            name,
            workers,
            skipped,
        } = batch;
        let headline = self.terms.headline(Work::Create, choice);
        let run = self.run(headline, name, json!(workers), workers.len());
        let progress = Arc::clone(&run.progress);
        if !self.begin(run) {
            return None;
        }
        let runs = Arc::clone(self);
        Some(tokio::spawn(async move {
            let Terms {
                client,
                place,
                tell,
                ..
            } = &runs.terms;
            let outcomes = bulk::create_all(client, *place, choice, workers, &progress, *tell);
            let outcomes = outcomes.await;
            runs.end(&Report {
                headline,
                progress: &progress,
                outcomes: &outcomes,
                skipped,
            });
            outcomes
        }))
    }

    /// Deletes every worker that there is. False if a run is under way.
    pub fn delete(self: &Arc<Self>) -> bool {
        self.deletion(None).is_some()
    }

    /// Deletes the workers of these names, or all, and gives how each call went, or why there is none. None if a run is
    /// under way.
    pub fn deletion(
        self: &Arc<Self>,
        names: Option<HashSet<String>>,
    ) -> Option<JoinHandle<Result<Vec<Outcome>, String>>> {
        let headline = self.terms.headline(Work::Delete, Choice::default());
        let name = match names {
            Some(_) => "The test workers",
            None => "The workspace",
        };
        if !self.begin(self.run(headline, name.to_owned(), json!([]), 0)) {
            return None;
        }
        let runs = Arc::clone(self);
        Some(tokio::spawn(async move {
            let Terms {
                client,
                clock,
                tell,
                ..
            } = &runs.terms;
            let at_work = clock.begin_work();
            let mut workers = match client.list_workers(&at_work).await {
                Ok(workers) => workers,
                Err(error) => {
                    let reason = one_line(&error);
                    let stopped = Stage::Stopped(reason.clone());
                    runs.current.send_modify(|run| run.stage = stopped);
                    return Err(reason);
                }
            };
            drop(at_work);
            if let Some(names) = names {
                workers.retain(|worker| names.contains(&worker.friendly_name));
            }
            let run = runs.run(headline, name.to_owned(), json!(workers), workers.len());
            let progress = Arc::clone(&run.progress);
            runs.current.send_modify(|current| {
                *current = Run {
                    number: current.number,
                    ..run
                }
            });
            let outcomes = bulk::delete_all(client, workers, &progress, *tell).await;
            runs.end(&Report {
                headline,
                progress: &progress,
                outcomes: &outcomes,
                skipped: 0,
            });
            Ok(outcomes)
        }))
    }

    fn run(&self, headline: Headline, name: String, workers: Value, total: usize) -> Run {
        Run::new(headline, name, workers, total, &self.terms.clock)
    }

    fn begin(&self, run: Run) -> bool {
        self.current.send_if_modified(|current| {
            let free = !current.is_running();
            if free {
                *current = Run {
                    number: current.number + 1,
                    ..run
                };
            }
            free
        })
    }

    fn end(&self, report: &Report<'_>) {
        let attempts: Vec<_> = report.attempts().into_iter().collect();
        let ended = json!({
            "rows": report.rows(),
            "attempts": attempts,
        });
        self.current
            .send_modify(|run| run.stage = Stage::Ended(ended));
    }
}

impl Run {
    fn new(headline: Headline, name: String, workers: Value, total: usize, clock: &Clock) -> Self {
        let work = headline.work;
        Self {
            number: 0,
            work,
            subject: Arc::new(Subject {
                work,
                name,
                workers,
                list: headline.list(),
                scale: headline.scale(total),
            }),
            progress: Arc::new(Progress::new(total, clock.clone())),
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

    /// All failures but the first so many.
    pub fn failures_after(&self, known: usize) -> Vec<Failure> {
        self.progress.failures_after(known)
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
