//! What may go wrong around a retry: it is dropped, aborted or shut down, or something in it panics.

mod support;

use futures::FutureExt as _;
use futures::executor::block_on;
use futures::future::join_all;
use retry_core::{AttemptTimeout, RetryBudget, RetryEvent, retry, testing};
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::future::pending;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Wake, Waker};
use std::time::Duration;
use support::{Down, Flaky};
use tokio::runtime::{Builder, Runtime};
use tokio::task::yield_now;
use tokio::time::{Instant, sleep, timeout};

#[retry(schedule = [1s, 1s, 0], jitter = 0, on = |_| true)]
async fn call(flaky: &Flaky) -> Result<u32, Down> {
    flaky.call()
}

/// Owns what it calls, so that it can be spawned.
#[retry(schedule = [1s, 1s, 0], jitter = 0, on = |_| true)]
async fn call_owned(flaky: Arc<Flaky>) -> Result<u32, Down> {
    flaky.call()
}

/// Says when it is dropped.
struct Open<'a>(&'a Cell<bool>);

impl<'a> Open<'a> {
    fn new(is_open: &'a Cell<bool>) -> Self {
        is_open.set(true);
        Self(is_open)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

/// What the panic says.
#[track_caller]
fn panicked<T>(call: impl FnOnce() -> T) -> String {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(_) => panic!("there was no panic"),
        Err(payload) => message(&*payload),
    }
}

fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload
        .downcast_ref::<&str>()
        .map(|text| (*text).to_owned());
    text.or_else(|| payload.downcast_ref::<String>().cloned())
        .expect("a panic says something")
}

