//! What is shown: progress while the calls are under way, a table when they have ended.

use crate::bulk::{Outcome, Place, Success, Work};
use crate::choice::Choice;
use crate::client::HOSTED_LIMIT;
use crate::common::terminal::{stderr_width, width};
use crate::common::{one_line, say, shown};
use crate::progress::{Progress, Took};
use anstyle::{AnsiColor, Style};
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::io::{self, IsTerminal};
use std::num::NonZeroU32;
use std::time::Duration;
use tokio::time;

/// How often the progress is looked at.
const TICK: Duration = Duration::from_millis(50);

/// The length of the longest bar of the histogram, in characters, where there is room for it.
const LONGEST_BAR: usize = 40;

/// Where there are fewer columns, there are words and no bar.
const NARROW: usize = 70;

/// How many failures are told.
const TOLD: usize = 10;

const GREEN: Style = AnsiColor::Green.on_default();
const RED: Style = AnsiColor::Red.on_default();

/// Shows the progress until it is dropped: as a bar on a terminal, else as a line for each tenth.
pub async fn watch(work: Work, progress: &Progress) -> Infallible {
    if io::stderr().is_terminal() {
        draw_bar(work, progress).await
    } else {
        write_lines(work, progress).await
    }
}

async fn draw_bar(work: Work, progress: &Progress) -> Infallible {
    // The bar has what the words leave.
    let template = if stderr_width() < NARROW {
        "{wide_msg}"
    } else {
        "{wide_bar} {msg}"
    };
    let style =
        ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(progress.total() as u64)
        .with_style(style)
        .with_finish(ProgressFinish::AndClear);
    loop {
        bar.set_position(progress.finished() as u64);
        bar.set_message(standing(work, progress));
        time::sleep(TICK).await;
    }
}

async fn write_lines(work: Work, progress: &Progress) -> Infallible {
    let mut written = 0;
    loop {
        let tenths = progress.finished() * 10 / progress.total().max(1);
        if tenths > written {
            written = tenths;
            say(standing(work, progress));
        }
        time::sleep(TICK).await;
    }
}

fn standing(work: Work, progress: &Progress) -> String {
    let there = match progress.already_there() {
        0 => String::new(),
        there => format!("{there} already there, "),
    };
    format!(
        "{} of {} {}, {there}{} retrying, {} failed",
        progress.succeeded(),
        progress.total(),
        work.done(),
        progress.retrying(),
        progress.failed()
    )
}

/// Writes a line of how one call went.
pub fn tell(outcome: &Outcome) {
    let Outcome { took, result, .. } = outcome;
    let name = shown(&outcome.name);
    let attempts = counted(took.attempts, "attempt");
    match result {
        Ok(Success::Created(sid)) => {
            let sid = shown(sid);
            say(format_args!("created {name}, {sid}, {attempts}"));
        }
        Ok(Success::AlreadyThere) => say(format_args!("already there: {name}")),
        Ok(Success::Deleted) => say(format_args!("deleted {name}, {attempts}")),
        Err(error) => say(format_args!(
            "failed: {name}, {attempts}: {}",
            one_line(error)
        )),
    }
}

/// What is done, and how.
#[derive(Debug, Clone, Copy)]
pub struct Headline {
    pub work: Work,
    /// Where workers are created, and by which choice; they are deleted by a program, and by none.
    pub place: Place,
    pub choice: Choice,
    /// How many requests a second the server accepts, if that is known.
    pub rate: Option<NonZeroU32>,
    /// How many times faster than real time; None in real time.
    pub speed: Option<NonZeroU32>,
}

impl Headline {
    /// What its attribute says of when.
    pub fn list(&self) -> String {
        match (self.work, self.place) {
            (Work::Create, Place::Program) => self.choice.to_string(),
            (Work::Create, Place::Hosted) => {
                "schedule = [1s, 2s, 3s, 0], jitter = 0.2, max_elapsed = 10s".to_owned()
            }
            (Work::Delete, _) => Choice::default().to_string(),
        }
    }

    /// What it takes at the longest.
    pub fn worst_case(&self) -> String {
        let waiting = match (self.work, self.place) {
            (Work::Create, Place::Program) => self.choice.worst_case(),
            (Work::Create, Place::Hosted) => return format!("{} s", HOSTED_LIMIT.as_secs()),
            (Work::Delete, _) => Choice::default().worst_case(),
        };
        between_attempts(waiting)
    }

