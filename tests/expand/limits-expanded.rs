/// # Retries
///
/// Up to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting. No wait ends later than 10s after the start.
/// Tried again: an error for which `is_retryable` is true.
fn limited(id: u32) -> Result<(), ApiError> {
    let started = ::retry_core::Clock::start();
    for backoff in [
        ::core::time::Duration::from_secs(1),
        ::core::time::Duration::from_secs(2),
        ::core::time::Duration::ZERO,
    ] {
        let wait = {
            let result = (|| -> Result<(), ApiError> { call_the_api(id) })();
            match result {
                ::core::result::Result::Err(ref error)
                    if !backoff.is_zero() && is_retryable(error) =>
                {
                    let wait = ::retry_core::jitter(backoff, 0.2);
                    if started.elapsed().saturating_add(wait)
                        > ::core::time::Duration::from_secs(10)
                    {
                        return result;
                    }
                    wait
                }
                result => return result,
            }
        };
        ::retry_core::sleep_blocking(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}

/// # Retries
///
/// Up to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting.
/// Tried again: an error for which `is_retryable` is true.
async fn told_when(client: &Client) -> Result<Page, ApiError> {
    let mut waited = ::core::time::Duration::ZERO;
    let backoffs = const {
        &[
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO,
        ]
    };
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = async {
                if false {
                    return ::retry_core::never::<Result<Page, ApiError>>();
                }
                client.get().await
            }
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if !backoff.is_zero() && is_retryable(error) =>
                {
                    let wait = ::retry_core::jitter(backoff, 0.2);
                    let ::core::option::Option::Some(wait) = ::retry_core::lengthen(
                        wait,
                        ApiError::retry_after(error),
                        0.2,
                        ::core::time::Duration::from_millis(3600).saturating_sub(waited),
                    ) else {
                        return result;
                    };
                    waited = waited.saturating_add(wait);
                    wait
                }
                result => return result,
            }
        };
        ::retry_core::sleep(wait).await;
        attempt += 1;
    }
}

/// # Retries
///
/// Up to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting.
/// Tried again: an error for which `is_retryable` is true.
async fn budgeted(client: &Client) -> Result<Page, ApiError> {
    let mut spent = 0_u32;
    let backoffs = const {
        &[
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO,
        ]
    };
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = async {
                if false {
                    return ::retry_core::never::<Result<Page, ApiError>>();
                }
                client.get().await
            }
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if !backoff.is_zero() && is_retryable(error) =>
                {
                    let wait = ::retry_core::jitter(backoff, 0.2);
                    let budget: &::retry_core::RetryBudget = &BUDGET;
                    if !budget.withdraw(&mut spent, false) {
                        return result;
                    }
                    wait
                }
                result => {
                    if result.is_ok() {
                        let budget: &::retry_core::RetryBudget = &BUDGET;
                        budget.deposit(spent);
                    }
                    return result;
                }
            }
        };
        ::retry_core::sleep(wait).await;
        attempt += 1;
    }
}

/// # Retries
///
/// Up to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting. Each attempt may take 500ms.
/// Tried again: an error for which `is_retryable` is true.
async fn timed(client: &Client) -> Result<Page, ApiError> {
    let backoffs = const {
        &[
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO,
        ]
    };
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result =
                match ::retry_core::timeout(::core::time::Duration::from_millis(500), async {
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
                    if !backoff.is_zero() && is_retryable(error) =>
                {
                    ::retry_core::jitter(backoff, 0.2)
                }
                result => return result,
            }
        };
        ::retry_core::sleep(wait).await;
        attempt += 1;
    }
}

