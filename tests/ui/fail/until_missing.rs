use retry_core::retry;

#[retry(schedule = [1s, 0])]
fn status() -> u32 {
    0
}

fn main() {
    let _ = status();
}
