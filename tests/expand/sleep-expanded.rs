/// # Retries
///
/// Up to 2 attempts, with a wait of 1ms between them, each ±20 %: at worst 1.2ms of waiting.
/// Tried again: every error.
async fn on_another_timer() -> Result<(), Error> {
    let backoffs = const {
        &[
            ::core::time::Duration::from_millis(1),
            ::core::time::Duration::ZERO,
        ]
    };
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = async {
                if false {
                    return ::retry_core::never::<Result<(), Error>>();
                }
                call().await
            }
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(_) if !backoff.is_zero() => {
                    ::retry_core::jitter(backoff, 0.2)
                }
                result => return result,
            }
        };
        Timer::after(wait).await;
        attempt += 1;
    }
}

/// # Retries
///
/// Up to 2 attempts, with a wait of 1ms between them, each ±20 %: at worst 1.2ms of waiting.
/// Tried again: every error.
fn on_a_clock(clock: &Clock) -> Result<(), Error> {
    for backoff in [
        ::core::time::Duration::from_millis(1),
        ::core::time::Duration::ZERO,
    ] {
        let wait = match (|| -> Result<(), Error> { call() })() {
            ::core::result::Result::Err(_) if !backoff.is_zero() => my_retry::jitter(backoff, 0.2),
            result => return result,
        };
        let () = (|wait: ::core::time::Duration| clock.advance(wait))(wait);
    }
    ::core::unreachable!("a schedule ends in 0")
}
