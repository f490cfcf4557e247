//! What is shown: a table that is redrawn in place on a terminal, else a line for each change.

use crate::board::{Board, Change, Table};
use crate::common::tell;
use crate::common::terminal::{coloured, width};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressFinish, ProgressStyle};
use std::convert::Infallible;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time;

/// How often the table is redrawn.
const TICK: Duration = Duration::from_millis(100);

/// Shows the board until nobody reads it any more.
pub async fn follow(board: &Board, changes: UnboundedReceiver<Change>) {
    let terminal = ProgressDrawTarget::stdout();
    if terminal.is_hidden() {
        write_lines(changes).await;
    } else {
        // The table shows them all, and nobody else asks for them.
        drop(changes);
        match draw(board, terminal).await {}
    }
}

/// The table that stays.
pub fn end(table: &Table) {
    tell(table.of_width(width()));
}

async fn draw(board: &Board, terminal: ProgressDrawTarget) -> Infallible {
    let style =
        ProgressStyle::with_template("{msg}").unwrap_or_else(|_| ProgressStyle::default_bar());
    let shown = ProgressBar::with_draw_target(None, terminal)
        .with_style(style)
        .with_finish(ProgressFinish::AndClear);
    loop {
        // Where the terminal writes ^C below the table, its first line is not cleared: so that line is empty.
        let table = board.table().of_width(width());
        shown.set_message(format!("\n{}", coloured(&table)));
        shown.tick();
        time::sleep(TICK).await;
    }
}

async fn write_lines(mut changes: UnboundedReceiver<Change>) {
    while let Some(change) = changes.recv().await {
        if !tell(change) {
            return;
        }
    }
}
