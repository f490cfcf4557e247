//! Schedules and jitter as properties: exact, bounded, never a panic.

use proptest::prelude::*;
use retry_core::{Jitter, Schedule, ScheduleError, jitter, retry_block, testing};
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
            Ok(schedule) => prop_assert_eq!(schedule.to_string().parse(), Ok(schedule)),
            // Only what grows without a bound may fail.
            Err(error) => prop_assert!(error.to_string().contains("does not fit"), "{text}: {error}"),
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
        .map(|schedule| schedule.to_string())
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
    let second = Duration::from_secs(1);
    let built = Schedule::exponential(second)
        .factor(1.5)
        .max(2 * second)
        .attempts(4);
    assert_eq!(
        built.map(|schedule| schedule.to_string()).as_deref(),
        Ok("1s, 1.5s, 2s, 0")
    );
    let built = Schedule::linear(second).step(second).retries(2);
    assert_eq!(
        built.map(|schedule| schedule.to_string()).as_deref(),
        Ok("1s, 2s, 0")
    );
    let built = Schedule::inverse(second).min(second / 4).retries(3);
    assert_eq!(
        built.map(|schedule| schedule.to_string()).as_deref(),
        Ok("1s, 500ms, 250ms, 0")
    );
    let built = Schedule::inverse(8 * second)
        .min(second)
        .within(14 * second);
    assert_eq!(
        built.map(|schedule| schedule.to_string()).as_deref(),
        Ok("8s, 4s, 1s, 0")
    );
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