mod cancelled {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn before_it_is_polled_nothing_is_called() {
        let flaky = Flaky::new(9);
        drop(call(&flaky));
        assert_eq!(flaky.calls(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn during_an_attempt_the_attempt_is_dropped() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true)]
        async fn hang(flaky: &Flaky, is_open: &Cell<bool>) -> Result<u32, Down> {
            let _open = Open::new(is_open);
            flaky.poll();
            pending().await
        }
        let (flaky, is_open) = (Flaky::new(9), Cell::new(false));
        let mut future = Box::pin(hang(&flaky, &is_open));
        assert_eq!((&mut future).now_or_never(), None);
        assert!(is_open.get());
        drop(future);
        assert!(!is_open.get());
        assert_eq!(flaky.calls(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn during_a_wait_nothing_of_the_attempt_is_left_to_drop() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true)]
        async fn fail(flaky: &Flaky, is_open: &Cell<bool>) -> Result<u32, Down> {
            let _open = Open::new(is_open);
            flaky.call()
        }
        let (flaky, is_open) = (Flaky::new(9), Cell::new(false));
        let mut future = Box::pin(fail(&flaky, &is_open));
        assert_eq!((&mut future).now_or_never(), None);
        assert!(!is_open.get());
        drop(future);
        sleep(Duration::from_secs(3600)).await;
        assert_eq!(flaky.calls(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn as_the_loser_of_a_select_it_calls_no_more() {
        let flaky = Flaky::new(9);
        let started = Instant::now();
        tokio::select! {
            result = call(&flaky) => panic!("it takes two seconds: {result:?}"),
            () = sleep(Duration::from_millis(1_500)) => {}
        }
        assert_eq!(started.elapsed(), Duration::from_millis(1_500));
        sleep(Duration::from_secs(3600)).await;
        assert_eq!(flaky.calls(), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_lost_but_was_kept_goes_on_where_it_was() {
        let flaky = Flaky::new(2);
        let mut future = pin!(call(&flaky));
        let mut lost = 0;
        let result = loop {
            match timeout(Duration::from_millis(300), &mut future).await {
                Ok(result) => break result,
                Err(_) => lost += 1,
            }
        };
        assert_eq!((result, lost), (Ok(3), 6));
        assert_eq!(flaky.calls(), 3);
    }

    #[tokio::test(start_paused = true)]
    async fn an_abort_ends_it_during_a_wait() {
        let flaky = Arc::new(Flaky::new(9));
        let task = tokio::spawn(call_owned(Arc::clone(&flaky)));
        yield_now().await;
        assert_eq!(flaky.calls(), 1);
        task.abort();
        assert!(task.await.is_err_and(|error| error.is_cancelled()));
        assert_eq!(Arc::strong_count(&flaky), 1, "it has let go of everything");
        sleep(Duration::from_secs(3600)).await;
        assert_eq!(flaky.calls(), 1);
    }

    #[test]
    fn a_runtime_that_shuts_down_ends_it_during_a_wait() {
        for mut builder in [Builder::new_current_thread(), Builder::new_multi_thread()] {
            let runtime = builder.enable_time().build().expect("a runtime");
            let flaky = Arc::new(Flaky::new(9));
            let task = runtime.spawn(call_owned(Arc::clone(&flaky)));
            runtime.block_on(async {
                while flaky.calls() == 0 {
                    yield_now().await;
                }
            });
            drop(runtime);
            assert!(block_on(task).is_err_and(|error| error.is_cancelled()));
            assert_eq!(Arc::strong_count(&flaky), 1, "it has let go of everything");
            assert_eq!(flaky.calls(), 1);
        }
    }
}

mod panics {
    use super::*;

    #[test]
    fn in_the_body_is_not_retried() {
        static BUDGET: RetryBudget = RetryBudget::percent(0.0, 10);

        #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = &BUDGET)]
        fn explode(flaky: &Flaky) -> Result<u32, Down> {
            panic!("call {:?}", flaky.call())
        }
        let flaky = Flaky::new(9);
        assert_eq!(panicked(|| explode(&flaky)), "call Err(Down)");
        assert_eq!(flaky.calls(), 1);
        assert!(BUDGET.available() >= 10.0, "it has paid for no retry");
    }

    #[tokio::test(start_paused = true)]
    async fn in_an_async_body_ends_the_task() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true, attempt_timeout = 1s)]
        async fn explode(
            flaky: Arc<Flaky>,
        ) -> Result<u32, Box<dyn std::error::Error + Send + Sync>> {
            flaky.call()?;
            panic!("call 2")
        }
        let flaky = Arc::new(Flaky::new(1));
        let error = tokio::spawn(explode(Arc::clone(&flaky))).await.unwrap_err();
        assert_eq!(message(&*error.into_panic()), "call 2");
        assert_eq!(flaky.calls(), 2);
    }

    #[test]
    fn in_the_predicates_is_not_retried() {
        #[retry(schedule = [1s, 1s, 0], on = |_| panic!("on"))]
        fn on(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        #[retry(schedule = [1s, 1s, 0], until = |_| panic!("until"))]
        fn until(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        #[retry(schedule = [1s, 1s, 0], on = |_| true, retry_after = |_| panic!("retry_after"))]
        fn retry_after(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        let flaky = Flaky::new(1);
        assert_eq!(panicked(|| on(&flaky)), "on");
        assert_eq!(panicked(|| until(&flaky)), "until");
        let flaky = Flaky::new(1);
        assert_eq!(panicked(|| retry_after(&flaky)), "retry_after");
        assert_eq!(flaky.calls(), 1);
    }

    #[test]
    fn in_the_hook_is_not_retried() {
        fn explode(event: &RetryEvent<'_, Down>) {
            panic!("attempt {} of {}", event.attempt, event.attempts);
        }

        #[retry(schedule = [1s, 1s, 0], on = |_| true, notify = explode)]
        fn fail(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        let guard = testing::skip_waits();
        let flaky = Flaky::new(9);
        assert_eq!(panicked(|| fail(&flaky)), "attempt 1 of 3");
        assert_eq!((flaky.calls(), guard.waits().len()), (1, 0));
    }

    #[test]
    fn in_the_sleeper_is_not_retried() {
        #[retry(schedule = [1s, 1s, 0], jitter = 0, on = |_| true, sleep = |wait| panic!("{wait:?}"))]
        fn fail(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        #[retry(schedule = [1s, 1s, 0], jitter = 0, on = |_| true, sleep = |wait| async move { panic!("{wait:?}") })]
        async fn fail_async(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        let flaky = Flaky::new(9);
        assert_eq!(panicked(|| fail(&flaky)), "1s");
        assert_eq!(panicked(|| block_on(fail_async(&flaky))), "1s");
        assert_eq!(flaky.calls(), 2);
    }

    #[test]
    fn leave_the_guards_of_the_test_in_order() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true)]
        fn explode(flaky: &Flaky) -> Result<u32, Down> {
            let _inner = testing::skip_waits();
            flaky.call()?;
            panic!("call 2")
        }
        let outer = testing::skip_waits();
        assert_eq!(panicked(|| explode(&Flaky::new(1))), "call 2");
        retry_core::sleep_blocking(Duration::from_secs(3));
        assert_eq!(outer.waits().last(), Some(&Duration::from_secs(3)));
        assert_eq!(outer.waits().len(), 2);
    }
}

mod locks {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum StoreError {
        Poisoned,
        Busy,
    }

    impl<T> From<PoisonError<T>> for StoreError {
        fn from(_: PoisonError<T>) -> Self {
            Self::Poisoned
        }
    }

    fn poisoned() -> Mutex<u32> {
        let mutex = Mutex::new(0);
        panicked(|| {
            let _locked = mutex.lock();
            panic!("while it is locked")
        });
        assert!(mutex.is_poisoned());
        mutex
    }

    #[test]
    fn a_poisoned_one_is_retried_if_on_says_so() {
        #[retry(schedule = [1s, 1s, 0], on = |error| *error == StoreError::Busy)]
        fn give_up(mutex: &Mutex<u32>, flaky: &Flaky) -> Result<u32, StoreError> {
            let _ = flaky.call();
            Ok(*mutex.lock()?)
        }
        #[retry(schedule = [1s, 1s, 0], on = |_| true)]
        fn insist(mutex: &Mutex<u32>, flaky: &Flaky) -> Result<u32, StoreError> {
            let _ = flaky.call();
            Ok(*mutex.lock()?)
        }
        let _guard = testing::skip_waits();
        let mutex = poisoned();
        let flaky = Flaky::default();
        assert_eq!(give_up(&mutex, &flaky), Err(StoreError::Poisoned));
        assert_eq!(flaky.calls(), 1);
        let flaky = Flaky::default();
        assert_eq!(insist(&mutex, &flaky), Err(StoreError::Poisoned));
        assert_eq!(flaky.calls(), 3);
        assert!(mutex.is_poisoned(), "nobody has repaired it");
    }

    #[test]
    fn a_poisoned_one_may_be_repaired_between_attempts() {
        #[retry(
            schedule = [1s, 0],
            on = |error| *error == StoreError::Poisoned,
            notify = |_| mutex.clear_poison()
        )]
        fn add(mutex: &Mutex<u32>) -> Result<u32, StoreError> {
            let mut number = mutex.lock()?;
            *number += 1;
            Ok(*number)
        }
        let _guard = testing::skip_waits();
        assert_eq!(add(&poisoned()), Ok(1));
    }

    #[test]
    fn nothing_is_locked_during_a_wait() {
        #[retry(
            schedule = [1s, 1s, 0],
            on = |_| mutex.try_lock().is_ok(),
            sleep = |_| assert!(mutex.try_lock().is_ok())
        )]
        fn fail(mutex: &Mutex<u32>) -> Result<u32, StoreError> {
            let mut calls = mutex.lock()?;
            *calls += 1;
            Err(StoreError::Busy)
        }
        let mutex = Mutex::new(0);
        assert_eq!(fail(&mutex), Err(StoreError::Busy));
        assert_eq!(mutex.into_inner().ok(), Some(3));
    }
}

mod nested {
    use super::*;

