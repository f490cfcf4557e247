//! Lists by error, open lists, and what each attempt is given.

use retry_core::{
    Attempt, AttemptTimeout, End, RetryDone, Schedule, retry, retry_block, schedule, testing,
};
use std::cell::{Cell, RefCell};
use std::convert::Infallible;
use std::time::Duration;

fn secs<const N: usize>(secs: [u64; N]) -> Vec<Duration> {
    secs.map(Duration::from_secs).to_vec()
}

#[derive(Debug, Clone, PartialEq)]
enum ApiError {
    Throttled { peak: bool },
    Broken,
    Forbidden,
    TimedOut(Duration),
}

impl From<AttemptTimeout> for ApiError {
    fn from(timeout: AttemptTimeout) -> Self {
        Self::TimedOut(timeout.limit())
    }
}

/// Gives these errors, the last first, and then succeeds.
type Errors = RefCell<Vec<ApiError>>;

fn step(errors: &Errors) -> Result<u32, ApiError> {
    errors.borrow_mut().pop().map_or(Ok(7), Err)
}

fn throttled() -> ApiError {
    ApiError::Throttled { peak: false }
}

mod lists_by_error {
    use super::*;

    #[retry(schedule = match {
        ApiError::Throttled { peak: true } => [60s, 0],
        ApiError::Throttled { .. } => [5s, 30s, 40s, 0],
        ApiError::Broken | ApiError::TimedOut(_) => [1s, 2s, 0],
    }, jitter = 0, done = |done| ends.borrow_mut().push((done.end, done.attempt)))]
    fn create(errors: &Errors, ends: &RefCell<Vec<(End, usize)>>) -> Result<u32, ApiError> {
        step(errors)
    }

    fn run(errors: &[ApiError]) -> (Result<u32, ApiError>, Vec<Duration>, (End, usize)) {
        let guard = testing::skip_waits();
        let errors = Errors::new(errors.iter().rev().cloned().collect());
        let ends = RefCell::default();
        let result = create(&errors, &ends);
        let ends = ends.into_inner();
        assert_eq!(ends.len(), 1);
        (result, guard.waits(), ends[0])
    }

    #[test]
    fn each_failure_waits_for_its_entry_in_the_list_of_its_kind() {
        let (result, waits, end) = run(&[throttled(), ApiError::Broken, throttled()]);
        assert_eq!(result, Ok(7));
        assert_eq!(waits, secs([5, 2, 40]));
        assert_eq!(end, (End::Succeeded, 4));
    }

    #[test]
    fn a_list_that_has_ended_gives_the_error_back() {
        let (result, waits, end) = run(&[throttled(), throttled(), ApiError::Broken]);
        assert_eq!(result, Err(ApiError::Broken));
        assert_eq!(waits, secs([5, 30]));
        assert_eq!(end, (End::Exhausted, 3));
        // A shorter list has ended, too.
        let peak = ApiError::Throttled { peak: true };
        let (result, waits, end) = run(&[throttled(), throttled(), peak.clone()]);
        assert_eq!(result, Err(peak));
        assert_eq!(waits, secs([5, 30]));
        assert_eq!(end, (End::Exhausted, 3));
    }

    #[test]
    fn an_error_without_a_list_returns_at_once() {
        let (result, waits, end) = run(&[ApiError::Forbidden]);
        assert_eq!(result, Err(ApiError::Forbidden));
        assert_eq!(waits, []);
        assert_eq!(end, (End::NotRetryable, 1));
    }

    #[test]
    fn there_are_never_more_attempts_than_the_longest_list_has() {
        let (result, waits, end) = run(&[throttled(), throttled(), throttled(), throttled()]);
        assert_eq!(result, Err(throttled()));
        assert_eq!(waits, secs([5, 30, 40]));
        assert_eq!(end, (End::Exhausted, 4));
    }

    #[test]
    fn a_test_may_limit_the_attempts() {
        let _once = testing::limit_attempts(1);
        let (result, waits, _) = run(&[throttled()]);
        assert_eq!((result, waits), (Err(throttled()), vec![]));
    }

    #[test]
    fn a_shape_stands_for_its_list_and_keeps_its_longest_wait() {
        #[retry(schedule = match {
            ApiError::Throttled { .. } => exponential(1s, max = 3s, retries = 4),
            ApiError::Broken => [3s, 3s, 0],
        }, max_wait = 13.2s, max_elapsed = 20s)]
        fn create(errors: &Errors) -> Result<u32, ApiError> {
            step(errors)
        }

        let run = |errors: [ApiError; 4], position| {
            let guard = testing::skip_waits();
            let _jitter = testing::fix_jitter(position);
            create(&Errors::new(errors.into())).unwrap();
            guard.waits()
        };
        let millis = |millis: [u64; 4]| millis.map(Duration::from_millis);
        let throttled = || [throttled(), throttled(), throttled(), throttled()];
        assert_eq!(run(throttled(), 0.0), millis([800, 1_600, 2_400, 2_400]));
        assert_eq!(run(throttled(), 1.0), millis([1_200, 2_400, 3_000, 3_000]));
        let [first, second, ..] = throttled();
        let mixed = [second, first, ApiError::Broken, ApiError::Broken];
        assert_eq!(run(mixed, 1.0), millis([3_600, 3_600, 3_000, 3_000]));
    }

    #[test]
    fn what_comes_out_of_a_macro_means_the_same() {
        macro_rules! create {
            ($errors:expr, $($error:pat => $list:expr),*) => {
                retry_block!(schedule = match { $($error => $list,)* }, jitter = 0 => { step($errors) })
            };
        }

        let guard = testing::skip_waits();
        let errors = Errors::new(vec![throttled(), ApiError::Broken]);
        let result = create!(
            &errors,
            ApiError::Broken => [1s, 0],
            ApiError::Throttled { .. } => exponential(5s, attempts = 3)
        );
        assert_eq!(result, Ok(7));
        assert_eq!(guard.waits(), secs([1, 10]));
    }

    #[test]
    fn an_entry_may_be_reached_through_the_shorter_lists() {
        // The longest entries, 8s and 8s, would not fit.
        #[retry(schedule = match {
            ApiError::Throttled { .. } => [8s, 1s, 0],
            ApiError::Broken => [1s, 8s, 0],
        }, jitter = 0, max_elapsed = 10s)]
        fn create(errors: &Errors) -> Result<u32, ApiError> {
            step(errors)
        }

        let guard = testing::skip_waits();
        let errors = Errors::new(vec![ApiError::Broken, ApiError::Broken]);
        assert_eq!(create(&errors), Ok(7));
        assert_eq!(guard.waits(), secs([1, 8]));
    }

    #[tokio::test(start_paused = true)]
    async fn async_code_and_blocks_have_them_as_well() {
        #[retry(schedule = match { ApiError::Broken => [1s, 0], _ if *more => [2s, 0] }, jitter = 0)]
        async fn get(errors: &Errors, more: &bool) -> Result<u32, ApiError> {
            step(errors)
        }

        let started = tokio::time::Instant::now();
        let errors = Errors::new(vec![ApiError::Broken]);
        assert_eq!(get(&errors, &false).await, Ok(7));
        let errors = Errors::new(vec![throttled()]);
        assert_eq!(get(&errors, &true).await, Ok(7));
        let errors = Errors::new(vec![throttled()]);
        assert_eq!(get(&errors, &false).await, Err(throttled()));
        assert_eq!(started.elapsed(), Duration::from_secs(3));

        let guard = testing::skip_waits();
        let errors = Errors::new(vec![ApiError::Broken]);
        let result = retry_block!(schedule = match { ApiError::Broken => [1s, 0] }, jitter = 0 => { step(&errors) });
        assert_eq!(result, Ok(7));
        assert_eq!(guard.waits(), secs([1]));
    }
}

