/// # Retries
///
/// Up to 5 attempts, with waits of 1s, 2s, 4s, 8s between them, each ±20 %: at worst 18s of waiting.
/// Tried again: an error that the predicate accepts.
async fn create_worker(client: &Client, worker: &Worker) -> Result<Sid, ApiError> {
    let backoffs = const {
        &[
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::from_secs(4),
            ::core::time::Duration::from_secs(8),
            ::core::time::Duration::ZERO,
        ]
    };
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = async {
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
            }
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if !backoff.is_zero()
                        && ::core::option::Option::Some(error)
                            .is_some_and(|error| error.is_timeout()) =>
                {
                    ::retry_core::jitter(backoff, 0.2)
                }
                result => return result,
            }
        };
        ::retry_core::sleep(wait).await;
        attempt += 1;
    }
}
