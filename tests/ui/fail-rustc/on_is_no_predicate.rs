use retry_core::retry;
use std::io;

fn kind(error: &io::Error) -> io::ErrorKind {
    error.kind()
}

#[retry(schedule = [1s, 0], on = kind)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
