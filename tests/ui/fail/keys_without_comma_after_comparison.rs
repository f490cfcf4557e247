use retry_core::retry;
use std::io;

#[retry(on = |error| error.kind() < io::ErrorKind::Other schedule = [1s, 0])]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
