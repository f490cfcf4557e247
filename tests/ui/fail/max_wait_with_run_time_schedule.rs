use retry_core::retry;
use std::io;

use retry_core::Schedule;
use std::time::Duration;

static API: Schedule = Schedule::from_static(&[Duration::from_secs(1), Duration::ZERO]);

#[retry(schedule = API, max_wait = 20s, on = |_| true)]
fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = status();
}
