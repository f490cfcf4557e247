//! HTTP's `Retry-After`. The text of a header flows in; a hint for `retry_after` flows out.

use core::time::Duration;
use std::format;
use std::string::String;
use std::time::SystemTime;

const LEAP_SECOND: &str = "23:59:60";
const SECOND_BEFORE: &str = "23:59:59";

/// The hint in a `Retry-After` header: a number of seconds, or a date in any of HTTP's three forms, as the time from `now`
/// until then.
///
/// `None` if the text is neither, if it is a list of values (`120, 60`), or if the date is past. A number too large for a
/// [`Duration`] gives the longest one.
///
/// RFC 9110 allows whole seconds only, but some servers send decimals. They are rounded up to the next whole millisecond: timers
/// are no finer, and the hint is never shorter than what the server said. A date is read whether its letters are capitals or
/// not. A leap second, `23:59:60`, is the start of the next day, as for the clock of the system.
///
/// Source: RFC 9110, sections 10.2.3 and 5.6.7.
///
/// ```
/// use core::time::Duration;
/// use retry_core::retry_after_header;
/// use std::time::SystemTime;
///
/// let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777);
/// assert_eq!(retry_after_header("120", now), Some(Duration::from_secs(120)));
/// assert_eq!(retry_after_header("0.503", now), Some(Duration::from_millis(503)));
/// assert_eq!(retry_after_header("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(Duration::from_secs(10)));
/// assert_eq!(retry_after_header("Sunday, 06-Nov-94 08:49:47 GMT", now), Some(Duration::from_secs(10)));
/// assert_eq!(retry_after_header("Sun Nov  6 08:49:47 1994", now), Some(Duration::from_secs(10)));
/// assert_eq!(retry_after_header("Sun, 06 Nov 1994 08:49:27 GMT", now), None);
/// assert_eq!(retry_after_header("soon", now), None);
/// ```
#[must_use]
pub fn retry_after_header(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim_matches([' ', '\t']);
    seconds(value).or_else(|| date(value)?.duration_since(now).ok())
}

/// Digits, which may be followed by a point and digits.
fn seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let is_number = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let (millis, finer) = fraction.split_at(fraction.len().min(3));
    let is_finer = finer.bytes().any(|digit| digit != b'0');
    let millis = format!("{millis:0<3}").parse::<u64>().ok()? + u64::from(is_finer);
    Some(whole.parse().map_or(Duration::MAX, |whole| {
        Duration::from_secs(whole).saturating_add(Duration::from_millis(millis))
    }))
}

fn date(value: &str) -> Option<SystemTime> {
    let value = capitalized(value);
    let is_leap = value.contains(LEAP_SECOND);
    let date = httpdate::parse_http_date(&value.replace(LEAP_SECOND, SECOND_BEFORE)).ok()?;
    date.checked_add(Duration::from_secs(is_leap.into()))
}

/// The text with the capitals of a date: `Sun`, `Nov`, `GMT`.
fn capitalized(value: &str) -> String {
    let mut in_word = false;
    let capitalize = |c: char| {
        let was_in_word = core::mem::replace(&mut in_word, c.is_ascii_alphabetic());
        if was_in_word {
            c.to_ascii_lowercase()
        } else {
            c.to_ascii_uppercase()
        }
    };
    let words: String = value.chars().map(capitalize).collect();
    words.replace("Gmt", "GMT")
}
