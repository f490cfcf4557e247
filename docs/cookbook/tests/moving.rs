//! What `../moving.md` says of other crates is true of them.

use retry_cookbook::ApiError;
use retry_core::{retry, testing};
use std::time::Duration;
use tokio::time::Instant;

const SECOND: Duration = Duration::from_secs(1);

/// An operation that fails until it is called no more, and how often that was.
fn failing(calls: &mut u32) -> Result<u32, ApiError> {
    *calls += 1;
    Err(ApiError::Busy)
}

#[test]
fn a_count_of_three_makes_three_attempts_or_four() {
    let _waits = testing::skip_waits();

    #[retry(schedule = exponential(1s, attempts = 3), on = |_| true)]
    fn three_attempts(calls: &mut u32) -> Result<u32, ApiError> {
        failing(calls)
    }
    #[retry(schedule = exponential(1s, retries = 3), on = |_| true)]
    fn three_retries(calls: &mut u32) -> Result<u32, ApiError> {
        failing(calls)
    }

    let mut calls = [0; 2];
    assert!(three_attempts(&mut calls[0]).is_err());
    assert!(three_retries(&mut calls[1]).is_err());
    assert_eq!(calls, [3, 4]);
}

#[tokio::test(start_paused = true)]
async fn the_other_crates_count_retries() {
    use backon::{ConstantBuilder, Retryable as _};

    let mut calls = [0; 3];
    let policy = ConstantBuilder::default().with_max_times(3);
    let operation = || std::future::ready(failing(&mut calls[0]));
    assert!(operation.retry(policy).await.is_err());
    let waits = tokio_retry::strategy::ExponentialBackoff::from_millis(2).take(3);
    let operation = || std::future::ready(failing(&mut calls[1]));
    assert!(tokio_retry::Retry::start(waits, operation).await.is_err());
    let waits = retry::delay::NoDelay.take(3);
    assert!(retry::retry(waits, || failing(&mut calls[2])).is_err());
    assert_eq!(calls, [4, 4, 4]);
}

#[test]
fn backoff_and_backon_make_waits_above_their_longest() {
    use backoff::backoff::Backoff as _;
    use backon::BackoffBuilder as _;

    let longest = 10 * SECOND;
    let mut policy = backoff::ExponentialBackoffBuilder::new()
        .with_initial_interval(longest)
        .with_max_interval(longest)
        .build();
    let longest_of_backoff = (0..1000).filter_map(|_| policy.next_backoff()).max();
    assert!(longest_of_backoff > Some(14 * SECOND) && longest_of_backoff <= Some(15 * SECOND));

    let policy = backon::ExponentialBuilder::default()
        .with_min_delay(longest)
        .with_max_delay(longest)
        .with_max_times(1000)
        .with_jitter();
    let longest_of_backon = policy.build().max();
    assert!(longest_of_backon > Some(19 * SECOND) && longest_of_backon <= Some(20 * SECOND));
}

#[test]
fn backoff_has_the_defaults_that_the_guide_names() {
    let policy = backoff::ExponentialBackoff::default();
    assert_eq!(policy.initial_interval, SECOND / 2);
    assert_eq!(policy.max_interval, 60 * SECOND);
    assert_eq!(policy.max_elapsed_time, Some(900 * SECOND));
    assert_eq!((policy.multiplier, policy.randomization_factor), (1.5, 0.5));
}

#[test]
fn backon_has_the_defaults_that_the_guide_names() {
    use backon::BackoffBuilder as _;

    let waits: Vec<_> = backon::ExponentialBuilder::default().build().collect();
    assert_eq!(waits, [SECOND, 2 * SECOND, 4 * SECOND]);
}

#[tokio::test(start_paused = true)]
async fn a_hint_of_backoff_passes_its_limit() {
    let policy = backoff::ExponentialBackoffBuilder::new()
        .with_max_elapsed_time(Some(SECOND))
        .build();
    let start = Instant::now();
    let mut calls = 0;
    let result = backoff::future::retry(policy, || {
        calls += 1;
        std::future::ready(match calls {
            1 => Err(backoff::Error::retry_after(ApiError::Busy, 60 * SECOND)),
            _ => Ok(7),
        })
    });
    assert_eq!(result.await, Ok(7));
    assert!(start.elapsed() >= 60 * SECOND);
}

#[tokio::test(start_paused = true)]
async fn a_total_delay_of_backon_leaves_out_the_attempts() {
    use backon::{ConstantBuilder, ExponentialBuilder, Retryable as _};

    let policy = ExponentialBuilder::default().with_total_delay(Some(5 * SECOND));
    let start = Instant::now();
    let slow = || async {
        tokio::time::sleep(10 * SECOND).await;
        Err::<u32, _>(ApiError::Busy)
    };
    assert!(slow.retry(policy).await.is_err());
    assert!(start.elapsed() >= 30 * SECOND);

    // And `adjust` adds attempts.
    let mut calls = 0;
    let operation = || {
        calls += 1;
        std::future::ready(if calls < 10 {
            Err(ApiError::Busy)
        } else {
            Ok(7)
        })
    };
    let adjusted = operation
        .retry(ConstantBuilder::default().with_max_times(3))
        .adjust(|_, _| Some(SECOND));
    assert_eq!(adjusted.await, Ok(7));
}

#[test]
fn tokio_retry_raises_its_first_wait_to_a_power() {
    use tokio_retry::strategy::ExponentialBackoff;

    let millis = |waits: ExponentialBackoff| -> Vec<u128> {
        waits.take(3).map(|wait| wait.as_millis()).collect()
    };
    assert_eq!(millis(ExponentialBackoff::from_millis(10)), [10, 100, 1000]);
    let doubled = ExponentialBackoff::from_millis(2).factor(500);
    assert_eq!(millis(doubled), [1000, 2000, 4000]);
}

#[test]
fn the_question_mark_makes_errors_of_backoff_transient() {
    let error: backoff::Error<ApiError> = ApiError::Forbidden.into();
    assert_eq!(error, backoff::Error::transient(ApiError::Forbidden));
}
