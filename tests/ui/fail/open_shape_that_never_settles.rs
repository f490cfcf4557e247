use retry_core::retry;

#[retry(schedule = exponential(1s, ..), on = |_| true)]
fn growing() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = exponential(1s, max = 60s, attempts = 5, ..), on = |_| true)]
fn counted() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
