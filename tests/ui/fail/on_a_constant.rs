use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
const LIMIT: u32 = 3;

fn main() {
    let _ = LIMIT;
}
