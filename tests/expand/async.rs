#[retry(schedule = [1s, 2s, 4s, 8s, 0], on = |error| error.is_timeout())]
async fn create_worker(client: &Client, worker: &Worker) -> Result<Sid, ApiError> {
    client.post("/Workers").json(worker).send().await?.error_for_status()?.json().await
}
