//! The page, and what it asks for: rows of a file, runs, and news of them as server-sent events.

use crate::common::serving::Serving;
use crate::endpoint;
use crate::runs::{Run, Runs};
use crate::workers::{self, Rows};
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures::stream::{self, Stream, StreamExt as _};
use serde_json::{Value, json};
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
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
            .route("/workers", post(create).delete(delete))
            .route("/events", get(events))
            .layer(DefaultBodyLimit::max(MAX_BYTES))
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

async fn create(
    State(service): State<Arc<Service>>,
    headers: HeaderMap,
    csv: Result<Bytes, BytesRejection>,
) -> Result<StatusCode, Refusal> {
    let rows = read(&headers, csv)?;
    if rows.workers.is_empty() {
        return Err(Refusal::bad("no row of the file is a worker"));
    }
    begun(service.runs.create(service.runs.choice(), rows.workers))
}

async fn delete(State(service): State<Arc<Service>>) -> Result<StatusCode, Refusal> {
    begun(service.runs.delete())
}

fn begun(begun: bool) -> Result<StatusCode, Refusal> {
    begun.then_some(StatusCode::ACCEPTED).ok_or(Refusal {
        status: StatusCode::CONFLICT,
        message: "a run is under way already".to_owned(),
    })
}

/// A page of another origin cannot send this type without asking first, and is never allowed to.
fn read(headers: &HeaderMap, csv: Result<Bytes, BytesRejection>) -> Result<Rows, Refusal> {
    if headers
        .get(CONTENT_TYPE)
        .is_none_or(|sent| sent != "text/csv")
    {
        return Err(Refusal {
            status: StatusCode::UNSUPPORTED_MEDIA_TYPE,
            message: "send the file as text/csv".to_owned(),
        });
    }
    let csv = csv.map_err(|error| match error.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Refusal {
            status: StatusCode::PAYLOAD_TOO_LARGE,
            message: format!("the file is larger than {} KiB", MAX_BYTES / 1024),
        },
        status => Refusal {
            status,
            message: error.body_text(),
        },
    })?;
    let rows = workers::read(&csv).map_err(Refusal::bad)?;
    let found = rows.workers.len() + rows.malformed.len();
    if found > MAX_ROWS {
        return Err(Refusal::bad(format_args!(
            "the file has {found} rows, and at most {MAX_ROWS} are taken"
        )));
    }
    Ok(rows)
}

/// Why nothing was done, for whoever looks at the page.
struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    fn bad(message: impl ToString) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.to_string(),
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.status, Json(json!({ "message": self.message }))).into_response()
    }
}

/// The present state at once, then whatever changes. Whoever comes late or comes back has missed nothing.
async fn events(
    State(service): State<Arc<Service>>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let watcher = Watcher {
        rate: service.runs.rate(),
        run: service.runs.watch(),
        workers: None,
        standing: None,
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
    rate: Option<NonZeroU32>,
    run: watch::Receiver<Run>,
    workers: Option<Arc<Value>>,
    standing: Option<String>,
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
            let same = |known: &Arc<Value>| Arc::ptr_eq(known, &run.workers);
            if !self.workers.as_ref().is_some_and(same) {
                self.workers = Some(Arc::clone(&run.workers));
                self.standing = Some(text);
                let news =
                    json!({ "rate": self.rate, "workers": *run.workers, "standing": standing });
                return Some(news.to_string());
            }
            if self.standing.as_ref() != Some(&text) {
                self.standing = Some(text);
                return Some(json!({ "standing": standing }).to_string());
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
