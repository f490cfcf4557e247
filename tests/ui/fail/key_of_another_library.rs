use retry_core::retry;

#[retry(backoff = [1s, 0], when = |_| true, timeout = 5s, deadline = 1m, before_sleep = log)]
async fn fetch() -> std::io::Result<()> {
    Ok(())
}

#[retry(schedule = [1s, 0], retry_if = |_| true, on_giveup = log, reset = 1m)]
fn status() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
