//! What the examples do alike: how fast their time passes, and how they end.

#![allow(dead_code, reason = "no example uses all of it")]

pub mod http;
pub mod serving;
pub mod terminal;

#[allow(unused_imports, reason = "no example uses all of it")]
pub use terminal::{say, shown, tell};

use clap::Parser;
use futures::FutureExt as _;
use reqwest::Url;
use std::error::Error;
use std::fmt;
use std::future;
use std::num::NonZeroU32;
use std::process::ExitCode;
use std::str::FromStr;
use std::time::Duration;

/// The exit status of work that did not succeed.
pub const FAILED: u8 = 1;
/// The exit status of work that could not start; also that of wrong arguments.
pub const NOT_STARTED: u8 = 2;
/// The exit status after Ctrl-C: 128 and the number of the signal, as shells have it.
pub const INTERRUPTED: u8 = 130;

/// Reads the arguments. Help is told as everything else is; what is wrong ends the program here.
pub fn arguments<A: Parser>(example: &str) -> Result<A, ExitCode> {
    A::try_parse().map_err(|error| {
        if error.use_stderr() {
            error.exit();
        }
        tell(error.render().ansi().to_string().trim_end());
        ended(example, ExitCode::SUCCESS)
    })
}

/// The status to end with: this one, unless something could not be written to standard output, which is said.
pub fn ended(example: &str, status: ExitCode) -> ExitCode {
    let Some(error) = terminal::unwritten() else {
        return status;
    };
    say(format_args!(
        "{example}: cannot write to standard output: {error}"
    ));
    ExitCode::from(FAILED)
}

/// Says why the example could not start, and with which status it ends.
pub fn not_started(example: &str, error: &dyn Error) -> ExitCode {
    say(format_args!("{example}: {}", one_line(error)));
    ExitCode::from(NOT_STARTED)
}

/// The error and what caused it, on one short line, whatever a server put into it.
pub fn one_line(error: &dyn Error) -> String {
    let mut line = error.to_string();
    let mut error = error;
    while let Some(source) = error.source() {
        line = format!("{line}: {source}");
        error = source;
    }
    let words: Vec<_> = line.split_whitespace().collect();
    shown(&words.join(" "))
}

/// What caused the error in the first place, by itself, where a line has no room for what came of it.
pub fn root_cause(error: &dyn Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    one_line(error)
}

/// Listens for Ctrl-C from now on, and ends with the first one. Whoever calls it before the first line is listened to by the
/// time that anybody can have read it.
pub fn interrupted() -> impl Future<Output = ()> {
    let mut ctrl_c = Box::pin(tokio::signal::ctrl_c());
    // Tokio listens from the first poll on.
    let first = ctrl_c.as_mut().now_or_never();
    async move {
        let result = match first {
            Some(result) => result,
            None => ctrl_c.await,
        };
        if result.is_err() {
            // Nobody can interrupt it then, but it can still finish.
            future::pending::<()>().await;
        }
    }
}

/// Says what Ctrl-C ends, and ends with the first one.
pub async fn interrupted_after(line: impl fmt::Display) {
    let interrupted = interrupted();
    say(line);
    interrupted.await;
}

/// Reads the address of a server, for `--url`.
pub fn http_url(text: &str) -> Result<Url, String> {
    match Url::parse(text) {
        Ok(url) if ["http", "https"].contains(&url.scheme()) => Ok(url),
        Ok(_) => Err("write http:// or https://".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// How many times as fast as it is written a schedule runs: the schedule stays the one in the attribute, and the
/// sleeper divides what it is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speed(NonZeroU32);

impl Speed {
    pub const REAL_TIME: Self = Self(NonZeroU32::MIN);

    /// What a wait takes at this speed.
    pub fn scale(self, wait: Duration) -> Duration {
        wait / self.0.get()
    }

    /// What a real time is at this speed: the reverse.
    pub fn stretch(self, real: Duration) -> Duration {
        real.saturating_mul(self.0.get())
    }

    /// Waits on tokio's timer.
    pub async fn sleep(self, wait: Duration) {
        retry_core::sleep(self.scale(wait)).await;
    }

    /// Waits by blocking the thread.
    pub fn sleep_blocking(self, wait: Duration) {
        retry_core::sleep_blocking(self.scale(wait));
    }
}

impl FromStr for Speed {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let speed = text.parse().map(Self);
        speed.map_err(|_| "write a whole number from 1 to 4294967295")
    }
}

/// A line for the beginning, which says how to read the times that follow.
impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(times) = self;
        if *self == Self::REAL_TIME {
            return f.write_str("in real time");
        }
        write!(
            f,
            "{times} times faster than real time: {times} s pass in 1 s"
        )
    }
}
