//! The endpoints for programs and pages of others: workers in JSON come in, how it went goes out.
//!
//! `POST /createWorkers` takes `[{"friendlyName": "Ada", "attributes": {"roles": ["agent"]}}, ..]`, and
//! `GET /delete-test-workers` deletes the workers of the sample. Both answer when all is done, and the page shows it meanwhile.
//! Pages may use them that come from this machine, such as one that is developed at `http://localhost:3000`.

use crate::bulk::{Outcome, Success};
use crate::common::one_line;
use crate::refusal::Refusal;
use crate::runs::{Batch, Runs};
use crate::visitor::{is_local, only_local_pages};
use crate::workers::{self, Worker};
use axum::extract::rejection::JsonRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::header::CONTENT_TYPE;
use axum::http::{Method, StatusCode};
use axum::middleware::from_fn;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::collections::HashSet;
use std::sync::Arc;
use tower_http::cors::{AllowOrigin, CorsLayer};

/// How large a request may be.
const MAX_BYTES: usize = 1 << 20;

/// How many workers it may have: each is a square on the page.
const MAX_WORKERS: usize = 2_000;

struct Service {
    runs: Arc<Runs>,
    /// The names of the workers of the sample.
    test_workers: HashSet<String>,
}

/// The sample is a CSV file.
pub fn routes(runs: Arc<Runs>, sample: &[u8]) -> Router {
    let sample = workers::read(sample).map(|rows| rows.workers);
    let sample = sample.unwrap_or_default().into_iter();
    let test_workers = sample.map(|worker| worker.friendly_name).collect();
    let cors = CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(|origin, _| is_local(origin)))
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([CONTENT_TYPE]);
    Router::new()
        .route("/createWorkers", post(create))
        .route("/delete-test-workers", get(delete))
        .layer(DefaultBodyLimit::max(MAX_BYTES))
        .layer(from_fn(only_local_pages))
        .layer(cors)
        .with_state(Arc::new(Service { runs, test_workers }))
}

/// A worker as a page makes it of a row. Its attributes may be an object or, as the API has them, the text of one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NewWorker {
    friendly_name: String,
    #[serde(default = "no_attributes")]
    attributes: Value,
}

fn no_attributes() -> Value {
    Map::new().into()
}

async fn create(
    State(service): State<Arc<Service>>,
    workers: Result<Json<Vec<NewWorker>>, JsonRejection>,
) -> Result<Response, Refusal> {
    let Json(workers) = workers.map_err(|error| Refusal::new(error.status(), error.body_text()))?;
    let total = workers.len();
    if total > MAX_WORKERS {
        return Err(Refusal::bad(format_args!(
            "{total} workers, and at most {MAX_WORKERS} are taken"
        )));
    }
    let batch = Batch {
        name: "POST /createWorkers".to_owned(),
        workers: read(workers)?,
        skipped: 0,
    };
    let runs = &service.runs;
    let creation = runs
        .creation(runs.choice(), batch)
        .ok_or_else(Refusal::under_way)?;
    Ok(answer("created", &creation.await.map_err(ended)?))
}

/// All of them, or why one is none.
pub fn read(workers: Vec<NewWorker>) -> Result<Vec<Worker>, Refusal> {
    let workers = (1..).zip(workers).map(|(place, worker)| {
        let refusal = |message| Refusal::bad(format_args!("worker {place}: {message}"));
        worker.try_into().map_err(refusal)
    });
    workers.collect()
}

async fn delete(State(service): State<Arc<Service>>) -> Result<Response, Refusal> {
    let names = service.test_workers.clone();
    let deletion = service
        .runs
        .deletion(Some(names))
        .ok_or_else(Refusal::under_way)?;
    let outcomes = deletion.await.map_err(ended)?;
    let outcomes = outcomes.map_err(|message| Refusal::new(StatusCode::BAD_GATEWAY, message))?;
    Ok(answer("deleted", &outcomes))
}

/// How it went, for programs and, as `message`, for whoever reads it. 502 says that the API would not have all of them.
fn answer(done: &str, outcomes: &[Outcome]) -> Response {
    let there = outcomes
        .iter()
        .filter(|outcome| matches!(outcome.result, Ok(Success::AlreadyThere)))
        .count();
    let failed: Vec<_> = outcomes
        .iter()
        .filter_map(
            |Outcome {
                 name, took, result, ..
             }| {
                let (attempts, reason) = (took.attempts, one_line(result.as_ref().err()?));
                Some(json!({ "friendlyName": name, "attempts": attempts, "reason": reason }))
            },
        )
        .collect();
    let total = outcomes.len();
    let succeeded = total - there - failed.len();
    let already = match there {
        0 => String::new(),
        there => format!(", {there} already there"),
    };
    let message = format!(
        "{succeeded} of {total} workers {done}{already}, {} failed",
        failed.len()
    );
    let status = if failed.is_empty() {
        StatusCode::OK
    } else {
        StatusCode::BAD_GATEWAY
    };
    let body = json!({
        "message": message,
        done: succeeded,
        "alreadyThere": there,
        "failed": failed,
    });
    (status, Json(body)).into_response()
}

impl TryFrom<NewWorker> for Worker {
    type Error = String;

    fn try_from(worker: NewWorker) -> Result<Self, String> {
        let NewWorker {
            friendly_name,
            attributes,
        } = worker;
        if friendly_name.trim().is_empty() {
            return Err("no friendlyName".to_owned());
        }
        let attributes = match attributes {
            Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
            attributes => attributes,
        };
        if !attributes.is_object() {
            return Err("attributes: no JSON object".to_owned());
        }
        Ok(Self {
            friendly_name,
            attributes,
        })
    }
}

fn ended(error: tokio::task::JoinError) -> Refusal {
    Refusal::new(StatusCode::INTERNAL_SERVER_ERROR, error)
}
