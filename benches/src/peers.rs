//! The other crates, each as its own documentation shows it. What differs from the work is said beside it.

use crate::contenders::{Async, Contender, Sync};
use crate::work::poll_once;

pub(crate) fn contenders() -> Vec<Contender> {
    vec![
        Contender {
            name: "backon",
            sync: sync_table!(crate::peers::closure),
            asynchronous: async_table!(crate::peers::closure, tasks, skips),
        },
        Contender {
            name: "backon-macros",
            sync: sync_table!(crate::peers::attribute),
            asynchronous: async_table!(crate::peers::attribute, tasks, skips),
        },
        Contender {
            name: "tokio-retry2",
            sync: Sync::default(),
            asynchronous: async_table!(crate::peers::tokio_retry, tasks),
        },
        Contender {
            name: "tokio-retry",
            sync: Sync::default(),
            asynchronous: async_table!(crate::peers::tokio_retry_if, tasks),
        },
        // What it makes of a closure that borrows is not `Send`: it can be no task.
        Contender {
            name: "mulligan",
            sync: Sync::default(),
            asynchronous: async_table!(crate::peers::again_until),
        },
        Contender {
            name: "google-cloud-gax",
            sync: Sync::default(),
            // It always has jitter, and is `Send` only where nothing is borrowed.
            asynchronous: Async {
                jittered: Some(|api, id| poll_once(policies::jittered(api, id))),
                ..async_table!(crate::peers::policies)
            },
        },
        Contender {
            name: "tryhard",
            sync: Sync::default(),
            asynchronous: async_table!(crate::peers::hard, tasks),
        },
        // Its timer is real, and can be neither paused nor replaced: only what does not wait is measured.
        Contender {
            name: "again",
            sync: Sync::default(),
            asynchronous: async_table!(crate::peers::once_more),
        },
        Contender {
            name: "retry",
            sync: sync_table!(crate::peers::iterator),
            asynchronous: Async::default(),
        },
        Contender {
            name: "backoff",
            sync: sync_table!(crate::peers::operation),
            asynchronous: async_table!(crate::peers::operation, tasks, skips),
        },
        Contender {
            name: "tower",
            sync: Sync::default(),
            asynchronous: async_table!(crate::peers::service, tasks, skips),
        },
    ]
}

/// Its jitter adds up to a whole wait.
fn backon_builder(jitter: bool) -> backon::ExponentialBuilder {
    let builder = backon::ExponentialBuilder::new()
        .with_min_delay(std::time::Duration::from_secs(1))
        .with_factor(2.0)
        .with_max_delay(std::time::Duration::from_secs(8))
        .with_max_times(4);
    if jitter {
        builder.with_jitter()
    } else {
        builder
    }
}

/// `backon`: a method on closures.
mod closure {
    use super::backon_builder;
    use crate::work::{Api, ApiError, is_retryable, skip, skip_async};
    use backon::{BlockingRetryable, Retryable};
    use std::thread::sleep as thread;
    use tokio::time::sleep as timer;

    macro_rules! blocking {
        ($name:ident, $body:ident, $sleep:ident, $jitter:tt) => {
            pub(super) fn $name(api: &Api, id: u64) -> Result<u64, ApiError> {
                (|| crate::work::$body(api, id))
                    .retry(backon_builder($jitter > 0.0))
                    .sleep($sleep)
                    .when(is_retryable)
                    .call()
            }
        };
    }

    macro_rules! asynchronous {
        ($name:ident, $body:ident, $ok:ty, $sleep:ident, $jitter:tt) => {
            pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
                (|| crate::work::$body(api, id))
                    .retry(backon_builder($jitter > 0.0))
                    .sleep($sleep)
                    .when(is_retryable)
                    .await
            }
        };
    }

    sync_variants!(blocking);
    async_variants!(asynchronous, skips);
}

/// `backon-macros`: the same, written by an attribute.
mod attribute {
    use crate::work::{Api, ApiError, is_retryable, skip, skip_async};
    use backon_macros::backon;
    use std::thread::sleep as thread;
    use tokio::time::sleep as timer;

    fn spread() -> backon::ExponentialBuilder {
        super::backon_builder(true)
    }

    fn level() -> backon::ExponentialBuilder {
        super::backon_builder(false)
    }

    macro_rules! blocking {
        ($name:ident, $body:ident, $sleep:ident, 0.0) => {
            blocking!(@ $name, $body, $sleep, level);
        };
        ($name:ident, $body:ident, $sleep:ident, $jitter:tt) => {
            blocking!(@ $name, $body, $sleep, spread);
        };
        (@ $name:ident, $body:ident, $sleep:ident, $builder:ident) => {
            #[backon(backoff = $builder, sleep = $sleep, when = is_retryable)]
            pub(super) fn $name(api: &Api, id: u64) -> Result<u64, ApiError> {
                crate::work::$body(api, id)
            }
        };
    }

