use retry_core::{RetryEvent, retry};

fn log(_: &RetryEvent<'_, ()>) {}

#[retry(schedule = [1s, 0], until = |progress| *progress == 100, notify = log)]
fn progress() -> u8 {
    99
}

fn main() {
    let _ = progress();
}