mod open_lists {
    use super::*;

    fn down(left: &Cell<u32>) -> Result<(), ApiError> {
        left.set(left.get() - 1);
        if left.get() == 0 {
            Ok(())
        } else {
            Err(ApiError::Broken)
        }
    }

    #[test]
    fn the_last_wait_is_repeated_without_end() {
        #[retry(schedule = [1s, 2s, 5s, ..], jitter = 0, on = |_| true, attempt = attempt)]
        fn connect(left: &Cell<u32>) -> Result<(), ApiError> {
            assert_eq!(attempt.attempts(), usize::MAX);
            assert!(!attempt.is_last());
            down(left)
        }

        let guard = testing::skip_waits();
        assert_eq!(connect(&Cell::new(6)), Ok(()));
        assert_eq!(guard.waits(), secs([1, 2, 5, 5, 5]));
    }

    #[test]
    fn a_shape_may_have_no_end() {
        #[retry(schedule = exponential(1s, max = 4s, ..), jitter = 0, on = |_| true)]
        fn connect(left: &Cell<u32>) -> Result<(), ApiError> {
            down(left)
        }

        let guard = testing::skip_waits();
        assert_eq!(connect(&Cell::new(6)), Ok(()));
        assert_eq!(guard.waits(), secs([1, 2, 4, 4, 4]));
    }

