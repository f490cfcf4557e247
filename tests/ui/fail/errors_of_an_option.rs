use retry_core::{RetryEvent, retry};
use std::time::Duration;

fn hint(_: &()) -> Option<Duration> {
    None
}

fn log(_: &RetryEvent<'_, ()>) {}

#[retry(schedule = [1s, 0], attempt_timeout = 2s, retry_after = hint, notify = log)]
async fn next_job() -> Option<u32> {
    None
}

fn main() {
    let _ = next_job();
}
