use retry_core::retry;

#[retry(schedule = [1s, 0], on = Down::)]
fn path() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 0], on = |_| true, max_elapsed = LIMIT *)]
fn product() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 0], on = |_| true, enabled = !)]
fn negation() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 0], on = is::<u8, jitter = 0)]
fn argument() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = fast. , on = |_| true)]
fn field() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
