use retry_core::retry_block;
use std::io;

async fn status() -> io::Result<String> {
    retry_block!(schedule = [1s, 0], on = |_| true, async { fetch() })
}

fn fetch() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
