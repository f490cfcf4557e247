//! Starts a VM in a cloud, and polls it until it runs: the waits get shorter as it gets likelier to be done.
//!
//! ```text
//! cargo run --example provision_vm
//! cargo run --example provision_vm -- --poll within
//! cargo run --example provision_vm -- --poll within --takes 6m
//! cargo run --example provision_vm -- --fails
//! ```
//!
//! The cloud is a server of its own, on a loopback port. An exponential backoff would begin with many checks of what cannot be
//! done yet, and end with long waits for what is done already; `inverse` turns the list around. Both lists stand in
//! `client.rs`. `cargo retry plot` draws the difference.
//!
//! It runs sixty times faster than real time unless `--speed` says otherwise: the waits are divided by that, and so is the
//! time that the VM takes. All times that are shown are those of the schedule. With `--url` or `--serve-only` one end is
//! somebody else's, so it runs in real time.

mod checks;
mod client;
#[path = "../common/mod.rs"]
mod common;
mod provision;
mod server;
mod vm;

use anstyle::Style;
use checks::{Check, Checks, Found, Story};
use clap::Parser;
use clap::builder::ArgPredicate;
use client::Client;
use common::serving::grace;
use common::terminal::{BAD, GOOD, unwritable};
use common::{
    FAILED, INTERRUPTED, Speed, arguments, ended, http_url, interrupted, not_started, one_line,
    say, tell,
};
use provision::{Poll, Report, provision, seconds};
use reqwest::Url;
use retry_schedule::parse_duration;
use server::{Fate, Server};
use std::io;
use std::process::ExitCode;
use std::time::Duration;

/// A request that takes so long, in real time, has failed.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Starts a VM and polls its status until it runs.
///
/// The waits and the time that the VM takes are scaled, by --speed. All times that are shown are those of the schedule.
///
/// Ends with status 0 if the VM runs, 1 if it does not or that could not be written, 2 if the example could not start, and
/// 130 after Ctrl-C.
#[derive(Parser)]
struct Args {
    /// On which schedule the status is asked for
    #[arg(long, value_enum, default_value = "retries")]
    poll: Poll,

    /// How long a VM takes to start, such as 90s or 4m
    #[arg(long, value_name = "DURATION", default_value = "4m", value_parser = parse_duration, allow_hyphen_values = true)]
    takes: Duration,

    /// Let the VM fail when it has taken so long
    #[arg(long)]
    fails: bool,

    /// How many times faster than real time everything happens [default: 60; with --url or --serve-only, 1]
    #[arg(
        long,
        value_name = "N",
        default_value = "60",
        default_value_ifs([
            ("url", ArgPredicate::IsPresent, "1"),
            ("serve_only", ArgPredicate::IsPresent, "1"),
        ]),
        hide_default_value = true
    )]
    speed: Speed,

    /// Only be the server, on this address, until Ctrl-C
    #[arg(long, value_name = "ADDR", conflicts_with = "poll")]
    serve_only: Option<String>,

    /// Only be the client, of the server at this http:// address
    #[arg(long, value_parser = http_url, conflicts_with_all = ["serve_only", "takes", "fails"])]
    url: Option<Url>,
}

impl Args {
    fn fate(&self) -> Fate {
        Fate {
            takes: self.speed.scale(self.takes),
            fails: self.fails,
        }
    }
}

/// What keeps it from starting.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot listen on {addr}")]
    Listen { addr: String, source: io::Error },
    #[error("cannot make a client")]
    Client(#[from] reqwest::Error),
}

#[tokio::main]
async fn main() -> ExitCode {
    let args: Args = match arguments("provision_vm") {
        Ok(args) => args,
        Err(status) => return status,
    };
    let status = match &args.serve_only {
        Some(addr) => serve(addr, &args).await,
        None => start(&args).await,
    };
    let status = status.unwrap_or_else(|failure| not_started("provision_vm", &failure));
    ended("provision_vm", status)
}

async fn serve(addr: &str, args: &Args) -> Result<ExitCode, Failure> {
    let server = bind(addr, args.fate()).await?;
    let interrupted = interrupted();
    say(args.speed);
    say(format_args!(
        "http://{} starts VMs; Ctrl-C stops it",
        server.addr()
    ));
    interrupted.await;
    grace(server.stop()).await;
    say("stopped");
    Ok(ExitCode::from(INTERRUPTED))
}

async fn start(args: &Args) -> Result<ExitCode, Failure> {
    let http = common::http::client().timeout(TIMEOUT);
    // Lives until all is done.
    let server;
    let client = match &args.url {
        Some(url) => Client::new(http.build()?, url.as_str(), args.speed),
        None => {
            server = bind("127.0.0.1:0", args.fate()).await?;
            // A proxy would look for the loopback port on its own machine.
            let http = http.no_proxy().build()?;
            Client::new(http, &format!("http://{}", server.addr()), args.speed)
        }
    };
    let interrupted = interrupted();
    tell(args.speed);
    let checks = Checks::new(Story::begin(args.speed), tell_check);
    let provisioned = tokio::select! {
        provisioned = provision(&client, args.poll, &checks) => provisioned,
        () = interrupted => {
            say("interrupted: the VM is left as it is");
            return Ok(ExitCode::from(INTERRUPTED));
        }
        () = unwritable() => return Ok(ExitCode::from(FAILED)),
    };
    match provisioned {
        Ok(vm) => {
            let checks = &checks.list();
            tell(Report { vm: &vm, checks });
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            say(format_args!("provision_vm: {}", one_line(&error)));
            Ok(ExitCode::from(FAILED))
        }
    }
}

fn tell_check(check: &Check) {
    let Some(found) = &check.found else { return };
    let style = match found {
        Found::Starting => Style::new(),
        Found::Running(_) => GOOD,
        Found::Error(_) => BAD,
    };
    let at = seconds(check.at);
    tell(format_args!("{at:>8}  {style}{found}{style:#}"));
}

async fn bind(addr: &str, fate: Fate) -> Result<Server, Failure> {
    let bound = Server::bind(addr, fate).await;
    bound.map_err(|source| Failure::Listen {
        addr: addr.to_owned(),
        source,
    })
}
