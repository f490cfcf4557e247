//! What a retry does, and what it never does.

mod support;

use retry_core::{Jitter, Schedule, retry, retry_block, testing};
use std::cell::{Cell, RefCell};
use std::time::Duration;
use support::{Down, Flaky};

fn secs(secs: impl IntoIterator<Item = u64>) -> Vec<Duration> {
    secs.into_iter().map(Duration::from_secs).collect()
}

#[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = 0, on = |_| true)]
fn five_attempts(flaky: &Flaky) -> Result<u32, Down> {
    flaky.call()
}

#[test]
fn the_length_of_the_list_is_the_number_of_attempts() {
    let guard = testing::skip_waits();
    let flaky = Flaky::new(u32::MAX);
    assert_eq!(five_attempts(&flaky), Err(Down));
    assert_eq!(flaky.calls(), 5);
    assert_eq!(guard.waits(), secs([1, 2, 4, 8]));
}

#[test]
fn a_success_on_the_first_attempt_waits_for_nothing() {
    let guard = testing::skip_waits();
    assert_eq!(five_attempts(&Flaky::new(0)), Ok(1));
    assert_eq!(guard.waits(), []);
}

#[test]
fn a_success_ends_the_waiting() {
    let guard = testing::skip_waits();
    assert_eq!(five_attempts(&Flaky::new(2)), Ok(3));
    assert_eq!(guard.waits(), secs([1, 2]));
}

#[test]
fn the_last_attempt_may_succeed() {
    let _guard = testing::skip_waits();
    assert_eq!(five_attempts(&Flaky::new(4)), Ok(5));
}

#[test]
fn a_list_of_zero_alone_is_one_attempt() {
    #[retry(schedule = [0], on = |_| true)]
    fn once(flaky: &Flaky) -> Result<u32, Down> {
        flaky.call()
    }
    let guard = testing::skip_waits();
    assert_eq!(once(&Flaky::new(1)), Err(Down));
    assert_eq!(guard.waits(), []);
}

#[test]
fn an_error_that_is_not_retryable_returns_at_once() {
    #[retry(schedule = [1s, 1s, 0], on = |error| *error == "busy")]
    fn fail_with<'a>(errors: &RefCell<Vec<&'a str>>) -> Result<(), &'a str> {
        Err(errors.borrow_mut().pop().unwrap_or("nothing left"))
    }
    let guard = testing::skip_waits();
    assert_eq!(
        fail_with(&RefCell::new(vec!["busy", "forbidden", "busy"])),
        Err("forbidden")
    );
    assert_eq!(guard.waits().len(), 1);
}

#[test]
fn the_predicate_is_asked_once_per_failure_and_only_while_a_wait_is_left() {
    #[retry(schedule = [1s, 1s, 0], on = |_| { asked.set(asked.get() + 1); true })]
    fn fail(asked: &Cell<u32>) -> Result<(), Down> {
        Err(Down)
    }
    let _guard = testing::skip_waits();
    let asked = Cell::new(0);
    assert_eq!(fail(&asked), Err(Down));
    assert_eq!(asked.get(), 2);
}

#[test]
fn the_callers_own_error_comes_back_unchanged() {
    struct Unusual(Box<u32>);

    #[retry(schedule = [1s, 0], on = |_| true)]
    fn fail(error: &Cell<Option<Box<u32>>>) -> Result<(), Unusual> {
        Err(Unusual(error.take().unwrap_or_else(|| Box::new(2))))
    }
    let _guard = testing::skip_waits();
    // The second attempt's error is the one that is returned; it needs neither `Debug` nor `Clone`.
    let Err(Unusual(last)) = fail(&Cell::new(Some(Box::new(1)))) else {
        panic!("it always fails")
    };
    assert_eq!(*last, 2);
}

#[test]
fn a_panic_is_not_retried() {
    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    fn explode(flaky: &Flaky) -> Result<u32, Down> {
        let call = flaky.call();
        panic!("call {call:?}")
    }
    let flaky = Flaky::new(9);
    let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| explode(&flaky)));
    assert!(panicked.is_err());
    assert_eq!(flaky.calls(), 1);
}

mod switched_off {
    use super::*;

    fn never_asked(_: &Down) -> bool {
        panic!("the predicate is not asked while retries are off")
    }

    #[retry(schedule = [1s, 1s, 0], on = never_asked, enabled = read(switch))]
    fn fail(flaky: &Flaky, switch: &Cell<u32>) -> Result<u32, Down> {
        flaky.call()
    }

