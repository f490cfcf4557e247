//! The numbers by which to choose a schedule, a jitter and a budget.
//!
//! Jitter is drawn from the operating system, so no two runs are alike: each range here is wider than what hundreds of runs
//! gave. `cargo test -p cargo-retry simulate -- --nocapture --test-threads 1` shows the tables.

use super::storm::Limit;
use super::{brown_out, outage, paused, storm};
use retry_core::RetryBudget;
use retry_schedule::{Jitter, Schedule};
use std::ops::RangeInclusive;

fn schedule(text: &str) -> Schedule {
    text.parse().expect("it is a schedule")
}

#[test]
fn five_hundred_at_once_all_get_through_with_jitter_and_enough_retries() {
    const CLIENTS: usize = 500;
    const ALL: RangeInclusive<usize> = CLIENTS..=CLIENTS;

    let jitters = [
        Jitter::none(),
        Jitter::default(),
        Jitter::full(),
        Jitter::equal(),
    ];
    let three = schedule("1s, 2s, 4s, 0");
    let five = schedule("1s, 2s, 4s, 8s, 16s, 0");
    let table = [
        (30.0, &three, [86..=94, 182..=212, 184..=230, 196..=230]),
        (30.0, &five, [130..=138, ALL, 450..=499, ALL]),
        (100.0, &three, [112..=124, 384..=470, 413..=497, 436..=500]),
        (100.0, &five, [168..=180, ALL, 490..=500, ALL]),
    ];

    println!("\ncreated of {CLIENTS}     no jitter  ±20 %   full  equal");
    for (per_second, schedule, ranges) in table {
        let limit = Limit {
            per_second,
            burst: 20.0,
        };
        print!("{per_second:>3}/s, {} retries  ", schedule.waits().len());
        for (jitter, range) in jitters.into_iter().zip(ranges) {
            let storm = paused(storm::of(CLIENTS, limit, schedule, jitter, None));
            print!("{:>7}", storm.created);
            assert!(
                range.contains(&storm.created),
                "{} not in {range:?}",
                storm.created
            );
            assert_eq!(storm.successes.len(), storm.created);
            assert!(storm.requests <= CLIENTS * schedule.attempts() && storm.requests >= CLIENTS);
            assert!(
                storm.peak >= CLIENTS,
                "they all begin in the first tenth of a second"
            );
        }
        println!();
    }
}

/// Requests per call are at most 1 + capacity / calls, where the capacity is that of a full bucket in retries.
#[test]
fn in_an_outage_there_are_no_more_retries_than_a_full_budget_pays_for() {
    type Rule = (&'static str, fn() -> RetryBudget, usize, usize);

    let three = schedule("1s, 1s, 1s, 0");
    let rules: [Rule; 3] = [
        // The reserve.
        ("percent(0.1, 10)", || RetryBudget::percent(0.1, 10), 10, 10),
        // 100 tokens, and more than half of them must be left.
        ("grpc(100, 0.1)", || RetryBudget::grpc(100, 0.1), 49, 49),
        // 500 tokens, of which a retry takes 5, and one after a timeout 10.
        ("aws_standard()", RetryBudget::aws_standard, 100, 50),
    ];

    println!("\nrequests in an outage    calls  requests");
    for calls in [10, 100, 1_000] {
        let all = paused(outage::requests(calls, &three, Jitter::default(), None));
        println!("without a budget         {calls:>5} {all:>9}");
        assert_eq!(all, calls * 4);
        for (rule, budget, after_errors, after_timeouts) in rules {
            let requests = paused(outage::requests(
                calls,
                &three,
                Jitter::default(),
                Some(&budget()),
            ));
            let silent = paused(outage::unanswered_requests(
                calls,
                &three,
                Jitter::default(),
                &budget(),
            ));
            println!("{rule:24} {calls:>5} {requests:>9} {silent:>9}");
            let allowed = |capacity: usize| calls + capacity.min(calls * 3);
            assert_eq!(requests, allowed(after_errors), "{rule}");
            assert_eq!(silent, allowed(after_timeouts), "{rule}");
        }
    }
}

const SHOWN: [usize; 8] = [4, 14, 20, 25, 27, 30, 45, 75];

fn print(name: &str, numbers: [usize; SHOWN.len()]) {
    println!("{name:24}{numbers:>4?}");
}

#[test]
fn after_a_brown_out_retries_keep_the_service_down_whatever_the_jitter() {
    let four = "1s, 2s, 4s, 0";
    let six = "1s, 2s, 4s, 8s, 16s, 0";
    let never_empty = Some(RetryBudget::percent(0.1, 100_000));
    let clients = [
        ("4 attempts, no jitter", four, Jitter::none(), None),
        ("4 attempts, ±20 %", four, Jitter::default(), None),
        ("4 attempts, full jitter", four, Jitter::full(), None),
        ("6 attempts, full jitter", six, Jitter::full(), None),
        ("percent(0.1, 100_000)", four, Jitter::full(), never_empty),
    ];
    print("\nserved in second", SHOWN);
    for (name, text, jitter, budget) in clients {
        let goodput = paused(brown_out::goodput(&schedule(text), jitter, budget));
        print(name, SHOWN.map(|second| goodput[second]));
        let start = brown_out::SLOW.start;
        assert_eq!(goodput[..start], vec![brown_out::LOAD; start], "{name}");
        let after = &goodput[brown_out::SLOW.end..];
        assert!(
            after.iter().all(|calls| *calls < brown_out::LOAD / 10),
            "{name}: {after:?}"
        );
        assert_eq!(brown_out::recovery(&goodput), None, "{name}");
    }
}

/// Ten seconds of failures empty a budget of any usual size: what the calls themselves come to is all that is left.
#[test]
fn with_a_budget_it_recovers_as_fast_as_without_retries() {
    let budgets = [
        ("percent(0.1, 10)", RetryBudget::percent(0.1, 10)),
        ("grpc(10, 0.1)", RetryBudget::grpc(10, 0.1)),
        ("aws_standard()", RetryBudget::aws_standard()),
    ];
    print("\nserved in second", SHOWN);
    let goodput = paused(brown_out::goodput(&schedule("0"), Jitter::none(), None));
    print("no retries", SHOWN.map(|second| goodput[second]));
    let without_retries = brown_out::recovery(&goodput).unwrap();
    // The queue was full, and gets twenty shorter per second until a request takes less than a second again.
    assert!((24..=27).contains(&without_retries), "{goodput:?}");
    for (name, budget) in budgets {
        let goodput = paused(brown_out::goodput(
            &schedule("1s, 2s, 4s, 0"),
            Jitter::full(),
            Some(budget),
        ));
        print(name, SHOWN.map(|second| goodput[second]));
        let recovery = brown_out::recovery(&goodput);
        assert!(
            recovery.is_some_and(|second| second <= without_retries + 2),
            "{name}: {goodput:?}"
        );
    }
}

#[test]
fn rates_are_so_many_in_a_time() {
    let read = |text: &str| super::rate(text).ok();
    assert_eq!(read("30/s"), Some(30.0));
    assert_eq!(read("300/m"), Some(5.0));
    assert_eq!(read("1800 / h"), Some(0.5));
    for wrong in ["30", "30/d", "/s", "0/s", "-1/s", "NaN/s", "inf/s"] {
        assert_eq!(read(wrong), None, "{wrong}");
    }
}
