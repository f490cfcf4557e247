#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 3 attempts, with waits of 10s, 10s between them, each ±20 %: at worst 24s of waiting.\nTried again: an error for which `is_transient` is true, and a value that the predicate does not accept yet."
)]
async fn wait_for_vm(api: &Api, id: VmId) -> Result<Vm, ApiError> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_secs(10),
            ::core::time::Duration::from_secs(10),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = ::retry_core::nested!(async {
                if false {
                    return ::retry_core::never::<Result<Vm, ApiError>>();
                }
                api.vm(id).await
            })
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if backoff != ::core::time::Duration::ZERO && is_transient(error) =>
                {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    ::retry_core::retrying!(backoffs, attempt, wait, error);
                    wait
                }
                ::core::result::Result::Ok(ref value)
                    if !::core::option::Option::Some(value)
                        .is_some_and(|vm: &Vm| vm.is_running()) =>
                {
                    if backoff == ::core::time::Duration::ZERO {
                        ::retry_core::gave_up!(
                            backoffs,
                            attempt,
                            ::retry_core::exhausted(&backoffs)
                        );
                        return result;
                    }
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    ::retry_core::retrying!(backoffs, attempt, wait);
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
    doc = "# Retries\n\nUp to 3 attempts, with waits of 100ms, 100ms between them, each ±20 %: at worst 240ms of waiting.\nTried again: `None`."
)]
fn first_message(queue: &Queue) -> Option<Message> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_millis(100),
            ::core::time::Duration::from_millis(100),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    ::retry_core::nested!();
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = {
            let result = (|| -> Option<Message> { queue.pop() })();
            match result {
                ::core::option::Option::None => {
                    if backoff == ::core::time::Duration::ZERO {
                        ::retry_core::gave_up!(
                            backoffs,
                            attempt,
                            ::retry_core::exhausted(&backoffs)
                        );
                        return result;
                    }
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    ::retry_core::retrying!(backoffs, attempt, wait);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Option);
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
    doc = "# Retries\n\nUp to 3 attempts, with waits of 100ms, 100ms between them: at worst 200ms of waiting.\nTried again: a value for which `Load::is_low` is false."
)]
fn load(host: &str) -> Load {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_millis(100),
            ::core::time::Duration::from_millis(100),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    ::retry_core::nested!();
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = {
            let result = (|| -> Load { measure(host) })();
            match result {
                ref value if !Load::is_low(value) => {
                    if backoff == ::core::time::Duration::ZERO {
                        ::retry_core::gave_up!(
                            backoffs,
                            attempt,
                            ::retry_core::exhausted(&backoffs)
                        );
                        return result;
                    }
                    let wait = backoff;
                    ::retry_core::retrying!(backoffs, attempt, wait);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Value);
                    return result;
                }
            }
        };
        ::retry_core::sleep_blocking!(wait);
        attempt += 1;
    }
}
