//! The keys that decide about a retry, or hear of it: when it comes too late, costs too much, or is told of.

#![deny(
    unused,
    reason = "no line of the loop gives the compiler a reason to complain"
)]

mod support;

use proptest::prelude::*;
use retry_core::{
    AttemptTimeout, Jitter, RetryBudget, RetryEvent, Schedule, retry, retry_block, testing,
};
use std::cell::{Cell, RefCell};
use std::error::Error;
use std::fmt::{self, Display};
use std::sync::Arc;
use std::time::Duration;
use support::{Down, Flaky};
use tokio::time::Instant;

/// What a client makes of a server's answers.
#[derive(Debug, Clone, PartialEq)]
enum ApiError {
    Busy,
    /// Busy, and it says for how long.
    RetryAfter(Duration),
    Forbidden,
    TimedOut(AttemptTimeout),
}

impl ApiError {
    fn is_retryable(&self) -> bool {
        *self != Self::Forbidden
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RetryAfter(hint) => Some(*hint),
            _ => None,
        }
    }
}

impl From<AttemptTimeout> for ApiError {
    fn from(timeout: AttemptTimeout) -> Self {
        Self::TimedOut(timeout)
    }
}

impl Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Busy => f.write_str("busy"),
            Self::RetryAfter(hint) => write!(f, "busy for {hint:?}"),
            Self::Forbidden => f.write_str("forbidden"),
            Self::TimedOut(timeout) => timeout.fmt(f),
        }
    }
}

impl Error for ApiError {}

/// Gives its answers one after the other, then is forbidden.
struct Server<T> {
    answers: RefCell<std::vec::IntoIter<T>>,
    calls: Cell<usize>,
}

impl<T> Server<T> {
    fn new(answers: impl IntoIterator<Item = T>) -> Self {
        let answers: Vec<T> = answers.into_iter().collect();
        Self {
            answers: RefCell::new(answers.into_iter()),
            calls: Cell::new(0),
        }
    }

    fn next(&self) -> Option<T> {
        self.calls.set(self.calls.get() + 1);
        self.answers.borrow_mut().next()
    }
}

impl Server<Result<u32, ApiError>> {
    fn call(&self) -> Result<u32, ApiError> {
        self.next().unwrap_or(Err(ApiError::Forbidden))
    }
}

impl Server<Answer> {
    async fn answer(&self) -> Result<u32, ApiError> {
        let Some(answer) = self.next() else {
            return Err(ApiError::Forbidden);
        };
        tokio::time::sleep(answer.after).await;
        answer.result
    }
}

/// An answer that takes time.
struct Answer {
    after: Duration,
    result: Result<u32, ApiError>,
}

fn answer(after: u64, result: Result<u32, ApiError>) -> Answer {
    Answer {
        after: ms(after),
        result,
    }
}

