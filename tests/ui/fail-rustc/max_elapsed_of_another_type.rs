use retry_core::retry;
use std::io;

const LIMIT: u64 = 10;

#[retry(schedule = [1s, 0], on = |_| true, max_elapsed = LIMIT)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
