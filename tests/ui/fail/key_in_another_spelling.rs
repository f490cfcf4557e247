use retry_core::retry;

#[retry(schedule = [1s, 0], shouldRetry = |_| true, MaxElapsed = 5s, with_jitter = 0.5, maxDelay = 60s)]
fn create() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
