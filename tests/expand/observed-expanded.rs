/// # Retries
///
/// Up to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting.
/// Tried again: an error for which `is_retryable` is true.
async fn create_worker(client: &Client, worker: &Worker) -> Result<Sid, ApiError> {
    let backoffs = const {
        &[
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
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
                client.create(worker).await
            }
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if !backoff.is_zero() && is_retryable(error) =>
                {
                    let wait = ::retry_core::jitter(backoff, 0.2);
                    ::retry_core::observe::retrying(
                        ::core::concat!(::core::module_path!(), "::create_worker"),
                        attempt as usize + 1,
                        3,
                        wait,
                        ::retry_core::shown!(error),
                    );
                    wait
                }
                result => {
                    match result {
                        ::core::result::Result::Ok(_) => {
                            if attempt > 0 {
                                ::retry_core::observe::recovered(
                                    ::core::concat!(::core::module_path!(), "::create_worker"),
                                    attempt as usize + 1,
                                    3,
                                );
                            }
                        }
                        ::core::result::Result::Err(ref error) => {
                            ::retry_core::observe::gave_up(
                                ::core::concat!(::core::module_path!(), "::create_worker"),
                                attempt as usize + 1,
                                3,
                                if backoff.is_zero() {
                                    "exhausted"
                                } else {
                                    "not_retryable"
                                },
                                ::retry_core::shown!(error),
                            );
                        }
                    }
                    return result;
                }
            }
        };
        ::retry_core::sleep(wait).await;
        attempt += 1;
    }
}