    macro_rules! asynchronous {
        ($name:ident, $body:ident, $ok:ty, $sleep:ident, 0.0) => {
            asynchronous!(@ $name, $body, $ok, $sleep, level);
        };
        ($name:ident, $body:ident, $ok:ty, $sleep:ident, $jitter:tt) => {
            asynchronous!(@ $name, $body, $ok, $sleep, spread);
        };
        (@ $name:ident, $body:ident, $ok:ty, $sleep:ident, $builder:ident) => {
            #[backon(backoff = $builder, sleep = $sleep, when = is_retryable)]
            pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
                body!($body, api, id)
            }
        };
    }

    sync_variants!(blocking);
    async_variants!(asynchronous, skips);
}

/// `tokio-retry2`: waits on tokio's timer, and on no other. The action judges its errors.
mod tokio_retry {
    use crate::work::{Api, ApiError, is_retryable};
    use tokio_retry2::strategy::{ExponentialFactorBackoff, jitter_with_bounds};
    use tokio_retry2::{Retry, RetryError};

    macro_rules! asynchronous {
        ($name:ident, $body:ident, $ok:ty, timer, $jitter:tt) => {
            pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
                let strategy = ExponentialFactorBackoff::from_millis(1_000, 2.0)
                    .map(jitter_with_bounds(1.0 - $jitter, 1.0 + $jitter))
                    .take(4);
                let action = async || match crate::work::$body(api, id).await {
                    Err(error) if is_retryable(&error) => Err(RetryError::transient(error)),
                    Err(error) => Err(RetryError::permanent(error)),
                    Ok(answer) => Ok(answer),
                };
                Retry::spawn(strategy, action).await
            }
        };
    }

    async_variants!(asynchronous);
}

/// `tokio-retry`: waits on tokio's timer. Its jitter is from nothing to the wait.
mod tokio_retry_if {
    use crate::work::{Api, ApiError, WAITS, is_retryable};
    use tokio_retry::RetryIf;
    use tokio_retry::strategy::jitter;

    macro_rules! asynchronous {
        ($name:ident, $body:ident, $ok:ty, timer, $jitter:tt) => {
            pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
                let waits = WAITS.into_iter().map(jitter);
                let action = || crate::work::$body(api, id);
                RetryIf::start(waits, action, is_retryable).await
            }
        };
    }

    async_variants!(asynchronous);
}

/// `mulligan`: waits on tokio's timer. Its jitter is from nothing to the wait.
mod again_until {
    use crate::work::{Api, ApiError, is_retryable};
    use std::time::Duration;

    macro_rules! asynchronous {
        ($name:ident, $body:ident, $ok:ty, timer, $jitter:tt) => {
            pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
                let is_done = |result: &Result<$ok, ApiError>| match result {
                    Ok(_) => true,
                    Err(error) => !is_retryable(error),
                };
                mulligan::until(is_done)
                    .stop_after(4)
                    .exponential(Duration::from_secs(1))
                    .full_jitter()
                    .execute(|| crate::work::$body(api, id))
                    .await
            }
        };
    }

    async_variants!(asynchronous);
}

/// `google-cloud-gax`: the loop of the Google Cloud clients, with its policies and its error type. Its jitter is from nothing
/// to the wait.
mod policies {
    use crate::work::{Api, ApiError, is_retryable, skip_async};
    use google_cloud_gax::backoff_policy::BackoffPolicy;
    use google_cloud_gax::error::Error;
    use google_cloud_gax::exponential_backoff::ExponentialBackoffBuilder;
    use google_cloud_gax::retry_loop_internal::retry_loop;
    use google_cloud_gax::retry_policy::{AlwaysRetry, RetryPolicy, RetryPolicyExt};
    use google_cloud_gax::retry_result::RetryResult;
    use google_cloud_gax::retry_throttler::{RetryThrottler, SharedRetryThrottler};
    use std::sync::{Arc, LazyLock, Mutex};
    use std::time::Duration;
    use tokio::time::sleep as timer;

    // A client of theirs makes these once.
    static RETRY: LazyLock<Arc<dyn RetryPolicy>> =
        LazyLock::new(|| Arc::new(AlwaysRetry.with_attempt_limit(5)));
    static BACKOFF: LazyLock<Arc<dyn BackoffPolicy>> = LazyLock::new(|| {
        let builder = ExponentialBackoffBuilder::new()
            .with_initial_delay(Duration::from_secs(1))
            .with_maximum_delay(Duration::from_secs(8))
            .with_scaling(2.0);
        Arc::new(builder.build().expect("a schedule"))
    });
    static THROTTLER: LazyLock<SharedRetryThrottler> =
        LazyLock::new(|| Arc::new(Mutex::new(Unthrottled)));

