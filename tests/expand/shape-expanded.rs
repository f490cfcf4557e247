#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 5 attempts, with waits of 1s, 2s, 4s, 5s between them, each shortened at random down to 0: at worst 12s of waiting.\nTried again: every error."
)]
fn fetch(url: &str) -> Result<Page, FetchError> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::from_secs(4),
            ::core::time::Duration::from_secs(5),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    ::retry_core::nested!();
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = match (|| -> Result<Page, FetchError> { get(url) })() {
            ::core::result::Result::Err(error) if backoff != ::core::time::Duration::ZERO => {
                let wait = ::retry_core::jitter!(
                    backoffs,
                    backoff,
                    ::retry_core::Jitter::full(),
                    ::core::time::Duration::from_secs(5)
                );
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
