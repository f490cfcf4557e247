use retry_core::retry;

#[retry(schedule = [1s, .., 2s, 0], on = |_| true)]
fn inside() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [..], on = |_| true)]
fn alone() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 0, ..], on = |_| true)]
fn after_zero() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, ...], on = |_| true)]
fn three() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
