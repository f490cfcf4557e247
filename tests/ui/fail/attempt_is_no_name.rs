use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true, attempt = 3)]
fn number() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 0], on = |_| true, attempt = self.attempt)]
fn place() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
