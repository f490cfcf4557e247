//! The page, and what it asks for: rows of a file, runs, and news of them as server-sent events.

use crate::choice::Choice;
use crate::common::serving::Serving;
use crate::endpoint::{self, NewWorker};
use crate::refusal::Refusal;
use crate::runs::{Batch, Run, Runs, Subject};
use crate::visitor::only_own_page;
use crate::workers::{self, Rows};
use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, JsonRejection};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::stream::{self, Stream, StreamExt as _};
use serde::Deserialize;
use serde_json::{Value, json};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::ToSocketAddrs;
use tokio::sync::watch;
use tokio::time;

const PAGE: &str = include_str!("page.html");

/// The page loads nothing, is framed by nobody, and never makes HTML of text.
const POLICY: &str = "default-src 'none'; connect-src 'self'; img-src data:; style-src 'unsafe-inline'; \
    script-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; \
    require-trusted-types-for 'script'";

/// How large a file may be; the page knows it, too.
pub const MAX_BYTES: usize = 1 << 20;

/// How large its workers may be as JSON, which names the columns in every row.
const MAX_JSON: usize = 16 << 20;

/// How many rows a file may have: each is a square on the page.
pub const MAX_ROWS: usize = 2_000;

/// How often those who watch a run hear of it.
const TICK: Duration = Duration::from_millis(100);

/// Serves the page until it is stopped or dropped.
pub struct Web {
    /// Ends the streams of events when it is dropped.
    stop: watch::Sender<()>,
    serving: Serving,
}

struct Service {
    runs: Arc<Runs>,
    sample: Bytes,
    stopped: watch::Receiver<()>,
}

impl Web {
    /// The sample is what the page offers to whoever has no file at hand.
    pub async fn bind(
        addr: impl ToSocketAddrs,
        runs: Arc<Runs>,
        sample: impl Into<Bytes>,
    ) -> io::Result<Self> {
        let (stop, stopped) = watch::channel(());
        let sample = sample.into();
        let endpoint = endpoint::routes(Arc::clone(&runs), &sample);
        let service = Arc::new(Service {
            runs,
            sample,
            stopped,
        });
        let routes = Router::new()
            .route("/", get(page))
            .route("/sample.csv", get(sample_file))
            .route("/rows", post(rows))
            .layer(DefaultBodyLimit::max(MAX_BYTES))
            .route("/workers", post(create).delete(delete))
            .route("/events", get(events))
            .layer(DefaultBodyLimit::max(MAX_JSON))
            .layer(from_fn(only_own_page))
            .with_state(service)
            .merge(endpoint);
        let serving = Serving::bind(addr, routes).await?;
        Ok(Self { stop, serving })
    }

    pub fn addr(&self) -> SocketAddr {
        self.serving.addr()
    }

    /// Ends the streams of events, answers what was asked before, and closes every connection.
    pub async fn stop(self) {
        drop(self.stop);
        self.serving.stop().await;
    }
}

/// Ends when the sender is dropped.
async fn end_of(mut stopped: watch::Receiver<()>) {
    while stopped.changed().await.is_ok() {}
}

async fn page() -> impl IntoResponse {
    let headers = [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, Html(PAGE))
}

async fn sample_file(State(service): State<Arc<Service>>) -> impl IntoResponse {
    let headers = [(CONTENT_TYPE, "text/csv"), (CACHE_CONTROL, "no-store")];
    (headers, service.sample.clone())
}

/// The rows as they would be sent.
async fn rows(
    headers: HeaderMap,
    csv: Result<Bytes, BytesRejection>,
) -> Result<Json<Value>, Refusal> {
    let Rows { workers, malformed } = read(&headers, csv)?;
    Ok(Json(json!({ "workers": workers, "malformed": malformed })))
}

/// What the page sends: workers, as it has shown them, and what it chose for them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Order {
    choice: Choice,
    name: String,
    workers: Vec<NewWorker>,
    skipped: usize,
}

