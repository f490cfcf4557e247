use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| limit < 2, retries = 3)]
fn compared(limit: u32) -> Result<(), Down> {
    let _ = limit;
    Err(Down)
}

struct Down;

fn main() {}