    /// Theirs would end the retries of a service that fails as often as this one.
    #[derive(Debug)]
    struct Unthrottled;

    impl RetryThrottler for Unthrottled {
        fn throttle_retry_attempt(&self) -> bool {
            false
        }

        fn on_retry_failure(&mut self, _: &RetryResult) {}

        fn on_success(&mut self) {}
    }

    fn judge(error: &ApiError) -> Error {
        if is_retryable(error) {
            Error::io("busy")
        } else {
            Error::deser("refused")
        }
    }

    macro_rules! asynchronous {
        ($name:ident, $body:ident, $ok:ty, $sleep:ident, $jitter:tt) => {
            pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
                let attempt = async |_: Option<Duration>| {
                    crate::work::$body(api, id)
                        .await
                        .map_err(|error| judge(&error))
                };
                let sleep = async |wait| $sleep(wait).await;
                let (retry, backoff) = (RETRY.clone(), BACKOFF.clone());
                retry_loop(attempt, sleep, true, THROTTLER.clone(), retry, backoff)
                    .await
                    .map_err(|_| ApiError::Busy)
            }
        };
    }

    async_variants!(asynchronous);
    asynchronous!(jittered, trivial, u64, skip_async, 0.2);
}

/// `tryhard`: waits on tokio's timer. It has no jitter, and predicates only as a strategy of one's own.
mod hard {
    use crate::work::{Api, ApiError, WAITS, is_retryable, own_jitter};
    use tryhard::{RetryPolicy, retry_fn};

    macro_rules! asynchronous {
        ($name:ident, $body:ident, $ok:ty, timer, $jitter:tt) => {
            pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
                retry_fn(|| crate::work::$body(api, id))
                    .retries(4)
                    .custom_backoff(|attempt: u32, error: &ApiError| {
                        if is_retryable(error) {
                            let backoff = WAITS[attempt as usize - 1];
                            RetryPolicy::Delay(own_jitter(backoff, $jitter))
                        } else {
                            RetryPolicy::Break
                        }
                    })
                    .await
            }
        };
    }

    async_variants!(asynchronous);
}

/// `again`: its jitter is from nothing to the wait.
mod once_more {
    use crate::work::{Api, ApiError, is_retryable};
    use again::RetryPolicy;
    use std::time::Duration;

    macro_rules! asynchronous {
        ($name:ident, $body:ident, $ok:ty, timer, $jitter:tt) => {
            pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
                RetryPolicy::exponential(Duration::from_secs(1))
                    .with_jitter($jitter > 0.0)
                    .with_max_retries(4)
                    .retry_if(|| crate::work::$body(api, id), is_retryable)
                    .await
            }
        };
    }

    async_variants!(asynchronous);
}

/// `retry`: sync only. It sleeps on the thread: waits that take no time are those of an iterator that says zero.
mod iterator {
    use crate::work::{Api, ApiError, is_retryable, own_jitter};
    use retry::OperationResult;
    use retry::delay::Exponential;
    use std::hint::black_box;
    use std::time::Duration;

    fn thread(wait: Duration) -> Duration {
        wait
    }

    fn skip(wait: Duration) -> Duration {
        black_box(wait);
        Duration::ZERO
    }

    fn jitter(backoff: Duration, proportion: f64) -> Duration {
        if proportion == 0.0 {
            backoff
        } else {
            own_jitter(backoff, proportion)
        }
    }

    macro_rules! blocking {
        ($name:ident, $body:ident, $sleep:ident, $jitter:tt) => {
            pub(super) fn $name(api: &Api, id: u64) -> Result<u64, ApiError> {
                let waits = Exponential::from_millis_with_factor(1_000, 2.0)
                    .take(4)
                    .map(|backoff| $sleep(jitter(backoff, $jitter)));
                retry::retry(waits, || match crate::work::$body(api, id) {
                    Err(error) if is_retryable(&error) => OperationResult::Retry(error),
                    Err(error) => OperationResult::Err(error),
                    Ok(answer) => OperationResult::Ok(answer),
                })
                .map_err(|error| error.error)
            }
        };
    }

    sync_variants!(blocking);
}

/// `backoff`: stops by elapsed time and not by attempts, which a strategy around its own counts here.
mod operation {
    use crate::work::{Api, ApiError, is_retryable};
    use backoff::backoff::Backoff;
    use backoff::future::Sleeper;
    use backoff::{ExponentialBackoff, ExponentialBackoffBuilder};
    use std::future::Ready;
    use std::hint::black_box;
    use std::time::Duration;