    #[test]
    fn a_hook_may_call_a_retried_function() {
        #[retry(schedule = [10s, 10s, 0], jitter = 0, on = |_| true, notify = |event| log.borrow_mut().push(event.wait))]
        fn report(flaky: &Flaky, log: &RefCell<Vec<Duration>>) -> Result<u32, Down> {
            flaky.call()
        }

        #[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, notify = |_| reports.set(reports.get() + report(flaky, log).unwrap_or(0)))]
        fn fail(
            flaky: &Flaky,
            log: &RefCell<Vec<Duration>>,
            reports: &Cell<u32>,
        ) -> Result<u32, Down> {
            Err(Down)
        }
        let guard = testing::skip_waits();
        let (flaky, log, reports) = (Flaky::new(2), RefCell::default(), Cell::new(0));
        assert_eq!(fail(&flaky, &log, &reports), Err(Down));
        // The first report takes three attempts, and the second one.
        assert_eq!(reports.get(), 3 + 4);
        let [one, two, ten] = [1, 2, 10].map(Duration::from_secs);
        assert_eq!(guard.waits(), [ten, ten, one, two]);
        assert_eq!(log.into_inner(), [ten, ten]);
    }

    #[test]
    fn retries_multiply() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true)]
        fn inner(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        #[retry(schedule = [1s, 1s, 0], on = |_| true)]
        fn outer(flaky: &Flaky) -> Result<u32, Down> {
            inner(flaky)
        }
        let _guard = testing::skip_waits();
        let flaky = Flaky::new(u32::MAX);
        assert_eq!(outer(&flaky), Err(Down));
        assert_eq!(flaky.calls(), 3 * 3);
    }

    /// A fake of a service, which tells how deep the call is.
    fn service(depths: &RefCell<Vec<usize>>) -> Result<u32, Down> {
        depths.borrow_mut().push(testing::depth());
        Err(Down)
    }

    #[retry(schedule = [1s, 0], on = |_| true)]
    fn sync(depths: &RefCell<Vec<usize>>) -> Result<u32, Down> {
        service(depths)
    }

    #[retry(schedule = [1s, 0], on = |_| true)]
    async fn asynchronous(depths: &RefCell<Vec<usize>>) -> Result<u32, Down> {
        yield_now().await;
        service(depths)
    }

    #[test]
    fn a_test_sees_how_deep_a_call_is() {
        #[retry(schedule = [1s, 0], on = |_| true)]
        fn outer(depths: &RefCell<Vec<usize>>) -> Result<u32, Down> {
            sync(depths)
        }
        #[retry(schedule = [1s, 0], on = |_| true, attempt_timeout = 1s)]
        async fn outer_async(
            depths: &RefCell<Vec<usize>>,
        ) -> Result<u32, Box<dyn std::error::Error>> {
            yield_now().await;
            let _ = sync(depths);
            Ok(asynchronous(depths).await?)
        }

        let _guard = testing::skip_waits();
        let depths = RefCell::default();
        assert_eq!(service(&depths), Err(Down));
        assert_eq!(sync(&depths), Err(Down));
        assert_eq!(outer(&depths), Err(Down));
        assert_eq!(depths.take(), [0, 1, 1, 2, 2, 2, 2]);
        assert!(block_on(outer_async(&depths)).is_err());
        assert_eq!(depths.take(), [2; 8]);
        assert_eq!(testing::depth(), 0);
    }

    #[tokio::test(start_paused = true)]
    async fn a_call_beside_another_is_not_inside_it() {
        let depths = RefCell::default();
        let _ = tokio::join!(asynchronous(&depths), asynchronous(&depths), async {
            yield_now().await;
            service(&depths)
        });
        let mut depths = depths.into_inner();
        depths.sort_unstable();
        assert_eq!(depths, [0, 1, 1, 1, 1]);
    }

    #[test]
    fn a_panic_leaves_no_depth_behind() {
        #[retry(schedule = [1s, 0], on = |_| true)]
        fn explode() -> Result<u32, Down> {
            panic!("at depth {}", testing::depth())
        }
        assert_eq!(panicked(explode), "at depth 1");
        assert_eq!(testing::depth(), 0);
    }

    #[test]
    fn an_inner_one_may_leave_retrying_to_its_caller() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true, enabled = retries)]
        fn inner(flaky: &Flaky, retries: bool) -> Result<u32, Down> {
            flaky.call()
        }
        #[retry(schedule = [1s, 1s, 0], on = |_| true)]
        fn outer(flaky: &Flaky) -> Result<u32, Down> {
            inner(flaky, false)
        }
        let _guard = testing::skip_waits();
        let flaky = Flaky::new(u32::MAX);
        assert_eq!(outer(&flaky), Err(Down));
        assert_eq!(flaky.calls(), 3);
        assert_eq!(inner(&flaky, true), Err(Down));
        assert_eq!(flaky.calls(), 3 + 3);
    }

    #[test]
    fn a_budget_that_they_share_bounds_them() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = budget)]
        fn inner(flaky: &Flaky, budget: &RetryBudget) -> Result<u32, Down> {
            flaky.call()
        }
        #[retry(schedule = [1s, 1s, 0], on = |_| true, budget = budget)]
        fn outer(flaky: &Flaky, budget: &RetryBudget) -> Result<u32, Down> {
            inner(flaky, budget)
        }
        let _guard = testing::skip_waits();
        let budget = RetryBudget::percent(0.0, 4);
        let flaky = Flaky::new(u32::MAX);
        assert_eq!(outer(&flaky, &budget), Err(Down));
        assert_eq!(flaky.calls(), 1 + 4);
        assert_eq!(outer(&flaky, &budget), Err(Down));
        assert_eq!(flaky.calls(), 1 + 4 + 1);
    }

    #[test]
    fn a_success_of_both_counts_for_each() {
        #[retry(schedule = [1s, 0], on = |_| true, budget = budget)]
        fn inner(flaky: &Flaky, budget: &RetryBudget) -> Result<u32, Down> {
            flaky.call()
        }
        #[retry(schedule = [1s, 0], on = |_| true, budget = budget)]
        fn outer(flaky: &Flaky, budget: &RetryBudget) -> Result<u32, Down> {
            inner(flaky, budget)
        }
        let _guard = testing::skip_waits();
        let budget = RetryBudget::percent(0.25, 4);
        // Two retries of the inner one, and one of the outer one; then two successes.
        assert_eq!(outer(&Flaky::new(3), &budget), Ok(4));
        assert!((budget.available() - (4.0 - 3.0 + 0.5)).abs() < 1e-9);
    }
}

