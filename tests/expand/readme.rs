use reqwest::{Client, Error};
use retry_core::{retry, transient};

#[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = 0.2, on = is_transient)]
async fn fetch(client: &Client, url: &str) -> Result<String, Error> {
    let response = client.get(url).send().await?;
    response.error_for_status()?.text().await
}

fn is_transient(error: &Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    error.is_connect() || error.is_timeout() || status.is_some_and(transient::http_status)
}
