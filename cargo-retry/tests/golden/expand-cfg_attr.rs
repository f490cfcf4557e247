#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 10 attempts, with waits of 1s, 2s, 4s, … 1m between them, each ±20 %: at worst 255.6s of waiting.\nTried again: an error for which `is_busy` is true."
)]
pub fn rush(order: &Order) -> Result<(), OrderError> {
    let backoffs = ::retry_core::backoffs!(
        ::core::concat!(::core::module_path!(), "::rush"),
        [::core::time::Duration::from_secs(1), ::core::time::Duration::from_secs(2),
        ::core::time::Duration::from_secs(4), ::core::time::Duration::from_secs(8),
        ::core::time::Duration::from_secs(16), ::core::time::Duration::from_secs(32),
        ::core::time::Duration::from_secs(60), ::core::time::Duration::from_secs(60),
        ::core::time::Duration::from_secs(60), ::core::time::Duration::ZERO]
    );
    for (attempt, backoff) in ::retry_core::each(&backoffs) {
        let wait = match (|| -> Result<(), OrderError> { order.rush() })() {
            ::core::result::Result::Err(
                ref error,
            ) if backoff != ::core::time::Duration::ZERO && is_busy(error) => {
                let wait = ::retry_core::jitter_capped(
                    backoff,
                    0.2,
                    ::core::time::Duration::from_secs(60),
                );
                ::retry_core::retrying!(backoffs, attempt, wait, error);
                wait
            }
            result => {
                ::retry_core::ended!(backoffs, attempt, result : Result);
                return result;
            }
        };
        ::retry_core::sleep_blocking!(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}
