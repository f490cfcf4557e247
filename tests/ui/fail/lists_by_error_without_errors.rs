use retry_core::retry;

#[retry(schedule = match { None => [1s, 0] })]
fn job() -> Option<u8> {
    None
}

fn main() {}
