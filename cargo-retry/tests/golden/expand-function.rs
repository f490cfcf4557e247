/// Calls itself.
///
/// # Retries
///
/// Up to 2 attempts, with a wait of 1s between them, each ±20 %: at worst 1.2s of waiting.
/// Tried again: an error for which `OrderError::is_transient` is true.
pub fn settle(order: &Order) -> Result<(), OrderError> {
    let backoffs = ::retry_core::backoffs!(
        ::core::concat!(::core::module_path!(), "::settle"),
        [::core::time::Duration::from_secs(1), ::core::time::Duration::ZERO]
    );
    for (attempt, backoff) in ::retry_core::each(&backoffs) {
        let wait = match (|| -> Result<(), OrderError> {
            order.parts().try_for_each(settle_part)
        })() {
            ::core::result::Result::Err(
                ref error,
            ) if backoff != ::core::time::Duration::ZERO
                && OrderError::is_transient(error) => {
                let wait = ::retry_core::jitter(backoff, 0.2);
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
