//! Schedules and jitter as properties: exact, bounded, never a panic.

use proptest::prelude::*;
use retry_core::{
    Jitter, JitterError, Schedule, ScheduleError, jitter, jitter_capped, retry_block, testing,
};
use retry_schedule::StaticShape;
use serde::de::value::Error as ValueError;
use serde::de::{Deserialize, Deserializer, Visitor};
use std::collections::HashMap;
use std::iter::FusedIterator;
use std::time::Duration;

/// Any wait that may stand in a list, the extremes often.
fn wait() -> impl Strategy<Value = Duration> {
    prop_oneof![
        3 => (1..=u64::MAX).prop_map(Duration::from_nanos),
        3 => (1..=100_000_u64).prop_map(Duration::from_millis),
        2 => (0..=u64::MAX, 1..=999_999_999_u32).prop_map(|(secs, nanos)| Duration::new(secs, nanos)),
        1 => Just(Duration::MAX),
        1 => Just(Duration::from_nanos(1)),
    ]
}

fn list() -> impl Strategy<Value = Vec<Duration>> {
    prop::collection::vec(wait(), 0..40).prop_map(|mut waits| {
        waits.push(Duration::ZERO);
        waits
    })
}

/// A list, closed or open: its entries as texts.
fn entries() -> impl Strategy<Value = Vec<String>> {
    let waits = prop::collection::vec(wait(), 1..40);
    (waits, any::<bool>()).prop_map(|(waits, is_open)| {
        let texts = waits.iter().map(|wait| format!("{}ns", wait.as_nanos()));
        let end = if is_open { ".." } else { "0" };
        texts.chain([end.to_owned()]).collect()
    })
}

fn any_jitter() -> impl Strategy<Value = Jitter> {
    prop_oneof![
        (0.0..=1.0_f64).prop_map(|p| Jitter::proportional(p).expect("p is within 0 to 1")),
        Just(Jitter::none()),
        Just(Jitter::full()),
        Just(Jitter::equal()),
        Just(Jitter::default()),
    ]
}

/// The text of a shape, most often of one that makes a list.
fn shape() -> impl Strategy<Value = String> {
    let millis = || 1..=100_000_u32;
    let count = prop_oneof![
        (1..=1_000_u32).prop_map(|n| format!("attempts = {n}")),
        (0..=999_u32).prop_map(|n| format!("retries = {n}")),
    ];
    let max = prop::option::of(millis())
        .prop_map(|max| max.map_or(String::new(), |max| format!(", max = {max}ms")));
    let kind = prop_oneof![
        millis().prop_map(|d| format!("constant({d}ms")),
        (millis(), millis(), max.clone())
            .prop_map(|(d, s, max)| format!("linear({d}ms, step = {s}us{max}")),
        (millis(), 1..=999_999_999_u32, max.clone())
            .prop_map(|(d, f, max)| format!("exponential({d}us, factor = 1.{f:09}{max}")),
        (millis(), max).prop_map(|(d, max)| format!("fibonacci({d}us{max}")),
        (millis(), 1..=999_u32)
            .prop_map(|(d, f)| format!("inverse({d}us, factor = 0.{f:03}, min = 1us")),
    ];
    prop_oneof![
        8 => (kind, count).prop_map(|(kind, count)| format!("{kind}, {count})")),
        1 => within(),
    ]
}

/// The text of a shape whose waits stop changing, without its end: neither the number of attempts nor the `)`.
fn settling() -> impl Strategy<Value = String> {
    let millis = || 1..=100_000_u32;
    prop_oneof![
        millis().prop_map(|d| format!("constant({d}ms")),
        (millis(), 1_000..=100_000_u32, millis())
            .prop_map(|(d, s, max)| format!("linear({d}ms, step = {s}ms, max = {max}ms")),
        (millis(), 100_000_000..=999_999_999_u32, millis())
            .prop_map(|(d, f, max)| format!("exponential({d}us, factor = 1.{f:09}, max = {max}ms")),
        (millis(), millis()).prop_map(|(d, max)| format!("fibonacci({d}us, max = {max}ms")),
        (millis(), 1..=900_u32)
            .prop_map(|(d, f)| format!("inverse({d}us, factor = 0.{f:03}, min = 1us")),
    ]
}

