//! Draws schedules as timelines, in the terminal and as an SVG: when each makes its calls, and when it notices that a task is
//! done.
//!
//! ```text
//! cargo run --example plot -- 'exponential(1s, retries = 4)' 'inverse(7s, factor = 0.5, min = 1s, retries = 6)' --done-at 10s
//! ```
//!
//! A task is done after 10 s. An exponential backoff checks after 1, 3, 7 and 15 s, so it notices at 15 s, with 4
//! retries. An inverse one waits for 7 s and then for half as long, so it notices at 10.5 s, with 2 retries.
//!
//! That is partly luck: with `inverse(8s, ..)` the second check falls at 12 s. What is not luck is the distance between two
//! checks, the most that the notice can be late. The later the task is done, the shorter it is with `inverse`, and the
//! longer with `exponential`.
//!
//! The picture goes to `target/plot.svg`, or where `--out` says. `--jitter 0.2` also shows where each check may fall; what
//! is counted are the waits as they are listed.

mod axis;
mod command;
#[path = "../common/mod.rs"]
mod common;
mod picture;
mod terminal;
mod timeline;

use clap::Parser as _;
use command::Args;
use common::{not_started, say};
use std::io::{self, Write as _};
use std::process::ExitCode;

fn main() -> ExitCode {
    match command::run(&Args::parse()) {
        Ok((drawing, path)) => {
            // Whoever closes the pipe early has seen enough.
            let _ = write!(io::stdout(), "{drawing}");
            say(format_args!("the picture is {}", path.display()));
            ExitCode::SUCCESS
        }
        Err(failure) => not_started("plot", &failure),
    }
}
