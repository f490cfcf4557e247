/// # Retries
///
/// Up to 5 attempts, with waits of 1s, 2s, 4s, 5s between them, each shortened at random down to 0: at worst 12s of waiting.
/// Tried again: every error.
fn fetch(url: &str) -> Result<Page, FetchError> {
    for backoff in [
        ::core::time::Duration::from_secs(1),
        ::core::time::Duration::from_secs(2),
        ::core::time::Duration::from_secs(4),
        ::core::time::Duration::from_secs(5),
        ::core::time::Duration::ZERO,
    ] {
        let wait = match (|| -> Result<Page, FetchError> { get(url) })() {
            ::core::result::Result::Err(_) if !backoff.is_zero() => {
                ::retry_core::jitter(backoff, ::retry_core::Jitter::full())
            }
            result => return result,
        };
        ::retry_core::sleep_blocking(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}
