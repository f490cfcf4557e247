//! The whole of it on one machine: a server, an API and worker processes, of which some are killed all the time.

use crate::api::{Api, Counts};
use crate::args::Show;
use crate::common::say;
use crate::failure::Failure;
use crate::jobs;
use crate::processes::Processes;
use crate::server::{self, Server, connect};
use crate::table::Table;
use crate::work::QUEUE;
use retry_jetstream::Queue;
use std::fmt;
use std::path::Path;
use std::time::Duration;
use tokio::time::{MissedTickBehavior, interval};

const KILL_EVERY: Duration = Duration::from_secs(1);
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// What came of it.
pub struct Report {
    workers: usize,
    rate: u32,
    api: Counts,
    dead: u64,
    processes_killed: usize,
    server_killed: bool,
}

impl Report {
    /// Whether each worker was created. That none was created twice is the API's own doing.
    pub fn is_complete(&self) -> bool {
        self.api.created == self.workers
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            workers,
            rate,
            api,
            dead,
            processes_killed,
            server_killed,
        } = self;
        let server = if *server_killed { "once" } else { "never" };
        writeln!(f, "created: {} of {workers}, each once", api.created)?;
        writeln!(
            f,
            "killed: {processes_killed} processes, the server {server}"
        )?;
        writeln!(f, "duplicates refused by the API: {}", api.duplicates)?;
        writeln!(
            f,
            "refused as too many: {}, as unavailable: {}",
            api.rate_limited, api.unavailable
        )?;
        writeln!(f, "dead letters: {dead}")?;
        write!(
            f,
            "requests: {}, {:.1} a second, at most {} in a second; the limit is {rate}",
            api.requests.len(),
            api.mean(),
            api.peak()
        )
    }
}

pub async fn show(args: &Show) -> Result<Report, Failure> {
    let mut server = match &args.nats {
        Some(_) => None,
        None => Some(own_server().await?),
    };
    let url = args
        .nats
        .clone()
        .or_else(|| server.as_ref().map(Server::url));
    let url = url.unwrap_or_default();
    let api = bind("127.0.0.1:0", args.rate).await?;
    let queue = Queue::create(&connect(&url).await?, QUEUE).await?;
    let new = jobs::publish(&queue, args.workers).await?;
    say(format_args!(
        "{new} jobs are published at {url}; one process is killed every second"
    ));

    let mut processes = Processes::start(args, &url, api.addr())?;
    let table = Table::new(args.processes.get() as usize, args.workers.get().into());
    let mut kill = interval(KILL_EVERY);
    let mut look = interval(LOOK_EVERY);
    kill.set_missed_tick_behavior(MissedTickBehavior::Delay);
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    // The first tick of both is now.
    kill.tick().await;
    let mut server_killed = false;
    let dead = loop {
        tokio::select! {
            _ = kill.tick() => {
                processes.replace_ended().await?;
                processes.kill_one().await?;
            }
            _ = look.tick() => {
                table.update(&processes.numbers(), api.counts().created);
                let half = api.counts().created * 2 >= new;
                if let (Some(server), true, false) = (&mut server, half, server_killed) {
                    server_killed = true;
                    server.kill().map_err(server::ServerError::Start)?;
                    server.start_again().await?;
                }
                // A server that was killed a moment ago may not answer yet.
                if let Ok(counts) = queue.counts().await {
                    if counts.new + counts.pending + counts.unanswered == 0 {
                        break counts.dead;
                    }
                }
            }
        }
    };
    table.update(&processes.numbers(), api.counts().created);
    table.clear();
    let processes_killed = processes.stop().await;
    let counts = api.counts();
    api.stop().await;
    Ok(Report {
        workers: args.workers.get() as usize,
        rate: args.rate.get(),
        api: counts,
        dead,
        processes_killed,
        server_killed,
    })
}

pub async fn bind(addr: &str, rate: std::num::NonZeroU32) -> Result<Api, Failure> {
    let bound = Api::bind(addr, rate).await;
    bound.map_err(|source| Failure::Listen {
        addr: addr.to_owned(),
        source,
    })
}

async fn own_server() -> Result<Server, Failure> {
    let folder = format!("target/fleet-{}", std::process::id());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    Ok(Server::start(server::program()?, folder, "").await?)
}