fn ms(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn secs<const N: usize>(secs: [u64; N]) -> [Duration; N] {
    secs.map(Duration::from_secs)
}

fn sum(waits: &[Duration]) -> Duration {
    waits
        .iter()
        .fold(Duration::ZERO, |sum, wait| sum.saturating_add(*wait))
}

/// What comes of a future, and how long it took.
async fn timed<F: Future>(future: F) -> (F::Output, Duration) {
    let started = Instant::now();
    let output = future.await;
    (output, started.elapsed())
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

mod max_elapsed {
    use super::*;

    /// The error is the number of the call.
    #[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = 0, on = |_| true, max_elapsed = limit)]
    fn fail(calls: &Cell<u32>, limit: Duration) -> Result<(), u32> {
        calls.set(calls.get() + 1);
        Err(calls.get())
    }

    #[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = 0, on = |_| true, max_elapsed = limit)]
    async fn fail_async(calls: &Cell<u32>, limit: Duration) -> Result<(), u32> {
        calls.set(calls.get() + 1);
        Err(calls.get())
    }

    #[test]
    fn a_wait_that_would_end_after_the_limit_is_not_begun() {
        let guard = testing::skip_waits();
        assert_eq!(fail(&Cell::new(0), Duration::from_secs(10)), Err(4));
        assert_eq!(guard.waits(), secs([1, 2, 4]));
    }

    #[test]
    fn the_limit_may_be_an_expression_that_begins_with_a_number() {
        const HALF: Duration = Duration::from_secs(5);

        #[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = 0, on = |_| true, max_elapsed = 2 * HALF)]
        fn fail(calls: &Cell<u32>) -> Result<(), u32> {
            calls.set(calls.get() + 1);
            Err(calls.get())
        }

        let _guard = testing::skip_waits();
        assert_eq!(fail(&Cell::new(0)), Err(4));
    }

    #[tokio::test(start_paused = true)]
    async fn async_code_gives_its_error_back_and_does_not_sleep_into_the_limit() {
        let calls = Cell::new(0);
        let (result, took) = timed(fail_async(&calls, Duration::from_secs(10))).await;
        assert_eq!((result, took), (Err(4), Duration::from_secs(7)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_wait_may_end_just_at_the_limit() {
        let limit = Duration::from_secs(15);
        let (result, took) = timed(fail_async(&Cell::new(0), limit)).await;
        assert_eq!((result, took), (Err(5), limit));
        let limit = limit - Duration::from_nanos(1);
        assert_eq!(fail_async(&Cell::new(0), limit).await, Err(4));
    }

    #[tokio::test(start_paused = true)]
    async fn a_limit_below_the_first_wait_leaves_one_attempt() {
        let (result, took) = timed(fail_async(&Cell::new(0), Duration::ZERO)).await;
        assert_eq!((result, took), (Err(1), Duration::ZERO));
        assert_eq!(fail(&Cell::new(0), ms(999)), Err(1));
    }

    #[test]
    fn the_longest_limit_is_none() {
        let guard = testing::skip_waits();
        assert_eq!(fail(&Cell::new(0), Duration::MAX), Err(5));
        assert_eq!(guard.waits(), secs([1, 2, 4, 8]));
    }

    #[test]
    fn each_call_has_its_own_time() {
        let guard = testing::skip_waits();
        for _ in 0..3 {
            assert_eq!(fail(&Cell::new(0), Duration::from_secs(4)), Err(3));
        }
        assert_eq!(guard.waits(), secs([1, 2, 1, 2, 1, 2]));
    }

    #[test]
    fn the_wait_that_counts_is_the_one_after_jitter() {
        #[retry(schedule = [1s, 2s, 4s, 0], on = |_| true, max_elapsed = 6.5s)]
        fn fail() -> Result<(), Down> {
            Err(Down)
        }
        let guard = testing::skip_waits();
        for _ in 0..100 {
            assert_eq!(fail(), Err(Down));
        }
        let waits = guard.waits();
        // 0.8 s begins a call.
        let calls = waits.chunk_by(|_, next| *next > ms(1200));
        let sums: Vec<Duration> = calls.map(sum).collect();
        assert_eq!(sums.len(), 100);
        assert!(sums.iter().all(|sum| *sum <= ms(6500)), "{sums:?}");
        let _shortest = testing::fix_jitter(0.0);
        assert_eq!(fail(), Err(Down));
        assert_eq!(guard.waits()[waits.len()..], [ms(800), ms(1600), ms(3200)]);
    }

    #[tokio::test(start_paused = true)]
    async fn time_in_the_body_counts() {
        #[retry(schedule = [1s, 1s, 1s, 1s, 1s, 0], jitter = 0, on = |_| true, max_elapsed = 10s)]
        async fn fail(flaky: &Flaky) -> Result<u32, Down> {
            tokio::time::sleep(Duration::from_secs(3)).await;
            flaky.call()
        }
        let flaky = Flaky::new(9);
        // An attempt that has begun is not cut short: the third ends at 11 s.
        let (result, took) = timed(fail(&flaky)).await;
        assert_eq!((result, took), (Err(Down), Duration::from_secs(11)));
        assert_eq!(flaky.calls(), 3);
        assert_eq!(timed(fail(&Flaky::new(2))).await.0, Ok(3));
    }

    #[test]
    fn time_in_the_body_of_sync_code_counts_and_skipped_waits_with_it() {
        #[retry(schedule = [1s, 1s, 1s, 1s, 1s, 0], jitter = 0, on = |_| true, max_elapsed = 10s)]
        fn fail(flaky: &Flaky) -> Result<u32, Down> {
            retry_core::sleep_blocking(Duration::from_secs(3));
            flaky.call()
        }
        let guard = testing::skip_waits();
        let flaky = Flaky::new(9);
        assert_eq!(fail(&flaky), Err(Down));
        assert_eq!(guard.waits(), secs([3, 1, 3, 1, 3]));
    }

    #[test]
    fn real_time_counts_in_sync_code() {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, max_elapsed = 5ms)]
        fn fail(flaky: &Flaky) -> Result<u32, Down> {
            std::thread::sleep(ms(5));
            flaky.call()
        }
        let flaky = Flaky::new(9);
        assert_eq!(fail(&flaky), Err(Down));
        assert_eq!(flaky.calls(), 1);
    }

    #[test]
    fn polls_obey_it_and_give_their_last_value() {
        #[retry(schedule = [1s, 2s, 4s, 0], jitter = full, until = |call| *call > 9, max_elapsed = 5s)]
        fn result(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        #[retry(schedule = [1s, 2s, 4s, 0], jitter = full, max_elapsed = 5s)]
        fn option(flaky: &Flaky) -> Option<u32> {
            flaky.poll()
        }
        #[retry(schedule = [1s, 2s, 4s, 0], jitter = full, until = |call| *call > 9, max_elapsed = 5s)]
        fn value(calls: &Cell<u32>) -> u32 {
            calls.set(calls.get() + 1);
            calls.get()
        }
        let guard = testing::skip_waits();
        let _longest = testing::fix_jitter(1.0);
        assert_eq!(result(&Flaky::new(0)), Ok(3));
        assert_eq!(option(&Flaky::new(9)), None);
        assert_eq!(value(&Cell::new(0)), 3);
        assert_eq!(guard.waits(), secs([1, 2, 1, 2, 1, 2]));
    }

    #[tokio::test(start_paused = true)]
    async fn blocks_obey_it() {
        let limit = Duration::from_secs(2);
        let flaky = Flaky::new(9);
        let guard = testing::skip_waits();
        let result = retry_block!(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, max_elapsed = limit => {
            flaky.call()
        });
        assert_eq!((result, flaky.calls()), (Err(Down), 2));
        assert_eq!(guard.waits(), secs([1]));
        drop(guard);
        let flaky = Flaky::new(9);
        let block = async {
            retry_block!(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, max_elapsed = limit => async {
                flaky.call()
            })
        };
        let took = timed(assert_send(block)).await;
        assert_eq!(took, (Err(Down), Duration::from_secs(1)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_sleeper_of_ones_own_is_timed_as_well() {
        async fn twice(wait: Duration) {
            tokio::time::sleep(wait * 2).await;
        }

        #[retry(schedule = [1s, 1s, 1s, 1s, 0], jitter = 0, on = |_| true, sleep = twice, max_elapsed = 5s)]
        async fn fail(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        let flaky = Flaky::new(9);
        let took = timed(fail(&flaky)).await;
        assert_eq!(took, (Err(Down), Duration::from_secs(6)));
        assert_eq!(flaky.calls(), 4);
    }
}

mod attempt_timeout {
    use super::*;
    use std::io;

    /// Counts how often it is dropped.
    struct Open<'a>(&'a Cell<u32>);

    impl Drop for Open<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }

    #[retry(schedule = [1s, 1s, 0], jitter = 0, on = ApiError::is_retryable, attempt_timeout = 500ms)]
    async fn fetch(server: &Server<Answer>) -> Result<u32, ApiError> {
        server.answer().await
    }

    #[tokio::test(start_paused = true)]
    async fn an_attempt_is_dropped_at_the_limit() {
        #[retry(schedule = [1s, 1s, 0], jitter = 0, on = |_| true, attempt_timeout = 500ms)]
        async fn hang(begun: &Cell<u32>, dropped: &Cell<u32>) -> Result<(), ApiError> {
            assert_eq!(begun.get(), dropped.get(), "one attempt at a time");
            begun.set(begun.get() + 1);
            let _open = Open(dropped);
            std::future::pending().await
        }
        let (begun, dropped) = (Cell::new(0), Cell::new(0));
        let (result, took) = timed(hang(&begun, &dropped)).await;
        let Err(ApiError::TimedOut(timeout)) = result else {
            panic!("the last attempt timed out, too: {result:?}")
        };
        assert_eq!(timeout.limit(), ms(500));
        assert_eq!(timeout.to_string(), "the attempt took longer than 500ms");
        assert_eq!((begun.get(), dropped.get()), (3, 3));
        assert_eq!(took, ms(3 * 500 + 2 * 1000));
    }

    #[tokio::test(start_paused = true)]
    async fn on_judges_a_timeout_like_any_other_error() {
        #[retry(schedule = [1s, 1s, 0], on = |error| *error == ApiError::Busy, attempt_timeout = 500ms)]
        async fn only_when_busy(server: &Server<Answer>) -> Result<u32, ApiError> {
            server.answer().await
        }
        let server = Server::new([
            answer(0, Err(ApiError::Busy)),
            answer(501, Ok(2)),
            answer(0, Ok(3)),
        ]);
        let result = only_when_busy(&server).await;
        assert!(matches!(result, Err(ApiError::TimedOut(_))), "{result:?}");
        let server = Server::new([answer(501, Ok(1)), answer(0, Ok(2))]);
        assert_eq!(fetch(&server).await, Ok(2));
    }

    #[tokio::test(start_paused = true)]
    async fn a_fast_attempt_is_not_touched() {
        let server = Server::new([answer(499, Ok(7))]);
        assert_eq!(timed(fetch(&server)).await, (Ok(7), ms(499)));
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_is_for_each_attempt_alone() {
        let busy = || answer(400, Err(ApiError::Busy));
        let server = Server::new([busy(), busy(), answer(400, Ok(3))]);
        assert_eq!(timed(fetch(&server)).await, (Ok(3), ms(3 * 400 + 2 * 1000)));
    }

    #[tokio::test(start_paused = true)]
    async fn an_io_error_says_that_it_timed_out() {
        #[retry(schedule = [1s, 0], on = |error| error.kind() == io::ErrorKind::TimedOut, attempt_timeout = 1s)]
        async fn hang(calls: &Cell<u32>) -> io::Result<()> {
            calls.set(calls.get() + 1);
            std::future::pending().await
        }
        let calls = Cell::new(0);
        let error = hang(&calls).await.unwrap_err();
        assert_eq!((error.kind(), calls.get()), (io::ErrorKind::TimedOut, 2));
        assert_eq!(error.to_string(), "the attempt took longer than 1s");
        let inner = error.get_ref().and_then(|inner| inner.downcast_ref());
        assert_eq!(inner.map(AttemptTimeout::limit), Some(ms(1000)));
    }

    #[tokio::test(start_paused = true)]
    async fn a_boxed_error_has_it_inside() {
        fn is_timeout(error: &(dyn Error + Send + Sync + 'static)) -> bool {
            error.is::<AttemptTimeout>()
        }

        #[retry(schedule = [1s, 0], on = is_timeout, attempt_timeout = 1s)]
        async fn shared(calls: &Cell<u32>) -> Result<(), Box<dyn Error + Send + Sync>> {
            calls.set(calls.get() + 1);
            std::future::pending().await
        }
        #[retry(schedule = [1s, 0], on = |error| error.is::<AttemptTimeout>(), attempt_timeout = 1s)]
        async fn local(calls: &Cell<u32>) -> Result<(), Box<dyn Error>> {
            calls.set(calls.get() + 1);
            std::future::pending().await
        }
        let calls = Cell::new(0);
        assert!(shared(&calls).await.is_err_and(|error| is_timeout(&*error)));
        let error = local(&calls).await.unwrap_err();
        assert!(error.is::<AttemptTimeout>());
        assert_eq!(calls.get(), 4);
    }

    #[tokio::test(start_paused = true)]
    async fn the_limit_may_be_worked_out() {
        struct Client {
            patience: Duration,
            calls: u32,
        }

        impl Client {
            #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, attempt_timeout = self.patience / divisor)]
            async fn hang(&mut self, divisor: u32) -> Result<(), ApiError> {
                self.calls += 1;
                std::future::pending().await
            }
        }
        let mut client = Client {
            patience: Duration::from_secs(2),
            calls: 0,
        };
        let (result, took) = timed(client.hang(4)).await;
        assert!(matches!(result, Err(ApiError::TimedOut(_))), "{result:?}");
        assert_eq!((client.calls, took), (2, ms(2 * 500 + 1000)));
    }

    #[tokio::test(start_paused = true)]
    async fn it_holds_while_retries_are_switched_off() {
        #[retry(schedule = [1s, 0], on = |_| true, enabled = false, attempt_timeout = 500ms)]
        async fn hang() -> Result<(), ApiError> {
            std::future::pending().await
        }
        let (result, took) = timed(hang()).await;
        assert!(matches!(result, Err(ApiError::TimedOut(_))), "{result:?}");
        assert_eq!(took, ms(500));
    }

    #[tokio::test(start_paused = true)]
    async fn futures_and_blocks_are_limited_as_well() {
        #[allow(clippy::manual_async_fn, reason = "it is this form that is tested")]
        #[retry(schedule = [1s, 0], on = |_| true, attempt_timeout = 500ms)]
        fn future(flaky: &Flaky) -> impl Future<Output = Result<u32, ApiError>> + Send {
            async move {
                match flaky.poll() {
                    Some(call) => Ok(call),
                    None => std::future::pending().await,
                }
            }
        }
        assert_eq!(assert_send(future(&Flaky::new(1))).await, Ok(2));
        let flaky = Flaky::new(1);
        let block: Result<u32, ApiError> = retry_block!(
            schedule = [1s, 0],
            on = |_| true,
            attempt_timeout = 500ms => async {
                match flaky.poll() {
                    Some(call) => Ok(call),
                    None => std::future::pending().await,
                }
            }
        );
        assert_eq!(block, Ok(2));
    }

    #[tokio::test(start_paused = true)]
    async fn polls_are_limited_as_well() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true, until = |call| *call == 9, attempt_timeout = 500ms)]
        async fn poll(server: &Server<Answer>) -> Result<u32, ApiError> {
            server.answer().await
        }
        let server = Server::new([answer(0, Ok(1)), answer(501, Ok(2)), answer(0, Ok(9))]);
        assert_eq!(poll(&server).await, Ok(9));
    }
}

mod retry_after {
    use super::*;

    /// Is told to come back after each of the hints, and otherwise succeeds.
    fn hints<const N: usize>(hints: [Duration; N]) -> Server<Result<u32, ApiError>> {
        let refused = hints.map(|hint| Err(ApiError::RetryAfter(hint)));
        Server::new(refused.into_iter().chain([Ok(200)]))
    }

    /// The list has room for hints of up to 1 002 s.
    #[retry(
        schedule = [1s, 1s, 1000s, 0],
        jitter = 0,
        on = ApiError::is_retryable,
        retry_after = ApiError::retry_after
    )]
    fn exact(server: &Server<Result<u32, ApiError>>) -> Result<u32, ApiError> {
        server.call()
    }

    #[retry(
        schedule = [1s, 1s, 1000s, 0],
        jitter = 0,
        on = |error| error.is_retryable(),
        retry_after = |error| error.retry_after()
    )]
    async fn exact_async(server: &Server<Result<u32, ApiError>>) -> Result<u32, ApiError> {
        server.call()
    }

    #[test]
    fn a_hint_lengthens_the_wait() {
        let guard = testing::skip_waits();
        assert_eq!(exact(&hints([ms(3500), ms(1001)])), Ok(200));
        assert_eq!(guard.waits(), [ms(3500), ms(1001)]);
    }

    #[tokio::test(start_paused = true)]
    async fn a_hint_lengthens_the_wait_of_async_code() {
        let took = timed(exact_async(&hints([ms(3500), ms(1001)]))).await;
        assert_eq!(took, (Ok(200), ms(4501)));
    }

    #[test]
    fn a_hint_never_shortens_the_wait() {
        let guard = testing::skip_waits();
        assert_eq!(exact(&hints([ms(999), Duration::from_nanos(1)])), Ok(200));
        assert_eq!(guard.waits(), secs([1, 1]));
    }

    #[test]
    fn without_a_hint_the_list_counts() {
        let guard = testing::skip_waits();
        let server = Server::new([
            Err(ApiError::Busy),
            Err(ApiError::RetryAfter(Duration::ZERO)),
            Ok(200),
        ]);
        assert_eq!(exact(&server), Ok(200));
        assert_eq!(guard.waits(), secs([1, 1]));
    }

    #[test]
    fn jitter_only_lengthens_a_hint_and_by_its_proportion() {
        macro_rules! waits_after_hint {
            ($jitter:tt) => {
                [0.0, 0.5, 1.0].map(|position| {
                    #[retry(
                                                        schedule = [1s, 1000s, 0],
                                                        jitter = $jitter,
                                                        on = |_| true,
                                                        retry_after = ApiError::retry_after
                                                    )]
                    fn call(server: &Server<Result<u32, ApiError>>) -> Result<u32, ApiError> {
                        server.call()
                    }
                    let guard = testing::skip_waits();
                    let _position = testing::fix_jitter(position);
                    assert_eq!(call(&hints([ms(10_000)])), Ok(200));
                    guard.waits()[0].as_millis()
                })
            };
        }
        assert_eq!(waits_after_hint!(0.5), [10_000, 12_500, 15_000]);
        assert_eq!(waits_after_hint!(1), [10_000, 15_000, 20_000]);
        assert_eq!(waits_after_hint!(full), [10_000, 11_000, 12_000]);
        assert_eq!(waits_after_hint!(equal), [10_000, 11_000, 12_000]);
        assert_eq!(waits_after_hint!(0), [10_000, 10_000, 10_000]);
        assert_eq!(
            waits_after_hint!((Jitter::equal())),
            [10_000, 11_000, 12_000]
        );
    }

    #[test]
    fn hints_are_spread_at_random() {
        #[retry(schedule = [1s, 1000s, 0], on = |_| true, retry_after = ApiError::retry_after)]
        fn call(server: &Server<Result<u32, ApiError>>) -> Result<u32, ApiError> {
            server.call()
        }
        let guard = testing::skip_waits();
        for _ in 0..50 {
            assert_eq!(call(&hints([ms(10_000)])), Ok(200));
        }
        let waits = guard.waits();
        let is_spread = |wait: &Duration| (ms(10_000)..=ms(12_000)).contains(wait);
        assert!(waits.iter().all(is_spread), "{waits:?}");
        assert!(waits.iter().any(|wait| *wait != waits[0]), "{waits:?}");
    }

    #[test]
    fn the_longer_of_the_jittered_wait_and_the_hint_counts() {
        #[retry(schedule = [10s, 1000s, 0], jitter = 0.5, on = |_| true, retry_after = ApiError::retry_after)]
        fn call(server: &Server<Result<u32, ApiError>>) -> Result<u32, ApiError> {
            server.call()
        }
        let guard = testing::skip_waits();
        // The wait is one of 5 s to 15 s, the hint one of 8 s to 12 s.
        for position in [0.0, 1.0] {
            let _position = testing::fix_jitter(position);
            assert_eq!(call(&hints([ms(8_000)])), Ok(200));
        }
        assert_eq!(guard.waits(), secs([8, 15]));
    }

    #[test]
    fn a_hint_beyond_the_listed_waits_gives_the_error_back_at_once() {
        let guard = testing::skip_waits();
        for hint in [ms(1_002_001), Duration::MAX] {
            let server = hints([hint]);
            assert_eq!(exact(&server), Err(ApiError::RetryAfter(hint)));
            assert_eq!(server.calls.get(), 1);
        }
        assert_eq!(guard.waits(), []);
        // All that there is may be waited for.
        assert_eq!(exact(&hints([ms(1_002_000)])), Ok(200));
        assert_eq!(guard.waits(), secs([1002]));
    }

    #[tokio::test(start_paused = true)]
    async fn async_code_gives_the_error_back_at_once() {
        let (result, took) = timed(exact_async(&hints([Duration::MAX]))).await;
        assert_eq!(result, Err(ApiError::RetryAfter(Duration::MAX)));
        assert_eq!(took, Duration::ZERO);
    }

    #[test]
    fn each_hint_is_bounded_by_itself() {
        let guard = testing::skip_waits();
        let server = hints([ms(1_002_000), ms(1_002_000)]);
        assert_eq!(exact(&server), Ok(200));
        assert_eq!(guard.waits(), secs([1_002, 1_002]));
    }

    #[test]
    fn what_a_hint_took_is_there_for_a_listed_wait() {
        let guard = testing::skip_waits();
        let server = Server::new([
            Err(ApiError::RetryAfter(ms(1_001_001))),
            Err(ApiError::Busy),
            Ok(200),
        ]);
        assert_eq!(exact(&server), Ok(200));
        assert_eq!(guard.waits(), [ms(1_001_001), ms(1_000)]);
    }

    #[test]
    fn chance_does_not_decide_how_many_attempts_there_are() {
        #[retry(schedule = [1s, 2s, 4s, 0], on = |_| true, retry_after = ApiError::retry_after)]
        fn call(server: &Server<Result<u32, ApiError>>) -> Result<u32, ApiError> {
            server.call()
        }
        let _guard = testing::skip_waits();
        for _ in 0..1_000 {
            let busy = || Err(ApiError::Busy);
            let server = Server::new([
                Err(ApiError::RetryAfter(ms(2_000))),
                busy(),
                busy(),
                busy(),
                Ok(200),
            ]);
            assert_eq!(call(&server), busy());
            assert_eq!(server.calls.get(), 4);
        }
    }

    #[test]
    fn a_limit_on_hints_may_be_written() {
        #[retry(
            schedule = [1s, 1s, 0],
            jitter = 0,
            on = |_| true,
            retry_after = ApiError::retry_after,
            max_retry_after = 30s,
            max_wait = 60s,
        )]
        fn written(server: &Server<Result<u32, ApiError>>) -> Result<u32, ApiError> {
            server.call()
        }
        #[retry(
            schedule = [1s, 1s, 0],
            jitter = 0,
            on = |_| true,
            retry_after = ApiError::retry_after,
            max_retry_after = limit,
        )]
        fn chosen(
            server: &Server<Result<u32, ApiError>>,
            limit: Duration,
        ) -> Result<u32, ApiError> {
            server.call()
        }
        let guard = testing::skip_waits();
        assert_eq!(written(&hints([ms(30_000)])), Ok(200));
        let beyond = Err(ApiError::RetryAfter(ms(30_001)));
        assert_eq!(written(&hints([ms(30_001)])), beyond);
        assert_eq!(chosen(&hints([ms(3_000)]), ms(3_000)), Ok(200));
        let beyond = Err(ApiError::RetryAfter(ms(3_001)));
        assert_eq!(chosen(&hints([ms(3_001)]), ms(3_000)), beyond);
        assert_eq!(guard.waits(), secs([30, 3]));
    }

    #[test]
    fn a_path_is_asked_what_a_boxed_error_has_inside() {
        fn hint(error: &(dyn Error + 'static)) -> Option<Duration> {
            error.downcast_ref().and_then(ApiError::retry_after)
        }

        #[retry(schedule = [1s, 1000s, 0], jitter = 0, on = |_| true, retry_after = hint)]
        fn path(server: &Server<Result<u32, ApiError>>) -> Result<u32, Box<dyn Error>> {
            Ok(server.call()?)
        }
        #[retry(schedule = [1s, 1000s, 0], jitter = 0, on = |_| true, retry_after = |error| hint(&**error))]
        fn closure(server: &Server<Result<u32, ApiError>>) -> Result<u32, Box<dyn Error>> {
            Ok(server.call()?)
        }
        let guard = testing::skip_waits();
        assert_eq!(path(&hints([ms(7_000)])).ok(), Some(200));
        assert_eq!(closure(&hints([ms(7_000)])).ok(), Some(200));
        assert_eq!(guard.waits(), secs([7, 7]));
    }

    #[test]
    fn the_hint_is_asked_for_only_where_there_is_something_to_wait_for() {
        #[retry(
            schedule = [1s, 0],
            on = ApiError::is_retryable,
            retry_after = |_| { asked.set(asked.get() + 1); None }
        )]
        fn call(
            server: &Server<Result<u32, ApiError>>,
            asked: &Cell<u32>,
        ) -> Result<u32, ApiError> {
            server.call()
        }
        let _guard = testing::skip_waits();
        let asked = Cell::new(0);
        assert_eq!(call(&Server::new([Ok(200)]), &asked), Ok(200));
        assert_eq!(call(&Server::new([]), &asked), Err(ApiError::Forbidden));
        assert_eq!(asked.get(), 0);
        let busy = || Err(ApiError::Busy);
        assert_eq!(call(&Server::new([busy(), busy()]), &asked), busy());
        assert_eq!(asked.get(), 1);
    }

    /// Fails with each of the hints as the error.
    type Hostile = Server<Option<Duration>>;

    impl Hostile {
        fn fail(&self) -> Result<(), Option<Duration>> {
            Err(self.next().flatten())
        }
    }

    macro_rules! written {
        ($($name:ident = $jitter:tt,)*) => {
            $(
                #[retry(
                    schedule = [1ms, 1s, 1s, 2s, 1h, 3s, 0],
                    jitter = $jitter,
                    on = |_| true,
                    retry_after = |hint| *hint
                )]
                fn $name(server: &Hostile) -> Result<(), Option<Duration>> {
                    server.fail()
                }
            )*
        };
    }

    written! {
        none = 0,
        by_default = 0.2,
        half = 0.5,
        as_much = 1,
        full = full,
        equal = equal,
        expression = (Jitter::full()),
    }

    fn proportional(p: f64) -> Jitter {
        Jitter::proportional(p).expect("p is within 0 to 1")
    }

    #[retry(schedule = schedule, jitter = *jitter, on = |_| true, retry_after = |hint| *hint)]
    fn at_run_time(
        server: &Hostile,
        schedule: &Schedule,
        jitter: &Jitter,
    ) -> Result<(), Option<Duration>> {
        server.fail()
    }

    #[retry(schedule = schedule, jitter = *jitter, on = |_| true, retry_after = |hint| *hint)]
    async fn at_run_time_async(
        server: &Hostile,
        schedule: &Schedule,
        jitter: &Jitter,
    ) -> Result<(), Option<Duration>> {
        server.fail()
    }

    fn hostile_hints() -> impl Strategy<Value = Vec<Option<Duration>>> {
        let hint = prop_oneof![
            1 => Just(None),
            1 => Just(Some(Duration::ZERO)),
            1 => Just(Some(Duration::from_nanos(1))),
            3 => (0..5_000_u64).prop_map(|hint| Some(ms(hint))),
            2 => (0..5_000_000_u64).prop_map(|hint| Some(ms(hint))),
            1 => (0..=u64::MAX, 0..=999_999_999_u32).prop_map(|(secs, nanos)| Some(Duration::new(secs, nanos))),
            1 => Just(Some(Duration::MAX)),
        ];
        prop::collection::vec(hint, 7)
    }

    fn any_schedule() -> impl Strategy<Value = Schedule> {
        let wait = prop_oneof![
            6 => (1..5_000_u64).prop_map(ms),
            1 => (1..=u64::MAX).prop_map(Duration::from_secs),
            1 => Just(Duration::from_nanos(1)),
            1 => Just(Duration::MAX),
        ];
        prop::collection::vec(wait, 0..7).prop_map(|waits| {
            Schedule::try_from([waits, vec![Duration::ZERO]].concat()).expect("it ends in zero")
        })
    }

    fn any_jitter() -> impl Strategy<Value = Jitter> {
        prop_oneof![
            (0.0..=1.0_f64).prop_map(proportional),
            Just(Jitter::none()),
            Just(Jitter::full()),
            Just(Jitter::equal()),
        ]
    }

    /// That each wait is within its own bounds, and that no hint is followed for less long than it says.
    fn check(
        hints: &[Option<Duration>],
        schedule: &Schedule,
        jitter: &Jitter,
        call: impl FnOnce(&Hostile) -> Result<(), Option<Duration>>,
    ) -> Result<(), TestCaseError> {
        let guard = testing::skip_waits();
        let server = Server::new(hints.iter().copied());
        prop_assert!(call(&server).is_err());
        let waits = guard.waits();
        prop_assert_eq!(server.calls.get(), waits.len() + 1);
        let hinted = jitter.after_hint(schedule.total(), u64::MAX);
        for ((wait, hint), backoff) in waits.iter().zip(hints).zip(schedule.backoffs()) {
            let (shortest, longest) = jitter.bounds(*backoff);
            prop_assert!(*wait >= hint.unwrap_or_default());
            prop_assert!(
                shortest <= *wait && *wait <= longest.max(hinted),
                "{waits:?}"
            );
        }
        let too_long = |hint: &Option<Duration>| hint.unwrap_or_default() > schedule.total();
        let followed = hints.iter().position(too_long);
        let expected = schedule.waits().len().min(followed.unwrap_or(usize::MAX));
        prop_assert_eq!(waits.len(), expected);
        Ok(())
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn no_hints_take_a_written_schedule_out_of_its_bounds(hints in hostile_hints()) {
            let schedule = "1ms, 1s, 1s, 2s, 1h, 3s, 0".parse().expect("it is a schedule");
            check(&hints, &schedule, &Jitter::none(), none)?;
            check(&hints, &schedule, &Jitter::default(), by_default)?;
            check(&hints, &schedule, &proportional(0.5), half)?;
            check(&hints, &schedule, &proportional(1.0), as_much)?;
            check(&hints, &schedule, &Jitter::full(), full)?;
            check(&hints, &schedule, &Jitter::equal(), equal)?;
            check(&hints, &schedule, &Jitter::full(), expression)?;
        }

        #[test]
        fn no_hints_take_any_schedule_out_of_its_bounds(
            hints in hostile_hints(),
            schedule in any_schedule(),
            jitter in any_jitter(),
        ) {
            check(&hints, &schedule, &jitter, |server| at_run_time(server, &schedule, &jitter))?;
            check(&hints, &schedule, &jitter, |server| {
                futures::executor::block_on(at_run_time_async(server, &schedule, &jitter))
            })?;
        }
    }
}