/// The text of an `inverse` with a total time that a thousand attempts can reach.
fn within() -> impl Strategy<Value = String> {
    (1..=100_000_u32, 1..=100_000_u32, 1..=999_u32, 1..=900_u32).prop_map(
        |(one, other, factor, waits)| {
            let (min, first) = (one.min(other), one.max(other));
            let within = 1_001 + u64::from(min) * u64::from(waits);
            format!(
                "inverse({first}ms, factor = 0.{factor:03}, min = {min}ms, within = {within}ms)"
            )
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_displayed_is_read_back(list in list()) {
        let schedule = Schedule::try_from(list.clone()).expect("the list ends in zero");
        prop_assert_eq!(schedule.backoffs(), &list[..]);
        let text = schedule.to_string();
        prop_assert_eq!(text.parse(), Ok(schedule), "{}", text);
    }

    #[test]
    fn a_list_is_its_entries_in_text_and_in_sequences(entries in entries()) {
        let schedule: Schedule = entries.join(", ").parse().expect("it is a list");
        let sequence = serde_json::to_string(&entries).expect("texts are written");
        prop_assert_eq!(serde_json::from_str::<Schedule>(&sequence).expect("it is read"), schedule.clone());
        prop_assert_eq!(schedule.to_string().parse(), Ok(schedule));
    }

    #[test]
    fn an_open_list_repeats_its_last_wait(
        waits in prop::collection::vec(wait(), 1..20), attempt in prop_oneof![0..40_usize, any::<usize>()],
    ) {
        let schedule = Schedule::try_open(waits.clone()).expect("no wait is zero");
        // A model: the list, padded until it is long enough.
        let model = waits[attempt.min(waits.len() - 1)];
        prop_assert_eq!(schedule.backoff(attempt), model);
        prop_assert_eq!(schedule.waits(), &waits[..]);
        prop_assert_eq!(schedule.attempts(), usize::MAX);
        prop_assert_eq!(schedule.total(), Duration::MAX);
        prop_assert!(schedule.is_open());
        let jittered: Vec<Duration> = schedule.jittered(Jitter::none()).take(30).collect();
        let expected: Vec<Duration> = (0..30).map(|attempt| schedule.backoff(attempt)).collect();
        prop_assert_eq!(jittered, expected);
    }

    #[test]
    fn a_closed_list_is_zero_at_its_end_and_after_it(list in list(), attempt in prop_oneof![0..60_usize, any::<usize>()]) {
        let schedule = Schedule::try_from(list.clone()).expect("the list ends in zero");
        prop_assert_eq!(schedule.backoff(attempt), list.get(attempt).copied().unwrap_or_default());
        prop_assert!(!schedule.is_open());
    }

    #[test]
    fn an_open_shape_waits_as_a_very_long_one(shape in settling(), attempt in 0..999_usize) {
        let open: Schedule = format!("{shape}, ..)").parse().expect("its waits stop changing");
        let long: Schedule = format!("{shape}, attempts = 1000)").parse().expect("it fits");
        prop_assert_eq!(open.backoff(attempt), long.backoff(attempt), "{}", open);
        prop_assert_eq!(open.max(), long.max());
        prop_assert_eq!(open.to_string().parse(), Ok(open.clone()));
        let list: Schedule = format!("{open:#}").parse().expect("it is a list");
        prop_assert_eq!(open.backoffs(), list.backoffs());
    }

    #[test]
    fn no_wait_is_above_the_cap(backoff in wait(), max in wait(), jitter_is in any_jitter(), position in any::<u64>()) {
        let (shortest, longest) = jitter_is.bounds(backoff);
        prop_assert_eq!(jitter_is.bounds_capped(backoff, max), (shortest.min(max), longest.min(max)));
        prop_assert_eq!(jitter_is.bounds_capped(backoff, Duration::MAX), (shortest, longest));
        let wait = jitter_is.at_capped(backoff, max, position);
        prop_assert!(shortest.min(max) <= wait && wait <= longest.min(max), "{wait:?}");
        prop_assert_eq!(jitter_is.at_capped(backoff, max, u64::MAX), longest.min(max));
        prop_assert!(jitter_capped(backoff, jitter_is, max) <= max);
    }

    #[test]
    fn no_wait_of_a_shape_is_above_its_max(shape in shape(), jitter_is in any_jitter()) {
        let Ok(schedule) = shape.parse::<Schedule>() else { return Ok(()) };
        let max = schedule.max().unwrap_or(Duration::MAX);
        prop_assert_eq!(schedule.max().is_some(), shape.contains("max"));
        for (wait, backoff) in schedule.jittered(jitter_is).zip(schedule.waits()) {
            let (shortest, longest) = jitter_is.bounds(*backoff);
            prop_assert!(wait <= max && shortest <= wait && wait <= longest);
        }
    }

    #[test]
    fn the_worst_case_is_what_the_longest_waits_sum_up_to(shape in shape(), jitter_is in any_jitter()) {
        let Ok(schedule) = shape.parse::<Schedule>() else { return Ok(()) };
        let _longest = testing::fix_jitter(1.0);
        let waited = schedule.jittered(jitter_is).fold(Duration::ZERO, Duration::saturating_add);
        prop_assert_eq!(waited, schedule.worst_case(&jitter_is));
    }

    #[test]
    fn jittered_gives_as_many_waits_as_it_says(list in list(), jitter_is in any_jitter(), taken in 0..50_usize) {
        let schedule = Schedule::try_from(list).expect("the list ends in zero");
        let mut waits = schedule.jittered(jitter_is);
        for (left, backoff) in (0..schedule.waits().len()).rev().zip(schedule.waits()).take(taken) {
            let (shortest, longest) = jitter_is.bounds(*backoff);
            let wait = waits.next().expect("it is not over");
            prop_assert!(shortest <= wait && wait <= longest);
            prop_assert_eq!(waits.len(), left);
        }
        let left = waits.len();
        prop_assert_eq!(waits.by_ref().count(), left);
        prop_assert_eq!(waits.next(), None);
        prop_assert_eq!(waits.len(), 0);
    }

    #[test]
    fn a_jitter_is_read_back_from_its_text(billionths in 0..=1_000_000_000_u32, jitter_is in any_jitter()) {
        let proportional = Jitter::proportional(f64::from(billionths) / 1e9).expect("it is within 0 to 1");
        for jitter_is in [proportional, jitter_is] {
            prop_assert_eq!(jitter_is.to_string().parse(), Ok(jitter_is));
            let json = serde_json::to_string(&jitter_is).expect("a text is written");
            prop_assert_eq!(&json, &format!("\"{jitter_is}\""));
            prop_assert_eq!(serde_json::from_str::<Jitter>(&json).expect("it is read back"), jitter_is);
        }
        let number = proportional.to_string();
        prop_assert_eq!(serde_json::from_str::<Jitter>(&number).expect("it is a number"), proportional);
        let digits = format!("{}.{:09}", billionths / 1_000_000_000, billionths % 1_000_000_000);
        prop_assert_eq!(digits.parse(), Ok(proportional));
    }

    #[test]
    fn any_text_is_a_jitter_or_refused_with_a_reason(text in "[-+0-9a-z.,_ ()%µ]{0,10}") {
        if let Err(error) = text.parse::<Jitter>() {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn the_last_attempt_within_a_time_is_a_second_before_its_end(text in within()) {
        let schedule: Schedule = text.parse().expect("it can be reached");
        let (_, within) = text.rsplit_once(" = ").expect("it ends in `within`");
        let within: u64 = within.trim_end_matches("ms)").parse().expect("it is a number");
        prop_assert_eq!(schedule.total(), Duration::from_millis(within - 1_000));
        prop_assert!(schedule.waits().is_sorted_by(|wait, next| next <= wait));
    }

    #[test]
    fn what_a_shape_displays_is_read_back_however_long(text in shape()) {
        match text.parse::<Schedule>() {
            Ok(schedule) => {
                prop_assert!(schedule.to_string().contains('('), "a shape prints as a shape");
                prop_assert_eq!(schedule.to_string().parse(), Ok(schedule));
            }
            // Only what grows without a bound may fail.
            Err(error) => prop_assert!(error.to_string().contains("does not fit"), "{text}: {error}"),
        }
    }

    #[test]
    fn what_is_serialised_is_read_back(waits in prop::collection::vec(wait(), 0..400)) {
        let schedule = Schedule::try_from([waits, vec![Duration::ZERO]].concat()).expect("the list ends in zero");
        match serde_json::to_string(&schedule) {
            Ok(json) => prop_assert_eq!(serde_json::from_str::<Schedule>(&json).expect("it is read back"), schedule),
            Err(error) => {
                prop_assert!(schedule.to_string().len() > 4096);
                prop_assert!(error.to_string().contains("at most 4096 are read"), "{error}");
            }
        }
    }

    #[test]
    fn any_text_is_read_or_refused_with_a_reason(text in "[-+0-9a-z.,_ =()\\[\\]µ]{0,40}") {
        if let Err(error) = text.parse::<Schedule>() {
            prop_assert!(!error.to_string().is_empty());
        }
    }

    #[test]
    fn geometric_shapes_are_exact(first in 1..=1_000_000_u64, tenths in 11..=50_u128, retries in 1..=12_u32) {
        let text = format!("exponential({first}ns, factor = {}.{}, retries = {retries})", tenths / 10, tenths % 10);
        let schedule: Schedule = text.parse().expect("it fits");
        for (k, wait) in (0..).zip(schedule.waits()) {
            // d · f^k, rounded half up, as a fraction of whole numbers.
            let (numerator, denominator) = (u128::from(first) * tenths.pow(k), 10_u128.pow(k));
            let exact = (2 * numerator + denominator) / (2 * denominator);
            prop_assert_eq!(wait.as_nanos(), exact, "wait {} of {}", k, text);
        }
    }

    #[test]
    fn a_jittered_wait_stays_within_its_bounds(backoff in wait(), p in 0.0..=1.0_f64, position in any::<u64>()) {
        let half = backoff / 2;
        for (jitter_is, shortest, longest) in [
            (Jitter::none(), backoff, backoff),
            (Jitter::full(), Duration::ZERO, backoff),
            (Jitter::equal(), half, backoff),
        ] {
            for wait in [jitter(backoff, jitter_is), jitter_is.at(backoff, position)] {
                prop_assert!(shortest <= wait && wait <= longest, "{jitter_is:?}: {wait:?}");
            }
            prop_assert!(jitter_is.at(backoff, u64::MAX) == longest);
            prop_assert!(jitter_is.at(backoff, 0).saturating_sub(shortest) <= Duration::from_nanos(1));
        }
        let proportional = Jitter::proportional(p).expect("p is within 0 to 1");
        // Only as exact as a float is; `p` itself has no more than nine places.
        let (shortest, longest) = (backoff.as_secs_f64() * (1.0 - p), backoff.as_secs_f64() * (1.0 + p));
        for wait in [jitter(backoff, p), jitter(backoff, proportional), proportional.at(backoff, position)] {
            let wait = wait.as_secs_f64();
            let slack = 1e-9 + backoff.as_secs_f64() * 1e-12;
            prop_assert!(shortest - slack <= wait && wait <= longest + slack, "{wait} of {shortest} to {longest}");
        }
        prop_assert!(proportional.at(backoff, position) <= proportional.at(backoff, u64::MAX));
    }

    #[test]
    fn a_tenths_jitter_is_exact_in_decimal(backoff in wait(), tenths in 0..=10_u32) {
        let (shortest, longest) = Jitter::proportional(f64::from(tenths) / 10.0).expect("within 0 to 1").bounds(backoff);
        let spread = backoff.as_nanos() * u128::from(tenths) / 10;
        prop_assert_eq!(shortest.as_nanos(), backoff.as_nanos() - spread);
        prop_assert_eq!(longest.as_nanos(), (backoff.as_nanos() + spread).min(Duration::MAX.as_nanos()));
    }

    #[test]
    fn numbers_outside_zero_to_one_are_refused(p in prop::num::f64::ANY) {
        prop_assert_eq!(Jitter::proportional(p).is_ok(), (0.0..=1.0).contains(&p));
        // As an argument of the function they are brought inside, and nothing panics.
        prop_assert!(jitter(Duration::from_secs(1), p) <= Duration::from_secs(2));
    }

    #[test]
    fn attempts_equal_the_length_of_the_list_for_any_outcomes(
        list in list(),
        outcomes in prop::collection::vec(prop_oneof![3 => Just(Err(true)), 1 => Just(Err(false)), 1 => Just(Ok(()))], 0..60),
    ) {
        let guard = testing::skip_waits();
        let schedule = Schedule::try_from(list).expect("the list ends in zero");
        let mut attempts = 0;
        let outcome = retry_block!(schedule = schedule, on = |again| *again => {
            attempts += 1;
            outcomes.get(attempts - 1).copied().unwrap_or(Err(true))
        });
        let ended = outcomes.iter().position(|outcome| *outcome != Err(true)).map_or(usize::MAX, |index| index + 1);
        prop_assert_eq!(attempts, schedule.attempts().min(ended));
        prop_assert_eq!(outcome, outcomes.get(attempts - 1).copied().unwrap_or(Err(true)));
        prop_assert_eq!(guard.waits().len(), attempts - 1);
    }

    #[test]
    fn the_worst_case_is_never_exceeded(list in list(), jitter_is in any_jitter()) {
        let guard = testing::skip_waits();
        let schedule = Schedule::try_from(list).expect("the list ends in zero");
        let outcome: Result<(), ()> = retry_block!(schedule = schedule, jitter = jitter_is, on = |_| true => { Err(()) });
        prop_assert_eq!(outcome, Err(()));
        let waited = guard.waits().iter().fold(Duration::ZERO, |sum, wait| sum.saturating_add(*wait));
        prop_assert!(waited <= schedule.worst_case(&jitter_is));
        prop_assert!(schedule.total() <= schedule.worst_case(&jitter_is));
    }

    #[test]
    fn serde_writes_and_reads_the_text(list in list()) {
        let schedule = Schedule::try_from(list).expect("the list ends in zero");
        let json = serde_json::to_string(&schedule).expect("a text is written");
        prop_assert_eq!(&json, &format!("\"{schedule}\""));
        prop_assert_eq!(serde_json::from_str::<Schedule>(&json).expect("it is read back"), schedule);
    }
}

fn parse(text: &str) -> Result<String, String> {
    text.parse::<Schedule>()
        .map(|schedule| format!("{schedule:#}"))
        .map_err(|error| error.to_string())
}

#[test]
fn the_text_of_lists() {
    assert_eq!(parse("1s, 2s, 4s, 0").as_deref(), Ok("1s, 2s, 4s, 0"));
    assert_eq!(parse(" [ 1s,2s , 0, ] ").as_deref(), Ok("1s, 2s, 0"));
    assert_eq!(parse("0").as_deref(), Ok("0"));
    assert_eq!(
        parse("1ns, 1us, 1_500ms, 0.25s, 90s, 120s, 3600s, 36h, 1d, 0").as_deref(),
        Ok("1ns, 1us, 1.5s, 250ms, 90s, 2m, 1h, 36h, 1d, 0")
    );
    assert_eq!(
        parse("18446744073709551615.999999999s, 0").as_deref(),
        Ok("18446744073709551615.999999999s, 0")
    );
}

#[test]
fn the_text_of_shapes() {
    assert_eq!(
        parse("constant(1s, attempts = 3)").as_deref(),
        Ok("1s, 1s, 0")
    );
    assert_eq!(
        parse("linear(1s, step = 500ms, max = 2s, retries = 4)").as_deref(),
        Ok("1s, 1.5s, 2s, 2s, 0")
    );
    assert_eq!(
        parse("exponential(1s, max = 5s, attempts = 5)").as_deref(),
        Ok("1s, 2s, 4s, 5s, 0")
    );
    assert_eq!(
        parse("exponential(10s, max = 5s, attempts = 3)").as_deref(),
        Ok("5s, 5s, 0")
    );
    assert_eq!(
        parse("fibonacci(1s, retries = 6)").as_deref(),
        Ok("1s, 1s, 2s, 3s, 5s, 8s, 0")
    );
    assert_eq!(
        parse("inverse(3m, min = 15s, retries = 5)").as_deref(),
        Ok("3m, 90s, 45s, 22.5s, 15s, 0")
    );
    assert_eq!(
        parse("inverse(3m, factor = 0.5, min = 15s, within = 5m)").as_deref(),
        Ok("3m, 90s, 29s, 0")
    );
    assert_eq!(
        parse("inverse(3m, min = 15s, within = 1m)").as_deref(),
        Ok("59s, 0")
    );
    assert_eq!(
        parse("inverse(8s, min = 1s, within = 16s)").as_deref(),
        Ok("8s, 4s, 2s, 1s, 0")
    );
    assert_eq!(
        parse("exponential(1ns, factor = 1.5, retries = 5)").as_deref(),
        Ok("1ns, 2ns, 2ns, 3ns, 5ns, 0")
    );
    assert_eq!(parse("constant(1s, retries = 0)").as_deref(), Ok("0"));
}

#[test]
fn the_text_of_open_schedules() {
    for (text, list) in [
        ("1s, 2s, 5s, ..", "1s, 2s, 5s, .."),
        ("[1s,..,]", "1s, .."),
        ("constant(1s, ..)", "1s, .."),
        ("linear(1s, step = 2s, max = 4s, ..)", "1s, 3s, 4s, .."),
        ("linear(9s, step = 2s, max = 4s, ..)", "4s, .."),
        ("exponential(1s, max = 5s, ..,)", "1s, 2s, 4s, 5s, .."),
        ("fibonacci(1s, max = 4s, ..)", "1s, 1s, 2s, 3s, 4s, .."),
        ("inverse(4s, min = 1s, ..)", "4s, 2s, 1s, .."),
        ("inverse(1s, min = 1s, ..)", "1s, .."),
    ] {
        assert_eq!(parse(text).as_deref(), Ok(list));
    }
    let second = Duration::from_secs(1);
    let built = Schedule::fibonacci(second).max(4 * second).without_end();
    assert_eq!(built, "fibonacci(1s, max = 4s, ..)".parse());
}

#[test]
fn a_shape_prints_as_itself_and_its_list_on_demand() {
    let text = "exponential(500ms, max = 60s, factor = 1.5, attempts = 4)";
    let schedule: Schedule = text.parse().expect("it is a shape");
    let printed = "exponential(500ms, max = 1m, factor = 1.5, attempts = 4)";
    assert_eq!(schedule.to_string(), printed);
    assert_eq!(format!("{schedule:#}"), "500ms, 750ms, 1.125s, 0");
    assert_eq!(format!("{schedule:?}"), format!("Schedule({printed})"));
    let json = serde_json::to_string(&schedule).expect("a shape is short");
    assert_eq!(json, format!("\"{printed}\""));
}

#[test]
fn schedules_differ_if_their_longest_wait_does() {
    let capped: Schedule = "linear(1s, step = 1s, max = 2s, retries = 2)"
        .parse()
        .unwrap();
    let same: Schedule = "exponential(1s, max = 2s, retries = 2)".parse().unwrap();
    let list: Schedule = "1s, 2s, 0".parse().unwrap();
    assert_eq!(capped, same);
    assert_ne!(capped, list);
    assert_eq!(list, "exponential(1s, retries = 2)".parse().unwrap());
    assert_ne!(list, "1s, 2s, ..".parse().unwrap());
}

#[test]
fn clients_at_the_cap_do_not_come_back_together() {
    const DRAWN: u32 = 10_000;

    let schedule: Schedule = "exponential(1s, max = 60s, ..)"
        .parse()
        .expect("it is open");
    for (jitter_is, shortest) in [
        (Jitter::default(), 48),
        (Jitter::full(), 0),
        (Jitter::equal(), 30),
        ("1".parse().expect("it is a jitter"), 0),
    ] {
        let at_cap = schedule.jittered(jitter_is).skip(6);
        let waits: Vec<Duration> = at_cap.take(DRAWN as usize).collect();
        let mut equal = HashMap::new();
        for wait in &waits {
            *equal.entry(wait).or_insert(0) += 1;
        }
        assert!(equal.values().all(|count| *count <= 3), "{jitter_is}");
        // Uniform: the mean is in the middle.
        let mean = waits.iter().sum::<Duration>() / DRAWN;
        let middle = Duration::from_secs(60 + shortest) / 2;
        assert!(
            mean.abs_diff(middle) < Duration::from_secs(1),
            "{jitter_is}: {mean:?}"
        );
    }
}

#[test]
fn a_shape_worked_out_at_compile_time_is_the_shape() {
    const SECOND: Duration = Duration::from_secs(1);
    const CLOSED: Schedule = Schedule::of_shape(
        &[SECOND, Duration::from_secs(2), Duration::ZERO],
        &StaticShape {
            text: "exponential(1s, max = 2s, attempts = 3)",
            max: Some(Duration::from_secs(2)),
        },
    );
    const OPEN: Schedule = Schedule::of_shape(
        &[SECOND],
        &StaticShape {
            text: "constant(1s, ..)",
            max: None,
        },
    );
    const LIST: Schedule = Schedule::open(&[SECOND]);

    assert_eq!(CLOSED.to_string().parse(), Ok(CLOSED));
    assert_eq!(format!("{CLOSED:#}"), "1s, 2s, 0");
    assert_eq!(CLOSED.worst_case(&Jitter::full()), 3 * SECOND);
    assert_eq!(
        CLOSED.worst_case(&Jitter::default()),
        Duration::from_millis(3_200)
    );
    assert_eq!(OPEN.to_string().parse(), Ok(OPEN));
    assert_eq!(OPEN, LIST);
    assert_eq!(LIST.to_string(), "1s, ..");
}

#[test]
fn jittered_suits_the_closures_of_other_crates() {
    fn is_iterator<
        I: ExactSizeIterator<Item = Duration> + FusedIterator + Clone + Send + Sync + Unpin + 'static,
    >(
        _: &I,
    ) {
    }

    const OPEN: Schedule = Schedule::open(&[Duration::from_secs(1)]);

    let open = OPEN.jittered(Jitter::default());
    is_iterator(&open);
    assert_eq!(open.len(), usize::MAX);
    assert_eq!(open.clone().skip(5).take(2).len(), 2);
    let _fixed = testing::fix_jitter(0.0);
    let shortest: Vec<Duration> = open.take(2).collect();
    assert_eq!(shortest, [Duration::from_millis(800); 2]);
}

#[test]
fn serde_reads_sequences_and_refuses_what_is_none() {
    let read =
        |json: &str| serde_json::from_str::<Schedule>(json).map(|schedule| schedule.to_string());
    assert_eq!(read(r#"["1s", " 2s ", "0"]"#).unwrap(), "1s, 2s, 0");
    assert_eq!(read(r#"["1s", 0]"#).unwrap(), "1s, 0");
    assert_eq!(read("0").unwrap(), "0");
    assert_eq!(read(r#"["1s", ".."]"#).unwrap(), "1s, ..");
    let long = serde_json::to_string(&vec!["1.5s"; 1_000]).expect("texts are written");
    for (json, reason) in [
        ("[]", "the schedule is empty"),
        (r#"["1s"]"#, "does not end in `0`"),
        (r#"["1s, 0"]"#, "entry 1: `1s, 0`"),
        (
            r#"["exponential(1s, attempts = 3)"]"#,
            "entry 1: `exponential(1s, attempts = 3)`",
        ),
        (r#"["1s", "", "0"]"#, "entry 2: a duration is missing"),
        (r#"["1s", 4, 0]"#, "entry 2: `4` has no unit: write `4s`"),
        (r#"["1s", -4, 0]"#, "entry 2: `-4` is negative"),
        (r#"["1s", true]"#, "expected a duration such as"),
        ("5", "`5` has no unit"),
        ("1.5", "expected a schedule such as"),
        (long.as_str(), "has 5998 bytes"),
    ] {
        let error = read(json).expect_err(json).to_string();
        assert!(error.contains(reason), "{json}: {error}");
    }
}

#[test]
fn serde_reads_a_sequence_that_is_as_long_as_a_text_may_be() {
    let entries = [["10m"; 819].as_slice(), &["0"]].concat();
    assert_eq!(entries.join(", ").len(), 4096);
    let json = serde_json::to_string(&entries).expect("texts are written");
    let schedule: Schedule = serde_json::from_str(&json).expect("it is short enough");
    assert_eq!(schedule.attempts(), 820);
}

#[test]
fn a_number_outside_zero_to_one_is_the_nearer_of_the_two_as_jitter() {
    let _longest = testing::fix_jitter(1.0);
    for (p, longest) in [
        (f64::NEG_INFINITY, 1),
        (-0.5, 1),
        (f64::NAN, 1),
        (1.5, 2),
        (f64::INFINITY, 2),
    ] {
        let wait = jitter(Duration::from_secs(1), p);
        assert_eq!(wait, Duration::from_secs(longest), "{p}");
    }
}

/// A binary format: only what is asked for can be read.
struct Binary(&'static str);

impl<'de> Deserializer<'de> for Binary {
    type Error = ValueError;

    fn deserialize_any<V: Visitor<'de>>(self, _: V) -> Result<V::Value, ValueError> {
        panic!("the format does not say what stands there")
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, ValueError> {
        visitor.visit_str(self.0)
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    serde::forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u8 u16 u32 u64 f32 f64 char string bytes byte_buf option unit unit_struct newtype_struct seq
        tuple tuple_struct map struct enum identifier ignored_any
    }
}

#[test]
fn binary_formats_hold_the_text() {
    assert_eq!(
        Schedule::deserialize(Binary("1s, 0")),
        Ok("1s, 0".parse().unwrap())
    );
    assert_eq!(Jitter::deserialize(Binary("0.2")), Ok(Jitter::default()));
}

#[test]
fn the_text_of_jitter() {
    let shown = |text: &str| text.parse().map(|jitter: Jitter| jitter.to_string());
    for (text, printed) in [
        ("0.2", "0.2"),
        (" 0.20 ", "0.2"),
        ("0", "0"),
        ("1.0", "1"),
        ("0.1234567899", "0.123456789"),
        ("full", "full"),
        ("equal", "equal"),
    ] {
        assert_eq!(shown(text).as_deref(), Ok(printed));
    }
    for text in [
        "", "20%", "-0.2", "+0.2", "1e-1", ".5", "nan", "inf", "Full", "٠",
    ] {
        let error = shown(text).expect_err(text);
        assert_eq!(error, JitterError::NotAJitter(text.to_owned()));
        assert!(error.to_string().contains("`full` or `equal`"), "{error}");
    }
    assert_eq!(shown("1.5"), Err(JitterError::OutOfRange { p: 1.5 }));
    for (json, reason) in [
        ("2", "a jitter of 2 is out of range"),
        ("-0.5", "a jitter of -0.5 is out of range"),
        ("true", "expected a number from 0 to 1"),
        ("\"half\"", "`half` is not a jitter"),
    ] {
        let error = serde_json::from_str::<Jitter>(json)
            .expect_err(json)
            .to_string();
        assert!(error.contains(reason), "{json}: {error}");
    }
    assert_eq!(serde_json::from_str::<Jitter>("1").ok(), "1".parse().ok());
}

#[test]
fn what_is_refused_names_the_entry_and_what_to_change() {
    for (text, reason) in [
        ("", "the schedule is empty"),
        (
            "1s, 2s",
            "entry 2, `2s`, is the wait after the last attempt",
        ),
        ("1s, 0, 2s, 0", "entry 2 is `0`"),
        ("1s, 4, 0", "entry 2: `4` has no unit: write `4s`"),
        ("1s, 4sec, 0", "entry 2: `4sec` has an unknown unit `sec`"),
        ("1s,, 0", "entry 2: a duration is missing"),
        ("-1s, 0", "entry 1: `-1s` is negative"),
        ("+1s, 0", "entry 1: `+1s` has a sign"),
        ("1e3s, 0", "entry 1: `1e3s` has an exponent"),
        ("nan, 0", "entry 1: `nan` is not a duration"),
        ("inf, 0", "entry 1: `inf` is not a duration"),
        ("١s, 0", "entry 1: `١s` is not a duration"),
        ("1s, 1１s, 0", "entry 2: `1１s`"),
        ("0.5ns, 0", "entry 1: `0.5ns` is finer than a nanosecond"),
        (
            "18446744073709551616s, 0",
            "entry 1: `18446744073709551616s` is too long",
        ),
        ("1s 2s, 0", "entry 1: `1s 2s`"),
        (
            "exponental(1s, retries = 2)",
            "there is no shape `exponental`: ",
        ),
        ("exponential(1s)", "does not say how many attempts"),
        (
            "exponential(1s, attempts = 2, retries = 1)",
            "say the same thing",
        ),
        (
            "exponential(1s, attempts = 0)",
            "`attempts = 0` is out of range: `attempts` is a whole number from 1 to 1000",
        ),
        (
            "exponential(1s, retries = 1000)",
            "`retries = 1000` is out of range",
        ),
        (
            "exponential(1s, factor = 1, retries = 2)",
            "`factor = 1` is out of range",
        ),
        (
            "exponential(1s, factor = 1.0000000001, retries = 2)",
            "out of range",
        ),
        (
            "exponential(1s, step = 1s, retries = 2)",
            "`exponential` has no argument `step`",
        ),
        (
            "exponential(1s, retries = 2, retries = 3)",
            "`retries` is written twice",
        ),
        (
            "exponential(1s, retries = 999)",
            "wait 65 does not fit a duration: add `max`",
        ),
        ("exponential(1s, 5)", "is not understood"),
        ("exponential(retries = 2)", "needs its first wait"),
        ("linear(1s, retries = 2)", "`linear` needs `step`"),
        ("inverse(1s, retries = 2)", "`inverse` needs `min`"),
        (
            "inverse(1s, min = 2s, retries = 2)",
            "`min = 2s` is out of range",
        ),
        (
            "inverse(1s, factor = 1, min = 1s, retries = 2)",
            "`factor = 1` is out of range",
        ),
        (
            "inverse(1s, min = 1s, within = 1s)",
            "`within = 1s` is out of range: `within` is longer than 1s",
        ),
        (
            "inverse(1m, min = 1s, within = 1d)",
            "at most 1000 attempts can take: write a shorter one, or a longer `min`",
        ),
        (
            "inverse(1m, min = 1s, within = 5m, retries = 3)",
            "`within` says how many attempts there are, and so does `retries`",
        ),
        (
            "inverse(1m, min = 1s)",
            "or `within = 5m` for as many as that time allows",
        ),
        (
            "linear(1s, step = 1s, within = 1m)",
            "has no argument `within`",
        ),
        ("constant(0s, retries = 2)", "entry 1 is `0`"),
        ("..", "`..` repeats the wait before it, and there is none"),
        (
            "1s, 0, ..",
            "entry 2 is `0`, which means \"no more waiting\": remove one",
        ),
        ("0, 1s, ..", "entry 1 is `0`"),
        (
            "1s, .., 0",
            "entry 2 is `..`, which repeats the wait before it without end: remove what follows",
        ),
        ("1s, .., ..", "entry 2 is `..`"),
        ("1s, ...", "entry 2: `...`"),
        ("exponential(..)", "needs its first wait"),
        (
            "exponential(1s, ..)",
            "grow without end, and `..` repeats the last: add `max = 60s`",
        ),
        (
            "linear(1s, step = 1s, ..)",
            "the waits of `linear` grow without end",
        ),
        (
            "linear(1ns, step = 1ns, max = 1s, ..)",
            "`..` repeats the wait that `max` sets, but 1000 waits do not reach it",
        ),
        (
            "inverse(1s, factor = 0.999999999, min = 1ms, ..)",
            "the wait that `min` sets",
        ),
        ("inverse(1s, ..)", "`inverse` needs `min`"),
        ("constant(0s, ..)", "entry 1 is `0`, which means"),
        (
            "exponential(1s, max = 0s, ..)",
            "entry 1 is `0`, which means",
        ),
        ("exponential(1s, .., max = 5s)", "`..` stands at the end"),
        ("constant(1s, .., ..)", "`..` stands at the end"),
        (
            "constant(1s, attempts = 3, ..)",
            "`..` repeats the last wait without end, and `attempts` says when to end",
        ),
        (
            "constant(1s, retries = 3, ..)",
            "and `retries` says when to end",
        ),
        (
            "inverse(1m, min = 1s, within = 5m, ..)",
            "and `within` says when to end",
        ),
        ("exponential(1s, retries = 2", "is not understood"),
    ] {
        let error = parse(text).expect_err(text);
        assert!(error.contains(reason), "{text}: {error}");
    }
    let error = "1s, 4, 0".parse::<Schedule>().unwrap_err();
    assert!(
        std::error::Error::source(&error).is_none(),
        "a chain would say it twice"
    );
    let long = "1s, ".repeat(2_000) + "0";
    assert_eq!(
        long.parse::<Schedule>(),
        Err(ScheduleError::TextTooLong { bytes: 8_001 })
    );
}

#[test]
fn shapes_can_be_built_of_values() {
    let list = |built: &Result<Schedule, ScheduleError>| {
        built
            .as_ref()
            .map(|schedule| format!("{schedule:#}"))
            .unwrap_or_default()
    };
    let second = Duration::from_secs(1);
    let built = Schedule::exponential(second)
        .factor(1.5)
        .max(2 * second)
        .attempts(4);
    assert_eq!(list(&built), "1s, 1.5s, 2s, 0");
    let built = Schedule::linear(second).step(second).retries(2);
    assert_eq!(list(&built), "1s, 2s, 0");
    let built = Schedule::inverse(second).min(second / 4).retries(3);
    assert_eq!(list(&built), "1s, 500ms, 250ms, 0");
    let built = Schedule::inverse(8 * second)
        .min(second)
        .within(14 * second);
    assert_eq!(list(&built), "8s, 4s, 1s, 0");
    for factor in [f64::NAN, f64::INFINITY, 1.0, 0.5, -2.0, 1e300] {
        assert!(
            Schedule::exponential(second)
                .factor(factor)
                .retries(2)
                .is_err(),
            "{factor}"
        );
    }
    assert!(Schedule::constant(second).max(second).retries(2).is_err());
    assert!(Schedule::linear(second).retries(2).is_err());
    assert!(Schedule::fibonacci(second).attempts(1_001).is_err());
}

#[test]
fn sums_saturate() {
    let schedule = Schedule::try_from(vec![Duration::MAX, Duration::MAX, Duration::ZERO])
        .expect("it ends in zero");
    assert_eq!(schedule.total(), Duration::MAX);
    assert_eq!(schedule.worst_case(&Jitter::default()), Duration::MAX);
    assert_eq!(schedule.waits().len(), 2);
}

#[test]
fn a_clone_allocates_nothing() {
    let shared: Schedule = "1s, 2s, 0".parse().expect("it is a schedule");
    let allocated = allocation_counter::measure(|| drop(shared.clone()));
    assert_eq!(allocated.count_total, 0);
}

#[test]
#[should_panic(expected = "does not end in zero")]
fn a_static_list_is_checked_too() {
    let _ = Schedule::from_static(&[Duration::MAX]);
}
