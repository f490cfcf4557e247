use retry_core::retry;
use std::io;

#[retry(schedule = [1s, 0], on = |_| true, max_elapsed = 0s)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
