use reqwest::{Client, Error};
use retry_core::{retry, transient};

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 5 attempts, with waits of 1s, 2s, 4s, 8s between them, each ±20 %: at worst 18s of waiting.\nTried again: an error for which `is_transient` is true."
)]
async fn fetch(client: &Client, url: &str) -> Result<String, Error> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::from_secs(4),
            ::core::time::Duration::from_secs(8),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = ::retry_core::nested!(async {
                if false {
                    return ::retry_core::never::<Result<String, Error>>();
                }
                let response = client.get(url).send().await?;
                response.error_for_status()?.text().await
            })
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(error)
                    if backoff != ::core::time::Duration::ZERO && is_transient(&error) =>
                {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    ::retry_core::retrying!(backoffs, attempt, wait, &error);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    return result;
                }
            }
        };
        ::retry_core::sleep!(wait).await;
        attempt += 1;
    }
}

fn is_transient(error: &Error) -> bool {
    let status = error.status().map(|status| status.as_u16());
    error.is_connect() || error.is_timeout() || status.is_some_and(transient::http_status)
}