/// An async function without a `sleep` of its own waits on tokio's timer. Where there is none, it waits all the same.
mod without_a_runtime {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum Failure {
        Down(u32),
        TimedOut,
    }

    impl From<AttemptTimeout> for Failure {
        fn from(_: AttemptTimeout) -> Self {
            Self::TimedOut
        }
    }

    fn fail(calls: &Cell<u32>) -> Result<u32, Failure> {
        calls.set(calls.get() + 1);
        Err(Failure::Down(calls.get()))
    }

    #[retry(schedule = [2ms, 1ms, 0], jitter = 0, on = |_| true, notify = |event| waits.borrow_mut().push(event.wait))]
    async fn waiting(calls: &Cell<u32>, waits: &RefCell<Vec<Duration>>) -> Result<u32, Failure> {
        fail(calls)
    }

    #[retry(schedule = [2ms, 1ms, 0], jitter = 0, on = |_| true, notify = |event| waits.borrow_mut().push(event.wait))]
    async fn paused(calls: &Cell<u32>, waits: &RefCell<Vec<Duration>>) -> Result<u32, Failure> {
        yield_now().await;
        fail(calls)
    }

    #[retry(schedule = [2ms, 1ms, 0], jitter = 0, on = |_| true, attempt_timeout = 1h, notify = |event| waits.borrow_mut().push(event.wait))]
    async fn timed(calls: &Cell<u32>, waits: &RefCell<Vec<Duration>>) -> Result<u32, Failure> {
        yield_now().await;
        fail(calls)
    }

