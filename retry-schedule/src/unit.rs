//! The units of durations, by their names in a schedule and by the names that people write instead.

use crate::named::named;

named! {
    /// A unit that a duration may be written in. They are ordered by their length.
    ///
    /// ```
    /// use retry_schedule::Unit;
    ///
    /// assert_eq!(Unit::from_name("ms"), Some(Unit::Millisecond));
    /// assert_eq!(Unit::Millisecond.nanos(), 1_000_000);
    /// ```
    pub enum Unit {
        /// `ns`
        Nanosecond = "ns",
        /// `us`
        Microsecond = "us",
        /// `ms`
        Millisecond = "ms",
        /// `s`
        Second = "s",
        /// `m`
        Minute = "m",
        /// `h`
        Hour = "h",
        /// `d`
        Day = "d",
    }
}

/// The names of the units, with their length in nanoseconds, shortest first.
pub const UNITS: [(&str, u128); 7] = {
    let mut units = [("", 0); 7];
    let mut index = 0;
    while index < units.len() {
        units[index] = (Unit::NAMES[index], Unit::ALL[index].nanos());
        index += 1;
    }
    units
};

impl Unit {
    /// The length in nanoseconds.
    #[must_use]
    pub const fn nanos(self) -> u128 {
        match self {
            Self::Nanosecond => 1,
            Self::Microsecond => 1_000,
            Self::Millisecond => 1_000_000,
            Self::Second => 1_000_000_000,
            Self::Minute => 60 * Self::Second.nanos(),
            Self::Hour => 60 * Self::Minute.nanos(),
            Self::Day => 24 * Self::Hour.nanos(),
        }
    }

    /// The unit that is meant by a longer name, such as `sec`, or by capital letters.
    pub(crate) fn meant_by(name: &str) -> Option<Self> {
        let name = name.to_lowercase();
        let plurals = |unit| match unit {
            Self::Nanosecond => ["nanoseconds", "nanos", "nsecs"].as_slice(),
            Self::Microsecond => &["microseconds", "micros", "usecs", "µs", "μs"],
            Self::Millisecond => &["milliseconds", "millis", "msecs"],
            Self::Second => &["seconds", "secs"],
            Self::Minute => &["minutes", "mins"],
            Self::Hour => &["hours", "hrs"],
            Self::Day => &["days"],
        };
        Self::ALL.into_iter().find(|unit| {
            unit.name() == name
                || plurals(*unit)
                    .iter()
                    .any(|plural| *plural == name || plural.strip_suffix('s') == Some(&name))
        })
    }
}
