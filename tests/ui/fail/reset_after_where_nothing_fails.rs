use retry_core::retry;

#[retry(schedule = [1s, 0], reset_after = 1m)]
fn job() -> Option<u8> {
    None
}

#[retry(schedule = [1s, 0], until = |_| false, reset_after = 1m)]
fn polled() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
