//! The command: what it takes, what it writes, and what keeps it from that.

use crate::picture;
use crate::terminal::Drawing;
use crate::timeline::{Timeline, shorten};
use clap::Parser;
use retry_core::{DurationError, Jitter, JitterError, Schedule, ScheduleError};
use retry_schedule::parse_duration;
use std::fs;
use std::io;
use std::num::ParseFloatError;
use std::path::{Path, PathBuf};
use std::time::Duration;
use svg::Document;

/// Where builds are: nothing that is kept.
const TARGET: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target");

/// How much of an argument is repeated in an error.
const MOST_CHARACTERS: usize = 60;

/// Draws when schedules make their calls, and when they notice that a task is done.
///
/// Ends with status 0 if it is drawn, 2 if an argument is wrong or the picture cannot be written.
#[derive(Debug, Parser)]
pub struct Args {
    /// What stands behind `schedule =`: a list such as '1s, 2s, 4s, 0', or a shape such as
    /// 'exponential(1s, retries = 4)'
    #[arg(required = true, value_name = "SCHEDULE")]
    pub schedules: Vec<String>,

    /// When the task is done, such as 10s: the first call from then on notices, and is the last
    #[arg(long, value_name = "DURATION", allow_hyphen_values = true)]
    pub done_at: Option<String>,

    /// Also show where each check may fall: a number from 0 (nowhere else) to 1 (±100 %), full or equal
    #[arg(
        long,
        value_name = "P",
        default_value = "0",
        allow_hyphen_values = true
    )]
    pub jitter: String,

    /// Where to write the picture, an SVG [default: target/plot.svg in this repository]
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// What keeps it from drawing.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("cannot read the schedule `{text}`")]
    Schedule { text: String, source: ScheduleError },
    #[error("cannot read --done-at")]
    DoneAt(#[from] DurationError),
    #[error("cannot read --jitter {0}: write a number, `full` or `equal`")]
    JitterText(String, #[source] ParseFloatError),
    #[error("cannot use --jitter")]
    Jitter(#[from] JitterError),
    #[error("cannot write the picture to {}", .path.display())]
    Out { path: PathBuf, source: io::Error },
}

/// Writes the picture; gives the drawing for the terminal, and where the picture is.
pub fn run(args: &Args) -> Result<(String, PathBuf), Failure> {
    let timelines = timelines(args)?;
    let path = match &args.out {
        Some(path) => path.clone(),
        None => Path::new(TARGET).join("plot.svg"),
    };
    match write(&path, &picture::draw(&timelines)) {
        Ok(()) => Ok((Drawing(&timelines).to_string(), path)),
        Err(source) => Err(Failure::Out { path, source }),
    }
}

fn write(path: &Path, picture: &Document) -> io::Result<()> {
    // Where builds go elsewhere, it may not be there.
    if path.starts_with(TARGET) {
        fs::create_dir_all(TARGET)?;
    }
    fs::write(path, format!("{picture}\n"))
}

fn timelines(args: &Args) -> Result<Vec<Timeline>, Failure> {
    let done_at: Option<Duration> = args.done_at.as_deref().map(parse_duration).transpose()?;
    let jitter = jitter(&args.jitter)?;
    let timeline = |text: &String| match text.parse::<Schedule>() {
        Ok(schedule) => Ok(Timeline::new(text, &schedule, &jitter, done_at)),
        Err(source) => Err(Failure::Schedule {
            text: shorten(text, MOST_CHARACTERS),
            source,
        }),
    };
    args.schedules.iter().map(timeline).collect()
}

fn jitter(text: &str) -> Result<Jitter, Failure> {
    match text {
        "full" => Ok(Jitter::full()),
        "equal" => Ok(Jitter::equal()),
        _ => {
            let proportion = text
                .parse()
                .map_err(|error| Failure::JitterText(text.to_owned(), error))?;
            Ok(Jitter::proportional(proportion)?)
        }
    }
}
