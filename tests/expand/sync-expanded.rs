/// Does the thing.
///
/// # Retries
///
/// Up to 5 attempts, with waits of 1s, 2s, 4s, 8s between them, each ±20 %: at worst 18s of waiting.
/// Tried again: an error for which `is_retryable` is true.
fn do_the_thing(id: u32) -> Result<(), ApiError> {
    for backoff in [
        ::core::time::Duration::from_secs(1),
        ::core::time::Duration::from_secs(2),
        ::core::time::Duration::from_secs(4),
        ::core::time::Duration::from_secs(8),
        ::core::time::Duration::ZERO,
    ] {
        let wait = match (|| -> Result<(), ApiError> { call_the_api(id) })() {
            ::core::result::Result::Err(ref error) if !backoff.is_zero() && is_retryable(error) => {
                ::retry_core::jitter(backoff, 0.2)
            }
            result => return result,
        };
        ::retry_core::sleep_blocking(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}
