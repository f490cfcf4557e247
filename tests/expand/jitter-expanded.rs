/// # Retries
///
/// Up to 2 attempts, with a wait of 1s between them: at worst 1s of waiting.
/// Tried again: every error.
fn none() -> Result<(), Error> {
    for backoff in [
        ::core::time::Duration::from_secs(1),
        ::core::time::Duration::ZERO,
    ] {
        let wait = match (|| -> Result<(), Error> { call() })() {
            ::core::result::Result::Err(_) if !backoff.is_zero() => backoff,
            result => return result,
        };
        ::retry_core::sleep_blocking(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}

/// # Retries
///
/// Up to 2 attempts, with a wait of 1s between them, each ±100 %: at worst 2s of waiting.
/// Tried again: every error.
fn doubled() -> Result<(), Error> {
    for backoff in [
        ::core::time::Duration::from_secs(1),
        ::core::time::Duration::ZERO,
    ] {
        let wait = match (|| -> Result<(), Error> { call() })() {
            ::core::result::Result::Err(_) if !backoff.is_zero() => {
                ::retry_core::jitter(backoff, 1.0)
            }
            result => return result,
        };
        ::retry_core::sleep_blocking(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}

/// # Retries
///
/// Up to 2 attempts, with a wait of 1s between them, each shortened at random down to 0: at worst 1s of waiting.
/// Tried again: every error.
fn full() -> Result<(), Error> {
    for backoff in [
        ::core::time::Duration::from_secs(1),
        ::core::time::Duration::ZERO,
    ] {
        let wait = match (|| -> Result<(), Error> { call() })() {
            ::core::result::Result::Err(_) if !backoff.is_zero() => {
                ::retry_core::jitter(backoff, ::retry_core::Jitter::full())
            }
            result => return result,
        };
        ::retry_core::sleep_blocking(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}

/// # Retries
///
/// Up to 2 attempts, with a wait of 1s between them, each shortened at random by up to a half: at worst 1s of waiting.
/// Tried again: every error.
fn equal() -> Result<(), Error> {
    for backoff in [
        ::core::time::Duration::from_secs(1),
        ::core::time::Duration::ZERO,
    ] {
        let wait = match (|| -> Result<(), Error> { call() })() {
            ::core::result::Result::Err(_) if !backoff.is_zero() => {
                ::retry_core::jitter(backoff, ::retry_core::Jitter::equal())
            }
            result => return result,
        };
        ::retry_core::sleep_blocking(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}
