/// Creates a worker.
#[retry(
    schedule = [1s, 2s, 0],
    on = is_retryable,
    max_elapsed = 10s,
    attempt_timeout = 4s,
    clone = [worker],
    attempt = attempt,
    done = log_end,
)]
async fn create(client: &Client, worker: Worker) -> Result<Sid, ApiError> {
    client.create(worker, attempt.number()).await
}

/// Gets a page.
#[retry(schedule = match {
    ApiError::Throttled { .. } => [5s, 30s, 0],
    ApiError::Io(error) if error.is_transient() => [50ms, 1s, 0],
})]
fn page(client: &Client) -> Result<Page, ApiError> {
    client.page()
}

/// Gets a list.
#[retry(schedule = match {
    ApiError::Throttled { .. } => exponential(5s, max = 30s, attempts = 4),
    ApiError::Io(_) => [50ms, 1s, 0],
})]
async fn list(client: &Client) -> Result<List, ApiError> {
    client.list().await
}

/// Stays connected.
#[retry(schedule = [1s, 2s, 5s, ..], on = |_| true, reset_after = 1m)]
fn stay_connected(address: &str) -> Result<(), io::Error> {
    run(address)
}

/// Reconnects.
#[retry(schedule = exponential(1s, max = 60s, ..), on = |_| true, retry_after = ApiError::retry_after)]
fn reconnect(address: &str) -> Result<(), ApiError> {
    run(address)
}
