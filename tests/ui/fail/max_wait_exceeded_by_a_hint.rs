use retry_core::retry;

#[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, retry_after = hint, max_retry_after = 30s, max_wait = 20s)]
fn fetch() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, retry_after = hint, max_retry_after = LIMIT, max_wait = 20s)]
fn unknown() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
