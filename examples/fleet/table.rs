//! The live table: numbers of each process flow in. It is drawn on standard error, where that is a terminal.

use crate::tally::Numbers;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

pub struct Table {
    all: MultiProgress,
    rows: Vec<ProgressBar>,
    total: ProgressBar,
}

impl Table {
    pub fn new(processes: usize, workers: u64) -> Self {
        let all = MultiProgress::new();
        let line = ProgressStyle::with_template("{msg}").unwrap_or(ProgressStyle::default_bar());
        let row = || all.add(ProgressBar::no_length().with_style(line.clone()));
        row().set_message(format!(
            "{:>9}{:>10}{:>10}{:>10}{:>10}",
            "process", "fetched", "created", "waiting", "refused"
        ));
        let rows = (0..processes).map(|_| row()).collect();
        let bar = "{bar:40} {pos} of {len} created, {elapsed}";
        let bar = ProgressStyle::with_template(bar).unwrap_or(ProgressStyle::default_bar());
        let total = all.add(ProgressBar::new(workers).with_style(bar));
        Self { all, rows, total }
    }

    pub fn update(&self, processes: &[Numbers], created: usize) {
        for (index, (row, numbers)) in self.rows.iter().zip(processes).enumerate() {
            let Numbers {
                fetched,
                created,
                waiting,
                refused,
            } = numbers;
            let number = index + 1;
            row.set_message(format!(
                "{number:>9}{fetched:>10}{created:>10}{waiting:>10}{refused:>10}"
            ));
        }
        self.total.set_position(created as u64);
    }

    /// Leaves the last table where it is.
    pub fn clear(&self) {
        for row in &self.rows {
            row.abandon();
        }
        self.total.abandon();
        let _ = &self.all;
    }
}
