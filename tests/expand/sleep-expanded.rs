#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 2 attempts, with a wait of 1ms between them, each ±20 %: at worst 1.2ms of waiting.\nTried again: every error."
)]
async fn on_another_timer() -> Result<(), Error> {
    let backoffs = ::retry_core::backoffs!(
        [
            ::core::time::Duration::from_millis(1),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    let mut attempt = 0_u32;
    loop {
        let wait = {
            let result = ::retry_core::nested!(async {
                if false {
                    return ::retry_core::never::<Result<(), Error>>();
                }
                call().await
            })
            .await;
            let backoff = backoffs[attempt as usize];
            match result {
                ::core::result::Result::Err(error) if backoff != ::core::time::Duration::ZERO => {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    ::retry_core::retrying!(backoffs, attempt, wait, &error);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    return result;
                }
            }
        };
        Timer::after(wait).await;
        attempt += 1;
    }
}

#[cfg_attr(
    doc,
    doc = "# Retries\n\nUp to 2 attempts, with a wait of 1ms between them, each ±20 %: at worst 1.2ms of waiting.\nTried again: every error."
)]
fn on_a_clock(clock: &Clock) -> Result<(), Error> {
    let backoffs = my_retry::backoffs!(
        [
            ::core::time::Duration::from_millis(1),
            ::core::time::Duration::ZERO
        ],
        fn
    );
    my_retry::nested!();
    let mut attempt = 0_u32;
    loop {
        let backoff = backoffs[attempt as usize];
        let wait = match (|| -> Result<(), Error> { call() })() {
            ::core::result::Result::Err(error) if backoff != ::core::time::Duration::ZERO => {
                let wait = my_retry::jitter!(backoffs, backoff, 0.2);
                my_retry::retrying!(backoffs, attempt, wait, &error);
                wait
            }
            result => {
                my_retry::ended!(backoffs, attempt, result : Result);
                return result;
            }
        };
        let () = (|wait: ::core::time::Duration| clock.advance(wait))(wait);
        attempt += 1;
    }
}
