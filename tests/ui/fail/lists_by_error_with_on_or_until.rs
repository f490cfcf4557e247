use retry_core::retry;

#[retry(schedule = match { Down => [1s, 0] }, on = |_| true)]
fn on() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = match { Down => [1s, 0] }, until = |_| true)]
fn until() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