    fn read(switch: &Cell<u32>) -> bool {
        switch.set(switch.get() + 1);
        false
    }

    #[test]
    fn there_is_one_attempt_and_no_wait() {
        let guard = testing::skip_waits();
        let (flaky, switch) = (Flaky::new(1), Cell::new(0));
        assert_eq!(fail(&flaky, &switch), Err(Down));
        assert_eq!((flaky.calls(), switch.get()), (1, 1));
        assert_eq!(guard.waits(), []);
    }

    #[test]
    fn polling_takes_the_first_answer() {
        let _guard = testing::skip_waits();
        let flaky = Flaky::new(1);
        assert_eq!(
            retry_block!(schedule = [1s, 0], enabled = false => -> Option<u32> { flaky.poll() }),
            None
        );
    }

    #[retry(schedule = [1s, 1s, 0], on = |_| true, enabled = { read_first.set(read_first.get() + 1); true })]
    fn count_reads(read_first: &Cell<u32>) -> Result<u32, Down> {
        Err(Down)
    }

    #[test]
    fn the_switch_is_read_once_per_call() {
        let _guard = testing::skip_waits();
        let reads = Cell::new(0);
        assert_eq!(count_reads(&reads), Err(Down));
        assert_eq!(reads.get(), 1);
    }
}

mod polling {
    use super::*;

    #[retry(schedule = [1s, 1s, 0], until = |call| *call >= 3)]
    fn value_or_error(flaky: &Flaky) -> Result<u32, Down> {
        flaky.call()
    }

    #[test]
    fn without_on_every_error_returns_at_once() {
        let _guard = testing::skip_waits();
        let flaky = Flaky::new(1);
        assert_eq!(value_or_error(&flaky), Err(Down));
        assert_eq!(flaky.calls(), 1);
    }

    #[test]
    fn a_success_is_asked_for_again_until_it_is_good() {
        let _guard = testing::skip_waits();
        assert_eq!(value_or_error(&Flaky::new(0)), Ok(3));
    }

