//! The axis of time that all timelines share: what is where on it, and which moments are written below.

use retry_schedule::UNITS;
use std::time::Duration;

pub(crate) struct Axis {
    end: Duration,
    /// In nanoseconds.
    step: u128,
    unit: (&'static str, u128),
}

impl Axis {
    /// From the start to the end, with as many marks as leave room for their labels in so many columns.
    pub(crate) fn new(end: Duration, columns: usize) -> Self {
        // What is over at once is drawn as the start of a second.
        let end = if end.is_zero() {
            Duration::from_secs(1)
        } else {
            end
        };
        let mut axis = Self {
            end,
            step: end.as_nanos(),
            unit: UNITS[0],
        };
        for (step, unit) in steps() {
            axis.step = step;
            axis.unit = if step < 1_000_000_000 {
                decimal_unit(end)
            } else {
                unit
            };
            let count = end.as_nanos() / step;
            let last = axis.label(count * step).chars().count();
            let has_room = count <= columns as u128 && count as usize * (last + 4) <= columns;
            if has_room && axis.last_is_apart(count, last, columns) {
                break;
            }
        }
        axis
    }

    /// Whether the last label, which is moved to the left where it does not fit, does not meet the one before.
    fn last_is_apart(&self, count: u128, width: usize, columns: usize) -> bool {
        let Some(before) = count.checked_sub(1) else {
            return true;
        };
        let column = |index| self.column(from_nanos(index * self.step), columns);
        let end_of_one_before = column(before) + self.label(before * self.step).chars().count();
        column(count).min(columns.saturating_sub(width)) > end_of_one_before
    }

    /// Where a moment is: 0 is the start, 1 the end.
    pub(crate) fn position(&self, at: Duration) -> f64 {
        at.div_duration_f64(self.end).min(1.0)
    }

    /// The column of a moment, if there are so many.
    pub(crate) fn column(&self, at: Duration, columns: usize) -> usize {
        (self.position(at) * (columns - 1) as f64).round() as usize
    }

    /// The moments with a label.
    pub(crate) fn marks(&self) -> impl Iterator<Item = (Duration, String)> {
        (0..=self.end.as_nanos() / self.step).map(|index| {
            let nanos = index * self.step;
            (from_nanos(nanos), self.label(nanos))
        })
    }

    fn label(&self, nanos: u128) -> String {
        let (name, length) = self.unit;
        let (whole, mut rest) = (nanos / length, nanos % length);
        let mut label = whole.to_string();
        if rest > 0 {
            label.push('.');
        }
        // Only units that are powers of ten ever have a rest.
        let mut place = length;
        while rest > 0 {
            place /= 10;
            label.push_str(&(rest / place).to_string());
            rest %= place;
        }
        if nanos > 0 {
            label.push_str(name);
        }
        label
    }
}

/// The distances between marks that are easy to count in, with their units, shortest first.
fn steps() -> impl Iterator<Item = (u128, (&'static str, u128))> {
    let [nanosecond, .., second, minute, hour, day] = UNITS;
    let powers =
        |most| (0..most).flat_map(|power| [1, 2, 5].map(|digit| digit * 10_u128.pow(power)));
    let parts = powers(9).map(move |times| (times, nanosecond));
    let days = powers(15).map(move |times| (times, day));
    let times = |unit, list: &'static [u128]| list.iter().map(move |times| (*times, unit));
    parts
        .chain(times(second, &[1, 2, 5, 10, 15, 30]))
        .chain(times(minute, &[1, 2, 5, 10, 15, 30]))
        .chain(times(hour, &[1, 2, 3, 6, 12]))
        .chain(days)
        .map(|(times, unit)| (times * unit.1, unit))
}

/// The longest unit up to a second that is not longer than the time.
fn decimal_unit(time: Duration) -> (&'static str, u128) {
    UNITS
        .into_iter()
        .take_while(|(name, length)| *name != "m" && *length <= time.as_nanos())
        .last()
        .unwrap_or(UNITS[0])
}

fn from_nanos(nanos: u128) -> Duration {
    let seconds = u64::try_from(nanos / 1_000_000_000).unwrap_or(u64::MAX);
    Duration::from_secs(seconds) + Duration::from_nanos((nanos % 1_000_000_000) as u64)
}
