use retry_core::retry;

#[retry(backoff = [1s, 0], when = |_| true, timeout = 5s, deadline = 1m, before_sleep = log)]
async fn fetch() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
