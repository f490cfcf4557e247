use retry_core::retry;
use std::io;

fn is_transient(_: &io::Error) -> bool {
    true
}

#[retry(schedule = [1s, 0], is_transient)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
