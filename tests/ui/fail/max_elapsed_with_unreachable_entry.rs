use retry_core::retry;
use std::io;

#[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = 0, on = |_| true, max_elapsed = 5s)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
