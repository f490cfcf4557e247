//! What a `Retry-After` header says, as a table.

#![cfg(feature = "http-date")]

use core::time::Duration;
use retry_core::retry_after_header;
use std::time::SystemTime;

/// 6 November 1994, 08:49:37, in seconds since the epoch.
const NOW: u64 = 784_111_777;

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

fn check(table: &[(&str, Duration)]) {
    for (value, hint) in table {
        assert_eq!(retry_after_header(value, at(NOW)), Some(*hint), "{value:?}");
    }
}

fn check_none(table: &[&str]) {
    for value in table {
        assert_eq!(retry_after_header(value, at(NOW)), None, "{value:?}");
    }
}

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

#[test]
fn whole_seconds() {
    check(&[
        ("0", secs(0)),
        ("120", secs(120)),
        ("0120", secs(120)),
        (" 120\t", secs(120)),
        ("18446744073709551615", secs(u64::MAX)),
        ("18446744073709551616", Duration::MAX),
        ("9999999999999999999999999999", Duration::MAX),
    ]);
}

#[test]
fn decimals_are_rounded_up_to_the_millisecond() {
    check(&[
        ("0.503", ms(503)),
        ("0.5", ms(500)),
        ("1.05", ms(1_050)),
        ("2.0", ms(2_000)),
        ("0.0001", ms(1)),
        ("0.5030000", ms(503)),
        ("0.50300001", ms(504)),
        ("0.9991", ms(1_000)),
        ("59.99999999999999999999999999999", ms(60_000)),
        ("18446744073709551615.9999", Duration::MAX),
        ("99999999999999999999.5", Duration::MAX),
    ]);
}

#[test]
fn dates_in_the_three_forms_of_http() {
    check(&[
        ("Sun, 06 Nov 1994 08:49:47 GMT", secs(10)),
        ("Sunday, 06-Nov-94 08:49:47 GMT", secs(10)),
        ("Sun Nov  6 08:49:47 1994", secs(10)),
        ("\tSun, 06 Nov 1994 08:49:47 GMT ", secs(10)),
        ("Sun, 06 Nov 1994 08:49:37 GMT", secs(0)),
    ]);
    // The past.
    check_none(&[
        "Sun, 06 Nov 1994 08:49:36 GMT",
        "Sat, 05 Nov 1994 08:49:47 GMT",
    ]);
}

#[test]
fn dates_without_the_right_capitals() {
    check(&[
        ("sun, 06 nov 1994 08:49:47 gmt", secs(10)),
        ("SUN, 06 NOV 1994 08:49:47 GMT", secs(10)),
        ("sunday, 06-nov-94 08:49:47 gmt", secs(10)),
        ("sun nov  6 08:49:47 1994", secs(10)),
    ]);
}

#[test]
fn a_leap_second_is_the_start_of_the_next_day() {
    // The end of 2016: one second before the leap second, the leap second, and the second after it.
    let now = at(1_483_228_790);
    for (value, seconds) in [
        ("Sat, 31 Dec 2016 23:59:59 GMT", 9),
        ("Sat, 31 Dec 2016 23:59:60 GMT", 10),
        ("sat, 31 dec 2016 23:59:60 gmt", 10),
        ("Saturday, 31-Dec-16 23:59:60 GMT", 10),
        ("Sat Dec 31 23:59:60 2016", 10),
        ("Sun, 01 Jan 2017 00:00:00 GMT", 10),
    ] {
        assert_eq!(
            retry_after_header(value, now),
            Some(secs(seconds)),
            "{value}"
        );
    }
}

#[test]
fn what_is_no_hint() {
    check_none(&[
        "",
        " ",
        "soon",
        "-1",
        "+1",
        "1e3",
        ".5",
        "5.",
        ".",
        "1.2.3",
        "1,5",
        "0x10",
        "120s",
        "1 2",
        "١٢٠",
        "NaN",
        "inf",
        // A list of values.
        "120, 60",
        "120,60",
        "120,",
        "120; 60",
        "120, Sun, 06 Nov 1994 08:49:47 GMT",
        "Sun, 06 Nov 1994 08:49:47 GMT, Sun, 06 Nov 1994 08:49:57 GMT",
        // Dates that there are not.
        "Mon, 06 Nov 1994 08:49:47 GMT",
        "Thu, 31 Nov 1994 08:49:47 GMT",
        "Sun, 06 Nov 1994 08:49:60 GMT",
        "Sun, 06 Nov 1994 23:59:61 GMT",
        "Sun, 06 Nov 1994 24:00:00 GMT",
        "Sun, 06 Nov 1994 08:49:47 UTC",
        "Sun, 06 Nov 1994 08:49:47 +0000",
        "1994-11-06T08:49:47Z",
        "ſun, 06 Nov 1994 08:49:47 GMT",
    ]);
}

#[test]
fn the_latest_date_is_far_away() {
    let hint = retry_after_header("Fri, 31 Dec 9999 23:59:60 GMT", at(NOW));
    assert_eq!(hint, Some(secs(253_402_300_800 - NOW)));
}