    #[test]
    fn a_schedule_at_run_time_may_have_no_end() {
        #[retry(schedule = schedule, jitter = 0, on = |_| true)]
        fn connect(left: &Cell<u32>, schedule: &Schedule) -> Result<(), ApiError> {
            down(left)
        }
        #[retry(schedule = schedule, jitter = 0, on = |_| true)]
        async fn connect_async(left: &Cell<u32>, schedule: &Schedule) -> Result<(), ApiError> {
            down(left)
        }

        const OPEN: Schedule = schedule![1s, 3s, ..];
        let guard = testing::skip_waits();
        assert_eq!(connect(&Cell::new(5), &OPEN), Ok(()));
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        let future = async { connect_async(&Cell::new(3), &OPEN).await };
        assert_eq!(runtime.expect("a runtime").block_on(future), Ok(()));
        assert_eq!(guard.waits(), secs([1, 3, 3, 3, 1, 3]));
    }

    #[test]
    fn other_keys_end_the_call() {
        #[retry(schedule = [10s, ..], jitter = 0, on = |_| true, max_elapsed = 35s)]
        fn connect() -> Result<(), ApiError> {
            Err(ApiError::Broken)
        }

        let guard = testing::skip_waits();
        assert_eq!(connect(), Err(ApiError::Broken));
        assert_eq!(guard.waits(), secs([10, 10, 10]));
    }

    #[test]
    fn a_test_may_limit_the_attempts() {
        #[retry(schedule = [1s, ..], jitter = 0, on = |_| true)]
        fn connect() -> Result<(), ApiError> {
            Err(ApiError::Broken)
        }

        let guard = testing::skip_waits();
        let _thrice = testing::limit_attempts(3);
        assert_eq!(connect(), Err(ApiError::Broken));
        assert_eq!(guard.waits(), secs([1, 1]));
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_that_lasted_starts_the_list_anew() {
        #[retry(schedule = [1s, 2s, 5s, ..], jitter = 0, on = |_| true, reset_after = 1m)]
        async fn stay_connected(lasts: &RefCell<Vec<u64>>) -> Result<(), ApiError> {
            let Some(last) = lasts.borrow_mut().pop() else {
                return Ok(());
            };
            tokio::time::sleep(Duration::from_secs(last)).await;
            Err(ApiError::Broken)
        }

        let started = tokio::time::Instant::now();
        let lasts = RefCell::new(vec![0, 0, 60, 0, 59, 0]);
        assert_eq!(stay_connected(&lasts).await, Ok(()));
        let connected = 60 + 59;
        let waited = 1 + 2 + 5 + 1 + 2 + 5;
        assert_eq!(started.elapsed(), Duration::from_secs(connected + waited));
    }
}

mod caps {
    use super::*;

    #[test]
    fn max_is_the_longest_wait_jitter_included() {
        #[retry(schedule = exponential(1s, max = 5s, attempts = 5), jitter = 0.5, on = |_| true, max_wait = 15s)]
        fn written() -> Result<(), ApiError> {
            Err(ApiError::Broken)
        }
        #[retry(schedule = schedule, jitter = 0.5, on = |_| true)]
        fn at_run_time(schedule: &Schedule) -> Result<(), ApiError> {
            Err(ApiError::Broken)
        }

        let guard = testing::skip_waits();
        for (position, expected) in [
            (1.0, [1_500, 3_000, 5_000, 5_000]),
            (0.0, [500, 1_000, 2_000, 2_500]),
        ] {
            let _position = testing::fix_jitter(position);
            let before = guard.waits().len();
            assert_eq!(written(), Err(ApiError::Broken));
            let schedule = "exponential(1s, max = 5s, attempts = 5)"
                .parse()
                .expect("a schedule");
            assert_eq!(at_run_time(&schedule), Err(ApiError::Broken));
            let expected = expected.map(Duration::from_millis);
            assert_eq!(guard.waits()[before..], [expected, expected].concat());
        }
    }

