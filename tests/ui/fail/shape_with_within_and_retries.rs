use retry_core::retry;

#[retry(schedule = inverse(3m, min = 15s, within = 5m, retries = 3), on = |_| true)]
fn poll() -> Result<(), ()> {
    Ok(())
}

fn main() {}
