/// # Retries
///
/// Up to 3 attempts, with waits of 10s, 10s between them, each ±20 %: at worst 24s of waiting.
/// Tried again: an error for which `is_transient` is true, and a value that the predicate does not accept yet.
async fn wait_for_vm(api: &Api, id: VmId) -> Result<Vm, ApiError> {
    let backoffs = const {
        &[
            ::core::time::Duration::from_secs(10),
            ::core::time::Duration::from_secs(10),
            ::core::time::Duration::ZERO,
        ]
    };
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = async {
                if false {
                    return ::retry_core::never::<Result<Vm, ApiError>>();
                }
                api.vm(id).await
            }
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(ref error)
                    if !backoff.is_zero() && is_transient(error) =>
                {
                    ::retry_core::jitter(backoff, 0.2)
                }
                ::core::result::Result::Ok(ref value)
                    if !backoff.is_zero()
                        && !::core::option::Option::Some(value)
                            .is_some_and(|vm: &Vm| vm.is_running()) =>
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
/// Up to 3 attempts, with waits of 100ms, 100ms between them, each ±20 %: at worst 240ms of waiting.
/// Tried again: `None`.
fn first_message(queue: &Queue) -> Option<Message> {
    for backoff in [
        ::core::time::Duration::from_millis(100),
        ::core::time::Duration::from_millis(100),
        ::core::time::Duration::ZERO,
    ] {
        let wait = match (|| -> Option<Message> { queue.pop() })() {
            ::core::option::Option::None if !backoff.is_zero() => {
                ::retry_core::jitter(backoff, 0.2)
            }
            result => return result,
        };
        ::retry_core::sleep_blocking(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}

/// # Retries
///
/// Up to 3 attempts, with waits of 100ms, 100ms between them: at worst 200ms of waiting.
/// Tried again: a value for which `Load::is_low` is false.
fn load(host: &str) -> Load {
    for backoff in [
        ::core::time::Duration::from_millis(100),
        ::core::time::Duration::from_millis(100),
        ::core::time::Duration::ZERO,
    ] {
        let wait = match (|| -> Load { measure(host) })() {
            ref value if !backoff.is_zero() && !Load::is_low(value) => backoff,
            result => return result,
        };
        ::retry_core::sleep_blocking(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}
