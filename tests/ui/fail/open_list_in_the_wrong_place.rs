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

#[retry(schedule = [1s, ..=], on = |_| true)]
fn range() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 2s..], on = |_| true)]
fn comma() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [.., 1s], on = |_| true)]
fn first() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = exponential(1s, max = 5s ..), on = |_| true)]
fn comma_in_a_shape() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
