//! The text form of a schedule, `1s, 2s, 4s, 0`: a text goes in, a schedule comes out, and back.

use crate::duration::{duration_text, parse_duration};
use crate::schedule::{MAX_TEXT, Schedule, ScheduleError};
use crate::shape::{OPEN, Shape, ShapeError};
use alloc::string::ToString;
use alloc::vec::Vec;
use core::fmt;
use core::str::FromStr;

/// Reads the text of a list, `1s, 2s, 4s, 0`, or of a shape, `exponential(1s, max = 60s, attempts = 10)`. With `..` in
/// place of the `0` or of the attempts, the last wait is repeated without end.
///
/// The text is that of the `#[retry]` attribute: a list may stand in brackets, and a comma may follow the last entry.
impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        too_long(text.len())?;
        let text = text.trim();
        if text.starts_with(|c: char| c.is_alphabetic()) && text.contains('(') {
            return Self::try_from(parse_shape(text)?);
        }
        let entries = text
            .strip_prefix('[')
            .and_then(|list| list.strip_suffix(']'))
            .unwrap_or(text)
            .trim();
        if entries.is_empty() {
            return Err(ScheduleError::Empty);
        }
        list(split(entries))
    }
}

/// Refuses a text of more than [`MAX_TEXT`] bytes.
pub(crate) fn too_long(bytes: usize) -> Result<(), ScheduleError> {
    if bytes > MAX_TEXT {
        return Err(ScheduleError::TextTooLong { bytes });
    }
    Ok(())
}

/// The schedule of these entries, each a duration, or `..` at the end.
pub(crate) fn list<'a>(entries: impl Iterator<Item = &'a str>) -> Result<Schedule, ScheduleError> {
    let mut waits = Vec::new();
    let mut is_open = false;
    for (entry, text) in (1..).zip(entries) {
        if is_open {
            return Err(ScheduleError::OpenNotLast { entry: entry - 1 });
        }
        if text == OPEN {
            is_open = true;
            continue;
        }
        waits.push(parse_duration(text).map_err(|error| ScheduleError::Entry { entry, error })?);
    }
    if is_open {
        Schedule::try_open(waits)
    } else {
        Schedule::try_from(waits)
    }
}

fn parse_shape(text: &str) -> Result<Shape, ShapeError> {
    let syntax = || ShapeError::Syntax(text.to_string());
    let (name, arguments) = text
        .strip_suffix(')')
        .and_then(|text| text.split_once('('))
        .ok_or_else(syntax)?;
    let mut arguments = split(arguments.trim());
    let mut shape = Shape::parse(name.trim_end(), arguments.next().unwrap_or_default())?;
    for argument in arguments {
        if argument == OPEN {
            shape.set_open()?;
            continue;
        }
        let (name, value) = argument.split_once('=').ok_or_else(syntax)?;
        shape.set(name.trim(), value.trim())?;
    }
    Ok(shape)
}

/// The parts between commas, trimmed; a comma at the end adds none.
fn split(text: &str) -> impl Iterator<Item = &str> {
    text.strip_suffix(',')
        .unwrap_or(text)
        .split(',')
        .map(str::trim)
}

/// The text that is read back as the same schedule: the shape, if one made the list, or else the list, `1s, 2s, 4s, 0`.
/// `{:#}` always prints the list.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(shape) = self.shape().filter(|_| !f.alternate()) {
            return write!(f, "{shape}");
        }
        for wait in self.waits() {
            write!(f, "{}, ", duration_text(*wait))?;
        }
        f.write_str(if self.is_open() { OPEN } else { "0" })
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schedule({self})")
    }
}
