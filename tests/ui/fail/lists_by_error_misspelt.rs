use retry_core::retry;

#[retry(schedule = match { Down::Busy => [1s, 0] Down::Broken => [2s, 0] })]
fn missing() -> Result<(), Down> {
    Err(Down::Busy)
}

#[retry(schedule = match { Down::Busy => [1s, 0]; Down::Broken => [2s, 0] })]
fn semicolon() -> Result<(), Down> {
    Err(Down::Busy)
}

#[retry(schedule = match { Down::Busy => exponential(1s, attempts = 3) Down::Broken => [2s, 0] })]
fn after_a_shape() -> Result<(), Down> {
    Err(Down::Busy)
}

#[retry(schedule = match { Down::Busy => 1s, 2s, 0 })]
fn brackets() -> Result<(), Down> {
    Err(Down::Busy)
}

#[retry(schedule = match { #[cfg(unix)] Down::Busy => [1s, 0], Down::Broken => [2s, 0] })]
fn attribute() -> Result<(), Down> {
    Err(Down::Busy)
}

enum Down {
    Busy,
    Broken,
}

fn main() {}