mod budget {
    use super::*;
    use std::future::pending;
    use std::sync::Barrier;
    use std::thread;

    #[retry(schedule = [1s, 1s, 0], on = ApiError::is_retryable, budget = budget)]
    fn call(server: &Server<Result<u32, ApiError>>, budget: &RetryBudget) -> Result<u32, ApiError> {
        server.call()
    }

    #[retry(
        schedule = [1s, 1s, 0],
        on = ApiError::is_retryable,
        attempt_timeout = 500ms,
        budget = budget
    )]
    async fn fetch(server: &Server<Answer>, budget: &RetryBudget) -> Result<u32, ApiError> {
        server.answer().await
    }

    fn answers<const N: usize>(
        answers: [Result<u32, ApiError>; N],
    ) -> Server<Result<u32, ApiError>> {
        Server::new(answers)
    }

    const BUSY: Result<u32, ApiError> = Err(ApiError::Busy);

    /// The tokens that are left, in thousandths.
    #[track_caller]
    fn assert_left(budget: &RetryBudget, thousandths: u32) {
        let expected = f64::from(thousandths) / 1_000.0;
        let available = budget.available();
        assert!(
            (available - expected).abs() < 1e-9,
            "{available} are left, not {expected}"
        );
    }

    /// Calls a service that is down, until the first error is given back.
    fn attempts_while_down(budget: &RetryBudget) -> usize {
        let server = answers([BUSY, BUSY, BUSY]);
        assert_eq!(call(&server, budget), BUSY);
        server.calls.get()
    }

    mod aws_standard {
        use super::*;

        #[test]
        fn a_retry_takes_five_tokens() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::aws_standard();
            assert_left(&budget, 500_000);
            assert_eq!(attempts_while_down(&budget), 3);
            assert_left(&budget, 490_000);
        }

        #[tokio::test(start_paused = true)]
        async fn a_retry_after_a_timeout_takes_ten() {
            let budget = RetryBudget::aws_standard();
            let slow = || answer(501, Ok(200));
            let result = fetch(&Server::new([slow(), slow(), slow()]), &budget).await;
            assert!(matches!(result, Err(ApiError::TimedOut(_))), "{result:?}");
            assert_left(&budget, 480_000);
        }

        #[test]
        fn a_success_gives_back_what_its_last_retry_took() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::aws_standard();
            assert_eq!(call(&answers([BUSY, Ok(200)]), &budget), Ok(200));
            assert_left(&budget, 500_000);
            assert_eq!(call(&answers([BUSY, BUSY, Ok(200)]), &budget), Ok(200));
            assert_left(&budget, 495_000);
        }

        #[tokio::test(start_paused = true)]
        async fn a_success_after_timeouts_gives_back_as_much_as_the_last_retry_took() {
            let budget = RetryBudget::aws_standard();
            let (slow, busy) = (|| answer(501, Ok(0)), || answer(0, BUSY));
            let success = || answer(499, Ok(200));
            let ten_then_five = Server::new([slow(), busy(), success()]);
            assert_eq!(fetch(&ten_then_five, &budget).await, Ok(200));
            assert_left(&budget, 490_000);
            let five_then_ten = Server::new([busy(), slow(), success()]);
            assert_eq!(fetch(&five_then_ten, &budget).await, Ok(200));
            assert_left(&budget, 485_000);
        }

        #[test]
        fn a_success_without_a_retry_gives_one() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::aws_standard();
            attempts_while_down(&budget);
            assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
            assert_left(&budget, 491_000);
        }

        #[test]
        fn an_error_gives_nothing() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::aws_standard();
            let server = answers([BUSY, Err(ApiError::Forbidden)]);
            assert_eq!(call(&server, &budget), Err(ApiError::Forbidden));
            assert_left(&budget, 495_000);
        }

        #[test]
        fn it_never_holds_more_than_five_hundred() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::aws_standard();
            assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
            assert_left(&budget, 500_000);
            // 495, and six that succeed at once.
            assert_eq!(call(&answers([BUSY, BUSY, Ok(200)]), &budget), Ok(200));
            for left in [496, 497, 498, 499, 500, 500] {
                assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
                assert_left(&budget, left * 1_000);
            }
        }

        #[test]
        fn when_it_is_empty_the_error_returns_at_once() {
            let guard = testing::skip_waits();
            let budget = RetryBudget::aws_standard();
            for _ in 0..50 {
                assert_eq!(attempts_while_down(&budget), 3);
            }
            assert_left(&budget, 0);
            assert_eq!(guard.waits().len(), 100);
            assert_eq!(attempts_while_down(&budget), 1);
            assert_eq!(guard.waits().len(), 100);
            // Five successes pay for one retry.
            for _ in 0..5 {
                assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
            }
            assert_eq!(attempts_while_down(&budget), 2);
            assert_left(&budget, 0);
        }

        #[tokio::test(start_paused = true)]
        async fn what_does_not_suffice_is_left_alone() {
            let budget = RetryBudget::aws_standard();
            {
                let _guard = testing::skip_waits();
                for _ in 0..49 {
                    attempts_while_down(&budget);
                }
                assert_eq!(
                    call(&answers([BUSY, Err(ApiError::Forbidden)]), &budget),
                    Err(ApiError::Forbidden)
                );
            }
            assert_left(&budget, 5_000);
            let server = Server::new([answer(501, Ok(0)), answer(0, Ok(200))]);
            let (result, took) = timed(fetch(&server, &budget)).await;
            assert!(matches!(result, Err(ApiError::TimedOut(_))), "{result:?}");
            assert_eq!(took, ms(500));
            assert_left(&budget, 5_000);
        }
    }

    mod grpc {
        use super::*;

        #[test]
        fn each_failure_takes_one_whether_or_not_it_is_retried() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::grpc(10, 0.1);
            assert_left(&budget, 10_000);
            // The last attempt's failure could not be retried anyway, and counts as well.
            assert_eq!(attempts_while_down(&budget), 3);
            assert_left(&budget, 7_000);
            assert_eq!(attempts_while_down(&budget), 2);
            // Five is half of ten, and not more.
            assert_left(&budget, 5_000);
            for left in [4_000, 3_000, 2_000, 1_000, 0, 0] {
                assert_eq!(attempts_while_down(&budget), 1);
                assert_left(&budget, left);
            }
        }

        #[test]
        fn a_failure_that_would_not_be_retried_takes_nothing() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::grpc(10, 0.1);
            assert_eq!(call(&answers([]), &budget), Err(ApiError::Forbidden));
            assert_left(&budget, 10_000);
        }

        #[test]
        fn each_success_gives_the_ratio_after_a_retry_as_well() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::grpc(10, 0.25);
            assert_eq!(call(&answers([BUSY, BUSY, Ok(200)]), &budget), Ok(200));
            assert_left(&budget, 8_250);
            for left in [8_500, 8_750, 9_000, 9_250, 9_500, 9_750, 10_000, 10_000] {
                assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
                assert_left(&budget, left);
            }
        }

        #[test]
        fn successes_bring_retries_back() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::grpc(4, 1.0);
            assert_eq!(attempts_while_down(&budget), 2);
            assert_left(&budget, 2_000);
            assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
            // Of three, the failure leaves two, and that is half.
            assert_eq!(attempts_while_down(&budget), 1);
            for _ in 0..2 {
                assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
            }
            assert_eq!(attempts_while_down(&budget), 2);
        }

        #[test]
        fn with_an_odd_number_half_is_exact() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::grpc(5, 0.1);
            // Four and three are more than two and a half. The third failure ends the list.
            assert_eq!(attempts_while_down(&budget), 3);
            assert_left(&budget, 2_000);
            assert_eq!(attempts_while_down(&budget), 1);
            assert_left(&budget, 1_000);
        }

        #[tokio::test(start_paused = true)]
        async fn a_timeout_takes_no_more_than_any_failure() {
            let budget = RetryBudget::grpc(10, 0.1);
            let server = Server::new([answer(501, Ok(0)), answer(0, Ok(200))]);
            assert_eq!(fetch(&server, &budget).await, Ok(200));
            assert_left(&budget, 9_100);
        }
    }

    mod percent {
        use super::*;

        #[test]
        fn a_retry_takes_one_and_a_success_gives_the_ratio() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::percent(0.2, 10);
            assert_left(&budget, 10_000);
            assert_eq!(call(&answers([BUSY, BUSY, Ok(200)]), &budget), Ok(200));
            assert_left(&budget, 8_200);
            assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
            assert_left(&budget, 8_400);
        }

        #[test]
        fn the_reserve_is_all_there_is_at_once() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::percent(0.2, 5);
            assert_eq!(attempts_while_down(&budget), 3);
            assert_eq!(attempts_while_down(&budget), 3);
            assert_eq!(attempts_while_down(&budget), 2);
            assert_eq!(attempts_while_down(&budget), 1);
            assert_left(&budget, 0);
            // Five successes for one retry: 0.2 of a token is exact.
            for left in [200, 400, 600, 800] {
                assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
                assert_left(&budget, left);
                assert_eq!(attempts_while_down(&budget), 1);
            }
            assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
            assert_eq!(attempts_while_down(&budget), 2);
        }

        #[test]
        fn it_never_holds_more_than_two_above_the_reserve() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::percent(1.0, 2);
            for left in [3_000, 4_000, 4_000] {
                assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
                assert_left(&budget, left);
            }
        }

        proptest! {
            #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

            #[test]
            fn while_retries_are_wanted_the_ratio_holds_whatever_the_reserve(
                thousandths in 0..=1_000_u32,
                reserve in 0..20_u32,
                successes in 0..200_u32,
            ) {
                let _guard = testing::skip_waits();
                let budget = RetryBudget::percent(f64::from(thousandths) / 1_000.0, reserve);
                let mut retries = 0;
                for _ in 0..successes {
                    assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
                    // Until one is refused.
                    loop {
                        let attempts = attempts_while_down(&budget);
                        retries += attempts - 1;
                        if attempts < 3 {
                            break;
                        }
                    }
                }
                // All that was given, and not one more. Before the first success, none was wanted.
                let given = if successes == 0 { 0 } else { reserve * 1_000 + successes * thousandths };
                prop_assert_eq!(retries, (given / 1_000) as usize);
            }
        }
    }

    mod of_ones_own {
        use super::*;

        static RULE: RetryBudget = RetryBudget::holding(20)
            .retry_costs(2.5)
            .timeout_costs(7.0)
            .success_gives(0.125);

        #[tokio::test(start_paused = true)]
        async fn each_part_is_what_it_says() {
            assert_left(&RULE, 20_000);
            let server = Server::new([answer(0, BUSY), answer(501, Ok(0)), answer(0, Ok(200))]);
            assert_eq!(fetch(&server, &RULE).await, Ok(200));
            assert_left(&RULE, 20_000 - 2_500 - 7_000 + 125);
        }

        #[tokio::test(start_paused = true)]
        async fn a_retry_after_a_timeout_takes_as_much_as_any_unless_that_is_said() {
            let budget = RetryBudget::holding(20).retry_costs(2.5);
            let server = Server::new([answer(501, Ok(0)), answer(0, Ok(200))]);
            assert_eq!(fetch(&server, &budget).await, Ok(200));
            assert_left(&budget, 17_500);
        }

        #[test]
        fn nothing_said_is_one_for_a_retry_and_nothing_for_a_success() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::holding(3);
            assert_eq!(attempts_while_down(&budget), 3);
            assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
            assert_left(&budget, 1_000);
        }

        #[test]
        fn a_success_may_give_back_what_its_last_retry_took() {
            let _guard = testing::skip_waits();
            let budget = RetryBudget::holding(500)
                .retry_costs(14.0)
                .success_gives(1.0)
                .success_refunds();
            assert_eq!(call(&answers([BUSY, BUSY, Ok(200)]), &budget), Ok(200));
            assert_left(&budget, 486_000);
            assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
            assert_left(&budget, 487_000);
            // However little that was.
            let budget = RetryBudget::holding(1)
                .retry_costs(0.001)
                .success_gives(1.0)
                .success_refunds();
            assert_eq!(call(&answers([BUSY, BUSY, Ok(200)]), &budget), Ok(200));
            assert_left(&budget, 999);
        }

        #[test]
        fn a_retry_may_cost_more_after_some_errors() {
            #[derive(Debug, PartialEq)]
            enum Wrong {
                Throttled,
                Broken,
            }
            #[retry(
                schedule = [1s, 1s, 1s, 0],
                on = |wrong| *wrong == Wrong::Throttled || budget.try_take(9.0),
                budget = budget,
            )]
            fn call(answers: &mut Vec<Wrong>, budget: &RetryBudget) -> Result<(), Wrong> {
                answers.pop().map_or(Ok(()), Err)
            }
            let _guard = testing::skip_waits();
            let budget = RetryBudget::holding(33).retry_costs(5.0).success_refunds();
            let mut answers = vec![Wrong::Broken, Wrong::Throttled];
            assert_eq!(call(&mut answers, &budget), Ok(()));
            // The last retry's own five came back.
            assert_left(&budget, 33_000 - 5_000 - 14_000 + 5_000);
            // What a retry takes more is taken before, so the error returns where one of the two is not there.
            let mut answers = vec![Wrong::Broken, Wrong::Broken];
            assert_eq!(call(&mut answers, &budget), Err(Wrong::Broken));
            assert_left(&budget, 5_000);
            assert_eq!(answers, [], "it had one retry");
            assert!(!budget.try_take(5.001));
            assert!(budget.try_take(f64::NAN) && budget.try_take(-1.0));
            assert_left(&budget, 5_000);
        }

        #[test]
        fn what_does_not_fit_is_brought_into_range() {
            let _guard = testing::skip_waits();
            assert_left(&RetryBudget::holding(u32::MAX), 4_000_000_000);
            for free in [f64::NAN, -1.0, 0.0] {
                let budget = RetryBudget::holding(0).retry_costs(free);
                assert_eq!(attempts_while_down(&budget), 3);
            }
            let dear = RetryBudget::holding(4_000_000).retry_costs(f64::INFINITY);
            assert_eq!(attempts_while_down(&dear), 2);
            let taken = RetryBudget::holding(4_000_000);
            assert!(taken.try_take(f64::INFINITY));
            assert_left(&taken, 0);
        }

        #[tokio::test(start_paused = true)]
        async fn what_a_timeout_takes_and_a_success_gives_is_brought_into_range_too() {
            let dear = || RetryBudget::holding(4_000_000).timeout_costs(f64::INFINITY);
            for (budget, left) in [
                (dear(), 0),
                (dear().success_gives(f64::INFINITY), 4_000_000_000),
            ] {
                let server = Server::new([answer(501, Ok(0)), answer(0, Ok(200))]);
                assert_eq!(fetch(&server, &budget).await, Ok(200));
                assert_left(&budget, left);
            }
        }
    }

    #[test]
    fn a_hook_that_panics_loses_no_token() {
        use std::panic::{AssertUnwindSafe, catch_unwind};

        #[retry(schedule = [1s, 0], on = |_| true, budget = budget, notify = |_| panic!("hook"))]
        fn fail(budget: &RetryBudget) -> Result<u32, Down> {
            Err(Down)
        }
        for budget in [RetryBudget::percent(0.0, 10), RetryBudget::aws_standard()] {
            let before = budget.available();
            catch_unwind(AssertUnwindSafe(|| fail(&budget))).unwrap_err();
            assert!((budget.available() - before).abs() < 1e-9, "{budget:?}");
        }
        // There was a failure all the same.
        let budget = RetryBudget::grpc(10, 0.1);
        catch_unwind(AssertUnwindSafe(|| fail(&budget))).unwrap_err();
        assert_left(&budget, 9_000);
    }

    #[test]
    fn a_retry_that_max_elapsed_refuses_takes_nothing() {
        #[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, max_elapsed = limit, budget = budget)]
        fn fail(flaky: &Flaky, limit: Duration, budget: &RetryBudget) -> Result<u32, Down> {
            flaky.call()
        }
        let _guard = testing::skip_waits();
        for budget in [RetryBudget::percent(0.0, 10), RetryBudget::grpc(10, 0.1)] {
            let flaky = Flaky::new(9);
            assert_eq!(fail(&flaky, Duration::from_secs(2), &budget), Err(Down));
            assert_eq!(flaky.calls(), 2);
            assert_left(&budget, 9_000);
        }
    }

    #[test]
    fn a_retry_that_retry_after_refuses_takes_nothing() {
        #[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, retry_after = |hint| Some(*hint), budget = budget)]
        fn fail(hint: Duration, budget: &RetryBudget) -> Result<u32, Duration> {
            Err(hint)
        }
        let _guard = testing::skip_waits();
        for budget in [RetryBudget::percent(0.0, 10), RetryBudget::grpc(10, 0.1)] {
            assert_eq!(fail(Duration::MAX, &budget), Err(Duration::MAX));
            assert_left(&budget, 10_000);
        }
    }

    #[test]
    fn what_is_switched_off_takes_nothing() {
        #[retry(schedule = [1s, 0], on = |_| true, enabled = false, budget = budget)]
        fn fail(budget: &RetryBudget) -> Result<u32, Down> {
            Err(Down)
        }
        for budget in [RetryBudget::percent(0.0, 10), RetryBudget::grpc(10, 0.1)] {
            assert_eq!(fail(&budget), Err(Down));
            assert_left(&budget, 10_000);
        }
    }

    #[test]
    fn polls_take_and_give_as_well() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true, until = |call| *call >= 3, budget = budget)]
        fn result(flaky: &Flaky, budget: &RetryBudget) -> Result<u32, Down> {
            flaky.call()
        }
        #[retry(schedule = [1s, 1s, 0], budget = budget)]
        fn option(flaky: &Flaky, budget: &RetryBudget) -> Option<u32> {
            flaky.poll()
        }
        #[retry(schedule = [1s, 1s, 0], until = |call| *call >= 3, budget = budget)]
        fn value(flaky: &Flaky, budget: &RetryBudget) -> u32 {
            flaky.call().unwrap_or(0)
        }
        let _guard = testing::skip_waits();
        let budget = RetryBudget::percent(0.5, 6);
        assert_eq!(result(&Flaky::new(1), &budget), Ok(3));
        assert_left(&budget, 4_500);
        assert_eq!(option(&Flaky::new(2), &budget), Some(3));
        assert_left(&budget, 3_000);
        assert_eq!(option(&Flaky::new(3), &budget), None);
        assert_left(&budget, 1_000);
        // One is left, so the second answer is the last.
        assert_eq!(value(&Flaky::new(0), &budget), 2);
        assert_left(&budget, 0);
    }

    #[test]
    fn a_budget_may_live_anywhere() {
        static SHARED: RetryBudget = RetryBudget::percent(0.0, 4);

        #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = &SHARED)]
        fn by_static() -> Result<u32, Down> {
            Err(Down)
        }

        struct Client {
            own: RetryBudget,
            shared: Arc<RetryBudget>,
        }

        impl Client {
            #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = &self.own)]
            fn by_field(&self) -> Result<u32, Down> {
                Err(Down)
            }

            #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = &self.shared)]
            async fn by_arc(&self) -> Result<u32, Down> {
                Err(Down)
            }

            #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = self.choose())]
            fn by_method(&self) -> Result<u32, Down> {
                Err(Down)
            }

            fn choose(&self) -> &RetryBudget {
                &self.own
            }
        }
        let _guard = testing::skip_waits();
        let shared = Arc::new(RetryBudget::percent(0.0, 4));
        let client = Client {
            own: RetryBudget::percent(0.0, 4),
            shared: Arc::clone(&shared),
        };
        assert_eq!(by_static(), Err(Down));
        assert_eq!(client.by_field(), Err(Down));
        let by_arc = assert_send(client.by_arc());
        assert_eq!(futures::executor::block_on(by_arc), Err(Down));
        for budget in [&SHARED, &client.own, &*shared] {
            assert_left(budget, 2_000);
        }
        assert_eq!(client.by_method(), Err(Down));
        assert_left(&client.own, 0);
    }

    #[test]
    fn a_method_that_changes_self_may_have_a_budget_of_its_own() {
        struct Client {
            calls: u32,
            own: RetryBudget,
            shared: Arc<RetryBudget>,
        }

        impl Client {
            #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = &self.own)]
            fn change_another_field(&mut self) -> Result<u32, Down> {
                self.calls += 1;
                Err(Down)
            }

            #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = &self.own)]
            async fn change_another_field_async(&mut self) -> Result<u32, Down> {
                self.calls += 1;
                Err(Down)
            }

            #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = &self.shared)]
            async fn change_all(&mut self) -> Result<u32, Down> {
                self.count().await
            }

            async fn count(&mut self) -> Result<u32, Down> {
                self.calls += 1;
                Err(Down)
            }
        }
        let _guard = testing::skip_waits();
        let mut client = Client {
            calls: 0,
            own: RetryBudget::percent(0.0, 10),
            shared: Arc::new(RetryBudget::percent(0.0, 10)),
        };
        assert_eq!(client.change_another_field(), Err(Down));
        let future = assert_send(client.change_another_field_async());
        assert_eq!(futures::executor::block_on(future), Err(Down));
        let future = assert_send(client.change_all());
        assert_eq!(futures::executor::block_on(future), Err(Down));
        assert_eq!(client.calls, 9);
        assert_left(&client.own, 6_000);
        assert_left(&client.shared, 8_000);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_that_is_cancelled_keeps_what_it_took() {
        for budget in [RetryBudget::aws_standard(), RetryBudget::percent(1.0, 500)] {
            let before = budget.available();
            let server = Server::new([answer(0, BUSY), answer(0, Ok(200))]);
            tokio::select! {
                _ = fetch(&server, &budget) => panic!("it waits for a second"),
                () = tokio::time::sleep(ms(500)) => {}
            }
            assert_eq!(server.calls.get(), 1);
            assert!(budget.available() < before);
            // During the next attempt, too.
            let server = Server::new([answer(0, BUSY), answer(499, Ok(200))]);
            let before = budget.available();
            tokio::select! {
                _ = fetch(&server, &budget) => panic!("it takes longer"),
                () = tokio::time::sleep(ms(1_250)) => {}
            }
            assert_eq!(server.calls.get(), 2);
            assert!(budget.available() < before);
        }
    }

    /// The most that it may ever hold, when it is new: `percent` starts two below.
    fn most(budget: &RetryBudget) -> f64 {
        budget.available() + 2.0
    }

    #[test]
    fn a_budget_is_made_of_any_numbers() {
        const ODD: [f64; 8] = [
            f64::NAN,
            f64::NEG_INFINITY,
            f64::INFINITY,
            -1.0,
            0.0,
            f64::MIN_POSITIVE,
            1e300,
            1.0,
        ];
        let _guard = testing::skip_waits();
        for ratio in ODD {
            for number in [0, 1, 2, 1_000, 1_001, 4_000_001, u32::MAX] {
                for budget in [
                    RetryBudget::grpc(number, ratio),
                    RetryBudget::percent(ratio, number),
                ] {
                    assert!(
                        (0.0..=4_000_000.0).contains(&budget.available()),
                        "{budget:?}"
                    );
                    let capacity = most(&budget);
                    for _ in 0..3 {
                        attempts_while_down(&budget);
                        assert!((0.0..=capacity).contains(&budget.available()), "{budget:?}");
                        assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
                        assert!((0.0..=capacity).contains(&budget.available()), "{budget:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_brought_into_range() {
        let _guard = testing::skip_waits();
        assert_left(&RetryBudget::grpc(0, 0.1), 1_000);
        assert_left(&RetryBudget::grpc(1_001, 0.1), 1_000_000);
        assert_left(&RetryBudget::grpc(u32::MAX, 0.1), 1_000_000);
        assert_left(&RetryBudget::percent(0.1, u32::MAX), 4_000_000_000);
        // What a success gives, after two retries.
        let gives = |budget: RetryBudget| {
            attempts_while_down(&budget);
            let before = budget.available();
            assert_eq!(call(&answers([Ok(200)]), &budget), Ok(200));
            ((budget.available() - before) * 1_000.0).round()
        };
        assert_eq!(gives(RetryBudget::grpc(10, f64::NAN)), 1.0);
        assert_eq!(gives(RetryBudget::grpc(10, -2.0)), 1.0);
        assert_eq!(gives(RetryBudget::grpc(10, 0.000_4)), 1.0);
        assert_eq!(gives(RetryBudget::grpc(10, 0.123_456)), 123.0);
        assert_eq!(gives(RetryBudget::grpc(10, f64::INFINITY)), 3_000.0);
        assert_eq!(gives(RetryBudget::percent(f64::NAN, 10)), 0.0);
        assert_eq!(gives(RetryBudget::percent(-2.0, 10)), 0.0);
        assert_eq!(gives(RetryBudget::percent(0.123_456, 10)), 123.0);
        assert_eq!(gives(RetryBudget::percent(f64::INFINITY, 10)), 1_000.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn whatever_happens_the_tokens_stay_within_0_and_the_capacity(
            ratio in any::<f64>(),
            number in any::<u32>(),
            outcomes in prop::collection::vec(0..4_u32, 0..50),
        ) {
            let _guard = testing::skip_waits();
            let budgets = [
                RetryBudget::aws_standard(),
                RetryBudget::grpc(number, ratio),
                RetryBudget::grpc(number % 10, ratio),
                RetryBudget::percent(ratio, number),
                RetryBudget::percent(ratio, number % 10),
            ];
            for budget in &budgets {
                let capacity = most(budget);
                for failures in &outcomes {
                    let answers = (0..*failures).map(|_| BUSY).chain([Ok(200)]);
                    let _ = call(&Server::new(answers), budget);
                    prop_assert!((0.0..=capacity).contains(&budget.available()), "{:?}", budget);
                }
            }
        }
    }

    /// The rules again, as their docs say them, in whole thousandths.
    #[derive(Debug, Clone)]
    struct Model {
        tokens: u64,
        capacity: u64,
        retry: u64,
        success: u64,
        refunds: bool,
        /// Of gRPC: each failure takes its tokens, and a retry needs more than this.
        threshold: Option<u64>,
    }

    impl Model {
        /// A call that fails so often before it succeeds, of three attempts at most. How many it made.
        fn call(&mut self, failures: usize) -> usize {
            let mut last_cost = None;
            for attempt in 1..=3 {
                if attempt > failures {
                    let given = match last_cost {
                        Some(cost) if self.refunds && cost > 0 => cost,
                        _ => self.success,
                    };
                    self.tokens = self.capacity.min(self.tokens + given);
                    return attempt;
                }
                let is_last = attempt == 3;
                match self.threshold {
                    Some(threshold) => {
                        self.tokens = self.tokens.saturating_sub(self.retry);
                        if is_last || self.tokens <= threshold {
                            return attempt;
                        }
                    }
                    None if is_last || self.tokens < self.retry => return attempt,
                    None => self.tokens -= self.retry,
                }
                last_cost = Some(self.retry);
            }
            unreachable!("the third attempt is the last")
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn each_rule_does_what_its_model_does(
            number in 1..40_u32,
            retry in 0..5_000_u32,
            ratio in 1..=1_000_u32,
            refunds in any::<bool>(),
            calls in prop::collection::vec(0..4_usize, 0..80),
        ) {
            let _guard = testing::skip_waits();
            let thousandths = |number: u32| f64::from(number) / 1_000.0;
            let own = RetryBudget::holding(number)
                .retry_costs(thousandths(retry))
                .success_gives(thousandths(ratio));
            let own = if refunds { own.success_refunds() } else { own };
            let tokens = u64::from(number) * 1_000;
            let model = Model {
                tokens,
                capacity: tokens,
                retry: 1_000,
                success: ratio.into(),
                refunds: false,
                threshold: None,
            };
            let rules = [
                (own, Model { retry: retry.into(), refunds, ..model.clone() }),
                (RetryBudget::grpc(number, thousandths(ratio)), Model { threshold: Some(tokens / 2), ..model.clone() }),
                (RetryBudget::percent(thousandths(ratio), number), Model { capacity: tokens + 2_000, ..model.clone() }),
                (RetryBudget::percent(thousandths(ratio), 0), Model { tokens: 0, capacity: 2_000, ..model }),
            ];
            for (budget, mut model) in rules {
                for failures in &calls {
                    let answers = (0..*failures).map(|_| BUSY).chain([Ok(200)]);
                    let server = Server::new(answers);
                    let _ = call(&server, &budget);
                    prop_assert_eq!(server.calls.get(), model.call(*failures), "{:?}", model);
                    let left = (budget.available() * 1_000.0).round();
                    prop_assert_eq!(left, model.tokens as f64, "{:?}", model);
                }
            }
        }
    }

    #[test]
    fn many_threads_keep_the_tokens_within_0_and_the_capacity() {
        const THREADS: usize = 8;
        const CALLS: usize = 500;

        #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = budget)]
        fn fail(budget: &RetryBudget) -> Result<u32, Down> {
            Err(Down)
        }
        #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = budget)]
        fn succeed(budget: &RetryBudget) -> Result<u32, Down> {
            Ok(200)
        }
        for budget in [
            RetryBudget::aws_standard(),
            RetryBudget::grpc(10, 0.7),
            RetryBudget::percent(0.3, 10),
        ] {
            let capacity = most(&budget);
            let start = Barrier::new(THREADS);
            thread::scope(|scope| {
                for thread in 0..THREADS {
                    let (budget, start) = (&budget, &start);
                    scope.spawn(move || {
                        let _guard = testing::skip_waits();
                        start.wait();
                        for call in 0..CALLS {
                            let _ = if (thread + call) % 3 == 0 {
                                succeed(budget)
                            } else {
                                fail(budget)
                            };
                            let available = budget.available();
                            assert!((0.0..=capacity).contains(&available), "{available}");
                        }
                    });
                }
            });
        }
    }

    #[test]
    fn many_threads_get_no_more_retries_than_there_are_tokens() {
        let budget = RetryBudget::percent(0.0, 100);
        let retries: usize = thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| {
                    scope.spawn(|| {
                        let _guard = testing::skip_waits();
                        (0..50)
                            .map(|_| attempts_while_down(&budget) - 1)
                            .sum::<usize>()
                    })
                })
                .collect();
            threads
                .into_iter()
                .map(|thread| thread.join().expect("it only counts"))
                .sum()
        });
        assert_eq!(retries, 100);
        assert_left(&budget, 0);
    }

    #[tokio::test(start_paused = true)]
    async fn blocks_take_and_give_as_well() {
        let budget = RetryBudget::aws_standard();
        let flaky = Flaky::new(2);
        let _guard = testing::skip_waits();
        let result = retry_block!(schedule = [1s, 1s, 0], on = |_| true, budget = &budget => {
            flaky.call()
        });
        assert_eq!(result, Ok(3));
        assert_left(&budget, 495_000);
        let result: Result<u32, ApiError> = retry_block!(
            schedule = [1s, 1s, 0],
            on = |_| true,
            attempt_timeout = 500ms,
            budget = &budget => async { pending().await }
        );
        assert!(matches!(result, Err(ApiError::TimedOut(_))), "{result:?}");
        assert_left(&budget, 475_000);
    }
}

/// What a hook was told.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    function: &'static str,
    attempt: usize,
    attempts: usize,
    error: String,
    backoff: Duration,
    wait: Duration,
    waited: Duration,
}

impl Told {
    fn of<E: Display>(event: &RetryEvent<'_, E>) -> Self {
        Self {
            function: event.function,
            attempt: event.attempt,
            attempts: event.attempts,
            error: event.error.to_string(),
            backoff: event.backoff,
            wait: event.wait,
            waited: event.waited,
        }
    }
}

mod notify {
    use super::*;

    thread_local! {
        static TOLD: RefCell<Vec<Told>> = const { RefCell::new(Vec::new()) };
    }

    /// A hook for any error that can be shown.
    fn log<E: Display>(event: &RetryEvent<'_, E>) {
        TOLD.with_borrow_mut(|told| told.push(Told::of(event)));
    }

    fn told() -> Vec<Told> {
        TOLD.take()
    }

    #[retry(schedule = [1s, 2s, 4s, 0], on = ApiError::is_retryable, notify = log)]
    fn call(server: &Server<Result<u32, ApiError>>) -> Result<u32, ApiError> {
        server.call()
    }

    #[retry(schedule = [1s, 2s, 4s, 0], on = |_| true, notify = |event| seen.push(Told::of(event)))]
    async fn call_async(flaky: &Flaky, seen: &mut Vec<Told>) -> Result<u32, Down> {
        flaky.call()
    }

    #[test]
    fn each_retry_is_told_of_once() {
        let guard = testing::skip_waits();
        let server = Server::new([
            Err(ApiError::Busy),
            Err(ApiError::RetryAfter(ms(10))),
            Ok(200),
        ]);
        assert_eq!(call(&server), Ok(200));
        let waits = guard.waits();
        let of = |attempt, error: &str, backoff, wait, waited| Told {
            function: "limits::notify::call",
            attempt,
            attempts: 4,
            error: error.to_owned(),
            backoff: Duration::from_secs(backoff),
            wait,
            waited,
        };
        assert_eq!(
            told(),
            [
                of(1, "busy", 1, waits[0], Duration::ZERO),
                of(2, "busy for 10ms", 2, waits[1], waits[0]),
            ]
        );
    }

    #[test]
    fn the_last_failure_is_not_a_retry() {
        let guard = testing::skip_waits();
        let busy = || Err(ApiError::Busy);
        assert_eq!(call(&Server::new([busy(), busy(), busy(), busy()])), busy());
        let told = told();
        let attempts: Vec<usize> = told.iter().map(|told| told.attempt).collect();
        assert_eq!(attempts, [1, 2, 3]);
        let waits: Vec<Duration> = told.iter().map(|told| told.wait).collect();
        assert_eq!(waits, guard.waits());
        assert_eq!(told[2].waited, waits[0] + waits[1]);
    }

    #[test]
    fn nothing_is_told_of_a_success_or_of_an_error_that_on_refuses() {
        let _guard = testing::skip_waits();
        assert_eq!(call(&Server::new([Ok(200)])), Ok(200));
        assert_eq!(call(&Server::new([])), Err(ApiError::Forbidden));
        assert_eq!(told(), []);
    }

    #[test]
    fn nothing_is_told_while_retries_are_switched_off() {
        #[retry(schedule = [1s, 0], on = |_| true, enabled = enabled, notify = log)]
        fn fail(enabled: bool) -> Result<u32, Down> {
            Err(Down)
        }
        let _guard = testing::skip_waits();
        assert_eq!(fail(false), Err(Down));
        assert_eq!(told(), []);
        assert_eq!(fail(true), Err(Down));
        assert_eq!(told().len(), 1);
    }

    #[test]
    fn the_hook_is_called_before_the_wait() {
        #[retry(
            schedule = [1s, 2s, 0],
            jitter = 0,
            on = |_| true,
            notify = |event| log.borrow_mut().push(("told", event.wait)),
            sleep = |wait| log.borrow_mut().push(("wait", wait))
        )]
        fn fail(log: &RefCell<Vec<(&'static str, Duration)>>) -> Result<u32, Down> {
            log.borrow_mut().push(("call", Duration::ZERO));
            Err(Down)
        }
        let log = RefCell::default();
        assert_eq!(fail(&log), Err(Down));
        let [zero, one, two] = secs([0, 1, 2]);
        assert_eq!(
            log.into_inner(),
            [
                ("call", zero),
                ("told", one),
                ("wait", one),
                ("call", zero),
                ("told", two),
                ("wait", two),
                ("call", zero),
            ]
        );
    }

    #[tokio::test(start_paused = true)]
    async fn a_hook_of_async_code_hears_the_same() {
        let mut seen = Vec::new();
        let flaky = Flaky::new(3);
        let (result, took) = timed(assert_send(call_async(&flaky, &mut seen))).await;
        assert_eq!(result, Ok(4));
        let attempts: Vec<_> = seen
            .iter()
            .map(|told| (told.attempt, told.attempts))
            .collect();
        assert_eq!(attempts, [(1, 4), (2, 4), (3, 4)]);
        let backoffs: Vec<Duration> = seen.iter().map(|told| told.backoff).collect();
        assert_eq!(backoffs, secs([1, 2, 4]));
        let waited = seen[2].waited + seen[2].wait;
        // Tokio's timer goes by milliseconds.
        assert!(
            took >= waited && took <= waited + ms(3),
            "{took:?} {waited:?}"
        );
        assert_eq!(seen[0].function, "limits::notify::call_async");
        assert_eq!(seen[0].error, "down");
    }

    #[test]
    fn the_wait_is_the_one_after_the_hint() {
        #[retry(
            schedule = [1s, 9s, 0],
            jitter = 0,
            on = |_| true,
            retry_after = ApiError::retry_after,
            notify = log
        )]
        fn call(server: &Server<Result<u32, ApiError>>) -> Result<u32, ApiError> {
            server.call()
        }
        let _guard = testing::skip_waits();
        let server = Server::new([Err(ApiError::RetryAfter(ms(5_000))), Ok(200)]);
        assert_eq!(call(&server), Ok(200));
        let told = told();
        assert_eq!((told[0].backoff, told[0].wait), (ms(1_000), ms(5_000)));
    }

    #[test]
    fn what_is_refused_is_not_told_of() {
        static EMPTY: RetryBudget = RetryBudget::percent(0.0, 0);

        #[retry(schedule = [1s, 0], on = |_| true, budget = &EMPTY, notify = log)]
        fn without_budget() -> Result<u32, Down> {
            Err(Down)
        }
        #[retry(schedule = [1s, 0], on = |_| true, max_elapsed = Duration::ZERO, notify = log)]
        fn without_time() -> Result<u32, Down> {
            Err(Down)
        }
        #[retry(schedule = [1s, 0], on = |_| true, retry_after = |_| Some(Duration::MAX), notify = log)]
        fn told_to_wait() -> Result<u32, Down> {
            Err(Down)
        }
        let guard = testing::skip_waits();
        assert_eq!(without_budget(), Err(Down));
        assert_eq!(without_time(), Err(Down));
        assert_eq!(told_to_wait(), Err(Down));
        assert_eq!(told(), []);
        assert_eq!(guard.waits(), []);
    }

    #[test]
    fn polls_are_not_told_of() {
        #[retry(schedule = [1s, 1s, 1s, 0], jitter = 0, on = |_| true, until = |call| *call == 4, notify = log)]
        fn poll(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        let _guard = testing::skip_waits();
        assert_eq!(poll(&Flaky::new(0)), Ok(4));
        assert_eq!(told(), []);
    }

    #[test]
    fn what_was_waited_has_the_polls_in_it() {
        #[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, until = |status| *status == 200, notify = log)]
        fn poll(server: &Server<Result<u32, ApiError>>) -> Result<u32, ApiError> {
            server.call()
        }
        let _guard = testing::skip_waits();
        let server = Server::new([Ok(202), Err(ApiError::Busy), Ok(200)]);
        assert_eq!(poll(&server), Ok(200));
        let told = told();
        assert_eq!((told[0].attempt, told[0].waited), (2, ms(1_000)));
    }

    #[test]
    fn a_schedule_at_run_time_says_how_many_attempts_there_are() {
        #[retry(schedule = schedule, on = |_| true, notify = log)]
        fn fail(schedule: &Schedule) -> Result<u32, Down> {
            Err(Down)
        }
        let _guard = testing::skip_waits();
        let schedule = "1s, 2s, 3s, 4s, 0".parse().expect("it is a schedule");
        assert_eq!(fail(&schedule), Err(Down));
        let told = told();
        assert_eq!(told.len(), 4);
        assert!(told.iter().all(|told| told.attempts == 5), "{told:?}");
    }

    #[test]
    fn a_method_is_named_by_its_type() {
        struct Client;

        impl Client {
            #[retry(schedule = [1s, 0], on = |_| true, notify = Self::log)]
            fn save(&self) -> Result<u32, Down> {
                Err(Down)
            }

            #[retry(schedule = [1s, 0], on = |_| true, name = "save_under_another_name", notify = log)]
            fn named(&self) -> Result<u32, Down> {
                Err(Down)
            }

            fn log(event: &RetryEvent<'_, Down>) {
                log(event);
            }
        }
        let _guard = testing::skip_waits();
        assert_eq!((Client.save(), Client.named()), (Err(Down), Err(Down)));
        let functions: Vec<&str> = told().iter().map(|told| told.function).collect();
        assert_eq!(
            functions,
            [
                "limits::notify::a_method_is_named_by_its_type::Client::save",
                "save_under_another_name"
            ]
        );
    }

    #[tokio::test]
    async fn a_block_is_named_by_its_place() {
        let _guard = testing::skip_waits();
        let result: Result<u32, Down> =
            retry_block!(schedule = [1s, 0], on = |_| true, notify = log => { Err(Down) });
        assert_eq!(result, Err(Down));
        let result: Result<u32, Down> =
            retry_block!(schedule = [1s, 0], on = |_| true, notify = log => async { Err(Down) });
        assert_eq!(result, Err(Down));
        let [sync, asynchronous] = &told()[..] else {
            panic!("two blocks")
        };
        let place = "limits::notify::a_block_is_named_by_its_place:";
        assert!(sync.function.starts_with(place), "{sync:?}");
        assert!(asynchronous.function.starts_with(place), "{asynchronous:?}");
        assert_ne!(sync.function, asynchronous.function);
    }

    #[test]
    fn a_hook_may_be_kept_in_a_field() {
        struct Client<F> {
            hook: F,
        }

        impl<F: Fn(&RetryEvent<'_, Down>)> Client<F> {
            #[retry(schedule = [1s, 2s, 0], on = |_| true, notify = self.hook)]
            fn fail(&self) -> Result<u32, Down> {
                Err(Down)
            }
        }
        let _guard = testing::skip_waits();
        let count = Cell::new(0);
        let client = Client {
            hook: |event: &RetryEvent<'_, Down>| count.set(count.get() + event.attempt),
        };
        assert_eq!(client.fail(), Err(Down));
        assert_eq!(count.get(), 1 + 2);
    }

    #[test]
    fn a_boxed_error_is_shown_as_it_is() {
        #[retry(schedule = [1s, 0], on = |_| true, notify = log)]
        fn path() -> Result<u32, Box<dyn Error + Send + Sync>> {
            Err("down".into())
        }
        #[retry(schedule = [1s, 0], on = |_| true, notify = |event| seen.push(event.error.to_string()))]
        fn closure(seen: &mut Vec<String>) -> Result<u32, Box<dyn Error>> {
            Err("down".into())
        }
        let _guard = testing::skip_waits();
        let mut seen = Vec::new();
        assert!(path().is_err() && closure(&mut seen).is_err());
        assert_eq!(told()[0].error, "down");
        assert_eq!(seen, ["down"]);
    }

    #[test]
    fn an_error_needs_no_traits() {
        struct Opaque;

        #[retry(schedule = [1s, 0], on = |_| true, notify = |event| count.set(count.get() + event.attempt))]
        fn fail(count: &Cell<usize>) -> Result<u32, Opaque> {
            Err(Opaque)
        }
        let _guard = testing::skip_waits();
        let count = Cell::new(0);
        assert!(fail(&count).is_err());
        assert_eq!(count.get(), 1);
    }
}

mod together {
    use super::*;

    struct Client {
        schedule: Schedule,
        jitter: Jitter,
        budget: Arc<RetryBudget>,
        enabled: bool,
        limit: Duration,
        answers: Vec<Answer>,
        calls: u32,
        told: Vec<Told>,
    }

    impl Client {
        fn new(answers: impl IntoIterator<Item = Answer>) -> Self {
            let mut answers: Vec<Answer> = answers.into_iter().collect();
            answers.reverse();
            Self {
                schedule: "1s, 2s, 4s, 60s, 0".parse().expect("it is a schedule"),
                jitter: Jitter::none(),
                budget: Arc::new(RetryBudget::aws_standard()),
                enabled: true,
                limit: Duration::from_secs(30),
                answers,
                calls: 0,
                told: Vec::new(),
            }
        }

        async fn answer(&mut self) -> Result<u32, ApiError> {
            self.calls += 1;
            let Some(answer) = self.answers.pop() else {
                return Err(ApiError::Forbidden);
            };
            tokio::time::sleep(answer.after).await;
            answer.result
        }

        fn accepts(&self, error: &ApiError) -> bool {
            self.calls < 100 && error.is_retryable()
        }

        #[retry(
            schedule = self.schedule,
            jitter = self.jitter,
            on = |error| self.accepts(error),
            until = |status| *status == 200,
            enabled = self.enabled,
            max_elapsed = self.limit,
            attempt_timeout = self.limit / 60,
            retry_after = ApiError::retry_after,
            budget = &self.budget,
            notify = |event| self.told.push(Told::of(event)),
            sleep = tokio::time::sleep,
            name = "save",
            crate = ::retry_core,
        )]
        async fn at_run_time(&mut self) -> Result<u32, ApiError> {
            let status = self.answer().await?;
            Ok(status)
        }

        #[retry(
            schedule = [1s, 2s, 4s, 60s, 0],
            jitter = 0,
            on = |error| self.accepts(error),
            until = |status| *status == 200,
            enabled = self.enabled,
            max_wait = 268s,
            max_elapsed = 67s,
            attempt_timeout = 500ms,
            retry_after = |error| error.retry_after(),
            budget = &self.budget,
            notify = |event| self.told.push(Told::of(event)),
            sleep = |wait| tokio::time::sleep(wait),
            name = "save",
        )]
        async fn written(&mut self) -> Result<u32, ApiError> {
            let status = self.answer().await?;
            Ok(status)
        }
    }

    /// A timeout, a hint, and an answer that is not yet the right one.
    fn eventful() -> [Answer; 4] {
        [
            answer(501, Ok(200)),
            answer(100, Err(ApiError::RetryAfter(ms(10_000)))),
            answer(100, Ok(202)),
            answer(100, Ok(200)),
        ]
    }

    fn check_eventful(client: &Client, result: &Result<u32, ApiError>, took: Duration) {
        assert_eq!((result, client.calls), (&Ok(200), 4));
        assert_eq!(took, ms(500 + 1_000 + 100 + 10_000 + 100 + 4_000 + 100));
        let told: Vec<_> = client
            .told
            .iter()
            .map(|told| (told.function, told.attempt, &*told.error, told.wait))
            .collect();
        assert_eq!(
            told,
            [
                ("save", 1, "the attempt took longer than 500ms", ms(1_000)),
                ("save", 2, "busy for 10s", ms(10_000)),
            ]
        );
        // Ten, five and five again, of which the last is given back.
        assert!((client.budget.available() - 485.0).abs() < 1e-9);
    }

    #[tokio::test(start_paused = true)]
    async fn all_keys_of_a_method_that_changes_self() {
        let mut client = Client::new(eventful());
        let (result, took) = timed(assert_send(client.at_run_time())).await;
        check_eventful(&client, &result, took);
        let mut client = Client::new(eventful());
        let (result, took) = timed(assert_send(client.written())).await;
        check_eventful(&client, &result, took);
    }

    #[tokio::test(start_paused = true)]
    async fn each_key_has_its_say() {
        // `on`
        let mut client = Client::new([]);
        assert_eq!(client.at_run_time().await, Err(ApiError::Forbidden));
        // `enabled`
        let mut client = Client::new(eventful());
        client.enabled = false;
        let (result, took) = timed(client.at_run_time()).await;
        assert!(matches!(result, Err(ApiError::TimedOut(_))), "{result:?}");
        assert_eq!(took, ms(500));
        // `retry_after`
        let mut client = Client::new([answer(0, Err(ApiError::RetryAfter(ms(67_001))))]);
        client.limit = Duration::MAX;
        let result = client.at_run_time().await;
        assert_eq!(result, Err(ApiError::RetryAfter(ms(67_001))));
        // `max_elapsed`
        let mut client = Client::new([answer(0, Err(ApiError::RetryAfter(ms(30_001))))]);
        let result = client.at_run_time().await;
        assert_eq!(result, Err(ApiError::RetryAfter(ms(30_001))));
        assert!((client.budget.available() - 500.0).abs() < 1e-9);
        // `budget`
        let mut client = Client::new(eventful());
        client.budget = Arc::new(RetryBudget::percent(0.0, 1));
        let result = client.at_run_time().await;
        assert_eq!(result, Err(ApiError::RetryAfter(ms(10_000))));
        assert_eq!((client.calls, client.told.len()), (2, 1));
    }

    #[tokio::test(start_paused = true)]
    async fn all_keys_of_a_block() {
        let mut client = Client::new(eventful());
        let started = Instant::now();
        let mut told = Vec::new();
        let budget = RetryBudget::aws_standard();
        let result: Result<u32, ApiError> = retry_block!(
            schedule = [1s, 2s, 4s, 60s, 0],
            jitter = 0,
            on = ApiError::is_retryable,
            until = |status| *status == 200,
            enabled = client.enabled,
            max_wait = 268s,
            max_elapsed = 67s,
            attempt_timeout = 500ms,
            retry_after = ApiError::retry_after,
            budget = &budget,
            notify = |event| told.push(Told::of(event)),
            sleep = tokio::time::sleep,
            name = "save",
            crate = retry_core,
            => async { client.answer().await }
        );
        client.told = told;
        client.budget = Arc::new(budget);
        check_eventful(&client, &result, started.elapsed());
    }

    #[test]
    fn all_keys_of_a_sync_block() {
        let guard = testing::skip_waits();
        let server = Server::new([
            Err(ApiError::RetryAfter(ms(10_000))),
            Ok(202),
            Err(ApiError::Busy),
            Ok(200),
        ]);
        let mut told = Vec::new();
        let budget = RetryBudget::aws_standard();
        let result = retry_block!(
            schedule = [1s, 2s, 4s, 60s, 0],
            jitter = 0,
            on = ApiError::is_retryable,
            until = |status| *status == 200,
            enabled = true,
            max_wait = 268s,
            max_elapsed = 67s,
            retry_after = ApiError::retry_after,
            budget = &budget,
            notify = |event| told.push(Told::of(event)),
            sleep = retry_core::sleep_blocking,
            name = "save",
            => { server.call() }
        );
        assert_eq!(result, Ok(200));
        assert_eq!(guard.waits(), secs([10, 2, 4]));
        let waited: Vec<_> = told
            .iter()
            .map(|told| (told.attempt, told.waited))
            .collect();
        assert_eq!(waited, [(1, ms(0)), (3, ms(12_000))]);
        assert!((budget.available() - 490.0).abs() < 1e-9);
    }

    #[test]
    fn each_is_asked_only_if_those_before_it_agree() {
        type Asked = RefCell<Vec<&'static str>>;

        fn ask<T>(asked: &Asked, key: &'static str, answer: T) -> T {
            asked.borrow_mut().push(key);
            answer
        }

        /// Whether each of them agrees.
        #[derive(Clone, Copy)]
        struct Answers {
            on: bool,
            retry_after: bool,
            max_elapsed: bool,
            budget: bool,
        }

        #[retry(
            schedule = [1s, 0],
            jitter = 0,
            notify = |_| ask(asked, "notify", ()),
            budget = budget,
            max_elapsed = ask(asked, "max_elapsed", if answers.max_elapsed { Duration::MAX } else { Duration::ZERO }),
            retry_after = |_| ask(asked, "retry_after", (!answers.retry_after).then_some(Duration::MAX)),
            on = |_| ask(asked, "on", answers.on),
        )]
        fn fail(asked: &Asked, answers: Answers, budget: &RetryBudget) -> Result<(), Down> {
            asked.borrow_mut().push("call");
            Err(Down)
        }

        let _guard = testing::skip_waits();
        let all = Answers {
            on: true,
            retry_after: true,
            max_elapsed: true,
            budget: true,
        };
        let asked = |answers: Answers| {
            let asked = Asked::default();
            // With this rule, a budget that is asked takes a token even where it refuses.
            let budget = RetryBudget::grpc(if answers.budget { 10 } else { 1 }, 0.1);
            let before = budget.available();
            assert_eq!(fail(&asked, answers, &budget), Err(Down));
            let mut asked = asked.into_inner();
            // The limit is read once, before the first attempt, whatever the predicates say.
            assert_eq!(asked.remove(0), "max_elapsed");
            if budget.available() < before {
                let after_the_others = asked.iter().position(|key| *key == "retry_after");
                asked.insert(after_the_others.expect("it is asked before") + 1, "budget");
            }
            asked
        };
        let keys = ["call", "on", "retry_after", "budget", "notify", "call"];
        assert_eq!(asked(all), keys);
        assert_eq!(
            asked(Answers {
                budget: false,
                ..all
            }),
            keys[..4]
        );
        assert_eq!(
            asked(Answers {
                max_elapsed: false,
                ..all
            }),
            keys[..3]
        );
        assert_eq!(
            asked(Answers {
                retry_after: false,
                ..all
            }),
            keys[..3]
        );
        assert_eq!(asked(Answers { on: false, ..all }), keys[..2]);
    }

    /// An error that may not leave its thread is gone before the wait, whatever looks at it.
    #[tokio::test(start_paused = true)]
    async fn a_future_is_send_even_if_its_error_is_not() {
        use std::rc::Rc;

        struct Local(#[expect(dead_code, reason = "it is there to be no `Send`")] Rc<()>);

        impl From<AttemptTimeout> for Local {
            fn from(_: AttemptTimeout) -> Self {
                Self(Rc::new(()))
            }
        }

        static BUDGET: RetryBudget = RetryBudget::aws_standard();

        #[retry(
            schedule = [1s, 1s, 0],
            on = |_| true,
            max_elapsed = 10s,
            attempt_timeout = 500ms,
            retry_after = |_| None,
            budget = &BUDGET,
            notify = |_| (),
        )]
        async fn call(flaky: &Flaky) -> Result<u32, Local> {
            flaky.call().map_err(|_| Local(Rc::new(())))
        }
        let result = assert_send(call(&Flaky::new(2))).await;
        assert_eq!(result.ok(), Some(3));
    }
}
