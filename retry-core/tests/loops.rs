//! The loops that `#[retry]` writes, written by hand: they compile with every set of features, in the company of traits
//! that catch every name, and make the attempts that they should.

use core::time::Duration;
use retry_core::Schedule;
use std::cell::RefCell;

/// Applies to everything, with names that the loop might call.
#[allow(dead_code, reason = "the loop must not call it")]
trait Catch {
    fn show(&self) {}
    fn attempts(&self) {}
    fn backoffs(&self) {}
    fn elapsed(&self) {}
    fn function(&self) {}
    fn index(&self) {}
    fn deref(&self) {}
    fn retrying(&self) {}
    fn succeeded(&self) {}
    fn failed(&self) {}
    fn gave_up(&self) {}
    fn of(&self) {}
    fn call(&self) {}
    fn clone(&self) {}
    fn is_zero(&self) {}
}

impl<T: ?Sized> Catch for T {}

/// Runs the loop over `$backoffs`; `$sleep` waits.
macro_rules! retry_loop {
    ($backoffs:expr, $attempt:expr, $on:expr, $kind:ident, |$wait:ident| $sleep:expr) => {{
        let backoffs = $backoffs;
        let mut attempt = 0_u32;
        loop {
            let $wait = {
                let result = $attempt;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(ref error)
                        if backoff != ::core::time::Duration::ZERO && $on(error) =>
                    {
                        let wait = ::retry_core::jitter(backoff, 0.0);
                        ::retry_core::retrying!(backoffs, attempt, wait, error);
                        wait
                    }
                    result => {
                        ::retry_core::ended!(backoffs, attempt, result: $kind);
                        break (result, ::retry_core::attempts(&backoffs));
                    }
                }
            };
            $sleep;
            attempt += 1;
        }
    }};
}

const LIST: [Duration; 3] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::ZERO,
];
static SCHEDULE: Schedule = Schedule::from_static(&LIST);

/// Fails so often; gives the waits and the number of attempts that are reported.
fn written(failures: usize, on: fn(&usize) -> bool) -> (Result<(), usize>, Vec<Duration>, usize) {
    let waits = RefCell::new(Vec::new());
    let mut made = 0;
    let (result, attempts) = retry_loop!(
        ::retry_core::backoffs!(
            [
                ::core::time::Duration::from_secs(1),
                ::core::time::Duration::from_secs(2),
                ::core::time::Duration::ZERO,
            ],
            "written"
        ),
        {
            made += 1;
            if made > failures { Ok(()) } else { Err(made) }
        },
        on,
        Result,
        |wait| waits.borrow_mut().push(wait)
    );
    (result, waits.into_inner(), attempts)
}

#[test]
fn a_written_list_is_followed() {
    let seconds = |list: &[u64]| list.iter().copied().map(Duration::from_secs).collect();
    assert_eq!(written(0, |_| true), (Ok(()), seconds(&[]), 3));
    assert_eq!(written(1, |_| true), (Ok(()), seconds(&[1]), 3));
    assert_eq!(written(9, |_| true), (Err(3), seconds(&[1, 2]), 3));
    assert_eq!(written(9, |n| *n < 2), (Err(2), seconds(&[1]), 3));
}

#[test]
fn a_schedule_is_followed() {
    let mut made = 0;
    let (result, attempts) = retry_loop!(
        ::retry_core::backoffs!(Clone::clone(&SCHEDULE), "scheduled"),
        {
            made += 1;
            Err::<(), _>(made)
        },
        |_| true,
        Result,
        |wait| assert_ne!(wait, Duration::ZERO)
    );
    assert_eq!((result, attempts), (Err(3), 3));
}

#[test]
fn a_list_without_end_repeats_its_last_wait() {
    let [one, two] = [1, 2].map(Duration::from_secs);
    let backoffs = retry_core::backoffs!(
        open [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
        ],
        "open"
    );
    assert_eq!(
        [0, 1, 2, 99].map(|attempt| backoffs[attempt]),
        [one, two, two, two]
    );
    assert_eq!(retry_core::attempts(&backoffs), usize::MAX);
    assert_eq!(retry_core::sum_of(&backoffs), Duration::MAX);
}

