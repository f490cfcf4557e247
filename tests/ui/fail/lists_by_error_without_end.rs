use retry_core::retry;

#[retry(schedule = match { Down::Busy => [1s, ..], Down::Broken => exponential(1s, max = 5s, ..) })]
fn open() -> Result<(), Down> {
    Err(Down::Busy)
}

#[retry(schedule = match { Down::Busy => exponential(1s, max = 5s), Down::Broken => expnential(1s, attempts = 3) })]
fn shape() -> Result<(), Down> {
    Err(Down::Busy)
}

#[retry(schedule = match { Down::Busy => slow(), Down::Broken => self.fast })]
fn call() -> Result<(), Down> {
    Err(Down::Busy)
}

#[retry(schedule = match { Down::Busy => [8s, 1s, 0], Down::Broken => [2s, 12s, 0] }, max_elapsed = 10s)]
fn unreachable() -> Result<(), Down> {
    Err(Down::Busy)
}

#[retry(schedule = match { Down::Busy => [8s, 1s, 0], Down::Broken => exponential(2s, max = 3s, attempts = 3) }, max_wait = 10s)]
fn longest() -> Result<(), Down> {
    Err(Down::Busy)
}

enum Down {
    Busy,
    Broken,
}

fn main() {}
