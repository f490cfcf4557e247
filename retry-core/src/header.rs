//! HTTP's `Retry-After`. The text of a header flows in; a hint for `retry_after` flows out.

use core::time::Duration;
use std::time::SystemTime;

/// The hint in a `Retry-After` header: a number of seconds, or a date in any of HTTP's three forms, as the time from `now`
/// until then.
///
/// `None` if the text is neither, or if the date is past. A number too large for a [`Duration`] gives the longest one.
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
/// assert_eq!(retry_after_header("Sun, 06 Nov 1994 08:49:47 GMT", now), Some(Duration::from_secs(10)));
/// assert_eq!(retry_after_header("Sunday, 06-Nov-94 08:49:47 GMT", now), Some(Duration::from_secs(10)));
/// assert_eq!(retry_after_header("Sun Nov  6 08:49:47 1994", now), Some(Duration::from_secs(10)));
/// assert_eq!(retry_after_header("Sun, 06 Nov 1994 08:49:27 GMT", now), None);
/// assert_eq!(retry_after_header("soon", now), None);
/// ```
#[must_use]
pub fn retry_after_header(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim_matches([' ', '\t']);
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(value.parse().map_or(Duration::MAX, Duration::from_secs));
    }
    httpdate::parse_http_date(value)
        .ok()?
        .duration_since(now)
        .ok()
}
