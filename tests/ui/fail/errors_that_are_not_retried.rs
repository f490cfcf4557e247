use retry_core::{RetryEvent, retry};
use std::io;

#[retry(schedule = [1s, 0], until = |text| text.is_empty(), notify = log)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn log(_: &RetryEvent<'_, io::Error>) {}

fn main() {
    let _ = status();
}
