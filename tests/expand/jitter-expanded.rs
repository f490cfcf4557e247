#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 2 attempts, with a wait of 1s between them: at worst 1s of waiting.\nTried again: every error."
)]
fn none() -> Result<(), Error> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    ::retry_core::nested!();
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = match (|| -> Result<(), Error> { call() })() {
            ::core::result::Result::Err(error) if backoff != ::core::time::Duration::ZERO => {
                let wait = backoff;
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

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 2 attempts, with a wait of 1s between them, each ±100 %: at worst 2s of waiting.\nTried again: every error."
)]
fn doubled() -> Result<(), Error> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    ::retry_core::nested!();
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = match (|| -> Result<(), Error> { call() })() {
            ::core::result::Result::Err(error) if backoff != ::core::time::Duration::ZERO => {
                let wait = ::retry_core::jitter!(backoffs, backoff, 1.0);
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

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 2 attempts, with a wait of 1s between them, each shortened at random down to 0: at worst 1s of waiting.\nTried again: every error."
)]
fn full() -> Result<(), Error> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    ::retry_core::nested!();
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = match (|| -> Result<(), Error> { call() })() {
            ::core::result::Result::Err(error) if backoff != ::core::time::Duration::ZERO => {
                let wait = ::retry_core::jitter!(backoffs, backoff, ::retry_core::Jitter::full());
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

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 2 attempts, with a wait of 1s between them, each shortened at random by up to a half: at worst 1s of waiting.\nTried again: every error."
)]
fn equal() -> Result<(), Error> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(1),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    ::retry_core::nested!();
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = match (|| -> Result<(), Error> { call() })() {
            ::core::result::Result::Err(error) if backoff != ::core::time::Duration::ZERO => {
                let wait = ::retry_core::jitter!(backoffs, backoff, ::retry_core::Jitter::equal());
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
