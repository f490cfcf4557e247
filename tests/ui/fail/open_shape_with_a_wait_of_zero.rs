use retry_core::{Schedule, retry, schedule};

#[retry(schedule = constant(0s, ..), on = |_| true)]
fn first() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = exponential(1s, max = 0, ..), on = |_| true)]
fn longest() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = linear(1s, step = 1s, max = 0s, ..), on = |_| true)]
fn with_unit() -> Result<(), Down> {
    Err(Down)
}

const ALONE: Schedule = schedule!(fibonacci(1s, max = 0, ..));

struct Down;

fn main() {}
