use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true, name = "a" "b")]
fn fetch() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