    /// How many at once, and how fast.
    pub fn scale(&self, workers: usize) -> String {
        let workers = counted(workers, "worker");
        let rate = self.rate.map_or_else(String::new, |rate| {
            format!(", {} a second", counted(rate.get() as usize, "request"))
        });
        let speed = match self.speed {
            Some(speed) if speed.get() > 1 => format!("{speed} times faster than real time"),
            _ => "in real time".to_owned(),
        };
        format!("{workers} at once{rate}, {speed}")
    }
}

/// The table at the end.
pub struct Report<'a> {
    pub headline: Headline,
    pub progress: &'a Progress,
    pub outcomes: &'a [Outcome],
    /// How many rows of the file are no workers.
    pub skipped: usize,
}

impl Report<'_> {
    /// What is known of all calls together: its name, and the text.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let progress = self.progress;
        let mut rows = vec![(self.headline.work.done(), progress.succeeded().to_string())];
        let there = progress.already_there();
        if there > 0 {
            rows.push(("already there", there.to_string()));
        }
        rows.push(("failed", progress.failed().to_string()));
        if self.skipped > 0 {
            rows.push(("rows skipped", self.skipped.to_string()));
        }
        rows.push(("requests sent", progress.requests().to_string()));
        rows.push(("429 answers", progress.rate_limited().to_string()));
        if let Some(slowest) = self.outcomes.iter().max_by_key(|outcome| outcome.took.time) {
            let what = match &slowest.result {
                Ok(Success::Created(sid)) => sid,
                Ok(Success::AlreadyThere) => "already there",
                Ok(Success::Deleted) => "deleted",
                Err(_) => "failed",
            };
            let slowest_worker = shown(&format!("{}, {what}", slowest.name));
            rows.push(("slowest worker", slowest_worker));
            rows.push(("longest call", slowest.took.to_string()));
        }
        rows.push(("worst case", self.headline.worst_case()));
        rows
    }

    /// How many workers took how many attempts.
    pub fn attempts(&self) -> BTreeMap<usize, usize> {
        let mut workers = BTreeMap::new();
        for outcome in self.outcomes {
            *workers.entry(outcome.took.attempts).or_insert(0) += 1;
        }
        workers
    }

    /// Those that failed, and why.
    pub fn failures(&self) -> Vec<Failure<'_>> {
        let failures = self.outcomes.iter().filter_map(|outcome| {
            Some(Failure {
                worker: outcome.worker,
                name: &outcome.name,
                attempts: outcome.took.attempts,
                reason: one_line(outcome.result.as_ref().err()?),
            })
        });
        failures.collect()
    }
}

/// One that failed.
#[derive(Debug)]
pub struct Failure<'a> {
    /// Its place among all.
    pub worker: usize,
    pub name: &'a str,
    pub attempts: usize,
    pub reason: String,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "#[retry({})]", self.headline.list())?;
        writeln!(f, "{}\n", self.headline.scale(self.progress.total()))?;
        for (name, value) in self.rows() {
            let style = match name {
                "failed" | "rows skipped" if value != "0" => RED,
                "created" | "deleted" => GREEN,
                _ => Style::new(),
            };
            writeln!(f, "{name:<16}{style}{value}{style:#}")?;
        }
        let workers = self.attempts();
        let Some(most) = workers.values().copied().max() else {
            return Ok(());
        };
        writeln!(f, "\nattempts  workers")?;
        for (attempts, workers) in workers {
            let longest = width().saturating_sub(19).min(LONGEST_BAR);
            let bar = "#".repeat((workers * longest).div_ceil(most));
            writeln!(f, "{attempts:>8}  {workers:>7}  {bar}")?;
        }
        let failures = self.failures();
        if failures.is_empty() {
            return Ok(());
        }
        writeln!(f, "\nattempts  failed")?;
        for Failure {
            name,
            attempts,
            reason,
            ..
        } in failures.iter().take(TOLD)
        {
            writeln!(f, "{attempts:>8}  {}: {reason}", shown(name))?;
        }
        match failures.len().saturating_sub(TOLD) {
            0 => Ok(()),
            more => writeln!(
                f,
                "          and {more} more; --failed FILE writes all of them"
            ),
        }
    }
}

/// Waiting in line is not waiting to retry: of many calls, each waits long for one of the few connections.
impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { time, waited, .. } = *self;
        f.write_str(&between_attempts(waited))?;
        let rest = seconds(time.saturating_sub(waited));
        if rest == seconds(Duration::ZERO) {
            return Ok(());
        }
        write!(f, ", and {rest} in line and in requests")
    }
}

fn between_attempts(time: Duration) -> String {
    format!("{} between attempts", seconds(time))
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}

fn counted(count: usize, what: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {what}{plural}")
}
