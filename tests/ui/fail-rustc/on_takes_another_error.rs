use retry_core::retry;
use std::io;

fn is_transient(status: &u16) -> bool {
    *status == 503
}

#[retry(schedule = [1s, 0], on = is_transient)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
