use retry_core::retry;

#[retry(schedule = match error { Down::Busy => [1s, 0], Down::Broken => [2s, 0] })]
fn subject() -> Result<(), Down> {
    Err(Down::Busy)
}

#[retry(schedule = match self.kind() { 3 => exponential(1s, attempts = 3), _ => [0] }, on = |_| true)]
fn call() -> Result<(), Down> {
    Err(Down::Busy)
}

enum Down {
    Busy,
    Broken,
}

fn main() {}
