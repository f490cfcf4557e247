use retry_core::retry_block;
use std::io;

fn main() {
    let status = retry_block!(schedule = [1s, 0], on = |_| true =>);
    drop(status);
}

fn fetch() -> io::Result<String> {
    std::fs::read_to_string("status")
}
