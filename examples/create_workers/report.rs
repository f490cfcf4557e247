//! What is shown: progress while the calls are under way, a table when they have ended.

use crate::bulk::Outcome;
use crate::progress::Progress;
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::error::Error;
use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::time::Duration;
use tokio::time;

/// How often the progress is looked at.
const TICK: Duration = Duration::from_millis(50);

/// The length of the longest bar of the histogram, in characters.
const LONGEST_BAR: usize = 40;

/// Writes a line to standard error. Where nobody reads it any more, the work goes on nevertheless.
pub fn say(line: impl fmt::Display) {
    let _ = writeln!(io::stderr(), "{line}");
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
    words.join(" ").chars().take(300).collect()
}

/// Shows the progress until it is dropped: as a bar on a terminal, else as a line for each tenth.
pub async fn watch(progress: &Progress) -> Infallible {
    if io::stderr().is_terminal() {
        draw_bar(progress).await
    } else {
        write_lines(progress).await
    }
}

async fn draw_bar(progress: &Progress) -> Infallible {
    let style = ProgressStyle::with_template("{bar:40} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
    let bar = ProgressBar::new(progress.total() as u64)
        .with_style(style)
        .with_finish(ProgressFinish::AndClear);
    loop {
        bar.set_position(progress.finished() as u64);
        bar.set_message(standing(progress));
        time::sleep(TICK).await;
    }
}

async fn write_lines(progress: &Progress) -> Infallible {
    let mut written = 0;
    loop {
        let tenths = progress.finished() * 10 / progress.total().max(1);
        if tenths > written {
            written = tenths;
            say(standing(progress));
        }
        time::sleep(TICK).await;
    }
}

fn standing(progress: &Progress) -> String {
    format!(
        "{} of {} created, {} waiting, {} failed",
        progress.created(),
        progress.total(),
        progress.waiting(),
        progress.failed()
    )
}

/// The table at the end.
pub struct Report<'a> {
    pub progress: &'a Progress,
    pub outcomes: &'a [Outcome],
    /// The longest that the schedule lets one call wait.
    pub worst_case: Duration,
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let progress = self.progress;
        row(f, "created", progress.created())?;
        row(f, "failed", progress.failed())?;
        row(f, "requests sent", progress.requests())?;
        row(f, "429 answers", progress.rate_limited())?;
        if let Some(slowest) = self.outcomes.iter().max_by_key(|outcome| outcome.took) {
            let what = match &slowest.result {
                Ok(created) => &created.sid,
                Err(_) => "failed",
            };
            row(
                f,
                "slowest worker",
                format_args!("{}, {what}", slowest.name),
            )?;
            row(f, "longest call", seconds(slowest.took))?;
        }
        let worst_case = seconds(self.worst_case);
        row(f, "worst case", format_args!("{worst_case} of waiting"))?;
        let failed = self.outcomes.iter().find_map(|outcome| {
            let error = outcome.result.as_ref().err()?;
            Some((outcome, one_line(error)))
        });
        if let Some((Outcome { name, attempts, .. }, error)) = failed {
            let times = if *attempts == 1 {
                "attempt"
            } else {
                "attempts"
            };
            let example = format_args!("{name}, after {attempts} {times}: {error}");
            row(f, "one failure", example)?;
        }
        self.histogram(f)
    }
}

impl Report<'_> {
    fn histogram(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut workers = BTreeMap::new();
        for outcome in self.outcomes {
            *workers.entry(outcome.attempts).or_insert(0) += 1;
        }
        let Some(most) = workers.values().copied().max() else {
            return Ok(());
        };
        writeln!(f, "\nattempts  workers")?;
        for (attempts, workers) in workers {
            let bar = "#".repeat((workers * LONGEST_BAR).div_ceil(most));
            writeln!(f, "{attempts:>8}  {workers:>7}  {bar}")?;
        }
        Ok(())
    }
}

fn row(f: &mut fmt::Formatter<'_>, name: &str, value: impl fmt::Display) -> fmt::Result {
    writeln!(f, "{name:<16}{value}")
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
