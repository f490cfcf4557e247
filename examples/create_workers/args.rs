//! What the command line says.

use crate::bulk::Place;
use crate::common::http_url;
use crate::server::Limits;
use clap::Parser;
use reqwest::Url;
use retry_core::Jitter;
use std::num::NonZeroU32;
use std::path::PathBuf;

const WORKERS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/workers.csv");

/// How many times as fast as real time everything happens, waits and limits alike.
const SPEED: u32 = 10;

/// What the server accepts in real time.
const RATE: NonZeroU32 = NonZeroU32::new(30).unwrap();

/// Creates the workers of a CSV file, all at once, through an API that limits the rate of requests.
///
/// Ends with status 0 if every worker was created, 1 if one is missing, 2 if it could not start, 130 after Ctrl-C.
#[derive(Parser)]
pub struct Args {
    /// The workers: a CSV file with the columns friendlyName, roles, skills and any others; with --web, the sample that
    /// the page offers
    #[arg(long, value_name = "FILE", default_value = WORKERS, hide_default_value = true)]
    pub csv: PathBuf,

    /// How often a request that was rate limited is tried again, at most 5 times
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u8).range(..=5))]
    pub retries: u8,

    /// How far each wait is spread, from 0 (all come back at the same moment) to 1 (±100 %)
    #[arg(long, value_name = "P", default_value = "0.2", value_parser = jitter, allow_negative_numbers = true)]
    pub jitter: Jitter,

    /// Wait and limit in real time, not ten times as fast
    #[arg(long)]
    pub real_time: bool,

    /// Create them as a hosted function does, which is ended after ten seconds: with a short list of waits, a limit on each
    /// call, and in real time. It is not made for so many
    #[arg(long, conflicts_with_all = ["retries", "jitter"])]
    pub hosted: bool,

    /// Serve a page at this address, until Ctrl-C: it shows the workers of a file, creates them and deletes them
    /// [without an address: 127.0.0.1:4000]
    #[arg(long, value_name = "ADDR", num_args = 0..=1, default_missing_value = "127.0.0.1:4000")]
    pub web: Option<String>,

    /// Only be the server, on this address, until Ctrl-C
    #[arg(long, value_name = "ADDR", conflicts_with_all = ["csv", "retries", "jitter", "hosted", "web"])]
    pub serve_only: Option<String>,

    /// Only be the client, of the server at this http:// address; the environment may set
    /// TWILIO_ACCOUNT_SID, TWILIO_AUTH_TOKEN and TWILIO_WORKSPACE_SID
    #[arg(long, value_parser = http_url, conflicts_with_all = ["serve_only", "rate", "burst"])]
    pub url: Option<Url>,

    /// How many requests a second the server accepts [default: 300, in real time 30]
    #[arg(long, value_name = "R")]
    rate: Option<NonZeroU32>,

    /// How many requests the server accepts at once after a rest
    #[arg(long, value_name = "B", default_value = "20")]
    burst: NonZeroU32,
}

impl Args {
    pub fn speed(&self) -> u32 {
        if self.real_time || self.hosted {
            1
        } else {
            SPEED
        }
    }

    pub fn limits(&self) -> Limits {
        let speed = NonZeroU32::new(self.speed()).unwrap_or(NonZeroU32::MIN);
        Limits {
            rate: self.rate.unwrap_or(RATE.saturating_mul(speed)),
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

fn jitter(text: &str) -> Result<Jitter, String> {
    let proportion = text.parse::<f64>().map_err(|error| error.to_string())?;
    Jitter::proportional(proportion).map_err(|error| error.to_string())
}
