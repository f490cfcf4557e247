/// # Retries
///
/// Up to 2 attempts, with a wait of 1s between them, each ±20 %: at worst 1.2s of waiting.
/// Tried again: every error.
fn get(client: Client, url: String) -> impl Future<Output = Result<Page, FetchError>> {
    let started = Instant::now();
    async move {
        let backoffs = const {
            &[
                ::core::time::Duration::from_secs(1),
                ::core::time::Duration::ZERO,
            ]
        };
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = async {
                    if false {
                        return ::retry_core::never::<Result<Page, FetchError>>();
                    }
                    client.get(&url, started).await
                }
                .await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(_) if !backoff.is_zero() => {
                        ::retry_core::jitter(backoff, 0.2)
                    }
                    result => return result,
                }
            };
            ::retry_core::sleep(wait).await;
            attempt += 1;
        }
    }
}

/// # Retries
///
/// Up to 2 attempts, with a wait of 1s between them, each ±20 %: at worst 1.2s of waiting.
/// Tried again: every error.
fn boxed<'a>(
    client: &'a Client,
    url: &'a str,
) -> Pin<Box<dyn Future<Output = Result<Page, FetchError>> + Send + 'a>> {
    Box::pin(async move {
        let backoffs = const {
            &[
                ::core::time::Duration::from_secs(1),
                ::core::time::Duration::ZERO,
            ]
        };
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = async {
                    if false {
                        return ::retry_core::never::<Result<Page, FetchError>>();
                    }
                    client.get(url).await
                }
                .await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(_) if !backoff.is_zero() => {
                        ::retry_core::jitter(backoff, 0.2)
                    }
                    result => return result,
                }
            };
            ::retry_core::sleep(wait).await;
            attempt += 1;
        }
    })
}

/// # Retries
///
/// Up to 2 attempts, with a wait of 1s between them, each ±20 %: at worst 1.2s of waiting.
/// Tried again: every error.
fn forwarded(client: &Client) -> impl Future<Output = Result<Page, FetchError>> {
    async move {
        let backoffs = const {
            &[
                ::core::time::Duration::from_secs(1),
                ::core::time::Duration::ZERO,
            ]
        };
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = (|| client.home())().await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(_) if !backoff.is_zero() => {
                        ::retry_core::jitter(backoff, 0.2)
                    }
                    result => return result,
                }
            };
            ::retry_core::sleep(wait).await;
            attempt += 1;
        }
    }
}
