use retry_core::retry;
use std::io;
use std::time::Duration;

fn hint(_: &io::Error) -> Duration {
    Duration::from_secs(5)
}

#[retry(schedule = [1s, 0], on = |_| true, retry_after = hint)]
fn path() -> io::Result<String> {
    std::fs::read_to_string("status")
}

#[retry(schedule = [1s, 0], on = |_| true, retry_after = |_| Duration::from_secs(5))]
fn closure() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = (path(), closure());
}
