//! The API: creates workers, no faster than a token bucket allows, and none twice. Every twentieth request it says that it is
//! unavailable.

use crate::common::serving::Serving;
use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use tokio::net::ToSocketAddrs;
use tokio::time::sleep;

/// How long a request takes.
const LATENCY: Duration = Duration::from_millis(50);
/// One in so many requests fails.
const UNAVAILABLE_EVERY: usize = 20;

/// What became of the requests.
#[derive(Debug, Clone, Default)]
pub struct Counts {
    pub created: usize,
    pub duplicates: usize,
    pub rate_limited: usize,
    pub unavailable: usize,
    /// When each came.
    pub requests: Vec<Instant>,
}

impl Counts {
    /// The most requests in any one second.
    pub fn peak(&self) -> usize {
        let second = Duration::from_secs(1);
        let after = |index: usize| {
            let (first, rest) = (self.requests[index], &self.requests[index..]);
            rest.partition_point(|request| *request < first + second)
        };
        (0..self.requests.len()).map(after).max().unwrap_or(0)
    }

    /// Requests a second, from the first to the last.
    pub fn mean(&self) -> f64 {
        match self.requests[..] {
            [first, .., last] => self.requests.len() as f64 / (last - first).as_secs_f64(),
            _ => 0.0,
        }
    }
}

/// Serves until it is stopped or dropped.
pub struct Api {
    books: Arc<Mutex<Books>>,
    serving: Serving,
}

/// How many requests are accepted at once after a rest: as many as in two thirds of a second.
pub fn burst(rate: NonZeroU32) -> u32 {
    (rate.get() * 2 / 3).max(1)
}

impl Api {
    pub async fn bind(addr: impl ToSocketAddrs, rate: NonZeroU32) -> io::Result<Self> {
        let books = Arc::new(Mutex::new(Books {
            rate: rate.get().into(),
            burst: burst(rate).into(),
            tokens: burst(rate).into(),
            filled: Instant::now(),
            names: HashSet::new(),
            counts: Counts::default(),
        }));
        let routes = Router::new()
            .route("/workers", post(create))
            .with_state(Arc::clone(&books));
        let serving = Serving::bind(addr, routes).await?;
        Ok(Self { books, serving })
    }

    pub fn addr(&self) -> SocketAddr {
        self.serving.addr()
    }

    pub fn counts(&self) -> Counts {
        lock(&self.books).counts.clone()
    }

    pub async fn stop(self) {
        self.serving.stop().await;
    }
}

struct Books {
    rate: f64,
    burst: f64,
    tokens: f64,
    filled: Instant,
    names: HashSet<String>,
    counts: Counts,
}

/// The body is the worker's name.
async fn create(State(books): State<Arc<Mutex<Books>>>, name: String) -> Response {
    match lock(&books).admit(Instant::now()) {
        Ok(()) => {}
        Err(refusal @ StatusCode::TOO_MANY_REQUESTS) => {
            return (refusal, [("Retry-After", "1")]).into_response();
        }
        Err(refusal) => return refusal.into_response(),
    }
    sleep(LATENCY).await;
    lock(&books).create(name).into_response()
}

impl Books {
    fn admit(&mut self, now: Instant) -> Result<(), StatusCode> {
        self.counts.requests.push(now);
        let dripped = now.duration_since(self.filled).as_secs_f64() * self.rate;
        self.tokens = f64::min(self.tokens + dripped, self.burst);
        self.filled = now;
        if self.tokens < 1.0 {
            self.counts.rate_limited += 1;
            return Err(StatusCode::TOO_MANY_REQUESTS);
        }
        self.tokens -= 1.0;
        if self.counts.requests.len() % UNAVAILABLE_EVERY == 0 {
            self.counts.unavailable += 1;
            return Err(StatusCode::SERVICE_UNAVAILABLE);
        }
        Ok(())
    }

    fn create(&mut self, name: String) -> StatusCode {
        if name.is_empty() {
            return StatusCode::BAD_REQUEST;
        }
        if self.names.insert(name) {
            self.counts.created += 1;
            StatusCode::CREATED
        } else {
            self.counts.duplicates += 1;
            StatusCode::CONFLICT
        }
    }
}

fn lock(books: &Mutex<Books>) -> MutexGuard<'_, Books> {
    books.lock().unwrap_or_else(PoisonError::into_inner)
}
