/// # Retries
///
/// Up to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting.
/// Tried again: an error for which `is_retryable` is true.
async fn create_worker(client: &Client, worker: &Worker) -> Result<Sid, ApiError> {
    let schedule = ::retry_core::control::in_force(
        ::core::concat!(::core::module_path!(), "::create_worker"),
        const {
            ::retry_core::Schedule::from_static(
                const {
                    &[
                        ::core::time::Duration::from_secs(1),
                        ::core::time::Duration::from_secs(2),
                        ::core::time::Duration::ZERO,
                    ]
                },
            )
        },
    );
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
            let backoff = schedule.backoffs()[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if !backoff.is_zero() && is_retryable(error) =>
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
