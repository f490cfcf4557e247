fn legacy(client: &Client, worker: Worker) -> Result<Report, Error> {
    let sid = {
        let enabled = flags.backoff();
        let backoffs = ::retry_core::backoffs!(
            [::core::time::Duration::from_secs(1), ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO], in fn, enabled
        );
        ::retry_core::nested!();
        let mut attempt = 0_u32;
        loop {
            let backoff = backoffs[attempt as usize];
            let wait = match (|| client.create(&worker))() {
                ::core::result::Result::Err(error)
                    if enabled
                        && backoff != ::core::time::Duration::ZERO
                        && is_rate_limited(::retry_core::argument!(is_rate_limited, &error)) =>
                {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    ::retry_core::retrying!(backoffs, attempt, wait, &error);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    break result;
                }
            };
            ::retry_core::sleep_blocking!(wait);
            attempt += 1;
        }
    }?;
    Ok(Report::of(sid))
}

async fn modern(client: &Client, worker: Worker) -> Result<Report, Error> {
    let sid = {
        let backoffs = ::retry_core::backoffs!(
            [::core::time::Duration::from_secs(1), ::core::time::Duration::from_secs(2),
            ::core::time::Duration::ZERO], in fn
        );
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = ::retry_core::nested!(async { client.create(&worker).await }).await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(error)
                        if backoff != ::core::time::Duration::ZERO
                            && is_rate_limited(::retry_core::argument!(
                                is_rate_limited,
                                &error
                            )) =>
                    {
                        let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                        ::retry_core::retrying!(backoffs, attempt, wait, &error);
                        wait
                    }
                    result => {
                        ::retry_core::ended!(backoffs, attempt, result : Result);
                        break result;
                    }
                }
            };
            ::retry_core::sleep!(wait).await;
            attempt += 1;
        }
    }?;
    let phase = {
        let backoffs = ::retry_core::backoffs!(
            [::core::time::Duration::from_secs(5), ::core::time::Duration::from_secs(5),
            ::core::time::Duration::ZERO], in fn
        );
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = ::retry_core::nested!(async {
                    if false {
                        return ::retry_core::never::<Option<Phase>>();
                    }
                    client.phase(&sid).await
                })
                .await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::option::Option::None => {
                        if backoff == ::core::time::Duration::ZERO {
                            ::retry_core::gave_up!(
                                backoffs,
                                attempt,
                                ::retry_core::exhausted(&backoffs)
                            );
                            break result;
                        }
                        let wait = backoff;
                        ::retry_core::retrying!(backoffs, attempt, wait);
                        wait
                    }
                    result => {
                        ::retry_core::ended!(backoffs, attempt, result : Option);
                        break result;
                    }
                }
            };
            ::retry_core::sleep!(wait).await;
            attempt += 1;
        }
    };
    Ok(Report::of(sid, phase))
}
