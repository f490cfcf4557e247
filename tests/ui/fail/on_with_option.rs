use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
fn status() -> Option<u32> {
    None
}

fn main() {
    let _ = status();
}
