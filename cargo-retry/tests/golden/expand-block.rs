{
    let enabled = flags::backoff();
    let backoffs = ::retry_core::backoffs!(
        ::core::module_path!(), [::core::time::Duration::from_secs(1),
        ::core::time::Duration::from_secs(2), ::core::time::Duration::ZERO], enabled
    );
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = (|| { client.token() })();
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(
                    ref error,
                ) if enabled && backoff != ::core::time::Duration::ZERO
                    && is_busy(::retry_core::argument!(is_busy, error)) => {
                    let wait = ::retry_core::jitter(backoff, 0.2);
                    ::retry_core::retrying!(backoffs, attempt, wait, error);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    break result;
                }
            }
        };
        ::retry_core::sleep_blocking!(wait);
        attempt += 1;
    }
}
