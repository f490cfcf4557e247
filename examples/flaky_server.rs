//! A server that answers 503 to its first ten requests: something to retry against.
//!
//! ```text
//! cargo run --example flaky_server
//! curl --include http://127.0.0.1:8000/process
//! cargo run --example flaky_client -- --url http://127.0.0.1:8000/process
//! ```

mod common;
#[path = "flaky/server.rs"]
mod server;

use clap::Parser;
use common::serving::grace;
use common::{INTERRUPTED, arguments, interrupted_after, not_started, say};
use server::Server;
use std::io;
use std::process::ExitCode;
use tracing::level_filters::LevelFilter;

/// Answers 503 to the first requests for /process, and does its work from then on, until Ctrl-C.
///
/// Ends with status 130 after Ctrl-C, 2 if it could not start.
#[derive(Parser)]
struct Args {
    /// Where it listens
    #[arg(long, default_value = "127.0.0.1:8000")]
    addr: String,

    /// How many requests are answered 503 before it recovers
    #[arg(long, value_name = "N", default_value_t = 10)]
    failures: usize,
}

#[derive(Debug, thiserror::Error)]
#[error("cannot listen on {addr}")]
struct Listen {
    addr: String,
    source: io::Error,
}

#[tokio::main]
async fn main() -> ExitCode {
    let Args { addr, failures } = match arguments("flaky_server") {
        Ok(args) => args,
        Err(status) => return status,
    };
    tracing_subscriber::fmt()
        .with_writer(io::stderr)
        .with_max_level(LevelFilter::DEBUG)
        .with_target(false)
        .log_internal_errors(false)
        .init();
    let server = match Server::bind(&addr, failures).await {
        Ok(server) => server,
        Err(source) => return not_started("flaky_server", &Listen { addr, source }),
    };
    let url = server.url();
    interrupted_after(format_args!(
        "{url} fails {failures} times, then works; Ctrl-C stops it"
    ))
    .await;
    let requests = server.requests();
    grace(server.stop()).await;
    say(format_args!(
        "stopped: {requests} requests, {} of them answered 503",
        requests.min(failures)
    ));
    ExitCode::from(INTERRUPTED)
}