    #[test]
    fn clients_at_the_cap_do_not_come_back_together() {
        #[retry(schedule = exponential(60s, max = 60s, attempts = 2), on = |_| true)]
        fn capped() -> Result<(), ApiError> {
            Err(ApiError::Broken)
        }

        let guard = testing::skip_waits();
        for _ in 0..1_000 {
            assert_eq!(capped(), Err(ApiError::Broken));
        }
        let mut waits = guard.waits();
        assert!(waits.iter().all(|wait| *wait <= Duration::from_secs(60)));
        waits.sort();
        waits.dedup_by_key(|wait| wait.as_millis());
        assert!(waits.len() > 900, "{} milliseconds", waits.len());
    }
}

mod what_an_attempt_is_given {
    use super::*;

    fn send(request: String) -> Result<String, ApiError> {
        if request.len() > 4 {
            Ok(request)
        } else {
            Err(ApiError::Broken)
        }
    }

    #[test]
    fn a_body_may_consume_what_is_cloned_for_it() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true, clone = [request, parts], attempt = attempt)]
        fn create(mut request: String, (parts, _): (Vec<String>, u8)) -> Result<String, ApiError> {
            // The clone is `mut` as the argument is, and starts afresh.
            request.push_str(&attempt.number().to_string());
            request.extend(parts);
            send(request)
        }

        let _guard = testing::skip_waits();
        assert_eq!(
            create("ab".to_owned(), (vec!["c".to_owned()], 0)),
            Err(ApiError::Broken)
        );
        assert_eq!(
            create("abc".to_owned(), (vec!["d".to_owned()], 0)),
            Ok("abc1d".to_owned())
        );
    }

    #[tokio::test(start_paused = true)]
    async fn async_bodies_and_blocks_may_as_well() {
        #[retry(schedule = [1s, 0], on = |_| true, clone = [request])]
        async fn create(request: String) -> Result<String, ApiError> {
            tokio::task::yield_now().await;
            send(request)
        }
        #[allow(clippy::manual_async_fn, reason = "it is what is tested")]
        #[retry(schedule = [1s, 0], on = |_| true, clone = [request])]
        fn future(request: String) -> impl Future<Output = Result<String, ApiError>> {
            async move { send(request) }
        }

        assert_eq!(create("abc".to_owned()).await, Err(ApiError::Broken));
        assert_eq!(future("abcde".to_owned()).await, Ok("abcde".to_owned()));
        let request = "abcd".to_owned();
        let result = retry_block!(schedule = [1s, 0], on = |_| true, clone = [request] => async { send(request) });
        assert_eq!(result, Err(ApiError::Broken));
        assert_eq!(request, "abcd");
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_is_handed_down() {
        #[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, max_elapsed = 10s, attempt = attempt)]
        async fn call(seen: &RefCell<Vec<(Attempt, Duration)>>) -> Result<(), ApiError> {
            let left = attempt.remaining().expect("there is a limit");
            seen.borrow_mut().push((attempt, left));
            tokio::time::sleep(Duration::from_secs(3)).await;
            Err(ApiError::Broken)
        }

        let seen = RefCell::default();
        assert_eq!(call(&seen).await, Err(ApiError::Broken));
        let seen = seen.into_inner();
        let left: Vec<Duration> = seen.iter().map(|(_, left)| *left).collect();
        assert_eq!(left, secs([10, 6, 1]));
        let numbers: Vec<usize> = seen.iter().map(|(attempt, _)| attempt.number()).collect();
        assert_eq!(numbers, [1, 2, 3]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_timed_attempt_gets_no_more_than_what_is_left() {
        #[retry(
            schedule = [1s, 1s, 0],
            jitter = 0,
            on = |_| true,
            max_elapsed = 10s,
            attempt_timeout = 6s,
        )]
        async fn hang() -> Result<(), ApiError> {
            std::future::pending().await
        }

        let started = tokio::time::Instant::now();
        // 6 s, a wait of 1 s, and the 3 s that are left.
        assert_eq!(
            hang().await,
            Err(ApiError::TimedOut(Duration::from_secs(3)))
        );
        assert_eq!(started.elapsed(), Duration::from_secs(10));
    }

    #[test]
    fn a_limit_is_read_once() {
        #[retry(schedule = [4s, 4s, 4s, 0], jitter = 0, on = |_| true, max_elapsed = { reads.set(reads.get() + 1); Duration::from_secs(10) })]
        fn call(reads: &Cell<u32>) -> Result<(), ApiError> {
            Err(ApiError::Broken)
        }

        let guard = testing::skip_waits();
        let reads = Cell::new(0);
        assert_eq!(call(&reads), Err(ApiError::Broken));
        assert_eq!(guard.waits(), secs([4, 4]));
        assert_eq!(reads.get(), 1);
    }
}

