//! Creates 500 workers through an API that accepts 30 requests a second, all of them at once.
//!
//! ```text
//! cargo run --example create_workers
//! cargo run --example create_workers -- --retries 3
//! cargo run --example create_workers -- --jitter 0
//! ```
//!
//! The API is a server of its own, on a loopback port: nothing needs to be installed or configured. What stands between
//! it and the workers is `#[retry]` in `client.rs`. By default everything happens ten times as fast as it would. A slow or
//! busy machine then spreads the requests by itself, and more of them get through than with `--real-time`.

mod account;
mod bulk;
mod client;
mod progress;
mod report;
mod server;
mod workers;

use account::Account;
use clap::Parser;
use client::Client;
use progress::Progress;
use report::{Report, one_line, say};
use retry_core::{Jitter, ScheduleError};
use server::{Limits, Server};
use std::future;
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use tokio::time;
use workers::{CsvError, Worker};

const WORKERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/workers.csv");

/// How many times as fast as real time everything happens, waits and limits alike.
const SPEED: u32 = 10;

/// What the server accepts in real time.
const RATE: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// A request that takes so long has failed.
const TIMEOUT: Duration = Duration::from_secs(30);

/// How long a server that stops goes on answering.
const GRACE: Duration = Duration::from_secs(1);

const MISSING: u8 = 1;
const NOT_STARTED: u8 = 2;
/// 128 and the number of the signal, as shells have it.
const INTERRUPTED: u8 = 130;

/// Creates the workers of a CSV file, all at once, through an API that limits the rate of requests.
///
/// Ends with status 0 if every worker was created, 1 if one is missing, 2 if it could not start.
#[derive(Parser)]
struct Args {
    /// The workers: a CSV file with the columns friendlyName, roles, skills and any others
    #[arg(long, value_name = "FILE", default_value = WORKERS, hide_default_value = true)]
    csv: PathBuf,

    /// How often a request that was rate limited is tried again, at most 5 times
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(..=5))]
    retries: u8,

    /// How far each wait is spread, from 0 (all come back at the same moment) to 1 (±100 %)
    #[arg(long, value_name = "P", default_value = "0.2", value_parser = jitter, allow_negative_numbers = true)]
    jitter: Jitter,

    /// Wait and limit in real time, not ten times as fast
    #[arg(long)]
    real_time: bool,

    /// Only be the server, on this address, until Ctrl-C
    #[arg(long, value_name = "ADDR", conflicts_with_all = ["csv", "retries", "jitter"])]
    serve_only: Option<String>,

    /// Only be the client, of the server at this http:// address; the environment may set
    /// TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_WORKSPACE_SID
    #[arg(long, value_parser = http_url, conflicts_with_all = ["serve_only", "rate", "burst"])]
    url: Option<String>,

    /// How many requests a second the server accepts [default: 300, in real time 30]
    #[arg(long, value_name = "R")]
    rate: Option<NonZeroU32>,

    /// How many requests the server accepts at once after a rest
    #[arg(long, value_name = "B", default_value = "20")]
    burst: NonZeroU32,
}

impl Args {
    fn speed(&self) -> u32 {
        if self.real_time { 1 } else { SPEED }
    }

    fn limits(&self) -> Limits {
        let speed = NonZeroU32::new(self.speed()).unwrap_or(NonZeroU32::MIN);
        Limits {
            rate: self.rate.unwrap_or(RATE.saturating_mul(speed)),
            burst: self.burst,
        }
    }
}

fn jitter(text: &str) -> Result<Jitter, String> {
    let proportion = text.parse::<f64>().map_err(|error| error.to_string())?;
    Jitter::proportional(proportion).map_err(|error| error.to_string())
}