    fn runtime(has_timer: bool) -> Runtime {
        let mut builder = Builder::new_current_thread();
        let builder = if has_timer {
            builder.enable_time()
        } else {
            &mut builder
        };
        builder.build().expect("a runtime")
    }

    /// Polls it once in a runtime, which is gone when it goes on.
    fn outlive_a_runtime<T>(future: impl Future<Output = T>) -> T {
        let runtime = runtime(true);
        let handle = runtime.handle().clone();
        let _entered = handle.enter();
        let mut future = pin!(future);
        assert!(future.as_mut().now_or_never().is_none());
        drop(runtime);
        block_on(future)
    }

    type Call = fn(&Cell<u32>, &RefCell<Vec<Duration>>) -> Result<u32, Failure>;

    /// Whatever becomes of the runtime, all attempts are made, all waits are waited for, and the last error comes back.
    #[test]
    fn the_error_comes_back_after_all_waits() {
        let table: [(&str, Call); 7] = [
            ("outside of all runtimes", |calls, waits| {
                block_on(waiting(calls, waits))
            }),
            ("outside, with a limit on each attempt", |calls, waits| {
                block_on(timed(calls, waits))
            }),
            ("in a runtime without a timer", |calls, waits| {
                runtime(false).block_on(waiting(calls, waits))
            }),
            (
                "without a timer, with a limit on each attempt",
                |calls, waits| runtime(false).block_on(timed(calls, waits)),
            ),
            // The second wait begins when the runtime is gone already.
            ("in one that shuts down during a wait", |calls, waits| {
                outlive_a_runtime(waiting(calls, waits))
            }),
            (
                "in one that shuts down during an attempt",
                |calls, waits| outlive_a_runtime(paused(calls, waits)),
            ),
            (
                "in one that shuts down during a limited attempt",
                |calls, waits| outlive_a_runtime(timed(calls, waits)),
            ),
        ];
        for (fault, call) in table {
            let (calls, waits) = (Cell::new(0), RefCell::default());
            let started = std::time::Instant::now();
            assert_eq!(call(&calls, &waits), Err(Failure::Down(3)), "{fault}");
            assert!(started.elapsed() >= Duration::from_millis(3), "{fault}");
            assert_eq!(
                waits.into_inner(),
                [2, 1].map(Duration::from_millis),
                "{fault}"
            );
        }
    }

