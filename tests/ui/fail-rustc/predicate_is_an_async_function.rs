use retry_core::retry;
use std::io;
use std::time::Duration;

#[retry(schedule = [1s, 0], on = is_retryable)]
async fn judged() -> io::Result<u16> {
    Ok(200)
}

#[retry(schedule = [1s, 0], until = is_ready)]
async fn polled() -> Option<u16> {
    Some(200)
}

#[retry(schedule = [1s, 0], on = |_| true, retry_after = hint)]
async fn hinted() -> io::Result<u16> {
    Ok(200)
}

async fn is_retryable(_: &io::Error) -> bool {
    true
}

async fn is_ready(_: &u16) -> bool {
    true
}

async fn hint(_: &io::Error) -> Option<Duration> {
    None
}

fn main() {
    drop((judged(), polled(), hinted()));
}
