//! Clients that start at once, at a server that takes a limited number of requests per second and refuses the others.

use super::Failed;
use futures::future::join_all;
use retry_core::{RetryBudget, retry};
use retry_schedule::{Jitter, Schedule};
use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::time::Duration;
use tokio::time::{Instant, sleep_until};

/// The server reads one request after another, five hundred in a tenth of a second: during that time, too, the limiter
/// lets some through. If reading took no time, clients in lockstep would get a burst through each time, and no more.
const READING: Duration = Duration::from_micros(210);

/// A bucket of tokens that is full at first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) per_second: f64,
    pub(crate) burst: f64,
}

/// How it went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Storm {
    /// How many of the clients got through.
    pub(crate) created: usize,
    pub(crate) requests: usize,
    /// When the last of them did.
    pub(crate) last_success: Option<Duration>,
    /// The most requests within a tenth of a second.
    pub(crate) peak: usize,
    /// When each client got through, in the order in which they did.
    pub(crate) successes: Vec<Duration>,
}

struct Service {
    limit: Limit,
    tokens: Cell<f64>,
    last_read: Cell<Instant>,
    started: Instant,
    requests: Cell<usize>,
    /// By the tenth of a second in which they were sent.
    tenths: RefCell<HashMap<u128, usize>>,
    successes: RefCell<Vec<Duration>>,
}

impl Service {
    fn new(limit: Limit) -> Self {
        Self {
            limit,
            tokens: Cell::new(limit.burst),
            last_read: Cell::new(Instant::now()),
            started: Instant::now(),
            requests: Cell::new(0),
            tenths: RefCell::default(),
            successes: RefCell::default(),
        }
    }

    async fn create(&self) -> Result<(), Failed> {
        self.requests.set(self.requests.get() + 1);
        let tenth = self.started.elapsed().as_millis() / 100;
        *self.tenths.borrow_mut().entry(tenth).or_default() += 1;
        let last_read = self.last_read.get();
        let read = last_read.max(Instant::now()) + READING;
        let filled = self.limit.per_second * (read - last_read).as_secs_f64();
        let tokens = self.limit.burst.min(self.tokens.get() + filled);
        let taken = tokens >= 1.0;
        self.last_read.set(read);
        self.tokens.set(if taken { tokens - 1.0 } else { tokens });
        sleep_until(read).await;
        if !taken {
            return Err(Failed);
        }
        self.successes.borrow_mut().push(self.started.elapsed());
        Ok(())
    }
}

#[retry(schedule = schedule, jitter = jitter, on = |_| true)]
async fn create(service: &Service, schedule: &Schedule, jitter: Jitter) -> Result<(), Failed> {
    service.create().await
}

#[retry(schedule = schedule, jitter = jitter, on = |_| true, budget = budget)]
async fn create_within(
    service: &Service,
    schedule: &Schedule,
    jitter: Jitter,
    budget: &RetryBudget,
) -> Result<(), Failed> {
    service.create().await
}

pub(crate) async fn of(
    clients: usize,
    limit: Limit,
    schedule: &Schedule,
    jitter: Jitter,
    budget: Option<&RetryBudget>,
) -> Storm {
    let service = Service::new(limit);
    let results = match budget {
        None => join_all((0..clients).map(|_| create(&service, schedule, jitter))).await,
        Some(budget) => {
            join_all((0..clients).map(|_| create_within(&service, schedule, jitter, budget))).await
        }
    };
    let successes = service.successes.into_inner();
    Storm {
        created: results.iter().flatten().count(),
        requests: service.requests.get(),
        last_success: successes.last().copied(),
        peak: service
            .tenths
            .into_inner()
            .into_values()
            .max()
            .unwrap_or_default(),
        successes,
    }
}
