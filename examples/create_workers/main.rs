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
mod endpoint;
mod history;
mod progress;
mod refusal;
mod report;
mod runs;
mod server;
mod visitor;
mod web;
mod workers;

use account::{Account, DotenvError};
use args::Args;
use bulk::Work;
use client::Client;
use clock::Clock;
use common::serving::grace;
use common::{
    FAILED, INTERRUPTED, ended, interrupted, interrupted_after, not_started, one_line, say, shown,
    tell,
};
use progress::Progress;
use report::Report;
use runs::{Runs, Terms};
use server::{Limits, Server};
use std::convert::Infallible;
use std::fs::File;
use std::future;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use web::Web;
use workers::{CsvError, Rows};

const NAME: &str = "create_workers";

/// A request that takes so long has failed.
const TIMEOUT: Duration = Duration::from_secs(30);

/// What keeps it from starting.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot read the workers in {place}")]
    Csv { place: String, source: CsvError },
    #[error("cannot write {}", .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("cannot read the file .env")]
    Dotenv(#[from] DotenvError),
    #[error("cannot listen on {addr}")]
    Listen { addr: String, source: io::Error },
    #[error("cannot make a client")]
    Client(#[from] reqwest::Error),
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let args = match common::arguments::<Args>(NAME) {
        Ok(args) => args,
        Err(status) => return status,
    };
    let status = start(&args).await;
    ended(
        NAME,
        status.unwrap_or_else(|failure| not_started(NAME, &failure)),
    )
}

async fn start(args: &Args) -> Result<ExitCode, Failure> {
    let account = Account::from_env()?;
    match (&args.serve_only, &args.web) {
        (Some(addr), _) => serve(addr, args, &account).await,
        (None, Some(addr)) => show(addr, args, account).await,
        (None, None) => create(args, account).await,
    }
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
    let (sample, _) = read(&args.csv)?;
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
    let (_, Rows { workers, malformed }) = read(&args.csv)?;
    // Not before that: whoever types the workers can still end it.
    let interrupted = interrupted();
    for malformed in &malformed {
        let csv = place(&args.csv);
        say(shown(&format!("{csv}: {malformed}: skipped")));
    }
    let failed = args.failed.as_deref().map(open).transpose()?;
    // Lives until all is done.
    let (terms, _server) = terms(args, account).await?;
    let progress = Arc::new(Progress::new(workers.len(), terms.clock.clone()));
    let Terms {
        client,
        place,
        choice,
        tell: each,
        ..
    } = &terms;
    let sent = workers.clone();
    let outcomes = tokio::select! {
        outcomes = bulk::create_all(client, *place, *choice, sent, &progress, *each) => outcomes,
        never = watch(args, &progress) => match never {},
        () = interrupted => {
            let (created, total) = (progress.succeeded(), progress.total());
            say(format_args!("interrupted: {created} of {total} workers were created"));
            return Ok(ExitCode::from(INTERRUPTED));
        }
    };
    let report = Report {
        headline: terms.headline(Work::Create, *choice),
        progress: &progress,
        outcomes: &outcomes,
        skipped: malformed.len(),
    };
    tell(report.to_string().trim_end());
    if let Some((path, file)) = failed {
        let rest = report.failures();
        let rest = rest.iter().map(|failure| &workers[failure.worker]);
        if let Err(error) = workers::write(rest, file) {
            say(format_args!(
                "create_workers: cannot write {}: {error}",
                path.display()
            ));
            return Ok(ExitCode::from(FAILED));
        }
    }
    let failed = outcomes
        .iter()
        .find_map(|outcome| outcome.result.as_ref().err());
    if let Some(error) = failed {
        let (failed, total) = (progress.failed(), progress.total());
        say(format_args!(
            "{NAME}: {failed} of {total} workers were not created: {}",
            one_line(error)
        ));
    }
    let complete = malformed.is_empty() && progress.failed() == 0;
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

/// Lines for each worker are progress enough.
async fn watch(args: &Args, progress: &Progress) -> Infallible {
    if args.verbose {
        future::pending().await
    } else {
        report::watch(Work::Create, progress).await
    }
}

/// Opens the file, and leaves what is in it until the end: it may be the one whose workers are created.
fn open(path: &Path) -> Result<(&Path, File), Failure> {
    let opened = File::options()
        .write(true)
        .create(true)
        .truncate(false)
        .open(path);
    let file = opened.map_err(|source| Failure::Write {
        path: path.to_owned(),
        source,
    })?;
    Ok((path, file))
}

/// What the workers are created with, and the server, unless there is one already.
async fn terms(args: &Args, account: Account) -> Result<(Terms, Option<Server>), Failure> {
    let clock = args.clock();
    let http = common::http::client().timeout(TIMEOUT);
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
        tell: if args.verbose || args.web.is_some() {
            report::tell
        } else {
            |_| {}
        },
    };
    Ok((terms, server))
}

/// What is in the file, and the workers in it.
fn read(csv: &Path) -> Result<(Vec<u8>, Rows), Failure> {
    let failure = |source| Failure::Csv {
        place: place(csv),
        source,
    };
    let bytes = workers::read_file(csv).map_err(|error| failure(error.into()))?;
    let rows = workers::read(&bytes).map_err(failure)?;
    Ok((bytes, rows))
}

fn place(csv: &Path) -> String {
    if csv.as_os_str() == "-" {
        "standard input".to_owned()
    } else {
        csv.display().to_string()
    }
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

fn listen_failure(addr: &str, source: io::Error) -> Failure {
    Failure::Listen {
        addr: addr.to_owned(),
        source,
    }
}
