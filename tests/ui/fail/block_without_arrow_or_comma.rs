use retry_core::retry_block;
use std::io;

fn main() {
    let status = retry_block!(schedule = [1s, 0], on = is_transient { fetch() });
    drop(status);
}

fn fetch() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn is_transient(_: &io::Error) -> bool {
    true
}
