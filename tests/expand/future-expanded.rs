#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 2 attempts, with a wait of 1s between them, each ±20 %: at worst 1.2s of waiting.\nTried again: every error."
)]
fn get(client: Client, url: String) -> impl Future<Output = Result<Page, FetchError>> {
    let started = Instant::now();
    async move {
        let backoffs = ::retry_core::backoffs!(
            [
                ::core::time::Duration::from_secs(1),
                ::core::time::Duration::ZERO
            ],
            fn
        );
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = ::retry_core::nested!(async {
                    if false {
                        return ::retry_core::never::<Result<Page, FetchError>>();
                    }
                    client.get(&url, started).await
                })
                .await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(error)
                        if backoff != ::core::time::Duration::ZERO =>
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
}

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 2 attempts, with a wait of 1s between them, each ±20 %: at worst 1.2s of waiting.\nTried again: every error."
)]
fn boxed<'a>(
    client: &'a Client,
    url: &'a str,
) -> Pin<Box<dyn Future<Output = Result<Page, FetchError>> + Send + 'a>> {
    Box::pin(async move {
        let backoffs = ::retry_core::backoffs!(
            [
                ::core::time::Duration::from_secs(1),
                ::core::time::Duration::ZERO
            ],
            fn
        );
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = ::retry_core::nested!(async {
                    if false {
                        return ::retry_core::never::<Result<Page, FetchError>>();
                    }
                    client.get(url).await
                })
                .await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(error)
                        if backoff != ::core::time::Duration::ZERO =>
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
    })
}

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 2 attempts, with a wait of 1s between them, each ±20 %: at worst 1.2s of waiting.\nTried again: every error."
)]
fn forwarded(client: &Client) -> impl Future<Output = Result<Page, FetchError>> {
    {
        let future = async move {
            let backoffs = ::retry_core::backoffs!(
                [
                    ::core::time::Duration::from_secs(1),
                    ::core::time::Duration::ZERO
                ],
                fn
            );
            let mut attempt = 0_u32;
            loop {
                let wait = {
                    let result = ::retry_core::nested!(client.home()).await;
                    let backoff = backoffs[attempt as usize];
                    match result {
                        ::core::result::Result::Err(error)
                            if backoff != ::core::time::Duration::ZERO =>
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
        };
        future
    }
}
