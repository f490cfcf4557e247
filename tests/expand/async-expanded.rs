#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 5 attempts, with waits of 1s, 2s, 4s, 8s between them, each ±20 %: at worst 18s of waiting.\nTried again: an error that the predicate accepts."
)]
async fn create_worker(client: &Client, worker: &Worker) -> Result<Sid, ApiError> {
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
                    return ::retry_core::never::<Result<Sid, ApiError>>();
                }
                client
                    .post("/Workers")
                    .json(worker)
                    .send()
                    .await?
                    .error_for_status()?
                    .json()
                    .await
            })
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(error)
                    if backoff != ::core::time::Duration::ZERO
                        && ::core::option::Option::Some(&error)
                            .is_some_and(|error| error.is_timeout()) =>
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
