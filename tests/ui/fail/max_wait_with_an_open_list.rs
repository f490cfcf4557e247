use retry_core::retry;

#[retry(schedule = [1s, 2s, ..], on = |_| true, max_wait = 20s)]
fn fetch() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
