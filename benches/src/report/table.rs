//! Tables of numbers, by contender.

use std::fmt::Write as _;

#[derive(Clone, Debug)]
pub struct Table {
    /// What it is called in docs/performance.md.
    pub name: &'static str,
    pub columns: Vec<Column>,
    pub rows: Vec<Row>,
    /// The row that ratios are to, where there are any.
    pub against: Option<&'static str>,
}

#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    pub decimals: usize,
    /// Whether a ratio stands behind each number.
    pub ratio: bool,
}

#[derive(Clone, Debug)]
pub struct Row {
    pub name: String,
    pub cells: Vec<Option<f64>>,
}

impl Table {
    pub fn new(name: &'static str, columns: Vec<Column>) -> Self {
        Self {
            name,
            columns,
            rows: Vec::new(),
            against: None,
        }
    }

    /// Puts a number where a row and a column meet.
    pub fn put(&mut self, row: &str, column: usize, value: f64) {
        let width = self.columns.len();
        let index = self.rows.iter().position(|known| known.name == row);
        let index = index.unwrap_or_else(|| {
            self.rows.push(Row {
                name: row.to_owned(),
                cells: vec![None; width],
            });
            self.rows.len() - 1
        });
        self.rows[index].cells[column] = Some(value);
    }

    pub fn get(&self, row: &str, column: usize) -> Option<f64> {
        let row = self.rows.iter().find(|known| known.name == row)?;
        row.cells[column]
    }

    pub fn to_markdown(&self) -> String {
        let mut text = String::from("| |");
        for column in &self.columns {
            let _ = write!(text, " {} |", column.name);
        }
        text.push_str("\n|---|");
        text.push_str(&"--:|".repeat(self.columns.len()));
        text.push('\n');
        for row in &self.rows {
            let _ = write!(text, "| {} |", row.name);
            for (index, column) in self.columns.iter().enumerate() {
                let _ = match row.cells[index] {
                    Some(value) => write!(text, " {} |", self.cell(index, column, value)),
                    None => write!(text, " – |"),
                };
            }
            text.push('\n');
        }
        text
    }

    fn cell(&self, index: usize, column: &Column, value: f64) -> String {
        let number = grouped(value, column.decimals);
        let against = self
            .against
            .filter(|_| column.ratio)
            .and_then(|name| self.get(name, index));
        match against {
            Some(against) => {
                let ratio = value / against;
                let decimals = if ratio < 10.0 { 2 } else { 1 };
                format!("{number} ({ratio:.decimals$})")
            }
            None => number,
        }
    }

    /// To standard output, as it will be in the document.
    pub fn print(&self) {
        println!("\n{}\n\n{}", self.name, self.to_markdown());
    }
}

/// With a comma between thousands.
pub fn grouped(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    let sign = if value < 0.0 && text.contains(|c| ('1'..='9').contains(&c)) {
        "−"
    } else {
        ""
    };
    format!("{sign}{grouped}{rest}")
}
