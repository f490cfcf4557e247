/// Over a client that makes eleven attempts by itself.
///
/// # Retries
///
/// Up to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting.
/// Tried again: every error.
async fn keep(&self, receipt: &Receipt) -> Result<(), OrderError> {
    let backoffs = ::retry_core::backoffs!(
        ::core::concat!(::core::module_path!(), "::keep"),
        [::core::time::Duration::from_secs(1), ::core::time::Duration::from_secs(2),
        ::core::time::Duration::ZERO]
    );
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = async {
                if false {
                    return ::retry_core::never::<Result<(), OrderError>>();
                }
                self.store.put(&receipt.path(), receipt.bytes()).await?;
                Ok(())
            }
                .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(
                    ref error,
                ) if backoff != ::core::time::Duration::ZERO => {
                    let wait = ::retry_core::jitter(backoff, 0.2);
                    ::retry_core::retrying!(backoffs, attempt, wait, error);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    return result;
                }
            }
        };
        ::retry_core::sleep!(wait).await;
        attempt += 1;
    }
}
