//! `cargo retry plot`: schedules as timelines. In: lists, shapes, or names of functions that retry. Out: a drawing for the
//! terminal, and an SVG where one is asked for.
//!
//! A task that is done after 10 s is noticed by `exponential(1s, retries = 4)` at 15 s, with 4 retries: it checks after 1, 3, 7
//! and 15 s. `inverse(7s, factor = 0.5, min = 1s, retries = 6)` notices at 10.5 s, with 2 retries. That is partly luck: with
//! `inverse(8s, ..)` the second check falls at 12 s. What is not luck is the distance between two checks, the most that the
//! notice can be late. The later the task is done, the shorter it is with `inverse`, and the longer with `exponential`.

// Where a picture has its lines need not be exact.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]
mod axis;
#[cfg(test)]
mod guides;
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss
)]
mod picture;
mod terminal;
#[cfg(test)]
mod tests;
mod timeline;

use crate::args::PlotArgs;
use crate::error::Error;
use crate::given::{self, Given};
use crate::screen;
use retry_schedule::{Jitter, Schedule, parse_duration};
use std::fs;
use terminal::Drawing;
use timeline::Timeline;

pub(crate) fn run(args: &PlotArgs) -> Result<String, Error> {
    draw(args, screen::columns())
}

fn draw(args: &PlotArgs, terminal: Option<u16>) -> Result<String, Error> {
    let timelines = timelines(args)?;
    if let Some(path) = &args.out {
        let picture = format!("{}\n", picture::draw(&timelines, picture::WIDTH));
        fs::write(path, picture).map_err(|source| Error::WriteFile {
            path: path.clone(),
            source,
        })?;
    }
    Ok(Drawing::new(&timelines, terminal).to_string())
}

/// The picture of one schedule, in so many pixels.
pub(crate) fn picture_of(text: &str, schedule: &Schedule, jitter: Jitter, width: u16) -> String {
    let timeline = Timeline::new(text, schedule, jitter, None);
    picture::draw(&[timeline], width.into()).to_string()
}

fn timelines(args: &PlotArgs) -> Result<Vec<Timeline>, Error> {
    let done_at = args
        .done_at
        .as_deref()
        .map(parse_duration)
        .transpose()
        .map_err(|source| Error::Duration {
            flag: "--done-at",
            source,
        })?;
    let jitter = args.jitter.as_deref().map(given::jitter).transpose()?;
    let timeline = |text: &String| {
        let Given {
            schedule,
            jitter: own,
        } = given::schedule(text, &args.workspace)?;
        let jitter = jitter.or(own).unwrap_or(Jitter::none());
        Ok(Timeline::new(text, &schedule, jitter, done_at))
    };
    args.schedules.iter().map(timeline).collect()
}
