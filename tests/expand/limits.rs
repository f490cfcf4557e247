#[retry(schedule = [1s, 2s, 0], on = is_retryable, max_elapsed = 10s)]
fn limited(id: u32) -> Result<(), ApiError> {
    call_the_api(id)
}

#[retry(schedule = [1s, 2s, 0], on = is_retryable, retry_after = ApiError::retry_after)]
async fn told_when(client: &Client) -> Result<Page, ApiError> {
    client.get().await
}

#[retry(schedule = [1s, 2s, 0], on = is_retryable, budget = &BUDGET)]
async fn budgeted(client: &Client) -> Result<Page, ApiError> {
    client.get().await
}

#[retry(schedule = [1s, 2s, 0], on = is_retryable, attempt_timeout = 500ms)]
async fn timed(client: &Client) -> Result<Page, ApiError> {
    client.get().await
}

#[retry(schedule = [1s, 2s, 0], on = is_retryable, notify = log_retry)]
fn watched(id: u32) -> Result<(), ApiError> {
    call_the_api(id)
}

#[retry(
    schedule = [1s, 2s, 0],
    jitter = full,
    on = |error| error.is_retryable(),
    until = Page::is_ready,
    enabled = flags::backoff(),
    max_elapsed = 10s,
    attempt_timeout = 500ms,
    retry_after = |error| error.retry_after(),
    budget = &BUDGET,
    notify = |event| log::warn!("{}: {}", event.function, event.error),
)]
async fn everything(client: &Client) -> Result<Page, ApiError> {
    client.get().await
}
