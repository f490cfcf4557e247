use retry_core::retry;

#[retry(schedule = exponential(base = 1s, attempts = 3), on = |_| true)]
fn fetch() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
