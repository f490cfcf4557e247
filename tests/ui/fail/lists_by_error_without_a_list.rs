use retry_core::retry;

#[retry(schedule = match { Down => })]
fn none() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = match { Down => SCHEDULE })]
fn expression() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = match { Down => [1s, 2s] })]
fn endless() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = match { Down [1s, 0] })]
fn arrow() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = match {})]
fn arms() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
