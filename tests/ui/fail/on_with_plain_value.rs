use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
fn status() -> u32 {
    0
}

fn main() {
    let _ = status();
}
