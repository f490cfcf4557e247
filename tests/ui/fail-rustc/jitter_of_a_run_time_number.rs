use retry_core::retry;
use std::io;

fn spread() -> f64 {
    0.3
}

#[retry(schedule = [1s, 0], jitter = spread(), on = |_| true)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
