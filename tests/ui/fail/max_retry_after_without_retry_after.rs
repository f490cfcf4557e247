use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true, max_retry_after = 30s)]
fn fetch() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
