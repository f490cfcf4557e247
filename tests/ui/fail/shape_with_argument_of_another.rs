use retry_core::retry;
use std::io;

#[retry(schedule = constant(1s, max = 60s, attempts = 5), on = |_| true)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
