#[retry(schedule = [1s, 2s, 0], on = is_retryable)]
async fn create_worker(client: &Client, worker: &Worker) -> Result<Sid, ApiError> {
    client.create(worker).await
}
