//! The server: a cloud that starts VMs in its own time, and says how far they are.

use crate::common::serving::Serving;
use crate::vm::{State, Vm};
use axum::extract::{self, Path};
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::json;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::net::ToSocketAddrs;
use tokio::time::Instant;

/// What becomes of each VM.
#[derive(Debug, Clone, Copy)]
pub struct Fate {
    /// How long it is starting.
    pub takes: Duration,
    /// Whether it fails then, instead of running.
    pub fails: bool,
}

/// Serves until it is stopped or dropped.
pub struct Server {
    serving: Serving,
}

impl Server {
    pub async fn bind(addr: impl ToSocketAddrs, fate: Fate) -> io::Result<Self> {
        let cloud = Cloud {
            fate,
            started: Mutex::default(),
        };
        let routes = Router::new()
            .route("/v1/vms", post(start))
            .route("/v1/vms/{id}", get(status))
            .with_state(Arc::new(cloud));
        let serving = Serving::bind(addr, routes).await?;
        Ok(Self { serving })
    }

    pub fn addr(&self) -> SocketAddr {
        self.serving.addr()
    }

    /// Answers what was asked before, and closes every connection.
    pub async fn stop(self) {
        self.serving.stop().await;
    }
}

struct Cloud {
    fate: Fate,
    /// When each VM was started, in the order of their numbers.
    started: Mutex<Vec<Instant>>,
}

async fn start(extract::State(cloud): extract::State<Arc<Cloud>>) -> Response {
    let vm = cloud.start();
    let location = [(LOCATION, format!("/v1/vms/{}", vm.id))];
    (StatusCode::ACCEPTED, location, Json(vm)).into_response()
}

async fn status(
    extract::State(cloud): extract::State<Arc<Cloud>>,
    Path(id): Path<String>,
) -> Response {
    match cloud.find(&id) {
        Some(vm) => Json(vm).into_response(),
        None => {
            let body = json!({ "message": "no such VM" });
            (StatusCode::NOT_FOUND, Json(body)).into_response()
        }
    }
}

impl Cloud {
    fn start(&self) -> Vm {
        let now = Instant::now();
        let mut started = self.started();
        started.push(now);
        self.vm(format!("vm-{}", started.len()), now)
    }

    fn find(&self, id: &str) -> Option<Vm> {
        let number: usize = id.strip_prefix("vm-")?.parse().ok()?;
        let started = *self.started().get(number.checked_sub(1)?)?;
        Some(self.vm(id.to_owned(), started))
    }

    fn vm(&self, id: String, started: Instant) -> Vm {
        let mut vm = Vm {
            id,
            state: State::Starting,
            running_for_ms: None,
            reason: None,
        };
        let over = started.elapsed().checked_sub(self.fate.takes);
        match over {
            None => {}
            Some(_) if self.fate.fails => {
                vm.state = State::Failed;
                vm.reason = Some("no host has room for it".to_owned());
            }
            Some(over) => {
                vm.state = State::Running;
                vm.running_for_ms = u64::try_from(over.as_millis()).ok();
            }
        }
        vm
    }

    fn started(&self) -> MutexGuard<'_, Vec<Instant>> {
        self.started.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
