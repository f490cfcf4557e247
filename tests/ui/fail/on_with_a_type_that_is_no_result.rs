use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
fn reference(name: &str) -> &str {
    name
}

#[retry(schedule = [1s, 0], on = |_| true)]
fn pair() -> (u8, u8) {
    (1, 2)
}

fn main() {}