fn http_url(text: &str) -> Result<String, String> {
    match reqwest::Url::parse(text) {
        Ok(url) if url.scheme() == "http" => Ok(text.to_owned()),
        Ok(_) => Err("it is built without TLS, so write http://".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// What keeps it from starting.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot read the workers in {}", .path.display())]
    Csv { path: PathBuf, source: CsvError },
    #[error("cannot listen on {addr}")]
    Listen { addr: String, source: io::Error },
    #[error("cannot make a client")]
    Client(#[from] reqwest::Error),
    #[error("the schedule is wrong")]
    Schedule(#[from] ScheduleError),
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = Args::parse();
    let account = Account::from_env();
    let status = match &args.serve_only {
        Some(addr) => serve(addr, args.limits(), &account).await,
        None => create(&args, account).await,
    };
    status.unwrap_or_else(|failure| {
        say(format_args!("create_workers: {}", one_line(&failure)));
        ExitCode::from(NOT_STARTED)
    })
}

async fn serve(addr: &str, limits: Limits, account: &Account) -> Result<ExitCode, Failure> {
    let server = bind(addr, limits, account).await?;
    let Limits { rate, burst } = limits;
    say(format_args!(
        "http://{} accepts {rate} requests a second, {burst} at once; Ctrl-C stops it",
        server.addr()
    ));
    interrupted().await;
    let counts = server.counts();
    // Whoever never ends a request does not keep it from stopping.
    let _ = time::timeout(GRACE, server.stop()).await;
    say(format_args!(
        "stopped: {} workers created, {} requests, {} of them rate limited",
        counts.created, counts.requests, counts.rate_limited
    ));
    Ok(ExitCode::from(INTERRUPTED))
}

async fn create(args: &Args, account: Account) -> Result<ExitCode, Failure> {
    let (workers, malformed) = read_workers(&args.csv)?;
    let schedule = bulk::schedule(args.retries.into(), args.speed())?;
    let worst_case = schedule.worst_case(&args.jitter);
    let http = reqwest::Client::builder().timeout(TIMEOUT);
    // Lives until all is done.
    let server;
    let client = match &args.url {
        Some(url) => Client::new(http.build()?, url, account, schedule, args.jitter),
        None => {
            server = bind("127.0.0.1:0", args.limits(), &account).await?;
            // A proxy would look for the loopback port on its own machine.
            let http = http.no_proxy().build()?;
            let url = format!("http://{}", server.addr());
            Client::new(http, &url, account, schedule, args.jitter)
        }
    };
    let progress = Arc::new(Progress::new(workers.len()));
    let outcomes = tokio::select! {
        outcomes = bulk::create_all(client, workers, &progress) => outcomes,
        never = report::watch(&progress) => match never {},
        () = interrupted() => {
            let (created, total) = (progress.created(), progress.total());
            say(format_args!("interrupted: {created} of {total} workers were created"));
            return Ok(ExitCode::from(INTERRUPTED));
        }
    };
    let report = Report {
        progress: &progress,
        outcomes: &outcomes,
        worst_case,
    };
    // Whoever closes the pipe early has read enough.
    let _ = write!(io::stdout(), "{report}");
    let complete = malformed == 0 && progress.created() == progress.total();
    Ok(if complete {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(MISSING)
    })
}

/// The workers, and how many rows are none.
fn read_workers(csv: &Path) -> Result<(Vec<Worker>, usize), Failure> {
    let rows = workers::read_file(csv).map_err(|source| Failure::Csv {
        path: csv.to_owned(),
        source,
    })?;
    for malformed in &rows.malformed {
        say(format_args!("{}: {malformed}: skipped", csv.display()));
    }
    Ok((rows.workers, rows.malformed.len()))
}

async fn bind(addr: &str, limits: Limits, account: &Account) -> Result<Server, Failure> {
    let bound = Server::bind(addr, limits, account).await;
    bound.map_err(|source| Failure::Listen {
        addr: addr.to_owned(),
        source,
    })
}

/// Ends with the first Ctrl-C.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        // Nobody can interrupt it then, but it can still finish.
        future::pending::<()>().await;
    }
}
