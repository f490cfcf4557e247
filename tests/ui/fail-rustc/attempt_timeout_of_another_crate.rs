use retry_core::retry;
use std::num::ParseIntError;

#[retry(schedule = [1s, 0], on = |_| true, attempt_timeout = 2s)]
async fn status() -> Result<u32, ParseIntError> {
    "200".parse()
}

fn main() {
    let _ = status();
}
