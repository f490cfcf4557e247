use retry_core::retry;
use std::io;

#[retry(schedule = exponential(1s, factor = 1, attempts = 5), on = |_| true)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