mod how_a_call_ended {
    use super::*;

    #[test]
    fn polls_are_told_of_as_well() {
        #[retry(schedule = [1s, 0], jitter = 0, done = |done| tell(done, ends))]
        fn first(queue: &RefCell<Vec<u32>>, ends: &RefCell<Vec<End>>) -> Option<u32> {
            queue.borrow_mut().pop()
        }
        #[retry(schedule = [1s, 0], jitter = 0, until = |load| *load < 50, done = |done| tell(done, ends))]
        fn load(queue: &RefCell<Vec<u32>>, ends: &RefCell<Vec<End>>) -> u32 {
            queue.borrow_mut().pop().unwrap_or(99)
        }

        fn tell(done: &RetryDone<'_, Infallible>, ends: &RefCell<Vec<End>>) {
            assert!(done.error.is_none());
            ends.borrow_mut().push(done.end);
        }

        let _guard = testing::skip_waits();
        let ends = RefCell::default();
        assert_eq!(first(&RefCell::new(vec![7]), &ends), Some(7));
        assert_eq!(first(&RefCell::default(), &ends), None);
        assert_eq!(load(&RefCell::new(vec![40, 60]), &ends), 40);
        // What was never accepted is no success.
        assert_eq!(load(&RefCell::default(), &ends), 99);
        let expected = [
            End::Succeeded,
            End::Exhausted,
            End::Succeeded,
            End::Exhausted,
        ];
        assert_eq!(ends.into_inner(), expected);
    }

    #[test]
    fn the_error_and_the_waits_are_told() {
        #[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, name = "call", done = |done| {
            assert_eq!(done.function, "call");
            assert_eq!((done.attempt, done.attempts), (3, 3));
            assert_eq!(done.waited, Duration::from_secs(3));
            assert_eq!(done.error, Some(&ApiError::Broken));
            told.set(told.get() + 1);
        })]
        fn call(told: &Cell<u32>) -> Result<(), ApiError> {
            Err(ApiError::Broken)
        }

        let _guard = testing::skip_waits();
        let told = Cell::new(0);
        assert_eq!(call(&told), Err(ApiError::Broken));
        assert_eq!(told.get(), 1);
    }
}

mod switched_off {
    use super::*;

    /// The end, the attempt and the attempts that `done` is told, and whether the body knows that no other attempt follows.
    type Told = RefCell<Vec<(End, usize, usize, bool)>>;

    fn tell<E>(done: &RetryDone<'_, E>, last: bool, told: &Told) {
        let told = &mut *told.borrow_mut();
        told.push((done.end, done.attempt, done.attempts, last));
    }

    const ONE_ATTEMPT: [(End, usize, usize, bool); 1] = [(End::NotRetryable, 1, 1, true)];

    #[test]
    fn the_only_attempt_is_the_last() {
        #[retry(schedule = [1s, 2s, 0], on = |_| true, enabled = false, attempt = attempt, done = |done| tell(done, last.get(), told))]
        fn sync(last: &Cell<bool>, told: &Told) -> Result<(), ApiError> {
            last.set(attempt.is_last());
            Err(ApiError::Broken)
        }

        #[retry(schedule = [1s, 2s, ..], enabled = false, attempt = attempt, done = |done| tell(done, last.get(), told))]
        async fn asynchronous(last: &Cell<bool>, told: &Told) -> Option<u32> {
            last.set(attempt.is_last());
            None
        }

        let (last, told) = (Cell::new(false), Told::default());
        assert_eq!(sync(&last, &told), Err(ApiError::Broken));
        assert_eq!(told.take(), ONE_ATTEMPT);

        last.set(false);
        let mut polled = std::pin::pin!(asynchronous(&last, &told));
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert_eq!(
            polled.as_mut().poll(&mut context),
            std::task::Poll::Ready(None)
        );
        assert_eq!(told.take(), ONE_ATTEMPT);
    }

    #[test]
    fn no_list_is_looked_for() {
        #[retry(
            schedule = match { ApiError::Broken if asked.replace(true) => [1s, 0] },
            enabled = false,
            done = |done| tell(done, true, told),
        )]
        fn call(asked: &Cell<bool>, told: &Told) -> Result<(), ApiError> {
            Err(ApiError::Broken)
        }

        let (asked, told) = (Cell::new(false), Told::default());
        assert_eq!(call(&asked, &told), Err(ApiError::Broken));
        assert!(!asked.get());
        assert_eq!(told.take(), ONE_ATTEMPT);
    }
}
