//! A server's hints, each bounded by itself.

use core::time::Duration;
use retry_core::{Jitter, Schedule, hinted, jitter, sum_of};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};

const MAX: Duration = Duration::MAX;

const fn secs(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn ms(millis: u64) -> Duration {
    Duration::from_millis(millis)
}

fn every_jitter() -> [(Jitter, f64); 6] {
    [
        (Jitter::none(), 0.0),
        (Jitter::proportional(0.2).unwrap(), 0.2),
        (Jitter::proportional(0.5).unwrap(), 0.5),
        (Jitter::proportional(1.0).unwrap(), 1.0),
        (Jitter::full(), 0.2),
        (Jitter::equal(), 0.2),
    ]
}

#[test]
fn without_a_hint_the_wait_is_taken_as_it_is() {
    for wait in [Duration::ZERO, secs(1), MAX] {
        assert_eq!(hinted(wait, None, 1.0, Duration::ZERO), Some(wait));
        assert_eq!(
            hinted(wait, Some(Duration::ZERO), 1.0, Duration::ZERO),
            Some(wait)
        );
    }
}

#[test]
fn a_hint_never_shortens_a_wait() {
    for (jitter, _) in every_jitter() {
        for hint in [0, 1, 500, 999].map(ms) {
            let wait = hinted(secs(2), Some(hint), jitter, secs(7));
            assert_eq!(wait, Some(secs(2)), "{jitter:?} {hint:?}");
        }
    }
}

#[test]
fn a_longer_hint_is_spread_upwards_by_the_proportion_of_the_jitter() {
    for (jitter, p) in every_jitter() {
        for _ in 0..100 {
            let wait = hinted(secs(1), Some(secs(5)), jitter, secs(7)).unwrap();
            assert!(
                wait >= secs(5) && wait <= secs(5).mul_f64(1.0 + p),
                "{jitter:?} {wait:?}"
            );
        }
    }
}

#[test]
fn a_hint_beyond_the_limit_ends_the_call() {
    let nanosecond = Duration::from_nanos(1);
    for (jitter, _) in every_jitter() {
        for (hint, limit) in [
            (secs(7) + nanosecond, secs(7)),
            (nanosecond, Duration::ZERO),
            (MAX, MAX.saturating_sub(nanosecond)),
            // Also where the listed wait is longer still.
            (secs(8), secs(7)),
        ] {
            assert_eq!(
                hinted(secs(10), Some(hint), jitter, limit),
                None,
                "{hint:?}"
            );
        }
    }
}

#[test]
fn a_hint_at_the_limit_is_followed_and_not_cut() {
    for (jitter, p) in every_jitter() {
        let waits: Vec<Duration> = (0..200)
            .map(|_| hinted(secs(1), Some(secs(7)), jitter, secs(7)).unwrap())
            .collect();
        let longest = secs(7).mul_f64(1.0 + p);
        assert!(
            waits
                .iter()
                .all(|wait| *wait >= secs(7) && *wait <= longest),
            "{jitter:?}"
        );
        // All 200 draws lie in the lower nine tenths in less than one of a thousand million runs.
        let is_long = |wait: &Duration| *wait >= secs(7).mul_f64(1.0 + 0.9 * p);
        assert!(waits.iter().any(is_long), "{jitter:?}");
    }
    assert_eq!(hinted(secs(1), Some(MAX), 1.0, MAX), Some(MAX));
}

#[test]
fn clients_with_the_same_hint_at_the_limit_do_not_come_back_together() {
    let mut clients: HashMap<u128, u32> = HashMap::new();
    for _ in 0..1_000 {
        let wait = hinted(jitter(secs(1), 0.2), Some(secs(7)), 0.2, secs(7)).unwrap();
        *clients.entry(wait.as_millis()).or_default() += 1;
    }
    // 1,000 clients in 1,400 milliseconds: by chance, 357 pairs share one, give or take 19.
    let pairs: u32 = clients
        .values()
        .map(|clients| clients * (clients - 1) / 2)
        .sum();
    assert!(
        pairs < 357 + 10 * 19,
        "{pairs} pairs in the same millisecond"
    );
}

/// The wait after that attempt, from 0, of the list `[1s, 2s, 4s, 0]`. `None` if the call ends there.
fn wait_after(attempt: usize, hint: Option<Duration>, jitter_is: Jitter) -> Option<Duration> {
    const LIST: [Duration; 4] = [secs(1), secs(2), secs(4), Duration::ZERO];

    let backoff = LIST[attempt];
    if backoff.is_zero() {
        return None;
    }
    hinted(jitter(backoff, jitter_is), hint, jitter_is, sum_of(&&LIST))
}

/// A call that always fails, with the hint of each failure. Gives the number of attempts and the waits.
fn call(hints: [Option<Duration>; 4], jitter_is: Jitter) -> (usize, Vec<Duration>) {
    let mut waits = Vec::new();
    for (attempt, hint) in hints.into_iter().enumerate() {
        match wait_after(attempt, hint, jitter_is) {
            Some(wait) => waits.push(wait),
            None => break,
        }
    }
    (waits.len() + 1, waits)
}

#[test]
fn chance_never_decides_how_many_attempts_there_are() {
    let (two, seven, eight) = (Some(secs(2)), Some(secs(7)), Some(secs(8)));
    for (jitter, _) in every_jitter() {
        for (hints, attempts) in [
            ([two, None, None, None], 4),
            ([None, None, two, None], 4),
            ([seven, seven, seven, seven], 4),
            ([two, eight, None, None], 2),
        ] {
            for _ in 0..300 {
                let (made, waits) = call(hints, jitter);
                assert_eq!(made, attempts, "{jitter:?} {hints:?} {waits:?}");
            }
        }
    }
}

#[test]
fn each_wait_is_bounded_by_itself() {
    let list = [1, 2, 4].map(secs);
    for (jitter, p) in every_jitter() {
        for hint in [0, 1, 3, 7].map(secs) {
            for _ in 0..50 {
                let (_, waits) = call([Some(hint); 4], jitter);
                for (wait, listed) in waits.into_iter().zip(list) {
                    assert!(wait >= hint, "{jitter:?} {hint:?} {wait:?}");
                    let longest = listed.max(secs(7)).mul_f64(1.0 + p);
                    assert!(wait <= longest, "{jitter:?} {hint:?} {wait:?}");
                }
            }
        }
    }
}

/// How many of 500 clients that begin together are served by a server that takes 20 at once and 100 per second, and gives the
/// others that hint.
fn served(hint: Option<Duration>) -> usize {
    let mut attempts: BinaryHeap<_> = (0..500).map(|_| Reverse((Duration::ZERO, 0))).collect();
    let (mut served, mut tokens, mut before) = (0, 20.0, Duration::ZERO);
    while let Some(Reverse((now, attempt))) = attempts.pop() {
        tokens = f64::min(
            20.0,
            tokens + 100.0 * now.saturating_sub(before).as_secs_f64(),
        );
        before = now;
        if tokens >= 1.0 {
            tokens -= 1.0;
            served += 1;
        } else if let Some(wait) = wait_after(attempt, hint, Jitter::default()) {
            attempts.push(Reverse((now + wait, attempt + 1)));
        }
    }
    served
}

#[test]
fn clients_of_a_server_that_gives_hints_are_not_worse_off() {
    let (silent, polite) = (served(None), served(Some(secs(6))));
    assert!((380..450).contains(&silent), "{silent}");
    assert!(polite >= 475, "{polite}");
}

#[test]
fn the_sum_is_that_of_all_forms() {
    const LIST: [Duration; 3] = [
        Duration::from_secs(1),
        Duration::from_secs(2),
        Duration::ZERO,
    ];
    static SCHEDULE: Schedule = Schedule::from_static(&LIST);

    let list = retry_core::backoffs!([secs(10), Duration::ZERO], "sum");
    let schedule = retry_core::backoffs!(Clone::clone(&SCHEDULE), "sum");
    assert_eq!(sum_of(&list), secs(10));
    assert_eq!(sum_of(&schedule), secs(3));
    assert_eq!(sum_of(&&LIST), secs(3));
    assert_eq!(sum_of(&&[MAX, secs(1), Duration::ZERO]), MAX);
}
