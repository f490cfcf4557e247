use retry_core::retry;
use std::io;

#[retry(
    schedule = [2s, 4s, 8s, 16s, 32s, 0],
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
