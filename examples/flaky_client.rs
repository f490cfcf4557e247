//! Exponential backoff in action: a server that fails ten times, and a client that logs each of its ten retries.
//!
//! ```text
//! cargo run --example flaky_client
//! cargo run --example flaky_client -- --failures 11 -v
//! cargo run --example flaky_client -- --url http://127.0.0.1:8000/process
//! ```
//!
//! By default the server is one of its own, on a loopback port, and the waits pass a hundred times faster than real time. All
//! times that are shown are those of the schedule. With `--url` it is `flaky_server.rs`, or `flaky/server.py` under uvicorn, or
//! any other, and the waits pass in real time, unless `--speed` says otherwise. What stands between it and the answer is
//! `#[retry]` in `flaky/client.rs`.
//!
//! The waits are 1, 2, 4, 8, 16, 32 seconds and four times 60, each ± 20 %: "up to ten retries" are eleven attempts, and only
//! the eleventh meets a server that has recovered. In real time that takes five minutes, at worst six.

#[path = "flaky/call_log.rs"]
mod call_log;
#[path = "flaky/client.rs"]
mod client;
mod common;
#[path = "flaky/server.rs"]
#[allow(dead_code, reason = "nobody asks its own server")]
mod server;

use call_log::{CallLog, Form};
use clap::Parser;
use clap::builder::ArgPredicate;
use client::{ApiError, Client};
use common::terminal::{BAD, GOOD};
use common::{
    FAILED, INTERRUPTED, Speed, arguments, ended, http_url, interrupted, not_started, one_line,
    say, shown, tell,
};
use reqwest::Url;
use server::Server;
use std::io;
use std::process::ExitCode;
use std::time::Duration;

/// A request that takes so long has failed.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Asks a server that fails for a while, and says of each retry how long it waits and why.
///
/// Only the waits are scaled, by --speed. All times that are shown are those of the schedule.
///
/// Ends with status 0 if the call succeeded, 1 if it failed or its answer could not be written, 2 if it could not start,
/// 130 after Ctrl-C.
#[derive(Parser)]
struct Args {
    /// The server, as an http:// address with its path [default: one of its own]
    #[arg(long, value_parser = http_url)]
    url: Option<Url>,

    /// How many requests its own server answers 503 before it recovers
    #[arg(long, value_name = "N", default_value_t = 10, conflicts_with = "url")]
    failures: usize,

    /// How many times faster than real time the waits pass [default: 100; with --url, 1]
    #[arg(
        long,
        value_name = "N",
        default_value = "100",
        default_value_if("url", ArgPredicate::IsPresent, "1"),
        hide_default_value = true
    )]
    speed: Speed,

    /// Say how each attempt went, and of each retry the initial delay and the time since the last attempt
    #[arg(long, short)]
    verbose: bool,
}

/// What keeps it from starting.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot listen on the loopback interface")]
    Listen(#[from] io::Error),
    #[error("cannot make a client")]
    Client(#[from] reqwest::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = match arguments("flaky_client") {
        Ok(args) => args,
        Err(status) => return status,
    };
    let status = match run(args).await {
        Ok(status) => status,
        Err(failure) => not_started("flaky_client", &failure),
    };
    ended("flaky_client", status)
}

async fn run(args: Args) -> Result<ExitCode, Failure> {
    let http = common::http::client().timeout(TIMEOUT);
    // Lives until the call has ended.
    let server;
    let client = match args.url {
        Some(url) => Client::new(http.build()?, url.into(), args.speed),
        None => {
            server = Server::bind("127.0.0.1:0", args.failures).await?;
            // A proxy would look for the loopback port on its own machine.
            Client::new(http.no_proxy().build()?, server.url(), args.speed)
        }
    };
    let interrupted = interrupted();
    say(args.speed);
    let form = if args.verbose {
        Form::Long
    } else {
        Form::Short
    };
    let log = CallLog::new(form, args.speed, say);
    let result = tokio::select! {
        result = client.call_api(&log) => result,
        () = interrupted => {
            let attempts = match log.attempts() {
                1 => "1 failed attempt".to_owned(),
                attempts => format!("{attempts} failed attempts"),
            };
            say(format_args!("flaky_client: interrupted after {attempts}"));
            return Ok(ExitCode::from(INTERRUPTED));
        }
    };
    Ok(report(result))
}

fn report(result: Result<serde_json::Value, ApiError>) -> ExitCode {
    match result {
        Ok(answer) => {
            let answer = shown(&answer.to_string());
            tell(format_args!("{GOOD}API call succeeded{GOOD:#}: {answer}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            say(format_args!(
                "{BAD}flaky_client: API call failed{BAD:#}: {}",
                one_line(&error)
            ));
            ExitCode::from(FAILED)
        }
    }
}
