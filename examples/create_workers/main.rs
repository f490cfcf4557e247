//! Creates 500 workers through an API that accepts 30 requests a second, all of them at once.
//!
//! ```text
//! cargo run --example create_workers
//! cargo run --example create_workers -- --retries 3
//! cargo run --example create_workers -- --jitter 0
//! cargo run --example create_workers -- --hosted
//! cargo run --example create_workers -- --web
//! ```
//!
//! The API is a server of its own, on a loopback port: nothing needs to be installed or configured. What stands between
//! it and the workers is `#[retry]` in `client.rs`. It is shown ten times faster than real time, by a clock that client and
//! server share; see `clock.rs`.
//!
//! With `--web`, the same is done from a page, at `http://127.0.0.1:4000` unless another address is given.

mod account;
mod args;
mod bulk;
mod choice;
mod client;
mod clock;
#[path = "../common/mod.rs"]
mod common;
mod history;
mod progress;
mod report;
mod runs;
mod server;
mod web;
mod workers;

use account::Account;
use args::Args;
use bulk::Work;
use clap::Parser;
use client::Client;
use clock::Clock;
use common::serving::grace;
use common::{FAILED, INTERRUPTED, interrupted, interrupted_after, not_started, one_line, say};
use progress::Progress;
use report::Report;
use runs::{Runs, Terms};
use server::{Limits, Server};
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use web::Web;
use workers::{CsvError, Worker};

/// A request that takes so long has failed.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What keeps it from starting.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot read the workers in {}", .path.display())]
    Csv { path: PathBuf, source: CsvError },
    #[error("cannot listen on {addr}")]
    Listen { addr: String, source: io::Error },
    #[error("cannot make a client")]
    Client(#[from] reqwest::Error),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = Args::parse();
    let account = Account::from_env();
    let status = match (&args.serve_only, &args.web) {
        (Some(addr), _) => serve(addr, &args, &account).await,
        (None, Some(addr)) => show(addr, &args, account).await,
        (None, None) => create(&args, account).await,
    };
    status.unwrap_or_else(|failure| not_started("create_workers", &failure))
}

async fn serve(addr: &str, args: &Args, account: &Account) -> Result<ExitCode, Failure> {
    let limits = args.limits();
    let server = bind(addr, limits, account, args.clock()).await?;
    let Limits { rate, burst } = limits;
    interrupted_after(format_args!(
        "http://{} accepts {rate} requests a second, {burst} at once; Ctrl-C stops it",
        server.addr()
    ))
    .await;
    let counts = server.counts();
    grace(server.stop()).await;
    say(format_args!(
        "stopped: {} workers created, {} deleted, {} requests, {} of them rate limited",
        counts.created, counts.deleted, counts.requests, counts.rate_limited
    ));
    Ok(ExitCode::from(INTERRUPTED))
}

async fn show(addr: &str, args: &Args, account: Account) -> Result<ExitCode, Failure> {
    let sample = fs::read(&args.csv).map_err(|error| csv_failure(&args.csv, error.into()))?;
    // Lives until all is done.
    let (terms, _server) = terms(args, account).await?;
    let runs = Arc::new(Runs::new(terms));
    let bound = Web::bind(addr, Arc::clone(&runs), sample).await;
    let web = bound.map_err(|source| listen_failure(addr, source))?;
    interrupted_after(format_args!(
        "http://{} shows the page; Ctrl-C stops it",
        web.addr()
    ))
    .await;
    let line = runs.watch().borrow().interrupted();
    say(line.as_deref().unwrap_or("stopped"));
    grace(web.stop()).await;
    Ok(ExitCode::from(INTERRUPTED))
}

async fn create(args: &Args, account: Account) -> Result<ExitCode, Failure> {
    let (workers, malformed) = read_workers(&args.csv)?;
    // Lives until all is done.
    let (terms, _server) = terms(args, account).await?;
    let progress = Arc::new(Progress::new(workers.len(), terms.clock.clone()));
    let Terms {
        client,
        place,
        choice,
        ..
    } = &terms;
    let outcomes = tokio::select! {
        outcomes = bulk::create_all(client, *place, *choice, workers, &progress) => outcomes,
        never = report::watch(Work::Create, &progress) => match never {},
        () = interrupted() => {
            let (created, total) = (progress.succeeded(), progress.total());
            say(format_args!("interrupted: {created} of {total} workers were created"));
            return Ok(ExitCode::from(INTERRUPTED));
        }
    };
    let report = Report {
        headline: terms.headline(Work::Create, *choice),
        progress: &progress,
        outcomes: &outcomes,
        skipped: malformed,
    };
    // Whoever closes the pipe early has read enough.
    let _ = write!(io::stdout(), "{report}");
    let failed = outcomes
        .iter()
        .find_map(|outcome| outcome.result.as_ref().err());
    if let Some(error) = failed {
        let (failed, total) = (progress.failed(), progress.total());
        say(format_args!(
            "create_workers: {failed} of {total} workers were not created: {}",
            one_line(error)
        ));
    }
    let complete = malformed == 0 && progress.failed() == 0;
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

/// What the workers are created with, and the server, unless there is one already.
async fn terms(args: &Args, account: Account) -> Result<(Terms, Option<Server>), Failure> {
    let clock = args.clock();
    let http = reqwest::Client::builder().timeout(TIMEOUT);
    let (client, server) = match &args.url {
        Some(url) => (Client::new(http.build()?, url.as_str(), account), None),
        None => {
            let server = bind("127.0.0.1:0", args.limits(), &account, clock.clone()).await?;
            // A proxy would look for the loopback port on its own machine.
            let http = http.no_proxy().build()?;
            let url = format!("http://{}", server.addr());
            (Client::new(http, &url, account), Some(server))
        }
    };
    let terms = Terms {
        client: Arc::new(client),
        place: args.place(),
        choice: args.choice(),
        clock,
        rate: server.as_ref().map(|_| args.limits().rate),
    };
    Ok((terms, server))
}

/// The workers, and how many rows are none.
fn read_workers(csv: &Path) -> Result<(Vec<Worker>, usize), Failure> {
    let rows = workers::read_file(csv).map_err(|source| csv_failure(csv, source))?;
    for malformed in &rows.malformed {
        say(format_args!("{}: {malformed}: skipped", csv.display()));
    }
    Ok((rows.workers, rows.malformed.len()))
}

async fn bind(
    addr: &str,
    limits: Limits,
    account: &Account,
    clock: Clock,
) -> Result<Server, Failure> {
    let bound = Server::bind(addr, limits, account, clock).await;
    bound.map_err(|source| listen_failure(addr, source))
}

fn csv_failure(path: &Path, source: CsvError) -> Failure {
    Failure::Csv {
        path: path.to_owned(),
        source,
    }
}

fn listen_failure(addr: &str, source: io::Error) -> Failure {
    Failure::Listen {
        addr: addr.to_owned(),
        source,
    }
}
