//! The pure half of `retry-jetstream`: its decisions and its arithmetic against models, without a server.

use async_nats::jetstream::consumer::AckPolicy;
use proptest::prelude::*;
use retry_core::{End, Jitter, Schedule, schedule, testing};
use retry_jetstream::{Limit, Verdict, consumer, verdict, verdict_within};
use std::num::NonZeroU32;
use std::time::Duration;

const CREATE: Schedule = schedule![2s, 4s, 8s, 16s, 32s, 0];

#[test]
fn the_consumer_delivers_as_often_as_the_list_is_long_and_never_waits_by_itself() {
    let consumer = consumer(&CREATE, Duration::from_secs(10));
    assert_eq!(consumer.ack_policy, AckPolicy::Explicit);
    assert_eq!(consumer.max_deliver, 6);
    assert_eq!(consumer.ack_wait, Duration::from_secs(10));
    assert!(consumer.backoff.is_empty());
    // 30 jobs a second that each take the worst case.
    let worst_case = CREATE.worst_case(&Jitter::default()).as_secs_f64();
    assert!(consumer.max_ack_pending as f64 >= 30.0 * worst_case);
}

#[test]
fn an_open_list_is_delivered_without_end() {
    assert_eq!(
        consumer(&schedule![1s, 5s, ..], Duration::from_secs(1)).max_deliver,
        -1
    );
}

#[test]
fn a_dead_worker_is_noticed_within_half_a_minute_however_long_attempts_may_take() {
    let hour = Duration::from_secs(60 * 60);
    assert_eq!(consumer(&CREATE, hour).ack_wait, Duration::from_secs(30));
    assert_eq!(
        consumer(&CREATE, Duration::ZERO).ack_wait,
        Duration::from_millis(100)
    );
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let waits = prop::collection::vec(1..100_000_u64, 0..8);
    (waits, any::<bool>()).prop_map(|(waits, open)| {
        let mut waits: Vec<_> = waits.into_iter().map(Duration::from_millis).collect();
        if open && !waits.is_empty() {
            return Schedule::try_open(waits).unwrap();
        }
        waits.push(Duration::ZERO);
        Schedule::try_from(waits).unwrap()
    })
}

fn jitters() -> impl Strategy<Value = Jitter> {
    prop_oneof![
        Just(Jitter::full()),
        Just(Jitter::equal()),
        (0..=10_u32).prop_map(|tenths| Jitter::proportional(f64::from(tenths) / 10.0).unwrap()),
    ]
}

proptest! {
    #[test]
    fn each_delivery_waits_its_own_entry_within_the_bounds_of_jitter_and_the_last_gives_up(
        schedule in schedules(),
        jitter in jitters(),
        delivered in 1..12_i64,
    ) {
        let entry = schedule.backoff(delivered as usize - 1);
        match verdict(&schedule, jitter, delivered, None) {
            Verdict::GiveUp(end) => {
                prop_assert_eq!(end, End::Exhausted);
                prop_assert!(entry.is_zero());
            }
            Verdict::Wait(wait) => {
                let (shortest, longest) = jitter.bounds(entry);
                prop_assert!(!entry.is_zero());
                prop_assert!(shortest <= wait && wait <= longest);
            }
        }
    }

    #[test]
    fn a_hint_lengthens_a_wait_by_no_more_than_jitter_and_a_longer_one_than_is_followed_ends_the_job(
        schedule in schedules(),
        hint in 0..400_000_u64,
        max_hint in 0..400_000_u64,
        position in 0.0..=1.0_f64,
    ) {
        let (hint, max_hint) = (Duration::from_millis(hint), Duration::from_millis(max_hint));
        let _fixed = testing::fix_jitter(position);
        let jitter = Jitter::default();
        let unhinted = verdict(&schedule, jitter, 1, None);
        let hinted = verdict_within(&schedule, jitter, 1, Some(hint), max_hint);
        match (unhinted, hinted) {
            (Verdict::Wait(_), Verdict::GiveUp(end)) => {
                prop_assert_eq!(end, End::RetryAfter);
                prop_assert!(hint > max_hint);
            }
            (Verdict::Wait(wait), Verdict::Wait(longer)) => {
                prop_assert!(hint <= max_hint);
                let longest = jitter.bounds(hint).1;
                prop_assert!(longer >= wait.max(hint) && longer <= wait.max(longest));
            }
            (unhinted, hinted) => prop_assert_eq!(unhinted, hinted),
        }
    }

    /// What a fleet does: workers lease at any time, by clocks that go wrong by less than `late`, and use each token at any time
    /// within the window.
    #[test]
    fn no_period_sees_more_attempts_than_the_documented_bound(
        rate in 1..200_u32,
        burst in 1..50_u32,
        window in 0..500_u64,
        late in 0..20_u64,
        period in 1..3_000_u64,
        asks in prop::collection::vec((0..40_u64, 1..30_u32, 0..=100_u64, 0..=100_u64), 1..300),
    ) {
        let limit = Limit::per_second(NonZeroU32::new(rate).unwrap())
            .burst(NonZeroU32::new(burst).unwrap())
            .window(Duration::from_millis(window));
        let mut stored = None;
        let mut time = 1_000;
        let mut starts = Vec::new();
        for (pause, wanted, used_after, behind) in asks {
            time += pause;
            let clock = (time - late * behind / 100) * 1_000_000;
            if let Ok(leased) = limit.lease(stored, clock, wanted) {
                stored = Some(leased.stored);
                let start = time + window * used_after / 100;
                starts.extend(std::iter::repeat_n(start, leased.tokens as usize));
            }
        }
        starts.sort_unstable();
        let most = limit.most_in(Duration::from_millis(period + late));
        for (index, start) in starts.iter().enumerate() {
            let within = starts[index..].iter().take_while(|next| **next < start + period).count();
            prop_assert!(within as u64 <= most, "{} of {} from {}", within, most, start);
        }
    }

    #[test]
    fn whoever_waits_as_long_as_told_gets_a_token_and_a_busy_fleet_gets_the_whole_rate(
        rate in 1..100_000_u32,
        burst in 1..1_000_u32,
        wanted in 1..1_000_u32,
    ) {
        let limit = Limit::per_second(NonZeroU32::new(rate).unwrap())
            .burst(NonZeroU32::new(burst).unwrap());
        let (mut now, mut stored, mut tokens) = (5_000_000_000, None, 0_u64);
        for _ in 0..200 {
            match limit.lease(stored, now, wanted) {
                Ok(leased) => {
                    prop_assert!(leased.tokens >= 1 && leased.tokens <= wanted.min(burst));
                    stored = Some(leased.stored);
                    tokens += u64::from(leased.tokens);
                }
                Err(wait) => {
                    prop_assert!(!wait.is_zero());
                    now += u64::try_from(wait.as_nanos()).unwrap();
                    prop_assert!(limit.lease(stored, now, 1).is_ok());
                }
            }
        }
        let elapsed = (now - 5_000_000_000) as f64 / 1e9;
        prop_assert!(tokens as f64 >= elapsed * f64::from(rate) - 1.0);
    }
}

#[test]
fn nothing_overflows_at_the_end_of_time() {
    let limit = Limit::per_second(NonZeroU32::MAX)
        .burst(NonZeroU32::MAX)
        .window(Duration::MAX);
    assert!(limit.lease(Some(u64::MAX), u64::MAX, u32::MAX).is_ok());
    assert!(limit.lease(Some(u64::MAX), 0, 1).is_err());
    assert_eq!(limit.most_in(Duration::MAX), u64::MAX);
}
