//! The server: answers 503 to the first requests, and does its work from then on.

use crate::common::serving::Serving;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde_json::json;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use tokio::net::ToSocketAddrs;
use tracing::debug;

/// Where it works; everything else is 404.
pub const PATH: &str = "/process";

/// Serves until it is stopped or dropped.
pub struct Server {
    service: Arc<Service>,
    serving: Serving,
}

struct Service {
    failures: usize,
    requests: AtomicUsize,
}

impl Server {
    pub async fn bind(addr: impl ToSocketAddrs, failures: usize) -> io::Result<Self> {
        let service = Arc::new(Service {
            failures,
            requests: AtomicUsize::new(0),
        });
        let routes = Router::new()
            .route(PATH, get(process_request))
            .with_state(Arc::clone(&service));
        let serving = Serving::bind(addr, routes).await?;
        Ok(Self { service, serving })
    }

    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.serving.addr())
    }

    /// How many requests there were.
    pub fn requests(&self) -> usize {
        self.service.requests.load(Relaxed)
    }

    /// Answers what was asked before, and closes every connection.
    pub async fn stop(self) {
        self.serving.stop().await;
    }
}

async fn process_request(State(service): State<Arc<Service>>) -> Response {
    let request = service.requests.fetch_add(1, Relaxed) + 1;
    let (status, answer) = if request <= service.failures {
        let detail = json!({ "detail": "Service Unavailable" });
        (StatusCode::SERVICE_UNAVAILABLE, detail)
    } else {
        let message = json!({ "message": "Request processed successfully" });
        (StatusCode::OK, message)
    };
    debug!("Answering request {request}: {status}");
    (status, Json(answer)).into_response()
}
