//! What a retried function costs over a loop written by hand: nothing on the success path, and hardly a byte of future.

use retry_core::retry;
use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

const LIST: [Duration; 5] = [
    Duration::from_secs(1),
    Duration::from_secs(2),
    Duration::from_secs(4),
    Duration::from_secs(8),
    Duration::ZERO,
];

/// The loop that a reader would write: over the list, awaiting a helper.
macro_rules! by_hand {
    ($name:ident, $helper:path, $output:ty) => {
        async fn $name(id: u32) -> $output {
            for &backoff in &LIST {
                let wait = match $helper(id).await {
                    Err(ref error) if !backoff.is_zero() && is_retryable(error) => {
                        retry_core::jitter(backoff, 0.2)
                    }
                    result => return result,
                };
                tokio::time::sleep(wait).await;
            }
            unreachable!()
        }
    };
}

fn is_retryable(error: &String) -> bool {
    error == "busy"
}

async fn pause() {
    tokio::task::yield_now().await;
}

async fn trivial(id: u32) -> Result<u32, String> {
    std::future::ready(()).await;
    if id == 0 {
        Err("busy".to_owned())
    } else {
        Ok(id)
    }
}

async fn large(id: u32) -> Result<[u8; 1024], String> {
    pause().await;
    trivial(id).await.map(|_| [1; 1024])
}

async fn held(id: u32) -> Result<u32, String> {
    let buffer = [1_u8; 1024];
    pause().await;
    trivial(id).await.map(|id| id + u32::from(buffer[7]))
}

by_hand!(trivial_by_hand, trivial, Result<u32, String>);
by_hand!(large_by_hand, large, Result<[u8; 1024], String>);
by_hand!(held_by_hand, held, Result<u32, String>);

#[retry(schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable)]
async fn trivial_retried(id: u32) -> Result<u32, String> {
    trivial(id).await
}

#[retry(schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable)]
async fn large_retried(id: u32) -> Result<[u8; 1024], String> {
    large(id).await
}

#[retry(schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable)]
async fn held_retried(id: u32) -> Result<u32, String> {
    held(id).await
}

#[retry(schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable)]
async fn sixteen_bytes(text: &str) -> Result<usize, String> {
    pause().await;
    Ok(text.len())
}

#[test]
fn a_future_is_as_small_as_a_hand_written_one() {
    for (name, retried, by_hand) in [
        (
            "trivial",
            size_of_val(&trivial_retried(1)),
            size_of_val(&trivial_by_hand(1)),
        ),
        (
            "1 KiB returned",
            size_of_val(&large_retried(1)),
            size_of_val(&large_by_hand(1)),
        ),
        (
            "1 KiB held",
            size_of_val(&held_retried(1)),
            size_of_val(&held_by_hand(1)),
        ),
    ] {
        println!("{name}: {retried} bytes, by hand {by_hand}");
        assert!(
            retried * 100 <= by_hand * 105 && retried <= by_hand + 32,
            "{name}: {retried}, by hand {by_hand}"
        );
    }
}

#[test]
fn sleeping_is_as_small_as_tokios_own() {
    assert_eq!(
        size_of::<retry_core::Sleep>(),
        size_of::<tokio::time::Sleep>()
    );
}

fn run<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    loop {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

#[test]
fn success_allocates_nothing() {
    #[retry(schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable)]
    fn sync(id: u32) -> Result<u32, String> {
        Ok(id)
    }

    #[retry(schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable)]
    async fn asynchronous(id: u32) -> Result<u32, String> {
        std::future::ready(()).await;
        Ok(id)
    }

    let allocated = allocation_counter::measure(|| {
        assert_eq!(sync(1), Ok(1));
        assert_eq!(run(asynchronous(1)), Ok(1));
    });
    assert_eq!(allocated.count_total, 0);
}

#[test]
fn retries_allocate_nothing_either() {
    #[retry(schedule = [1us, 1us, 0], on = |_| true)]
    fn fail(attempts: &mut u32) -> Result<(), u32> {
        *attempts += 1;
        Err(*attempts)
    }

    let allocated = allocation_counter::measure(|| assert_eq!(fail(&mut 0), Err(3)));
    assert_eq!(allocated.count_total, 0);
}

#[test]
fn an_error_that_is_not_send_leaves_the_future_send() {
    fn assert_send<T: Send>(_: &T) {}

    #[retry(schedule = [1s, 0], on = |error| error.is_empty())]
    async fn local_error(text: &str) -> Result<usize, Rc<str>> {
        // The error is made after the last await, and gone before the wait.
        pause().await;
        if text.is_empty() {
            Err(Rc::from(""))
        } else {
            Ok(text.len())
        }
    }

    assert_send(&local_error("text"));
    assert_send(&sixteen_bytes("text"));
    drop((run(trivial_by_hand(1)), run(held_by_hand(1))));
}
