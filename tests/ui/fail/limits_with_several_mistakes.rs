use retry_core::retry;
use std::io;

#[retry(schedule = [1s, 2s, 0], on = |_| true, max_elapsed = 1s, attempt_timeout = 2, notify = 3, budget = )]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
