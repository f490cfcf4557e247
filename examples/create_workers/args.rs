//! What the command line says.

use crate::bulk::Place;
use crate::choice::{Choice, Retries};
use crate::clock::Clock;
use crate::common::http_url;
use crate::server::Limits;
use clap::Parser;
use reqwest::Url;
use retry_core::Jitter;
use std::num::NonZeroU32;
use std::path::PathBuf;

const WORKERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/workers.csv");

/// Creates the workers of a CSV file, all at once, through an API that limits the rate of requests.
///
/// It shows this ten times faster than real time: the clock of the client and of the server runs ten times as fast, and
/// stands still during requests. All times that it prints are of that clock. So the outcome is the same on every machine.
///
/// Ends with status 0 if every worker is there, 1 if one is missing, 2 if it could not start, 130 after Ctrl-C.
#[derive(Parser)]
pub struct Args {
    /// The workers: a CSV file with the columns friendlyName, roles, skills and any others, or - for standard input; with
    /// --web, the sample that the page offers
    #[arg(long, value_name = "FILE", default_value = WORKERS, hide_default_value = true)]
    pub csv: PathBuf,

    /// How often a request that was rate limited is tried again, at most 5 times
    #[arg(long, value_name = "N", default_value_t)]
    pub retries: Retries,

    /// How far each wait is spread, from 0 (all come back at the same moment) to 1 (±100 %); or full, or equal
    #[arg(long, value_name = "P", default_value_t, allow_negative_numbers = true)]
    pub jitter: Jitter,

    /// How many times faster than real time the clock of the demonstration runs
    #[arg(long, value_name = "N", default_value = "10")]
    speed: NonZeroU32,

    /// Wait and limit by the real clock, during requests too
    #[arg(long, conflicts_with = "speed")]
    real_time: bool,

    /// Create them as a hosted function does, which is ended after ten seconds: with a short list of waits, a limit on each
    /// call, and in real time. It is not made for so many
    #[arg(long, conflicts_with_all = ["retries", "jitter", "speed"])]
    pub hosted: bool,

    /// Write which workers failed to this file, as CSV that --csv reads again
    #[arg(long, value_name = "FILE", conflicts_with_all = ["web", "serve_only"])]
    pub failed: Option<PathBuf>,

    /// Write a line for each worker, as --web always does
    #[arg(long, short, conflicts_with_all = ["web", "serve_only"])]
    pub verbose: bool,

    /// Serve a page at this address, until Ctrl-C: it shows the workers of a file, creates them and deletes them. Other
    /// programs may POST a JSON array of workers to /createWorkers, and GET /delete-test-workers, which deletes those of
    /// --csv [without an address: 127.0.0.1:4000; a port alone is of 127.0.0.1]
    #[arg(long, value_name = "ADDR", num_args = 0..=1, default_missing_value = "4000", value_parser = addr)]
    pub web: Option<String>,

    /// Only be the server, on this address, until Ctrl-C, in real time
    #[arg(long, value_name = "ADDR", value_parser = addr, conflicts_with_all = ["csv", "retries", "jitter", "speed", "hosted", "web"])]
    pub serve_only: Option<String>,

    /// Only be the client, of the server at this http:// or https:// address, in real time. The environment or a file .env,
    /// here or in a folder above, may set TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_WORKSPACE_SID
    #[arg(long, value_parser = http_url, conflicts_with_all = ["serve_only", "speed", "rate", "burst"])]
    pub url: Option<Url>,

    /// How many requests a second the server accepts
    #[arg(long, value_name = "R", default_value = "30")]
    rate: NonZeroU32,

    /// How many requests the server accepts at once after a rest
    #[arg(long, value_name = "B", default_value = "20")]
    burst: NonZeroU32,
}

impl Args {
    pub fn choice(&self) -> Choice {
        Choice {
            retries: self.retries,
            jitter: self.jitter,
        }
    }

    /// How many times faster than real time it all is; None in real time, where others have a part in it.
    pub fn speed(&self) -> Option<NonZeroU32> {
        let real = self.real_time || self.hosted || self.url.is_some() || self.serve_only.is_some();
        (!real).then_some(self.speed)
    }

    pub fn clock(&self) -> Clock {
        self.speed().map_or_else(Clock::real, Clock::demonstration)
    }

    pub fn limits(&self) -> Limits {
        Limits {
            rate: self.rate,
            burst: self.burst,
        }
    }

    pub fn place(&self) -> Place {
        if self.hosted {
            Place::Hosted
        } else {
            Place::Program
        }
    }
}

/// An address to listen on. A port alone is one of this machine, which nobody else reaches.
fn addr(text: &str) -> Result<String, &'static str> {
    if let Ok(port) = text.parse::<u16>() {
        return Ok(format!("127.0.0.1:{port}"));
    }
    let has_port = text.contains(':').then(|| text.to_owned());
    has_port
        .ok_or("write a port, such as 4001, or an address with its port, such as 127.0.0.1:4001")
}
