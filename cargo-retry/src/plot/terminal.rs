//! The drawing in the terminal.

use super::axis::Axis;
use super::timeline::Timeline;
use retry_schedule::duration_text;
use std::fmt;

/// How many characters wide a timeline is.
pub(crate) const COLUMNS: usize = 76;

const START: char = '├';
const CHECK: char = '┼';
const CHECKS: char = '╫';
const DONE: char = '╎';
const NOTICED: char = '◆';
const WAIT: char = '─';
const JITTER: char = '░';

pub(crate) struct Drawing<'a>(pub(crate) &'a [Timeline]);

impl fmt::Display for Drawing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(timelines) = self;
        let end = timelines.iter().map(Timeline::end).max();
        let axis = Axis::new(end.unwrap_or_default(), COLUMNS);
        let mut used = vec![START, CHECK];
        for timeline in *timelines {
            let row = row(timeline, &axis);
            used.extend(&row);
            writeln!(f, "{}", timeline.short_text(COLUMNS))?;
            writeln!(f, "{timeline}")?;
            writeln!(f, "{}\n", line(&row))?;
        }
        write_axis(f, &axis)?;
        if let Some(done_at) = timelines.iter().find_map(|timeline| timeline.done_at) {
            let column = axis.column(done_at, COLUMNS);
            let text = format!("done at {}", duration_text(done_at));
            // Where there is no room to its right, it ends at its line.
            if column + text.chars().count() + 2 <= COLUMNS {
                writeln!(f, "{:column$}{DONE} {text}", "")?;
            } else {
                writeln!(f, "{:>column$}{DONE}", text + " ")?;
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
        writeln!(f, "\n{}", legend.join("   "))
    }
}

fn row(timeline: &Timeline, axis: &Axis) -> [char; COLUMNS] {
    let mut row = [' '; COLUMNS];
    let column = |at| axis.column(at, COLUMNS);
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

fn write_axis(f: &mut fmt::Formatter<'_>, axis: &Axis) -> fmt::Result {
    let mut scale = [WAIT; COLUMNS];
    let mut labels = String::new();
    for (at, label) in axis.marks() {
        let column = axis.column(at, COLUMNS);
        scale[column] = '┴';
        // The last may have no room to the right of its mark.
        let column = column.min(COLUMNS.saturating_sub(label.len()));
        let gap = column.saturating_sub(labels.len());
        labels.extend(std::iter::repeat_n(' ', gap));
        labels.push_str(&label);
    }
    scale[0] = '└';
    writeln!(f, "{}\n{labels}", line(&scale))
}

fn line(row: &[char]) -> String {
    let line: String = row.iter().collect();
    line.trim_end().to_owned()
}
