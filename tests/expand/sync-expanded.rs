/// Does the thing.
///
/// # Retries
///
/// Up to 5 attempts, with waits of 1s, 2s, 4s, 8s between them, each ±20 %: at worst 18s of waiting.
/// Tried again: an error for which `is_retryable` is true.
fn do_the_thing(id: u32) -> Result<(), ApiError> {
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
    ::retry_core::nested!();
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = match (|| -> Result<(), ApiError> { call_the_api(id) })() {
            ::core::result::Result::Err(error)
                if backoff != ::core::time::Duration::ZERO && is_retryable(&error) =>
            {
                let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                ::retry_core::retrying!(backoffs, attempt, wait, &error);
                wait
            }
            result => {
                ::retry_core::ended!(backoffs, attempt, result : Result);
                return result;
            }
        };
        ::retry_core::sleep_blocking!(wait);
        attempt += 1;
    }
}
