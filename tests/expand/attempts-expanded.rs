/// Creates a worker.
///
/// # Retries
///
/// Up to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting. Each attempt may take 4s. No wait ends later than 10s after the start.
/// Tried again: an error for which `is_retryable` is true.
async fn create(client: &Client, worker: Worker) -> Result<Sid, ApiError> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    let elapsed = ::retry_core::stopwatch!(async);
    let mut waited = ::core::time::Duration::ZERO;
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = {
                let attempt = ::retry_core::Attempt::new(
                    attempt,
                    ::retry_core::attempts(&backoffs),
                    ::core::option::Option::Some(
                        ::core::time::Duration::from_secs(10).saturating_sub(elapsed()),
                    ),
                );
                let worker = ::core::clone::Clone::clone(&worker);
                match ::retry_core::timeout!(
                    ::core::cmp::Ord::min(
                        ::core::time::Duration::from_secs(4),
                        ::core::time::Duration::from_secs(10).saturating_sub(elapsed())
                    ),
                    async {
                        if false {
                            return ::retry_core::never::<Result<Sid, ApiError>>();
                        }
                        client.create(worker, attempt.number()).await
                    }
                )
                .await
                {
                    ::core::result::Result::Ok(result) => result,
                    ::core::result::Result::Err(timeout) => {
                        ::core::result::Result::Err(timeout.into_error())
                    }
                }
            };
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if backoff != ::core::time::Duration::ZERO && is_retryable(error) =>
                {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    if elapsed().saturating_add(wait) > ::core::time::Duration::from_secs(10) {
                        ::retry_core::gave_up!(
                            backoffs,
                            attempt,
                            ::retry_core::End::MaxElapsed,
                            error
                        );
                        ::retry_core::told(log_end(&::retry_core::RetryDone::new(
                            ::retry_core::name!(fn),
                            attempt as usize + 1,
                            ::retry_core::attempts(&backoffs),
                            waited,
                            ::retry_core::error_of(&result),
                            ::retry_core::End::MaxElapsed,
                        )));
                        return result;
                    }
                    ::retry_core::retrying!(backoffs, attempt, wait, error);
                    waited = waited.saturating_add(wait);
                    wait
                }
                result => {
                    let end = match result {
                        ::core::result::Result::Ok(_) => ::retry_core::End::Succeeded,
                        ::core::result::Result::Err(_)
                            if backoff == ::core::time::Duration::ZERO =>
                        {
                            ::retry_core::exhausted(&backoffs)
                        }
                        ::core::result::Result::Err(_) => ::retry_core::End::NotRetryable,
                    };
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    ::retry_core::told(log_end(&::retry_core::RetryDone::new(
                        ::retry_core::name!(fn),
                        attempt as usize + 1,
                        ::retry_core::attempts(&backoffs),
                        waited,
                        ::retry_core::error_of(&result),
                        end,
                    )));
                    return result;
                }
            }
        };
        ::retry_core::sleep!(wait).await;
        attempt += 1;
    }
}

/// Gets a page.
///
/// # Retries
///
/// Up to 3 attempts, with waits of at most 5s, 30s between them, each ±20 %: at worst 42s of waiting.
/// Tried again: an error that has a list.
fn page(client: &Client) -> Result<Page, ApiError> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(5),
            ::core::time::Duration::from_secs(30),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    ::retry_core::nested!();
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = (|| -> Result<Page, ApiError> { client.page() })();
            let (has_list, backoff) = match result {
                ::core::result::Result::Err(ref error) => match error {
                    ApiError::Throttled { .. } => (
                        true,
                        ::retry_core::entry(
                            &backoffs,
                            attempt,
                            const {
                                &[
                                    ::core::time::Duration::from_secs(5),
                                    ::core::time::Duration::from_secs(30),
                                    ::core::time::Duration::ZERO,
                                ]
                            },
                        ),
                    ),
                    ApiError::Io(error) if error.is_transient() => (
                        true,
                        ::retry_core::entry(
                            &backoffs,
                            attempt,
                            const {
                                &[
                                    ::core::time::Duration::from_millis(50),
                                    ::core::time::Duration::from_secs(1),
                                    ::core::time::Duration::ZERO,
                                ]
                            },
                        ),
                    ),
                    _ => (false, ::core::time::Duration::ZERO),
                },
                _ => (false, ::core::time::Duration::ZERO),
            };
            match result {
                ::core::result::Result::Err(error) if backoff != ::core::time::Duration::ZERO => {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    ::retry_core::retrying!(backoffs, attempt, wait, &error);
                    wait
                }
                result => {
                    let end = match result {
                        ::core::result::Result::Ok(_) => ::retry_core::End::Succeeded,
                        ::core::result::Result::Err(_) if has_list => {
                            ::retry_core::exhausted(&backoffs)
                        }
                        ::core::result::Result::Err(_) => ::retry_core::End::NotRetryable,
                    };
                    ::retry_core::ended!(backoffs, attempt, result : Result, end);
                    return result;
                }
            }
        };
        ::retry_core::sleep_blocking!(wait);
        attempt += 1;
    }
}

