use retry_core::retry;
use std::io;

const LIMIT: usize = 3;

#[retry(schedule = constant(1s, attempts = LIMIT), on = |_| true)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
