use retry_core::retry;
use std::io;

#[retry(
    schedule = [1s, 2s, 3s, 4s, 0],
    jitter = 0.2,
    on = |_| true,
    max_wait = 7.2s,
    attempt_timeout = 700ms,
    max_elapsed = 10s,
)]
async fn create_worker() -> io::Result<String> {
    Ok(String::new())
}

fn main() {
    let _ = create_worker();
}
