//! A board of the best prices of many stores, each polled by a task of its own.
//!
//! ```text
//! cargo run --example price_board -- --for 25m
//! cargo run --example price_board -- --help
//! ```
//!
//! A store that gives a price is allowed, and asked again after 5 s. One that misses a poll is quarantined: its last
//! price stays, but below the others, and it is asked again after 25 s, then after 625 s. The third miss in a row blocks it, and its
//! task ends. That is the schedule of one function, in `price_board/stores.rs`; its `notify` hook quarantines, and its
//! error blocks. A store that was blocked is tried afresh at the next refresh of the list of stores, as long as it is
//! listed. One that is not listed any more is forgotten.
//!
//! The stores of the demonstration are a server of its own on a loopback port, and time passes sixty times faster than real
//! time, so 25 minutes take 25 seconds. All times that are shown are those of the schedule. Requests are real, and take real
//! time: a store that hangs has missed after 2 s of it, which are two minutes of the schedule.
//!
//! The rules are those of an article on exponential backoff in Elixir: what GenServers do there, tasks do here.

#[path = "price_board/api.rs"]
mod api;
#[path = "price_board/board.rs"]
mod board;
#[path = "price_board/clock.rs"]
mod clock;
mod common;
#[path = "price_board/mall.rs"]
mod mall;
#[path = "price_board/screen.rs"]
mod screen;
#[path = "price_board/stores.rs"]
mod stores;

use api::{ApiError, HttpApi};
use board::Board;
use clap::Parser;
use clap::builder::ArgPredicate;
use clock::Clock;
use common::serving::Serving;
use common::{
    FAILED, INTERRUPTED, Speed, arguments, ended, http_url, interrupted, not_started, say, tell,
};
use mall::Mall;
use reqwest::Url;
use retry_schedule::parse_duration;
use std::future;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;
use stores::Stores;

/// Polls stores for their prices, and shows the best ones.
///
/// All waits are scaled, by --speed, and all times that are shown are those of the schedule. Requests are real, and take
/// real time: a store that hangs has missed after 2 s of it.
///
/// Ends with status 0 after the time that --for gives it, or with 1 if no store has a price then, or if a line could not
/// be written; with 0 when nobody reads its lines any more; with 2 if it could not start; with 130 after Ctrl-C.
#[derive(Parser)]
struct Args {
    /// The stores, at an http:// address: GET /stores gives ["name"], and GET /stores/name/price gives {"cents": 199}
    #[arg(long, value_parser = http_url)]
    url: Option<Url>,

    /// Where the stores of the demonstration listen, when there is no --url
    #[arg(
        long,
        value_name = "ADDR",
        default_value = "127.0.0.1:0",
        conflicts_with = "url"
    )]
    listen: String,

    /// How often to ask which stores there are
    #[arg(long, value_name = "DURATION", default_value = "5m", value_parser = duration)]
    period: Duration,

    /// How many times faster than real time all waits pass [default: 60; with --url, 1]
    #[arg(
        long,
        value_name = "N",
        default_value = "60",
        default_value_if("url", ArgPredicate::IsPresent, "1"),
        hide_default_value = true
    )]
    speed: Speed,

    /// End after this time, by the board's own clock, instead of with Ctrl-C
    #[arg(long = "for", value_name = "DURATION", value_parser = duration)]
    until: Option<Duration>,
}

fn duration(text: &str) -> Result<Duration, String> {
    match parse_duration(text) {
        Ok(Duration::ZERO) => Err("it is no time at all: write one such as `5m`".to_owned()),
        Ok(duration) => Ok(duration),
        Err(error) => Err(error.to_string()),
    }
}

/// What keeps it from starting.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot listen on {addr}")]
    Listen { addr: String, source: io::Error },
    #[error("cannot make a client")]
    Client(#[from] reqwest::Error),
    #[error("cannot list the stores of {url}")]
    List { url: Url, source: ApiError },
}

enum End {
    TimeIsUp,
    /// Whoever read the lines has read enough.
    Unread,
    Interrupted,
}

#[tokio::main]
async fn main() -> ExitCode {
    let args = match arguments("price_board") {
        Ok(args) => args,
        Err(status) => return status,
    };
    let status = match run(args).await {
        Ok(status) => status,
        Err(failure) => not_started("price_board", &failure),
    };
    ended("price_board", status)
}

async fn run(args: Args) -> Result<ExitCode, Failure> {
    let interrupted = interrupted();
    let clock = Clock::start(args.speed);
    let http = common::http::client();
    // Lives until all is done.
    let _mall;
    let (http, url) = match args.url {
        Some(url) => (http, url),
        None => {
            let (mall, url) = open_mall(&args.listen, clock).await?;
            _mall = mall;
            say(format_args!("the stores are at {url}; Ctrl-C ends it"));
            // A proxy would look for the loopback port on its own machine.
            (http.no_proxy(), url)
        }
    };
    tell(args.speed);
    let (board, changes) = Board::new(clock);
    let board = Arc::new(board);
    let api = HttpApi::new(http.build()?, url.clone());
    let mut stores = Stores::new(api, Arc::clone(&board), clock);
    let time_is_up = async {
        match args.until {
            Some(time) => clock.sleep(time).await,
            None => future::pending().await,
        }
    };
    let end = tokio::select! {
        never_listed = stores.run(args.period) => match never_listed {
            Ok(never) => match never {},
            Err(source) => return Err(Failure::List { url, source }),
        },
        () = screen::follow(&board, changes) => End::Unread,
        () = time_is_up => End::TimeIsUp,
        () = interrupted => End::Interrupted,
    };
    stores.stop().await;
    let table = board.table();
    screen::end(&table);
    let (priced, all) = (table.priced(), table.stores());
    Ok(match end {
        End::Interrupted => {
            say(format_args!(
                "interrupted: {priced} of {all} stores have a price"
            ));
            ExitCode::from(INTERRUPTED)
        }
        End::TimeIsUp if priced == 0 => {
            say("price_board: no store has a price");
            ExitCode::from(FAILED)
        }
        End::TimeIsUp | End::Unread => ExitCode::SUCCESS,
    })
}

/// Starts the stores of the demonstration, and says where they are.
async fn open_mall(addr: &str, clock: Clock) -> Result<(Serving, Url), Failure> {
    let opened = async {
        let routes = mall::routes(Arc::new(Mall::demonstration(clock)));
        let mall = Serving::bind(addr, routes).await?;
        let url = format!("http://{}", mall.addr());
        let url = Url::parse(&url).map_err(io::Error::other)?;
        Ok((mall, url))
    };
    opened.await.map_err(|source| Failure::Listen {
        addr: addr.to_owned(),
        source,
    })
}
