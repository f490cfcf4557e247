use retry_core::retry;
use std::io;

#[retry(exponential(1s, attempts = 3), on = |_| true)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
