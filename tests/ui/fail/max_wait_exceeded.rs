use retry_core::retry;
use std::io;

#[retry(schedule = [1s, 2s, 4s, 0], jitter = 0.2, max_wait = 8s, on = |_| true)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
