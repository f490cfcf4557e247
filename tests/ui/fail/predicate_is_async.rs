use retry_core::retry;

#[retry(schedule = [1s, 0], on = async |error| is_retryable(error).await)]
async fn judged() -> Result<(), Down> {
    Err(Down)
}

#[retry(schedule = [1s, 0], on = |_| true, notify = async |event| log(event).await)]
async fn told() -> Result<(), Down> {
    Err(Down)
}

struct Down;

fn main() {}
