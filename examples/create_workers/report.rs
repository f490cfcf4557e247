//! What is shown: progress while the calls are under way, a table when they have ended.

use crate::bulk::{Outcome, Place, Work};
use crate::client::HOSTED_LIMIT;
use crate::common::{one_line, say};
use crate::progress::Progress;
use indicatif::{ProgressBar, ProgressFinish, ProgressStyle};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;
use std::io::{self, IsTerminal};
use std::time::Duration;
use tokio::time;

/// How often the progress is looked at.
const TICK: Duration = Duration::from_millis(50);

/// The length of the longest bar of the histogram, in characters.
const LONGEST_BAR: usize = 40;

/// Shows the progress until it is dropped: as a bar on a terminal, else as a line for each tenth.
pub async fn watch(work: Work, progress: &Progress) -> Infallible {
    if io::stderr().is_terminal() {
        draw_bar(work, progress).await
    } else {
        write_lines(work, progress).await
    }
}

async fn draw_bar(work: Work, progress: &Progress) -> Infallible {
    let style = ProgressStyle::with_template("{bar:40} {msg}")
        .unwrap_or_else(|_| ProgressStyle::default_bar());
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
    format!(
        "{} of {} {}, {} retrying, {} failed",
        progress.succeeded(),
        progress.total(),
        work.done(),
        progress.retrying(),
        progress.failed()
    )
}

/// The table at the end.
pub struct Report<'a> {
    pub work: Work,
    pub progress: &'a Progress,
    pub outcomes: &'a [Outcome],
    pub worst_case: WorstCase,
}

/// What one call takes at the longest.
#[derive(Debug, Clone, Copy)]
pub enum WorstCase {
    /// All waits of its schedule, each at its longest; requests take their time besides.
    Waiting(Duration),
    /// Everything, requests included.
    All(Duration),
}

impl WorstCase {
    /// Of creating a worker, where the schedule has these waits at the longest; a hosted function has another.
    pub fn of(place: Place, waiting: Duration) -> Self {
        match place {
            Place::Program => Self::Waiting(waiting),
            Place::Hosted => Self::All(HOSTED_LIMIT),
        }
    }
}

impl Report<'_> {
    /// What is known of all calls together: its name, and the text.
    pub fn rows(&self) -> Vec<(&'static str, String)> {
        let progress = self.progress;
        let mut rows = vec![
            (self.work.done(), progress.succeeded().to_string()),
            ("failed", progress.failed().to_string()),
            ("requests sent", progress.requests().to_string()),
            ("429 answers", progress.rate_limited().to_string()),
        ];
        if let Some(slowest) = self.outcomes.iter().max_by_key(|outcome| outcome.took.time) {
            let what = slowest.result.as_deref().unwrap_or("failed");
            rows.push(("slowest worker", format!("{}, {what}", slowest.name)));
            rows.push(("longest call", seconds(slowest.took.time)));
        }
        rows.push(("worst case", self.worst_case.to_string()));
        let failed = self.outcomes.iter().find_map(|outcome| {
            let error = outcome.result.as_ref().err()?;
            Some((outcome, one_line(error)))
        });
        if let Some((Outcome { name, took, .. }, error)) = failed {
            let attempts = took.attempts;
            let times = if attempts == 1 { "attempt" } else { "attempts" };
            let example = format!("{name}, after {attempts} {times}: {error}");
            rows.push(("one failure", example));
        }
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
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in self.rows() {
            writeln!(f, "{name:<16}{value}")?;
        }
        let workers = self.attempts();
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

impl fmt::Display for WorstCase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Waiting(time) => write!(f, "{} of waiting", seconds(*time)),
            Self::All(time) => f.write_str(&seconds(*time)),
        }
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.2} s", time.as_secs_f64())
}