/// Gets a list.
///
/// # Retries
///
/// Up to 4 attempts, with waits of at most 5s, 10s, 20s between them, each ±20 %: at worst 42s of waiting.
/// Tried again: an error that has a list.
async fn list(client: &Client) -> Result<List, ApiError> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(5),
            ::core::time::Duration::from_secs(10),
            ::core::time::Duration::from_secs(20),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = ::retry_core::nested!(async {
                if false {
                    return ::retry_core::never::<Result<List, ApiError>>();
                }
                client.list().await
            })
            .await;
            let (has_list, backoff, max) = match result {
                ::core::result::Result::Err(ref error) => match error {
                    ApiError::Throttled { .. } => (
                        true,
                        ::retry_core::entry(
                            &backoffs,
                            attempt,
                            const {
                                &[
                                    ::core::time::Duration::from_secs(5),
                                    ::core::time::Duration::from_secs(10),
                                    ::core::time::Duration::from_secs(20),
                                    ::core::time::Duration::ZERO,
                                ]
                            },
                        ),
                        ::core::time::Duration::from_secs(30),
                    ),
                    ApiError::Io(_) => (
                        true,
                        ::retry_core::entry(
                            &backoffs,
                            attempt,
                            const {
                                &[
                                    ::core::time::Duration::from_millis(50),
                                    ::core::time::Duration::from_secs(1),
                                    ::core::time::Duration::ZERO,
                                ]
                            },
                        ),
                        ::core::time::Duration::MAX,
                    ),
                    _ => (
                        false,
                        ::core::time::Duration::ZERO,
                        ::core::time::Duration::MAX,
                    ),
                },
                _ => (
                    false,
                    ::core::time::Duration::ZERO,
                    ::core::time::Duration::MAX,
                ),
            };
            match result {
                ::core::result::Result::Err(error) if backoff != ::core::time::Duration::ZERO => {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2, max);
                    ::retry_core::retrying!(backoffs, attempt, wait, &error);
                    wait
                }
                result => {
                    let end = match result {
                        ::core::result::Result::Ok(_) => ::retry_core::End::Succeeded,
                        ::core::result::Result::Err(_) if has_list => {
                            ::retry_core::exhausted(&backoffs)
                        }
                        ::core::result::Result::Err(_) => ::retry_core::End::NotRetryable,
                    };
                    ::retry_core::ended!(backoffs, attempt, result : Result, end);
                    return result;
                }
            }
        };
        ::retry_core::sleep!(wait).await;
        attempt += 1;
    }
}

/// Stays connected.
///
/// # Retries
///
/// Attempts without end, with waits of 1s, 2s, 5s between them, the last one repeated, each ±20 %. An attempt that lasted 1m starts the list anew.
/// Tried again: every error.
fn stay_connected(address: &str) -> Result<(), io::Error> {
    let backoffs = ::retry_core::backoffs!(
        open[::core::time::Duration::from_secs(1), ::core::time::Duration::from_secs(2),
        ::core::time::Duration::from_secs(5)], fn
    );
    ::retry_core::nested!();
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let lasted = ::retry_core::stopwatch!();
            let result = (|| -> Result<(), io::Error> { run(address) })();
            if ::core::matches!(result, ::core::result::Result::Err(_))
                && lasted() >= ::core::time::Duration::from_secs(60)
            {
                attempt = 0;
            }
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if backoff != ::core::time::Duration::ZERO =>
                {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    ::retry_core::retrying!(backoffs, attempt, wait, error);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    return result;
                }
            }
        };
        ::retry_core::sleep_blocking!(wait);
        attempt = attempt.saturating_add(1);
    }
}

/// Reconnects.
///
/// # Retries
///
/// Attempts without end, with waits of 1s, 2s, 4s, 8s, 16s, 32s, 1m between them, the last one repeated, each ±20 %. A server's hint is followed, however long it is.
/// Tried again: every error.
fn reconnect(address: &str) -> Result<(), ApiError> {
    let backoffs = ::retry_core::backoffs!(
        open[::core::time::Duration::from_secs(1), ::core::time::Duration::from_secs(2),
        ::core::time::Duration::from_secs(4), ::core::time::Duration::from_secs(8),
        ::core::time::Duration::from_secs(16), ::core::time::Duration::from_secs(32),
        ::core::time::Duration::from_secs(60)], fn
    );
    ::retry_core::nested!();
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = {
            let result = (|| -> Result<(), ApiError> { run(address) })();
            match result {
                ::core::result::Result::Err(ref error)
                    if backoff != ::core::time::Duration::ZERO =>
                {
                    let wait = ::retry_core::jitter!(
                        backoffs,
                        backoff,
                        0.2,
                        ::core::time::Duration::from_secs(60)
                    );
                    let ::core::option::Option::Some(wait) = ::retry_core::hinted(
                        wait,
                        ApiError::retry_after(error),
                        0.2,
                        ::retry_core::sum_of(&backoffs),
                    ) else {
                        ::retry_core::gave_up!(
                            backoffs,
                            attempt,
                            ::retry_core::End::RetryAfter,
                            error
                        );
                        return result;
                    };
                    ::retry_core::retrying!(backoffs, attempt, wait, error);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    return result;
                }
            }
        };
        ::retry_core::sleep_blocking!(wait);
        attempt = attempt.saturating_add(1);
    }
}