    #[test]
    fn a_success_at_once_needs_none() {
        assert_eq!(block_on(call(&Flaky::new(0))), Ok(1));
    }

    #[test]
    fn a_wait_that_no_clock_can_hold_is_not_over() {
        assert_eq!(retry_core::sleep(Duration::MAX).now_or_never(), None);
    }

    #[test]
    fn an_attempt_that_takes_too_long_ends() {
        #[retry(schedule = [1ms, 0], on = |_| true, attempt_timeout = 1ms)]
        async fn hang(calls: &Cell<u32>) -> Result<u32, Failure> {
            calls.set(calls.get() + 1);
            pending().await
        }
        let calls = Cell::new(0);
        assert_eq!(block_on(hang(&calls)), Err(Failure::TimedOut));
        assert_eq!(calls.get(), 2);
    }

    #[test]
    fn a_wait_that_is_dropped_lets_go_of_its_task() {
        struct Task;
        impl Wake for Task {
            fn wake(self: Arc<Self>) {}
        }

        let task = Arc::new(Task);
        let waker = Waker::from(Arc::clone(&task));
        let flaky = Flaky::new(9);
        let mut future = Box::pin(call(&flaky));
        let mut context = Context::from_waker(&waker);
        assert!(future.as_mut().poll(&mut context).is_pending());
        drop((future, waker));
        assert_eq!(Arc::strong_count(&task), 1);
    }

    #[test]
    fn many_wait_at_once() {
        let waits = RefCell::default();
        let calls: Vec<Cell<u32>> = (0..100).map(Cell::new).collect();
        let results = block_on(join_all(calls.iter().map(|calls| paused(calls, &waits))));
        let expected: Vec<_> = (0..100)
            .map(|before| Err(Failure::Down(before + 3)))
            .collect();
        assert_eq!(results, expected);
    }

    #[test]
    fn another_sleeper_may_be_given_even_with_a_limit_on_the_whole() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true, max_elapsed = 1h, sleep = |_| std::future::ready(()))]
        async fn call(flaky: &Flaky) -> Result<u32, Down> {
            flaky.call()
        }
        assert_eq!(block_on(call(&Flaky::new(2))), Ok(3));
    }

    #[test]
    fn waits_may_be_skipped() {
        let guard = testing::skip_waits();
        assert_eq!(block_on(call(&Flaky::new(2))), Ok(3));
        assert_eq!(guard.waits().len(), 2);
    }
}

mod clocks {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn one_that_jumps_ahead_ends_the_call() {
        #[retry(schedule = [1s, 1s, 0], on = |_| true, max_elapsed = 10s)]
        async fn call(flaky: &Flaky) -> Result<u32, Down> {
            // As after the machine was suspended.
            tokio::time::advance(std::time::Duration::from_secs(3600)).await;
            flaky.call()
        }

        let flaky = Flaky::new(9);
        assert_eq!(call(&flaky).await, Err(Down));
        assert_eq!(flaky.calls(), 1);
    }
}
