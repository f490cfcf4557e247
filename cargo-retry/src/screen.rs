//! How text is shown: what the terminal is like, and words that go with numbers.

use crate::args::Color;
use std::env;
use std::io::{self, IsTerminal as _};

/// How wide a table is where there is no terminal.
const WIDTH: u16 = 120;
/// Narrower tables cannot be read.
const LEAST: u16 = 40;

#[derive(Debug, Clone, Copy)]
pub(crate) struct Screen {
    pub(crate) width: u16,
    pub(crate) has_colors: bool,
}

impl Screen {
    pub(crate) fn new(color: Color) -> Self {
        let is_terminal = io::stdout().is_terminal();
        let has_colors = match color {
            Color::Always => true,
            Color::Never => false,
            // `NO_COLOR` counts if it is not empty: <https://no-color.org>.
            Color::Auto => {
                is_terminal && env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
            }
        };
        Self {
            width: columns().unwrap_or(WIDTH).max(LEAST),
            has_colors,
        }
    }
}

/// How many columns the terminal has, if there is one, or `COLUMNS` says so.
pub(crate) fn columns() -> Option<u16> {
    let columns = env::var("COLUMNS").ok();
    let columns = columns.and_then(|columns| columns.parse().ok());
    columns.or_else(|| comfy_table::Table::new().width())
}

/// `1 retry`, `2 retries`.
pub(crate) fn plural(count: usize, one: &str, more: &str) -> String {
    let what = if count == 1 { one } else { more };
    format!("{count} {what}")
}
