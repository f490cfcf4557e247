use retry_core::retry;
use std::io;
use std::time::Duration;

#[retry(schedule = [1s, 0], on = |_| true, sleep = pause, attempt_timeout = 2s)]
async fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

async fn pause(_: Duration) {}

fn main() {
    drop(status());
}
