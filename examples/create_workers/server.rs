//! The server: creates and deletes workers, no faster than a token bucket allows.

use crate::account::Account;
use crate::clock::Clock;
use crate::common::serving::Serving;
use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, post};
use axum::{Form, Json, Router};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::io;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::ToSocketAddrs;

/// How many requests the server accepts.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A second, in the long run.
    pub rate: NonZeroU32,
    /// At once, after a rest.
    pub burst: NonZeroU32,
}

/// The requests to create or delete a worker, and what became of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    pub requests: usize,
    pub created: usize,
    pub deleted: usize,
    pub rate_limited: usize,
}

/// Serves until it is stopped or dropped.
pub struct Server {
    service: Arc<Service>,
    serving: Serving,
}

impl Server {
    pub async fn bind(
        addr: impl ToSocketAddrs,
        limits: Limits,
        account: &Account,
        clock: Clock,
    ) -> io::Result<Self> {
        let service = Arc::new(Service::new(limits, account, clock));
        let routes = Router::new()
            .route("/v1/Workspaces/{sid}/Workers", post(create).get(list))
            .route("/v1/Workspaces/{sid}/Workers/{worker}", delete(remove))
            .with_state(Arc::clone(&service));
        let serving = Serving::bind(addr, routes).await?;
        Ok(Self { service, serving })
    }

    pub fn addr(&self) -> SocketAddr {
        self.serving.addr()
    }

    pub fn counts(&self) -> Counts {
        self.service.books().counts
    }

    /// Answers what was asked before, and closes every connection.
    pub async fn stop(self) {
        self.serving.stop().await;
    }
}

struct Service {
    workspace: String,
    credentials: String,
    clock: Clock,
    books: Mutex<Books>,
}

/// What requests change.
struct Books {
    bucket: Bucket,
    counts: Counts,
    names: HashSet<String>,
    workers: Vec<Worker>,
}

#[derive(Debug, Clone, Serialize)]
struct Worker {
    sid: String,
    workspace_sid: String,
    friendly_name: String,
    attributes: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct NewWorker {
    friendly_name: String,
    attributes: String,
}

async fn create(
    State(service): State<Arc<Service>>,
    Path(workspace): Path<String>,
    headers: HeaderMap,
    form: Result<Form<NewWorker>, FormRejection>,
) -> Result<impl IntoResponse, Refusal> {
    let worker = service.create(&workspace, &headers, form)?;
    Ok((StatusCode::CREATED, Json(worker)))
}

async fn remove(
    State(service): State<Arc<Service>>,
    Path((workspace, worker)): Path<(String, String)>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    service.remove(&workspace, &worker, &headers)?;
    Ok(StatusCode::NO_CONTENT)
}

async fn list(
    State(service): State<Arc<Service>>,
    Path(workspace): Path<String>,
    headers: HeaderMap,
) -> Result<impl IntoResponse, Refusal> {
    service.admit(&workspace, &headers)?;
    Ok(Json(json!({ "workers": service.books().workers })))
}

impl Service {
    fn new(limits: Limits, account: &Account, clock: Clock) -> Self {
        Self {
            workspace: account.workspace.clone(),
            credentials: base64(format!("{}:{}", account.sid, account.token).as_bytes()),
            books: Mutex::new(Books {
                bucket: Bucket::full(limits, clock.now()),
                counts: Counts::default(),
                names: HashSet::new(),
                workers: Vec::new(),
            }),
            clock,
        }
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn create(
        &self,
        workspace: &str,
        headers: &HeaderMap,
        form: Result<Form<NewWorker>, FormRejection>,
    ) -> Result<Worker, Refusal> {
        let mut books = self.books();
        self.pass(&mut books, workspace, headers)?;
        let Form(new) = form.map_err(|error| Refusal::Invalid(error.body_text()))?;
        if new.friendly_name.is_empty() {
            return Err(Refusal::Invalid("FriendlyName is empty".to_owned()));
        }
        serde_json::from_str::<Map<String, Value>>(&new.attributes)
            .map_err(|error| Refusal::Invalid(format!("Attributes: no JSON object: {error}")))?;
        if !books.names.insert(new.friendly_name.clone()) {
            return Err(Refusal::Duplicate(new.friendly_name));
        }
        books.counts.created += 1;
        let worker = Worker {
            sid: format!("WK{:032x}", books.counts.created),
            workspace_sid: self.workspace.clone(),
            friendly_name: new.friendly_name,
            attributes: new.attributes,
        };
        books.workers.push(worker.clone());
        Ok(worker)
    }

    fn remove(&self, workspace: &str, sid: &str, headers: &HeaderMap) -> Result<(), Refusal> {
        let mut books = self.books();
        self.pass(&mut books, workspace, headers)?;
        let place = books.workers.iter().position(|worker| worker.sid == sid);
        let worker = books.workers.remove(place.ok_or(Refusal::Worker)?);
        books.names.remove(&worker.friendly_name);
        books.counts.deleted += 1;
        Ok(())
    }

    /// Counts the request and lets it through, or says why not. What creates and what deletes share one limit.
    fn pass(&self, books: &mut Books, workspace: &str, headers: &HeaderMap) -> Result<(), Refusal> {
        books.counts.requests += 1;
        self.admit(workspace, headers)?;
        books.bucket.take(self.clock.now()).map_err(|wait| {
            books.counts.rate_limited += 1;
            Refusal::RateLimited { wait }
        })
    }

    /// Only whoever has the credentials learns whether there is such a workspace.
    fn admit(&self, workspace: &str, headers: &HeaderMap) -> Result<(), Refusal> {
        let credentials = headers
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok()?.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
            .map(|(_, credentials)| credentials);
        if credentials != Some(&self.credentials) {
            return Err(Refusal::Credentials);
        }
        if workspace != self.workspace {
            return Err(Refusal::Workspace);
        }
        Ok(())
    }
}

/// Holds a token for each request that it would let through now.
struct Bucket {
    limits: Limits,
    tokens: f64,
    filled: Duration,
}

impl Bucket {
    fn full(limits: Limits, now: Duration) -> Self {
        Self {
            limits,
            tokens: limits.burst.get().into(),
            filled: now,
        }
    }

