#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting. No wait ends later than 10s after the start.\nTried again: an error for which `is_retryable` is true."
)]
fn limited(id: u32) -> Result<(), ApiError> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    ::retry_core::nested!();
    let elapsed = ::retry_core::stopwatch!();
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = {
            let result = (|| -> Result<(), ApiError> { call_the_api(id) })();
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
                        return result;
                    }
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
        attempt += 1;
    }
}

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 7.2s of waiting. A server's hint is followed up to the listed waits together.\nTried again: an error for which `is_retryable` is true."
)]
async fn told_when(client: &Client) -> Result<Page, ApiError> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = ::retry_core::nested!(async {
                if false {
                    return ::retry_core::never::<Result<Page, ApiError>>();
                }
                client.get().await
            })
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if backoff != ::core::time::Duration::ZERO && is_retryable(error) =>
                {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
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
        ::retry_core::sleep!(wait).await;
        attempt += 1;
    }
}

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting.\nTried again: an error for which `is_retryable` is true."
)]
async fn budgeted(client: &Client) -> Result<Page, ApiError> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    let mut spent = 0_u32;
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = ::retry_core::nested!(async {
                if false {
                    return ::retry_core::never::<Result<Page, ApiError>>();
                }
                client.get().await
            })
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if backoff != ::core::time::Duration::ZERO && is_retryable(error) =>
                {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    if !::retry_core::RetryBudget::withdraw(&BUDGET, &mut spent, false) {
                        ::retry_core::gave_up!(backoffs, attempt, ::retry_core::End::Budget, error);
                        return result;
                    }
                    ::retry_core::retrying!(backoffs, attempt, wait, error);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    if let ::core::result::Result::Ok(_) = result {
                        ::retry_core::RetryBudget::deposit(&BUDGET, spent);
                    } else if backoff == ::core::time::Duration::ZERO {
                        ::retry_core::RetryBudget::ended(
                            &BUDGET,
                            ::retry_core::exhausted(&backoffs),
                        );
                    }
                    return result;
                }
            }
        };
        ::retry_core::sleep!(wait).await;
        attempt += 1;
    }
}

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting. Each attempt may take 500ms.\nTried again: an error for which `is_retryable` is true."
)]
async fn timed(client: &Client) -> Result<Page, ApiError> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result =
                match ::retry_core::timeout!(::core::time::Duration::from_millis(500), async {
                    if false {
                        return ::retry_core::never::<Result<Page, ApiError>>();
                    }
                    client.get().await
                })
                .await
                {
                    ::core::result::Result::Ok(result) => result,
                    ::core::result::Result::Err(timeout) => {
                        ::core::result::Result::Err(timeout.into_error())
                    }
                };
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if backoff != ::core::time::Duration::ZERO && is_retryable(error) =>
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
        ::retry_core::sleep!(wait).await;
        attempt += 1;
    }
}

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting.\nTried again: an error for which `is_retryable` is true."
)]
fn watched(id: u32) -> Result<(), ApiError> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    ::retry_core::nested!();
    let mut waited = ::core::time::Duration::ZERO;
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = match (|| -> Result<(), ApiError> { call_the_api(id) })() {
            ::core::result::Result::Err(error)
                if backoff != ::core::time::Duration::ZERO && is_retryable(&error) =>
            {
                let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                ::retry_core::told(log_retry(&::retry_core::RetryEvent::new(
                    ::retry_core::name!(fn),
                    attempt as usize + 1,
                    ::retry_core::attempts(&backoffs),
                    &error,
                    backoff,
                    wait,
                    waited,
                )));
                ::retry_core::retrying!(backoffs, attempt, wait, &error);
                waited = waited.saturating_add(wait);
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

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 3 attempts, with waits of 1s, 2s between them, each shortened at random down to 0: at worst 7.2s of waiting. A server's hint is followed up to the listed waits together. Each attempt may take 500ms. No wait ends later than 10s after the start.\nTried again while retries are enabled: an error that the predicate accepts, and a value for which `Page::is_ready` is false."
)]
async fn everything(client: &Client) -> Result<Page, ApiError> {
    let enabled = flags::backoff();
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO
        ],
        fn,
        enabled
    );
    let elapsed = ::retry_core::stopwatch!(async);
    let mut spent = 0_u32;
    let mut waited = ::core::time::Duration::ZERO;
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let mut timed_out = false;
            let result = match ::retry_core::timeout!(
                ::core::cmp::Ord::min(
                    ::core::time::Duration::from_millis(500),
                    ::core::time::Duration::from_secs(10).saturating_sub(elapsed())
                ),
                async {
                    if false {
                        return ::retry_core::never::<Result<Page, ApiError>>();
                    }
                    client.get().await
                }
            )
            .await
            {
                ::core::result::Result::Ok(result) => result,
                ::core::result::Result::Err(timeout) => {
                    timed_out = true;
                    ::core::result::Result::Err(timeout.into_error())
                }
            };
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if enabled
                        && backoff != ::core::time::Duration::ZERO
                        && ::core::option::Option::Some(error)
                            .is_some_and(|error| error.is_retryable()) =>
                {
                    let wait =
                        ::retry_core::jitter!(backoffs, backoff, ::retry_core::Jitter::full());
                    let ::core::option::Option::Some(wait) = ::retry_core::hinted(
                        wait,
                        ::core::option::Option::Some(error).and_then(|error| error.retry_after()),
                        ::retry_core::Jitter::full(),
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
                    if elapsed().saturating_add(wait) > ::core::time::Duration::from_secs(10) {
                        ::retry_core::gave_up!(
                            backoffs,
                            attempt,
                            ::retry_core::End::MaxElapsed,
                            error
                        );
                        return result;
                    }
                    if !::retry_core::RetryBudget::withdraw(&BUDGET, &mut spent, timed_out) {
                        ::retry_core::gave_up!(backoffs, attempt, ::retry_core::End::Budget, error);
                        return result;
                    }
                    let unspent = ::retry_core::RetryBudget::unspent(&BUDGET, spent);
                    let () = ::core::option::Option::Some(&::retry_core::RetryEvent::new(
                        ::retry_core::name!(fn),
                        attempt as usize + 1,
                        ::retry_core::attempts(&backoffs),
                        error,
                        backoff,
                        wait,
                        waited,
                    ))
                    .map_or((), |event| {
                        log::warn!("{}: {}", event.function, event.error)
                    });
                    ::core::mem::forget(unspent);
                    ::retry_core::retrying!(backoffs, attempt, wait, error);
                    waited = waited.saturating_add(wait);
                    wait
                }
                ::core::result::Result::Ok(ref value) if enabled && !Page::is_ready(value) => {
                    if backoff == ::core::time::Duration::ZERO {
                        ::retry_core::RetryBudget::ended(
                            &BUDGET,
                            ::retry_core::exhausted(&backoffs),
                        );
                        ::retry_core::gave_up!(
                            backoffs,
                            attempt,
                            ::retry_core::exhausted(&backoffs)
                        );
                        return result;
                    }
                    let wait =
                        ::retry_core::jitter!(backoffs, backoff, ::retry_core::Jitter::full());
                    if elapsed().saturating_add(wait) > ::core::time::Duration::from_secs(10) {
                        ::retry_core::gave_up!(backoffs, attempt, ::retry_core::End::MaxElapsed);
                        return result;
                    }
                    if !::retry_core::RetryBudget::withdraw(&BUDGET, &mut spent, timed_out) {
                        ::retry_core::gave_up!(backoffs, attempt, ::retry_core::End::Budget);
                        return result;
                    }
                    ::retry_core::retrying!(backoffs, attempt, wait);
                    waited = waited.saturating_add(wait);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    if let ::core::result::Result::Ok(_) = result {
                        ::retry_core::RetryBudget::deposit(&BUDGET, spent);
                    } else if enabled && backoff == ::core::time::Duration::ZERO {
                        ::retry_core::RetryBudget::ended(
                            &BUDGET,
                            ::retry_core::exhausted(&backoffs),
                        );
                    }
                    return result;
                }
            }
        };
        ::retry_core::sleep!(wait).await;
        attempt += 1;
    }
}
