//! Creates workers from a queue that survives: several processes, on one machine or many, share its jobs and one rate.
//!
//! `cargo run --example fleet` shows that killing them loses nothing. docs/fleet.md says why.

mod api;
mod args;
#[path = "../common/mod.rs"]
mod common;
mod failure;
mod jobs;
mod processes;
mod server;
mod show;
mod table;
mod tally;
mod work;

use args::{Args, Command, Dead, Show};
use common::{
    FAILED, INTERRUPTED, arguments, ended, interrupted, interrupted_after, not_started, say, tell,
};
use failure::Failure;
use std::num::NonZeroU32;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
    let args: Args = match arguments("fleet") {
        Ok(args) => args,
        Err(status) => return status,
    };
    let status = match &args.command {
        None => all(&args.show).await,
        Some(command) => part(command).await,
    };
    let status = status.unwrap_or_else(|failure| not_started("fleet", &failure));
    ended("fleet", status)
}

async fn all(show: &Show) -> Result<ExitCode, Failure> {
    let interrupted = interrupted();
    let report = tokio::select! {
        report = show::show(show) => report?,
        () = interrupted => {
            say("interrupted: what was not created is in the queue, if the server is not this example's own");
            return Ok(ExitCode::from(INTERRUPTED));
        }
    };
    tell(&report);
    Ok(if report.is_complete() {
        ExitCode::SUCCESS
    } else {
        ExitCode::from(FAILED)
    })
}

async fn part(command: &Command) -> Result<ExitCode, Failure> {
    match command {
        Command::Enqueue { server, workers } => jobs::enqueue(&server.nats, *workers).await?,
        Command::Work(args) => work::work(args).await?,
        Command::Status { server } => jobs::status(&server.nats).await?,
        Command::Dead { what } => match what {
            Dead::List { server } => jobs::list_dead(&server.nats).await?,
            Dead::Retry { server } => jobs::retry_dead(&server.nats).await?,
        },
        Command::Api { listen, rate } => return serve(listen, *rate).await,
    }
    Ok(ExitCode::SUCCESS)
}

async fn serve(listen: &str, rate: NonZeroU32) -> Result<ExitCode, Failure> {
    let api = show::bind(listen, rate).await?;
    let burst = api::burst(rate);
    interrupted_after(format_args!(
        "http://{} accepts {rate} requests a second, {burst} at once; Ctrl-C stops it",
        api.addr()
    ))
    .await;
    let counts = api.counts();
    say(format_args!(
        "stopped: {} created, {} duplicates, {} requests",
        counts.created,
        counts.duplicates,
        counts.requests.len()
    ));
    Ok(ExitCode::from(INTERRUPTED))
}