    #[test]
    fn on_the_last_entry_the_last_value_is_returned_unchanged() {
        #[retry(schedule = [1s, 0], until = |call| *call >= 3)]
        fn too_short(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        let _guard = testing::skip_waits();
        assert_eq!(too_short(&Flaky::new(0)), Ok(2));
    }

    #[test]
    fn errors_and_values_take_turns() {
        #[retry(schedule = [1s, 1s, 1s, 0], on = |_| true, until = |call| *call >= 3)]
        fn both(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        let guard = testing::skip_waits();
        assert_eq!(both(&Flaky::new(1)), Ok(3));
        assert_eq!(guard.waits().len(), 2);
    }

    #[test]
    fn none_means_not_yet_and_some_is_judged() {
        #[retry(schedule = [1s, 1s, 1s, 0], until = |call| *call >= 3)]
        fn both(flaky: &Flaky) -> Option<u32> {
            flaky.poll()
        }
        let guard = testing::skip_waits();
        assert_eq!(both(&Flaky::new(1)), Some(3));
        assert_eq!(both(&Flaky::new(9)), None);
        assert_eq!(guard.waits().len(), 2 + 3);
    }
}

mod waits {
    use super::*;

    #[test]
    fn the_default_jitter_is_a_fifth_either_way() {
        #[retry(schedule = [10s, 10s, 10s, 10s, 10s, 10s, 10s, 10s, 0], on = |_| true)]
        fn fail() -> Result<(), Down> {
            Err(Down)
        }
        let guard = testing::skip_waits();
        assert_eq!(fail(), Err(Down));
        let waits = guard.waits();
        assert!(
            waits
                .iter()
                .all(|wait| (8.0..=12.0).contains(&wait.as_secs_f64())),
            "{waits:?}"
        );
        // Drawn afresh for each wait: eight alike would be a miracle.
        assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
    }

    #[test]
    fn full_and_equal_jitter_only_shorten() {
        #[retry(schedule = [10s, 0], jitter = full, on = |_| true)]
        fn full() -> Result<(), Down> {
            Err(Down)
        }
        #[retry(schedule = [10s, 0], jitter = equal, on = |_| true)]
        fn equal() -> Result<(), Down> {
            Err(Down)
        }
        let guard = testing::skip_waits();
        for _ in 0..100 {
            let _ = (full(), equal());
        }
        for pair in guard.waits().chunks(2) {
            assert!(pair[0] <= Duration::from_secs(10) && pair[1] <= Duration::from_secs(10));
            assert!(pair[1] >= Duration::from_secs(5));
        }
    }

    #[test]
    fn shapes_are_worked_out_into_lists() {
        #[retry(schedule = inverse(3m, factor = 0.5, min = 15s, retries = 6), jitter = 0, on = |_| true)]
        fn fail() -> Result<(), Down> {
            Err(Down)
        }
        let guard = testing::skip_waits();
        assert_eq!(fail(), Err(Down));
        let seconds: Vec<f64> = guard.waits().iter().map(Duration::as_secs_f64).collect();
        assert_eq!(seconds, [180.0, 90.0, 45.0, 22.5, 15.0, 15.0]);
    }

    #[test]
    fn a_list_within_max_wait_compiles_and_costs_nothing() {
        #[retry(schedule = [1s, 2s, 0], jitter = full, max_wait = 3s, on = |_| true)]
        fn fail() -> Result<(), Down> {
            Err(Down)
        }
        let _guard = testing::skip_waits();
        assert_eq!(fail(), Err(Down));
    }

    #[test]
    fn sync_code_really_waits() {
        #[retry(schedule = [2ms, 0], jitter = 0, on = |_| true)]
        fn fail() -> Result<(), Down> {
            Err(Down)
        }
        let started = std::time::Instant::now();
        assert_eq!(fail(), Err(Down));
        assert!(started.elapsed() >= Duration::from_millis(2));
    }

    #[tokio::test(start_paused = true)]
    async fn async_code_waits_on_tokios_clock() {
        #[retry(schedule = [1h, 2h, 0], jitter = 0, on = |_| true)]
        async fn fail() -> Result<(), Down> {
            Err(Down)
        }
        let started = tokio::time::Instant::now();
        assert_eq!(fail().await, Err(Down));
        assert_eq!(started.elapsed(), Duration::from_secs(3 * 3600));
    }

    #[tokio::test]
    async fn a_wait_of_zero_is_over_at_once() {
        retry_core::sleep(Duration::ZERO).await;
        retry_core::sleep_blocking(Duration::ZERO);
    }

    #[test]
    fn another_sleeper_gets_each_wait() {
        struct Clock(RefCell<Vec<Duration>>);

        impl Clock {
            fn advance(&self, wait: Duration) {
                self.0.borrow_mut().push(wait);
            }
        }

        #[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, sleep = |wait| clock.advance(wait * 2 - wait))]
        fn fail(clock: &Clock) -> Result<(), Down> {
            Err(Down)
        }

        // The clock of the function's own is not touched by the guard.
        let guard = testing::skip_waits();
        let clock = Clock(RefCell::default());
        assert_eq!(fail(&clock), Err(Down));
        assert_eq!(clock.0.into_inner(), secs([1, 2]));
        assert_eq!(guard.waits(), []);
    }

    #[tokio::test]
    async fn another_async_sleeper() {
        async fn no_time(_: Duration) {}

        #[retry(schedule = [1h, 1h, 0], on = |_| true, sleep = no_time)]
        async fn path(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }

        #[retry(schedule = [1h, 1h, 0], on = |_| true, sleep = |wait| no_time(wait / 2))]
        async fn closure(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        assert_eq!(path(&Flaky::new(2)).await, Ok(3));
        assert_eq!(closure(&Flaky::new(2)).await, Ok(3));
    }
}

mod run_time {
    use super::*;

    static API: Schedule = Schedule::from_static(&[
        Duration::from_secs(1),
        Duration::from_secs(2),
        Duration::ZERO,
    ]);

    #[retry(schedule = API, jitter = Jitter::none(), on = |_| true)]
    fn by_static(flaky: &Flaky) -> Result<u32, Down> {
        flaky.call()
    }

    struct Client {
        schedule: Schedule,
        jitter: Jitter,
        calls: u32,
    }

    impl Client {
        #[retry(schedule = self.schedule, jitter = self.jitter, on = |_| true)]
        fn by_field(&mut self) -> Result<u32, Down> {
            self.calls += 1;
            Err(Down)
        }

        #[retry(schedule = self.plan(), jitter = self.jitter, on = |_| true)]
        async fn by_method(&mut self) -> Result<u32, Down> {
            self.calls += 1;
            Err(Down)
        }

        fn plan(&self) -> &Schedule {
            &self.schedule
        }
    }

    #[test]
    fn a_static_schedule() {
        let guard = testing::skip_waits();
        assert_eq!(by_static(&Flaky::new(9)), Err(Down));
        assert_eq!(guard.waits(), secs([1, 2]));
    }

    #[tokio::test(start_paused = true)]
    async fn a_schedule_of_the_receivers_own() {
        let schedule = "3s, 5s, 0".parse().expect("it is a schedule");
        let mut client = Client {
            schedule,
            jitter: Jitter::none(),
            calls: 0,
        };
        let guard = testing::skip_waits();
        assert_eq!(client.by_field(), Err(Down));
        assert_eq!(client.by_method().await, Err(Down));
        assert_eq!(client.calls, 6);
        assert_eq!(guard.waits(), secs([3, 5, 3, 5]));
    }

    #[test]
    fn a_schedule_that_is_made_for_the_call() {
        #[retry(schedule = make(waits), jitter = 0, on = |_| true)]
        fn fail(waits: &[u64]) -> Result<(), Down> {
            Err(Down)
        }
        fn make(waits: &[u64]) -> Schedule {
            Schedule::try_from(secs(waits.iter().copied().chain([0]))).expect("it ends in zero")
        }
        let guard = testing::skip_waits();
        assert_eq!(fail(&[7, 1]), Err(Down));
        assert_eq!(guard.waits(), secs([7, 1]));
    }

    #[test]
    fn a_hundred_thousand_attempts() {
        let waits: Vec<Duration> = std::iter::repeat_n(Duration::from_secs(1), 99_999)
            .chain([Duration::ZERO])
            .collect();
        let schedule = Schedule::try_from(waits).expect("it ends in zero");
        let guard = testing::skip_waits();
        let flaky = Flaky::new(u32::MAX);
        let result =
            retry_block!(schedule = schedule, jitter = 0, on = |_| true => { flaky.call() });
        assert_eq!(result, Err(Down));
        assert_eq!(flaky.calls(), 100_000);
        assert_eq!(guard.waits().len(), 99_999);
    }
}

mod guards {
    use super::*;

    #[test]
    fn guards_nest() {
        let outer = testing::skip_waits();
        retry_core::sleep_blocking(Duration::from_secs(1));
        let inner = testing::skip_waits();
        retry_core::sleep_blocking(Duration::from_secs(2));
        assert_eq!((outer.waits(), inner.waits()), (secs([1]), secs([2])));
        drop(inner);
        retry_core::sleep_blocking(Duration::from_secs(3));
        assert_eq!(outer.waits(), secs([1, 3]));
    }

    #[test]
    fn guards_may_be_dropped_in_any_order() {
        let outer = testing::skip_waits();
        let limit = testing::limit_attempts(1);
        let inner = testing::skip_waits();
        drop(outer);
        retry_core::sleep_blocking(Duration::from_secs(2));
        assert_eq!(inner.waits(), secs([2]));
        let jitter = testing::fix_jitter(0.5);
        drop(limit);
        let result = retry_block!(schedule = [1s, 0], on = |_| true => { Err::<(), _>(Down) });
        assert_eq!((result, inner.waits()), (Err(Down), secs([2, 1])));
        drop(jitter);
    }

    #[test]
    fn guards_may_be_kept_in_thread_locals() {
        use std::cell::RefCell;
        use testing::{LimitAttempts, SkipWaits};

        // Whichever of the three is dropped first, the thread ends.
        thread_local! {
            static FIRST: RefCell<Option<(SkipWaits, LimitAttempts)>> = const { RefCell::new(None) };
            static LAST: RefCell<Option<SkipWaits>> = const { RefCell::new(None) };
        }
        let thread = std::thread::spawn(|| {
            FIRST.with_borrow(|first| assert!(first.is_none()));
            let waits = testing::skip_waits();
            LAST.set(Some(waits));
            FIRST.set(Some((testing::skip_waits(), testing::limit_attempts(2))));
            retry_core::sleep_blocking(Duration::from_secs(1_000));
            FIRST.with_borrow(|first| first.as_ref().unwrap().0.waits())
        });
        assert_eq!(thread.join().unwrap(), secs([1_000]));
    }

    #[test]
    fn a_guard_holds_until_its_thread_drops_it() {
        struct AtExit(testing::SkipWaits);

        impl Drop for AtExit {
            fn drop(&mut self) {
                // Nothing can be said here any more, or everything can.
                let _ = self.0.waits();
                let _ = retry_core::jitter(Duration::from_secs(1), 0.2);
            }
        }
        thread_local! {
            static KEPT: std::cell::RefCell<Option<AtExit>> = const { std::cell::RefCell::new(None) };
        }
        let thread = std::thread::spawn(|| {
            KEPT.with_borrow(|kept| assert!(kept.is_none()));
            KEPT.set(Some(AtExit(testing::skip_waits())));
            retry_core::sleep_blocking(Duration::from_secs(1_000));
        });
        thread.join().unwrap();
    }

    #[test]
    fn a_wait_that_is_skipped_lets_another_task_run() {
        use std::sync::atomic::{AtomicBool, Ordering};

        static READY: AtomicBool = AtomicBool::new(false);

        #[retry(schedule = [1s, 1s, 1s, 0], until = |ready| *ready)]
        async fn poll() -> bool {
            READY.load(Ordering::Relaxed)
        }
        let runtime = tokio::runtime::Builder::new_current_thread()
            .build()
            .unwrap();
        let waits = testing::skip_waits();
        let ready = runtime.block_on(async {
            let setter = tokio::spawn(async { READY.store(true, Ordering::Relaxed) });
            let ready = tokio::spawn(poll()).await.unwrap();
            setter.await.unwrap();
            ready
        });
        assert!(ready);
        assert!(waits.waits().len() <= 1, "{:?}", waits.waits());
    }

    #[test]
    fn a_wait_of_zero_and_one_that_is_skipped_are_polled_once_and_twice() {
        use futures::FutureExt as _;

        assert_eq!(retry_core::sleep(Duration::ZERO).now_or_never(), Some(()));
        let _waits = testing::skip_waits();
        let mut wait = Box::pin(retry_core::sleep(Duration::from_secs(1)));
        assert_eq!((&mut wait).now_or_never(), None);
        assert_eq!((&mut wait).now_or_never(), Some(()));
    }

    #[test]
    fn what_another_thread_has_skipped_does_not_count_against_a_call_that_moves_there() {
        use futures::FutureExt as _;

        #[retry(schedule = [1s, 1s, 0], on = |_| true, max_elapsed = 1h, sleep = |_| tokio::task::yield_now())]
        async fn call(flaky: std::sync::Arc<Flaky>) -> Result<u32, Down> {
            flaky.call()
        }
        let flaky = std::sync::Arc::new(Flaky::new(9));
        let mut begun = Box::pin(call(flaky.clone()));
        assert_eq!((&mut begun).now_or_never(), None);
        let elsewhere = std::thread::spawn(move || {
            let _waits = testing::skip_waits();
            retry_core::sleep_blocking(Duration::from_secs(7_200));
            std::iter::repeat_with(|| (&mut begun).now_or_never()).find_map(|result| result)
        });
        assert_eq!(elsewhere.join().unwrap(), Some(Err(Down)));
        assert_eq!(flaky.calls(), 3);
    }

    #[test]
    fn attempts_can_be_limited() {
        let waits = testing::skip_waits();
        let flaky = Flaky::new(9);
        let limit = testing::limit_attempts(1);
        assert_eq!(five_attempts(&flaky), Err(Down));
        assert_eq!((flaky.calls(), waits.waits().len()), (1, 0));
        {
            let _looser = testing::limit_attempts(3);
            assert_eq!(five_attempts(&flaky), Err(Down));
            assert_eq!((flaky.calls(), waits.waits().len()), (4, 2));
        }
        drop(limit);
        assert_eq!(five_attempts(&flaky), Err(Down));
        assert_eq!(flaky.calls(), 9);
    }

    #[test]
    fn attempts_are_limited_while_polling_too() {
        let _waits = testing::skip_waits();
        let _limit = testing::limit_attempts(2);
        let flaky = Flaky::new(9);
        assert_eq!(
            retry_block!(schedule = [1s, 1s, 0] => -> Option<u32> { flaky.poll() }),
            None
        );
        assert_eq!(flaky.calls(), 2);
    }

    #[test]
    fn jitter_can_be_fixed() {
        let waits = testing::skip_waits();
        #[retry(schedule = [10s, 0], on = |_| true)]
        fn fail() -> Result<(), Down> {
            Err(Down)
        }
        for position in [0.0, 0.5, 1.0] {
            let _jitter = testing::fix_jitter(position);
            assert_eq!(fail(), Err(Down));
        }
        assert_eq!(waits.waits(), secs([8, 10, 12]));
    }

    #[test]
    #[should_panic(expected = "write a number from 0 to 1")]
    fn jitter_is_fixed_within_its_bounds() {
        let _jitter = testing::fix_jitter(f64::NAN);
    }

    #[test]
    fn other_threads_are_not_affected() {
        let guard = testing::skip_waits();
        std::thread::spawn(|| retry_core::sleep_blocking(Duration::from_millis(1)))
            .join()
            .expect("it only sleeps");
        assert_eq!(guard.waits(), []);
    }
}