/// # Retries
///
/// Up to 3 attempts, with waits of 1s, 2s between them, each ±20 %: at worst 3.6s of waiting.
/// Tried again: an error for which `is_retryable` is true.
fn watched(id: u32) -> Result<(), ApiError> {
    let mut waited = ::core::time::Duration::ZERO;
    let backoffs = const {
        &[
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO,
        ]
    };
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = (|| -> Result<(), ApiError> { call_the_api(id) })();
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if !backoff.is_zero() && is_retryable(error) =>
                {
                    let wait = ::retry_core::jitter(backoff, 0.2);
                    log_retry(&::retry_core::RetryEvent::new(
                        ::core::concat!(::core::module_path!(), "::watched"),
                        attempt as usize + 1,
                        3,
                        error,
                        backoff,
                        wait,
                        waited,
                    ));
                    waited = waited.saturating_add(wait);
                    wait
                }
                result => return result,
            }
        };
        ::retry_core::sleep_blocking(wait);
        attempt += 1;
    }
}

/// # Retries
///
/// Up to 3 attempts, with waits of 1s, 2s between them, each shortened at random down to 0: at worst 3s of waiting. Each attempt may take 500ms. No wait ends later than 10s after the start.
/// Tried again while retries are enabled: an error that the predicate accepts, and a value for which `Page::is_ready` is false.
async fn everything(client: &Client) -> Result<Page, ApiError> {
    let enabled: bool = flags::backoff();
    let started = ::retry_core::TokioClock::start();
    let mut spent = 0_u32;
    let mut waited = ::core::time::Duration::ZERO;
    let backoffs = const {
        &[
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO,
        ]
    };
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let mut timed_out = false;
            let result =
                match ::retry_core::timeout(::core::time::Duration::from_millis(500), async {
                    if false {
                        return ::retry_core::never::<Result<Page, ApiError>>();
                    }
                    client.get().await
                })
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
                        && !backoff.is_zero()
                        && ::core::option::Option::Some(error)
                            .is_some_and(|error| error.is_retryable()) =>
                {
                    let wait = ::retry_core::jitter(backoff, ::retry_core::Jitter::full());
                    let ::core::option::Option::Some(wait) = ::retry_core::lengthen(
                        wait,
                        ::core::option::Option::Some(error).and_then(|error| error.retry_after()),
                        ::retry_core::Jitter::full(),
                        ::core::time::Duration::from_secs(3).saturating_sub(waited),
                    ) else {
                        return result;
                    };
                    if started.elapsed().saturating_add(wait)
                        > ::core::time::Duration::from_secs(10)
                    {
                        return result;
                    }
                    let budget: &::retry_core::RetryBudget = &BUDGET;
                    if !budget.withdraw(&mut spent, timed_out) {
                        return result;
                    }
                    let () = ::core::option::Option::Some(&::retry_core::RetryEvent::new(
                        ::core::concat!(::core::module_path!(), "::everything"),
                        attempt as usize + 1,
                        3,
                        error,
                        backoff,
                        wait,
                        waited,
                    ))
                    .map_or((), |event| {
                        log::warn!("{}: {}", event.function, event.error)
                    });
                    waited = waited.saturating_add(wait);
                    wait
                }
                ::core::result::Result::Ok(ref value)
                    if enabled && !backoff.is_zero() && !Page::is_ready(value) =>
                {
                    let wait = ::retry_core::jitter(backoff, ::retry_core::Jitter::full());
                    if waited.saturating_add(wait) > ::core::time::Duration::from_secs(3) {
                        return result;
                    }
                    if started.elapsed().saturating_add(wait)
                        > ::core::time::Duration::from_secs(10)
                    {
                        return result;
                    }
                    let budget: &::retry_core::RetryBudget = &BUDGET;
                    if !budget.withdraw(&mut spent, timed_out) {
                        return result;
                    }
                    waited = waited.saturating_add(wait);
                    wait
                }
                result => {
                    if result.is_ok() {
                        let budget: &::retry_core::RetryBudget = &BUDGET;
                        budget.deposit(spent);
                    }
                    return result;
                }
            }
        };
        ::retry_core::sleep(wait).await;
        attempt += 1;
    }
}
