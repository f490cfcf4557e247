//! The drawing in the terminal.

use super::axis::Axis;
use super::timeline::Timeline;
use retry_schedule::duration_text;
use std::fmt;

/// How many characters wide a timeline is where there is no terminal.
pub(crate) const COLUMNS: usize = 76;
/// With fewer, a timeline says nothing.
const LEAST: usize = 20;
/// With more, its parts are too far from each other to be compared.
const MOST: usize = 120;

const START: char = '├';
const CHECK: char = '┼';
const CHECKS: char = '╫';
const DONE: char = '╎';
const NOTICED: char = '◆';
const WAIT: char = '─';
const JITTER: char = '░';

pub(crate) struct Drawing<'a> {
    timelines: &'a [Timeline],
    columns: usize,
}

impl<'a> Drawing<'a> {
    /// As wide as the terminal, if there is one.
    pub(crate) fn new(timelines: &'a [Timeline], terminal: Option<u16>) -> Self {
        let columns = terminal.map_or(COLUMNS, usize::from).clamp(LEAST, MOST);
        Self { timelines, columns }
    }
}

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { timelines, columns } = *self;
        let end = timelines.iter().map(Timeline::end).max();
        let axis = Axis::new(end.unwrap_or_default(), columns);
        let mut used = vec![START, CHECK];
        for timeline in timelines {
            let row = row(timeline, &axis, columns);
            used.extend(&row);
            writeln!(f, "{}", timeline.short_text(columns))?;
            for line in lines(words(timeline), " ", columns) {
                writeln!(f, "{line}")?;
            }
            writeln!(f, "{}\n", line(&row))?;
        }
        write_axis(f, &axis, columns)?;
        if let Some(done_at) = timelines.iter().find_map(|timeline| timeline.done_at) {
            let column = axis.column(done_at, columns);
            let text = format!("done at {}", duration_text(done_at));
            // Where there is no room to its right, it ends at its line.
            let width = text.chars().count() + 1;
            if column + 1 + width <= columns {
                writeln!(f, "{:column$}{DONE} {text}", "")?;
            } else if width <= column {
                writeln!(f, "{:>column$}{DONE}", text + " ")?;
            } else {
                writeln!(f, "{:column$}{DONE}\n{text}", "")?;
            }
        }
        let legend = [
            (START, "start"),
            (CHECK, "check"),
            (CHECKS, "checks"),
            (DONE, "done"),
            (NOTICED, "noticed"),
            (JITTER, "check, with jitter"),
        ];
        let legend: Vec<_> = legend
            .into_iter()
            .filter(|(glyph, _)| used.contains(glyph))
            .map(|(glyph, meaning)| format!("{glyph} {meaning}"))
            .collect();
        writeln!(f)?;
        for line in lines(legend, "   ", columns) {
            writeln!(f, "{line}")?;
        }
        Ok(())
    }
}

fn row(timeline: &Timeline, axis: &Axis, columns: usize) -> Vec<char> {
    let mut row = vec![' '; columns];
    let column = |at| axis.column(at, columns);
    let made = timeline.made();
    if let Some(last) = made.last() {
        row[..=column(last.at)].fill(WAIT);
    }
    for call in &timeline.calls {
        if call.earliest < call.latest {
            row[column(call.earliest)..=column(call.latest)].fill(JITTER);
        }
    }
    if let Some(done_at) = timeline.done_at {
        row[column(done_at)] = DONE;
    }
    for call in made {
        let glyph = &mut row[column(call.at)];
        *glyph = match *glyph {
            CHECK | CHECKS => CHECKS,
            _ => CHECK,
        };
    }
    row[0] = START;
    if let Some(noticed_at) = timeline.noticed_at() {
        row[column(noticed_at)] = NOTICED;
    }
    row
}

fn write_axis(f: &mut fmt::Formatter<'_>, axis: &Axis, columns: usize) -> fmt::Result {
    let mut scale = vec![WAIT; columns];
    let mut labels = String::new();
    for (at, label) in axis.marks() {
        let column = axis.column(at, columns);
        scale[column] = '┴';
        // The last may have no room to the right of its mark.
        let column = column.min(columns.saturating_sub(label.len()));
        let gap = column.saturating_sub(labels.len());
        labels.extend(std::iter::repeat_n(' ', gap));
        labels.push_str(&label);
    }
    scale[0] = '└';
    writeln!(f, "{}\n{labels}", line(&scale))
}

fn words(text: impl fmt::Display) -> Vec<String> {
    let text = text.to_string();
    text.split(' ').map(str::to_owned).collect()
}

/// The parts in order, on as few lines of so many columns as hold them.
fn lines(parts: impl IntoIterator<Item = String>, between: &str, columns: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        let width = |text: &str| text.chars().count();
        match lines.last_mut() {
            Some(line) if width(line) + width(between) + width(&part) <= columns => {
                line.push_str(between);
                line.push_str(&part);
            }
            _ => lines.push(part),
        }
    }
    lines
}

fn line(row: &[char]) -> String {
    let line: String = row.iter().collect();
    line.trim_end().to_owned()
}
