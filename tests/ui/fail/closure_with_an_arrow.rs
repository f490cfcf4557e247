use retry_core::retry;

#[retry(schedule = [1s, 0], on = e => e.is_timeout())]
fn fetch() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