#[test]
fn a_list_by_error_ends_with_the_call() {
    let [zero, one, two] = [0, 1, 2].map(Duration::from_secs);
    let backoffs = retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::ZERO,
        ],
        "by_error"
    );
    let entries =
        |list: &[Duration]| [0, 1, 2, 9].map(|attempt| retry_core::entry(&backoffs, attempt, list));
    assert_eq!(entries(&[two, zero]), [two, zero, zero, zero]);
    assert_eq!(entries(&[two]), [two, two, zero, zero]);
    assert_eq!(entries(&[two, one, one, zero]), [two, one, zero, zero]);
}

#[test]
fn a_call_may_say_whether_retries_are_enabled() {
    let list = retry_core::backoffs!([Duration::from_secs(1), Duration::ZERO], "enabled", true);
    let schedule = retry_core::backoffs!(Clone::clone(&SCHEDULE), "enabled", false);
    assert_eq!((list[0], list[1]), (Duration::from_secs(1), Duration::ZERO));
    assert_eq!(retry_core::attempts(&schedule), 3);
}

#[test]
fn every_hook_is_a_statement() {
    let backoffs = retry_core::backoffs!([Duration::from_secs(1), Duration::ZERO], "hooks");
    let (attempt, wait, error) = (0_u32, Duration::from_secs(1), &"down");
    retry_core::retrying!(backoffs, attempt, wait, error);
    retry_core::retrying!(backoffs, attempt, wait);
    retry_core::gave_up!(backoffs, attempt, retry_core::End::MaxElapsed, error);
    retry_core::gave_up!(backoffs, attempt, retry_core::End::Budget);
    let (result, option, value) = (Ok::<_, String>(1), Some(String::new()), String::new());
    retry_core::ended!(backoffs, attempt, result: Result);
    retry_core::ended!(backoffs, attempt, option: Option);
    retry_core::ended!(backoffs, attempt, value: Value);
    // They are still there.
    assert_eq!(
        (result, option, value),
        (Ok(1), Some(String::new()), String::new())
    );
    let _ = (backoffs, attempt, wait, error);
}

#[test]
fn a_stopwatch_is_a_copy_that_goes_on() {
    fn check(elapsed: impl Fn() -> Duration + Copy + Send + Sync) {
        let copy = elapsed;
        let first = elapsed();
        assert!(copy() >= first);
    }
    check(retry_core::stopwatch!());
    check(retry_core::stopwatch!(async));
    // Waits that are over at once.
    retry_core::sleep_blocking!(Duration::ZERO);
}

#[cfg(not(any(
    feature = "control",
    feature = "metrics",
    feature = "test-util",
    feature = "tracing"
)))]
mod without_features {
    use super::*;
    use core::future::ready;

    #[test]
    fn a_list_is_a_reference_and_a_schedule_itself() {
        let list: &'static [Duration; 2] =
            retry_core::backoffs!([Duration::from_secs(1), Duration::ZERO], "list");
        let schedule = retry_core::backoffs!(Clone::clone(&SCHEDULE), "schedule");
        assert_eq!(list[0], Duration::from_secs(1));
        assert_eq!(size_of_val(&schedule), size_of::<Schedule>());
    }

