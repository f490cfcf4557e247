use retry_core::retry;

#[retry(schedule = [2 * 1s, 0], on = |_| true)]
fn product() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s..5s, 0], on = |_| true)]
fn range() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, ..., 0], on = |_| true)]
fn dots() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 0], on = |_| true, max_elapsed = 2 * 1s)]
fn limit() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
