/// # Retries
///
/// Up to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting.
/// Tried again while retries are enabled: an error for which `is_retryable` is true.
fn do_the_thing(id: u32) -> Result<(), ApiError> {
    let enabled: bool = flags::backoff();
    for backoff in [
        ::core::time::Duration::from_secs(1),
        ::core::time::Duration::from_secs(2),
        ::core::time::Duration::ZERO,
    ] {
        let wait = match (|| -> Result<(), ApiError> { call_the_api(id) })() {
            ::core::result::Result::Err(ref error)
                if enabled && !backoff.is_zero() && is_retryable(error) =>
            {
                ::retry_core::jitter(backoff, 0.2)
            }
            result => return result,
        };
        ::retry_core::sleep_blocking(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}