    /// Takes a token, or says after what time there is one.
    fn take(&mut self, now: Duration) -> Result<(), Duration> {
        let rate = f64::from(self.limits.rate.get());
        let burst = f64::from(self.limits.burst.get());
        let dripped = (now - self.filled).as_secs_f64() * rate;
        self.tokens = f64::min(self.tokens + dripped, burst);
        self.filled = now;
        if self.tokens < 1.0 {
            return Err(Duration::from_secs_f64((1.0 - self.tokens) / rate));
        }
        self.tokens -= 1.0;
        Ok(())
    }
}

enum Refusal {
    Credentials,
    Workspace,
    Worker,
    RateLimited { wait: Duration },
    Invalid(String),
    Duplicate(String),
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        match self {
            Self::Credentials => {
                let basic = [(WWW_AUTHENTICATE, "Basic realm=\"workers\"")];
                (basic, refuse(StatusCode::UNAUTHORIZED, "wrong credentials")).into_response()
            }
            Self::Workspace => refuse(StatusCode::NOT_FOUND, "no such workspace"),
            Self::Worker => refuse(StatusCode::NOT_FOUND, "no such worker"),
            Self::RateLimited { wait } => {
                // Whole seconds, rounded up: whoever waits for so long does not come too early.
                let seconds = wait.as_nanos().div_ceil(1_000_000_000);
                let retry_after = [(RETRY_AFTER, seconds.to_string())];
                (
                    retry_after,
                    refuse(StatusCode::TOO_MANY_REQUESTS, "too many requests"),
                )
                    .into_response()
            }
            Self::Invalid(message) => refuse(StatusCode::BAD_REQUEST, &message),
            Self::Duplicate(name) => {
                let message = format!("there is a worker named {name} already");
                refuse(StatusCode::CONFLICT, &message)
            }
        }
    }
}

fn refuse(status: StatusCode, message: &str) -> Response {
    let body = json!({ "status": status.as_u16(), "message": message });
    (status, Json(body)).into_response()
}

/// RFC 4648, section 4: how basic authentication writes its credentials.
pub fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut encoded = String::new();
    for chunk in bytes.chunks(3) {
        let [a, b, c] = [0, 1, 2].map(|index| chunk.get(index).copied().unwrap_or(0));
        let bits = u32::from_be_bytes([0, a, b, c]);
        for (index, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = DIGITS[(bits >> shift & 63) as usize];
            encoded.push(if index > chunk.len() {
                '='
            } else {
                digit.into()
            });
        }
    }
    encoded
}
