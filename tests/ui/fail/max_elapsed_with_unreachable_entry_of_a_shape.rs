use retry_core::retry;
use std::io;

#[retry(schedule = exponential(1s, attempts = 6), on = |_| true, max_elapsed = 10s)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