async fn create(
    State(service): State<Arc<Service>>,
    order: Result<Json<Order>, JsonRejection>,
) -> Result<StatusCode, Refusal> {
    let Json(order) = order.map_err(|error| Refusal::new(error.status(), error.body_text()))?;
    let Order {
        choice,
        name,
        workers,
        skipped,
    } = order;
    if workers.is_empty() {
        return Err(Refusal::bad("there are no workers to create"));
    }
    check_number(workers.len())?;
    let batch = Batch {
        name,
        workers: endpoint::read(workers)?,
        skipped,
    };
    begun(service.runs.create(choice, batch))
}

async fn delete(State(service): State<Arc<Service>>) -> Result<StatusCode, Refusal> {
    begun(service.runs.delete())
}

fn begun(begun: bool) -> Result<StatusCode, Refusal> {
    begun
        .then_some(StatusCode::ACCEPTED)
        .ok_or_else(Refusal::under_way)
}

fn check_number(rows: usize) -> Result<(), Refusal> {
    if rows > MAX_ROWS {
        return Err(Refusal::bad(format_args!(
            "the file has {rows} rows, and at most {MAX_ROWS} are taken"
        )));
    }
    Ok(())
}

fn read(headers: &HeaderMap, csv: Result<Bytes, BytesRejection>) -> Result<Rows, Refusal> {
    if headers
        .get(CONTENT_TYPE)
        .is_none_or(|sent| sent != "text/csv")
    {
        return Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "send the file as text/csv",
        ));
    }
    let csv = csv.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            format_args!("the file is larger than {} KiB", MAX_BYTES / 1024),
        ),
        status => Refusal::new(status, error.body_text()),
    })?;
    let rows = workers::read(&csv).map_err(Refusal::bad)?;
    check_number(rows.workers.len() + rows.malformed.len())?;
    Ok(rows)
}

/// The present state at once, then whatever changes. Whoever comes late or comes back has missed nothing.
async fn events(
    State(service): State<Arc<Service>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let watcher = Watcher {
        terms: Some(service.runs.terms()),
        run: service.runs.watch(),
        subject: None,
        standing: None,
        failures: 0,
    };
    let events = stream::unfold(watcher, async |mut watcher| {
        let news = watcher.next().await?;
        Some((Ok(Event::default().data(news)), watcher))
    });
    // A page that stays open does not keep the server from stopping.
    let events = events.take_until(Box::pin(end_of(service.stopped.clone())));
    Sse::new(events).keep_alive(KeepAlive::default())
}

/// What one page has heard of.
struct Watcher {
    /// What it has not heard of yet.
    terms: Option<Value>,
    run: watch::Receiver<Run>,
    subject: Option<Arc<Subject>>,
    standing: Option<String>,
    /// How many workers it knows to have failed, and why.
    failures: usize,
}

impl Watcher {
    async fn next(&mut self) -> Option<String> {
        loop {
            if self.standing.is_some() {
                self.wait().await?;
            }
            let run = self.run.borrow_and_update();
            let standing = json!(run.standing());
            let text = standing.to_string();
            let same = |known: &Arc<Subject>| Arc::ptr_eq(known, &run.subject);
            if !self.subject.as_ref().is_some_and(same) {
                self.subject = Some(Arc::clone(&run.subject));
                self.standing = Some(text);
                let failures = run.failures_after(0);
                self.failures = failures.len();
                let news = json!({
                    "terms": self.terms.take(),
                    "run": run.number,
                    "subject": *run.subject,
                    "standing": standing,
                    "failures": failures,
                });
                return Some(news.to_string());
            }
            if self.standing.as_ref() != Some(&text) {
                self.standing = Some(text);
                let failures = run.failures_after(self.failures);
                self.failures += failures.len();
                let news = json!({ "standing": standing, "failures": failures });
                return Some(news.to_string());
            }
        }
    }

    /// Until there may be news; there are none without a run.
    async fn wait(&mut self) -> Option<()> {
        if self.run.borrow().is_running() {
            // Too late is as good as a change.
            let _ = time::timeout(TICK, self.run.changed()).await;
            Some(())
        } else {
            self.run.changed().await.ok()
        }
    }
}
