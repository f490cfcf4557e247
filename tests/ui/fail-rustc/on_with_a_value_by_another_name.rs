use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
fn fetch() -> Count {
    7
}

type Count = u32;

fn main() {}
