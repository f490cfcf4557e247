//! What `do_the_thing.rs` is turned into: the same, but for what `#[retry]` wrote.

#![allow(clippy::redundant_closure_call, clippy::unit_arg, unused_variables)]

#[path = "do_the_thing/api.rs"]
pub mod api;
pub mod common;
#[path = "do_the_thing/demo.rs"]
pub mod demo;
#[path = "do_the_thing/flags.rs"]
pub mod flags;

use clap::Parser;
use common::terminal::unwritable;
use common::{FAILED, INTERRUPTED, Speed, arguments, ended, interrupted, not_started, say};
use flags::Flags;
use retry_core::{RetryEvent, Schedule};
use std::collections::BTreeMap;
use std::io::{self, BufRead as _, BufReader, ErrorKind, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;
use std::time::Duration;
use tokio::sync::oneshot;

/// The list of the block in [`Legacy::book`], as a value. What the list of a function comes to is said in its
/// documentation, and `max_wait` has the compiler check it. A block has no documentation, so the program says it of this.
pub const SCHEDULE: Schedule = Schedule::from_static(&[
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::from_secs(16),
    Duration::from_secs(32),
    Duration::from_secs(64),
    Duration::ZERO,
]);

/// An API that takes so long to answer has failed.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What an order costs, in cents, by the thing that was ordered.
pub type Ledger = BTreeMap<u32, u64>;

pub struct Legacy {
    pub api: SocketAddr,
    pub flags: Arc<Flags>,
    /// Hears of each wait before it begins.
    pub log: fn(&RetryEvent<'_, io::Error>),
    pub speed: Speed,
}

impl Legacy {
    /// Does the thing, which needs a brittle network connection, and gives its price in cents.
    ///
    /// # Retries
    ///
    /// Up to 8 attempts, with waits of 1s, 2s, 4s, 8s, 16s, 32s, 64s between them, each ±20 %: at worst 152.4s of waiting.
    /// Tried again while retries are enabled: an error for which `is_retryable` is true.
    pub fn do_the_thing(&self, id: u32) -> io::Result<String> {
        let enabled = self.flags.backoff();
        let backoffs = ::retry_core::backoffs!(
            [::core::time::Duration::from_secs(1), ::core::time::Duration::from_secs(2),
            ::core::time::Duration::from_secs(4), ::core::time::Duration::from_secs(8),
            ::core::time::Duration::from_secs(16), ::core::time::Duration::from_secs(32),
            ::core::time::Duration::from_secs(64), ::core::time::Duration::ZERO], fn,
            enabled; ::core::time::Duration::from_secs(153), 0.2
        );
        ::retry_core::nested!();
        let mut waited = ::core::time::Duration::ZERO;
        let mut attempt = 0_u32;
        loop {
            let backoff = backoffs[attempt as usize];
            let wait = match (|| -> io::Result<String> { self.make_api_request(id) })() {
                ::core::result::Result::Err(error)
                    if enabled
                        && backoff != ::core::time::Duration::ZERO
                        && is_retryable(&error) =>
                {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    ::retry_core::told((self.log)(&::retry_core::RetryEvent::new(
                        ::retry_core::name!(fn),
                        attempt as usize + 1,
                        ::retry_core::attempts(&backoffs),
                        &error,
                        backoff,
                        wait,
                        waited,
                    )));
                    ::retry_core::retrying!(backoffs, attempt, wait, &error);
                    waited = waited.saturating_add(wait);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    return result;
                }
            };
            let () = (|wait: ::core::time::Duration| self.speed.sleep_blocking(wait))(wait);
            attempt += 1;
        }
    }

    /// Other legacy code calls this as well, so it stays as it is.
    fn make_api_request(&self, id: u32) -> io::Result<String> {
        let mut connection = TcpStream::connect_timeout(&self.api, TIMEOUT)?;
        connection.set_read_timeout(Some(TIMEOUT))?;
        writeln!(connection, "do the thing {id}")?;
        let mut answer = String::new();
        BufReader::new(connection).read_line(&mut answer)?;
        if !answer.ends_with('\n') {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        Ok(answer.trim_end().to_owned())
    }

    /// Books an order such as `3 x 7`, three times thing 7, and gives what it costs. Nobody wants to split this: what
    /// stands before and after the request belongs together, and only the request is tried again.
    pub fn book(&self, order: &str, ledger: &mut Ledger) -> Result<u64, LegacyError> {
        let malformed = || LegacyError::Order(order.to_owned());
        let (quantity, id) = order.split_once('x').ok_or_else(malformed)?;
        let quantity: u32 = quantity.trim().parse().map_err(|_| malformed())?;
        let id: u32 = id.trim().parse().map_err(|_| malformed())?;
        if quantity == 0 {
            return Ok(0);
        }
        if ledger.contains_key(&id) {
            return Err(LegacyError::Booked(id));
        }

        let answer = {
            let schedule = {
                let schedule = &SCHEDULE;
                <::retry_core::Schedule as ::core::clone::Clone>::clone(schedule)
            };
            let enabled = self.flags.backoff();
            let backoffs = ::retry_core::backoffs!(schedule, in fn, enabled);
            ::retry_core::nested!();
            let mut waited = ::core::time::Duration::ZERO;
            let mut attempt = 0_u32;
            loop {
                let backoff = backoffs[attempt as usize];
                let wait = match (|| self.make_api_request(id))() {
                    ::core::result::Result::Err(error)
                        if enabled
                            && backoff != ::core::time::Duration::ZERO
                            && is_retryable(::retry_core::argument!(is_retryable, &error)) =>
                    {
                        let wait = ::retry_core::jitter!(
                            backoffs,
                            backoff,
                            0.2,
                            ::retry_core::max_of(&backoffs)
                        );
                        ::retry_core::told((self.log)(&::retry_core::RetryEvent::new(
                            ::retry_core::name!(in fn),
                            attempt as usize + 1,
                            ::retry_core::attempts(&backoffs),
                            &error,
                            backoff,
                            wait,
                            waited,
                        )));
                        ::retry_core::retrying!(backoffs, attempt, wait, &error);
                        waited = waited.saturating_add(wait);
                        wait
                    }
                    result => {
                        ::retry_core::ended!(backoffs, attempt, result : Result);
                        break result;
                    }
                };
                let () = (|wait: ::core::time::Duration| self.speed.sleep_blocking(wait))(wait);
                attempt = attempt.saturating_add(1);
            }
        }?;

        let price: u32 = answer.parse().map_err(|_| LegacyError::Price(answer))?;
        let cost = u64::from(price) * u64::from(quantity);
        ledger.insert(id, cost);
        Ok(cost)
    }
}

#[derive(Debug, thiserror::Error)]
pub enum LegacyError {
    #[error("`{0}` is no order such as `3 x 7`")]
    Order(String),
    #[error("thing {0} is booked already")]
    Booked(u32),
    #[error(transparent)]
    Api(#[from] io::Error),
    #[error("the API answers `{0}`, which is no price")]
    Price(String),
}

/// A connection that broke may work the next time; a name that is wrong stays wrong.
fn is_retryable(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionRefused
            | ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::UnexpectedEof
            | ErrorKind::TimedOut
            // What some systems call a read that takes too long.
            | ErrorKind::WouldBlock
    )
}

/// Calls a brittle API from legacy code, with the retries off, switched on while it runs, and switched off again. Shows
/// each wait: what the list says, and what jitter makes of it.
///
/// Only the waits are scaled, by --speed. All times that are shown are those of the list.
///
/// Ends with status 0 if every call with the retries on succeeded; with 1 if one failed, or if a line could not be
/// written; with 2 if it could not start; with 130 after Ctrl-C.
#[derive(Parser)]
pub struct Arguments {
    /// How many requests in a row for the same thing the API hangs up on
    #[arg(long, value_name = "N", default_value_t = 3)]
    failures: u32,

    /// How many times faster than real time the waits pass; 1 is real time
    #[arg(long, value_name = "N", default_value = "10")]
    speed: Speed,

    /// A file with a line `backoff = on` or `backoff = off`: calls until Ctrl-C, while you edit it
    #[arg(long, value_name = "FILE")]
    flags: Option<PathBuf>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments: Arguments = match arguments("do_the_thing") {
        Ok(arguments) => arguments,
        Err(status) => return status,
    };
    let interrupted = interrupted();
    let folder = demo::Folder::temporary();
    let file = folder.file();
    // The legacy code blocks, so it gets a thread of its own, and this one listens for Ctrl-C.
    let calls = async {
        let (done, ended) = oneshot::channel();
        thread::spawn(move || done.send(demo::run(arguments, file)));
        ended.await
    };
    let status = tokio::select! {
        () = interrupted => {
            say("do_the_thing: interrupted");
            ExitCode::from(INTERRUPTED)
        }
        () = unwritable() => ExitCode::from(FAILED),
        ended = calls => match ended {
            Ok(Ok(true)) => ExitCode::SUCCESS,
            Ok(Err(failure)) => not_started("do_the_thing", &failure),
            Ok(Ok(false)) | Err(_) => {
                say("do_the_thing: a call failed although it was tried again");
                ExitCode::from(FAILED)
            }
        },
    };
    ended("do_the_thing", status)
}