    #[derive(Debug)]
    struct Waits {
        left: u32,
        strategy: ExponentialBackoff,
        wait: fn(Duration) -> Duration,
    }

    impl Backoff for Waits {
        fn next_backoff(&mut self) -> Option<Duration> {
            self.left = self.left.checked_sub(1)?;
            self.strategy.next_backoff().map(self.wait)
        }

        fn reset(&mut self) {
            self.strategy.reset();
        }
    }

    fn waits(jitter: f64, wait: fn(Duration) -> Duration) -> Waits {
        let strategy = ExponentialBackoffBuilder::new()
            .with_initial_interval(Duration::from_secs(1))
            .with_multiplier(2.0)
            .with_max_interval(Duration::from_secs(8))
            .with_randomization_factor(jitter)
            .with_max_elapsed_time(None)
            .build();
        Waits {
            left: 4,
            strategy,
            wait,
        }
    }

    fn judge(error: ApiError) -> backoff::Error<ApiError> {
        if is_retryable(&error) {
            backoff::Error::transient(error)
        } else {
            backoff::Error::permanent(error)
        }
    }

    fn thread(wait: Duration) -> Duration {
        wait
    }

    fn skip(wait: Duration) -> Duration {
        black_box(wait);
        Duration::ZERO
    }

    macro_rules! blocking {
        ($name:ident, $body:ident, $sleep:ident, $jitter:tt) => {
            pub(super) fn $name(api: &Api, id: u64) -> Result<u64, ApiError> {
                backoff::retry(waits($jitter, $sleep), || {
                    crate::work::$body(api, id).map_err(judge)
                })
                .map_err(|error| match error {
                    backoff::Error::Permanent(error)
                    | backoff::Error::Transient { err: error, .. } => error,
                })
            }
        };
    }

    struct Timer;

    impl Sleeper for Timer {
        type Sleep = tokio::time::Sleep;

        fn sleep(&self, wait: Duration) -> Self::Sleep {
            tokio::time::sleep(wait)
        }
    }

    struct Skip;

    impl Sleeper for Skip {
        type Sleep = Ready<()>;

        fn sleep(&self, wait: Duration) -> Self::Sleep {
            crate::work::skip_async(wait)
        }
    }

    macro_rules! asynchronous {
        ($name:ident, $body:ident, $ok:ty, timer, $jitter:tt) => {
            asynchronous!(@ $name, $body, $ok, Timer, $jitter);
        };
        ($name:ident, $body:ident, $ok:ty, skip_async, $jitter:tt) => {
            asynchronous!(@ $name, $body, $ok, Skip, $jitter);
        };
        (@ $name:ident, $body:ident, $ok:ty, $sleeper:ident, $jitter:tt) => {
            pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
                let operation = async || crate::work::$body(api, id).await.map_err(judge);
                let notify = |_: ApiError, _: Duration| {};
                backoff::future::Retry::new($sleeper, waits($jitter, thread), notify, operation)
                    .await
            }
        };
    }

    sync_variants!(blocking);
    async_variants!(asynchronous, skips);
}

/// `tower`: the policy is the user's own, with its attempts, its waits and its jitter.
mod service {
    use crate::work::{Api, ApiError, WAITS, is_retryable, own_jitter, skip_async};
    use std::time::Duration;
    use tokio::time::sleep as timer;
    use tower::retry::{Policy, Retry};
    use tower::{ServiceExt, service_fn};

    #[derive(Clone)]
    struct Schedule<S> {
        attempt: usize,
        jitter: f64,
        sleep: S,
    }

    impl<T, S, F> Policy<u64, T, ApiError> for Schedule<S>
    where
        S: Fn(Duration) -> F,
        F: Future<Output = ()>,
    {
        type Future = F;

        fn retry(&mut self, _: &mut u64, result: &mut Result<T, ApiError>) -> Option<F> {
            match result {
                Err(error) if is_retryable(error) => {
                    let backoff = *WAITS.get(self.attempt)?;
                    self.attempt += 1;
                    let wait = if self.jitter == 0.0 {
                        backoff
                    } else {
                        own_jitter(backoff, self.jitter)
                    };
                    Some((self.sleep)(wait))
                }
                _ => None,
            }
        }

        fn clone_request(&mut self, id: &u64) -> Option<u64> {
            Some(*id)
        }
    }

    macro_rules! asynchronous {
        ($name:ident, $body:ident, $ok:ty, $sleep:ident, $jitter:tt) => {
            pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
                let policy = Schedule {
                    attempt: 0,
                    jitter: $jitter,
                    sleep: $sleep,
                };
                Retry::new(policy, service_fn(|id| crate::work::$body(api, id)))
                    .oneshot(id)
                    .await
            }
        };
    }

    async_variants!(asynchronous, skips);
}
