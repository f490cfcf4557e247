//! Schedules and jitter in serde's formats: as their texts. A schedule may also be a sequence of the texts of its entries,
//! and a jitter a number, in formats that say what stands there.

use crate::jitter::Jitter;
use crate::schedule::{MAX_TEXT, Schedule};
use crate::text::{list, too_long};
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};
use serde::ser::{Error as _, Serialize, Serializer};

/// As the text. A list whose text would be too long to be read back is an error.
impl Serialize for Schedule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let text = self.to_string();
        too_long(text.len()).map_err(S::Error::custom)?;
        serializer.serialize_str(&text)
    }
}

impl<'de> Deserialize<'de> for Schedule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any_or_text(deserializer, ScheduleVisitor)
    }
}

/// As the text.
impl Serialize for Jitter {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Jitter {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any_or_text(deserializer, JitterVisitor)
    }
}

/// Binary formats do not say what stands there: it is what was written, the text.
fn any_or_text<'de, D: Deserializer<'de>, V: Visitor<'de>>(
    deserializer: D,
    visitor: V,
) -> Result<V::Value, D::Error> {
    if deserializer.is_human_readable() {
        deserializer.deserialize_any(visitor)
    } else {
        deserializer.deserialize_str(visitor)
    }
}

/// Whole numbers are read as their text: a `0` without quotes is the `0` of a schedule.
macro_rules! whole_numbers_as_text {
    () => {
        fn visit_u64<E: Error>(self, number: u64) -> Result<Self::Value, E> {
            self.visit_str(&number.to_string())
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Self::Value, E> {
            self.visit_str(&number.to_string())
        }
    };
}

struct ScheduleVisitor;

impl<'de> Visitor<'de> for ScheduleVisitor {
    type Value = Schedule;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a schedule such as \"1s, 2s, 4s, 0\", or a sequence such as [\"1s\", \"2s\", \"4s\", \"0\"]")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Schedule, E> {
        text.parse().map_err(E::custom)
    }

    whole_numbers_as_text!();

    fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Schedule, A::Error> {
        let mut entries = Vec::new();
        // The text of the same list has a comma and a space between its entries.
        let mut bytes = 0;
        while let Some(Entry(entry)) = sequence.next_element()? {
            bytes += entry.len() + if bytes > 0 { 2 } else { 0 };
            if bytes <= MAX_TEXT {
                entries.push(entry);
            }
        }
        too_long(bytes)
            .and_then(|()| list(entries.iter().map(|entry| entry.trim())))
            .map_err(A::Error::custom)
    }
}

/// The text of an entry.
struct Entry(String);

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        any_or_text(deserializer, EntryVisitor)
    }
}

struct EntryVisitor;

impl Visitor<'_> for EntryVisitor {
    type Value = Entry;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a duration such as \"1.5s\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Entry, E> {
        Ok(Entry(text.to_string()))
    }

    whole_numbers_as_text!();
}

struct JitterVisitor;

impl Visitor<'_> for JitterVisitor {
    type Value = Jitter;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number from 0 to 1, \"full\" or \"equal\"")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Jitter, E> {
        text.parse().map_err(E::custom)
    }

    fn visit_f64<E: Error>(self, p: f64) -> Result<Jitter, E> {
        Jitter::proportional(p).map_err(E::custom)
    }

    whole_numbers_as_text!();
}
