use retry_core::retry;

#[retry(initial_interval = 1s, multiplier = 2.0, max_delay = 60s, max_retries = 5, on = |_| true)]
fn create() -> std::io::Result<()> {
    Ok(())
}

#[retry(wait_exponential = 1s, stop_after_attempt = 3, on = |_| true, timeout = 5s)]
fn status() -> std::io::Result<()> {
    Ok(())
}

#[retry(wait_fixed = [1s, 2s, 0], on = |_| true)]
fn poll() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
