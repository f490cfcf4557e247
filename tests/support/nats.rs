//! A NATS server of a test's own, killed when it is dropped.

#![allow(dead_code, reason = "no test uses all of it")]

#[path = "../../examples/fleet/server.rs"]
mod server;

use async_nats::jetstream::Context;
use server::{Server, ServerError};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Asked for once, however many tests run.
static PROGRAM: LazyLock<Result<PathBuf, ServerError>> = LazyLock::new(server::program);

pub struct Nats(Server);

impl Nats {
    /// `None` where there is no server to be had: the test is skipped then.
    pub async fn start() -> Option<Self> {
        Self::start_with("").await
    }

    /// As `start`, with more settings for JetStream.
    pub async fn start_with(more: &str) -> Option<Self> {
        static STARTED: AtomicUsize = AtomicUsize::new(0);

        let program = program()?;
        let number = STARTED.fetch_add(1, Relaxed);
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
            .join(env!("CARGO_CRATE_NAME"))
            .join(format!("nats-{}-{number}", std::process::id()));
        Some(Self(Server::start(program, folder, more).await.unwrap()))
    }

    pub fn url(&self) -> String {
        self.0.url()
    }

    /// A client of its own.
    pub async fn jetstream(&self) -> Context {
        server::connect(&self.url()).await.unwrap()
    }

    /// As SIGKILL does.
    pub fn kill(&mut self) {
        self.0.kill().unwrap();
    }

    /// Starts what was killed.
    pub async fn start_again(&mut self) {
        self.0.start_again().await.unwrap();
    }
}

/// The server's program. `None` where there is none to be had: the test is skipped then.
pub fn program() -> Option<PathBuf> {
    match &*PROGRAM {
        Ok(program) => Some(program.clone()),
        Err(reason @ ServerError::Unavailable(_)) => {
            crate::skip::skip(reason);
            None
        }
        Err(error) => panic!("{error}"),
    }
}