    #[test]
    fn the_future_is_that_of_a_loop_without_hooks() {
        let with_hooks = async {
            let fail = || ready(Err::<(), _>([1_u8; 100]));
            retry_loop!(
                ::retry_core::backoffs!([Duration::from_secs(1), Duration::ZERO], "future"),
                fail().await,
                |_| true,
                Result,
                |wait| ready(wait).await
            )
            .0
        };
        let without_hooks = async {
            let fail = || ready(Err::<(), _>([1_u8; 100]));
            let backoffs = const { &[Duration::from_secs(1), Duration::ZERO] };
            let mut attempt = 0_u32;
            loop {
                let wait = {
                    let result = fail().await;
                    let backoff = backoffs[attempt as usize];
                    match result {
                        Err(_) if backoff != Duration::ZERO => backoff,
                        result => break result,
                    }
                };
                ready(wait).await;
                attempt += 1;
            }
        };
        assert_eq!(size_of_val(&with_hooks), size_of_val(&without_hooks));
    }
}

#[cfg(feature = "control")]
mod with_control {
    use super::*;

    #[test]
    fn the_schedule_in_force_is_read_when_the_call_begins() {
        let read =
            || retry_core::backoffs!([Duration::from_secs(1), Duration::ZERO], "with_control");
        let before = read();
        let set = retry_core::control::set("with_control", "5s, 6s, 7s, 0");
        assert_eq!(set, Ok(retry_core::control::Setting::InForce));
        let after = read();
        assert_eq!(
            (before[0], retry_core::attempts(&before)),
            (Duration::from_secs(1), 2)
        );
        assert_eq!(
            (after[2], retry_core::attempts(&after)),
            (Duration::from_secs(7), 4)
        );
    }
}

#[cfg(feature = "test-util")]
mod with_test_util {
    use super::*;
    use retry_core::testing;

    #[test]
    fn a_limit_on_attempts_ends_the_list() {
        let guard = testing::limit_attempts(2);
        assert_eq!(
            written(9, |_| true),
            (Err(2), vec![Duration::from_secs(1)], 2)
        );
        let begun = retry_core::backoffs!(Clone::clone(&SCHEDULE), "begun");
        drop(guard);
        assert_eq!((begun[1], begun[2]), (Duration::ZERO, Duration::ZERO));
        assert_eq!(retry_core::attempts(&begun), 2);
        assert_eq!(written(9, |_| true).2, 3);
        let _many = testing::limit_attempts(9);
        assert_eq!(written(9, |_| true).2, 3);
        let _none = testing::limit_attempts(0);
        assert_eq!(written(9, |_| true), (Err(1), vec![], 1));
    }

    #[test]
    fn a_stopwatch_counts_the_waits_that_were_skipped() {
        let _waits = testing::skip_waits();
        let (elapsed, elapsed_async) = (retry_core::stopwatch!(), retry_core::stopwatch!(async));
        retry_core::sleep_blocking!(Duration::from_secs(1_000));
        assert!(elapsed() >= Duration::from_secs(1_000));
        assert!(elapsed_async() >= Duration::from_secs(1_000));
    }
}

#[cfg(feature = "tokio")]
mod with_tokio {
    use super::*;
    use core::pin::pin;
    use core::task::{Context, Waker};

    #[tokio::test]
    async fn a_wait_of_zero_is_over_at_once() {
        let mut context = Context::from_waker(Waker::noop());
        let wait = pin!(retry_core::sleep(Duration::ZERO));
        assert!(wait.poll(&mut context).is_ready());
    }

    #[tokio::test(start_paused = true)]
    async fn async_code_waits_on_the_clock_of_tokio() {
        let elapsed = retry_core::stopwatch!(async);
        let (result, _) = retry_loop!(
            ::retry_core::backoffs!([Duration::from_secs(3), Duration::ZERO], "async"),
            async { Err::<(), _>("down") }.await,
            |_| true,
            Result,
            |wait| ::retry_core::sleep(wait).await
        );
        assert_eq!(result, Err("down"));
        assert_eq!(elapsed(), Duration::from_secs(3));
        let attempt = retry_core::timeout(Duration::from_secs(1), core::future::pending::<()>());
        assert_eq!(
            attempt.await.unwrap_err().to_string(),
            "the attempt took longer than 1s"
        );
        assert_eq!(elapsed(), Duration::from_secs(4));
    }
}
