//! Every attempt of every call fails.

use super::Failed;
use futures::future::join_all;
use retry_core::{RetryBudget, retry};
use retry_schedule::{Jitter, Schedule};
use std::cell::Cell;

#[retry(schedule = schedule, jitter = jitter, on = |_| true)]
async fn without_budget(
    requests: &Cell<usize>,
    schedule: &Schedule,
    jitter: Jitter,
) -> Result<(), Failed> {
    requests.set(requests.get() + 1);
    Err(Failed)
}

#[retry(schedule = schedule, jitter = jitter, on = |_| true, budget = budget)]
async fn refused(
    requests: &Cell<usize>,
    schedule: &Schedule,
    jitter: Jitter,
    budget: &RetryBudget,
) -> Result<(), Failed> {
    requests.set(requests.get() + 1);
    Err(Failed)
}

#[retry(schedule = schedule, jitter = jitter, on = |_| true, budget = budget, attempt_timeout = 1s)]
async fn unanswered(
    requests: &Cell<usize>,
    schedule: &Schedule,
    jitter: Jitter,
    budget: &RetryBudget,
) -> Result<(), Failed> {
    requests.set(requests.get() + 1);
    std::future::pending().await
}

/// How many requests that many calls make together, where each is left unanswered for a second.
pub(crate) async fn unanswered_requests(
    calls: usize,
    schedule: &Schedule,
    jitter: Jitter,
    budget: &RetryBudget,
) -> usize {
    let requests = Cell::new(0);
    join_all((0..calls).map(|_| unanswered(&requests, schedule, jitter, budget))).await;
    requests.get()
}

/// How many requests that many calls make together, where each is refused.
pub(crate) async fn requests(
    calls: usize,
    schedule: &Schedule,
    jitter: Jitter,
    budget: Option<&RetryBudget>,
) -> usize {
    let requests = Cell::new(0);
    match budget {
        None => {
            join_all((0..calls).map(|_| without_budget(&requests, schedule, jitter))).await;
        }
        Some(budget) => {
            join_all((0..calls).map(|_| refused(&requests, schedule, jitter, budget))).await;
        }
    }
    requests.get()
}
