//! The text form of a schedule, `1s, 2s, 4s, 0`: a text goes in, a schedule comes out, and back.

use crate::duration::{duration_text, parse_duration};
use crate::schedule::{MAX_TEXT, Schedule, ScheduleError};
use crate::shape::{Shape, ShapeError};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt::{self, Write as _};
use core::str::FromStr;

/// Reads the text of a list, `1s, 2s, 4s, 0`, or of a shape, `exponential(1s, max = 60s, attempts = 10)`.
///
/// The text is that of the `#[retry]` attribute: a list may stand in brackets, and a comma may follow the last entry.
impl FromStr for Schedule {
    type Err = ScheduleError;

    fn from_str(text: &str) -> Result<Self, ScheduleError> {
        if text.len() > MAX_TEXT {
            return Err(ScheduleError::TextTooLong { bytes: text.len() });
        }
        let text = text.trim();
        if text.starts_with(|c: char| c.is_alphabetic()) && text.contains('(') {
            return Self::from_shape(parse_shape(text)?);
        }
        let list = text
            .strip_prefix('[')
            .and_then(|list| list.strip_suffix(']'))
            .unwrap_or(text)
            .trim();
        if list.is_empty() {
            return Err(ScheduleError::Empty);
        }
        let backoffs = split(list)
            .enumerate()
            .map(|(index, entry)| {
                parse_duration(entry).map_err(|error| ScheduleError::Entry {
                    entry: index + 1,
                    error,
                })
            })
            .collect::<Result<Vec<_>, _>>()?;
        Self::try_from(backoffs)
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

/// The list, `1s, 2s, 4s, 0`. A list that was made by a shape and is longer than [`MAX_TEXT`] prints as that shape, so
/// that the text can be read back.
impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut list = String::new();
        for wait in self.waits() {
            write!(list, "{}, ", duration_text(*wait))?;
        }
        match self.shape().filter(|_| list.len() >= MAX_TEXT) {
            Some(shape) => write!(f, "{shape}"),
            None => write!(f, "{list}0"),
        }
    }
}

impl fmt::Debug for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Schedule({self})")
    }
}

#[cfg(feature = "serde")]
impl serde::Serialize for Schedule {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(feature = "serde")]
impl<'de> serde::Deserialize<'de> for Schedule {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl serde::de::Visitor<'_> for Text {
            type Value = Schedule;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a schedule such as \"1s, 2s, 4s, 0\"")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Schedule, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}
