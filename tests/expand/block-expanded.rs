fn legacy(client: &Client, worker: Worker) -> Result<Report, Error> {
    let sid = {
        let enabled: bool = flags.backoff();
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
                let result = (|| client.create(&worker))();
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(ref error)
                        if enabled && !backoff.is_zero() && is_rate_limited(error) =>
                    {
                        ::retry_core::jitter(backoff, 0.2)
                    }
                    result => break result,
                }
            };
            ::retry_core::sleep_blocking(wait);
            attempt += 1;
        }
    }?;
    Ok(Report::of(sid))
}

async fn modern(client: &Client, worker: Worker) -> Result<Report, Error> {
    let sid = {
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
                let result = async { client.create(&worker).await }.await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(ref error)
                        if !backoff.is_zero() && is_rate_limited(error) =>
                    {
                        ::retry_core::jitter(backoff, 0.2)
                    }
                    result => break result,
                }
            };
            ::retry_core::sleep(wait).await;
            attempt += 1;
        }
    }?;
    let phase = {
        let backoffs = const {
            &[
                ::core::time::Duration::from_secs(5),
                ::core::time::Duration::from_secs(5),
                ::core::time::Duration::ZERO,
            ]
        };
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = async {
                    if false {
                        return ::retry_core::never::<Option<Phase>>();
                    }
                    client.phase(&sid).await
                }
                .await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::option::Option::None if !backoff.is_zero() => backoff,
                    result => break result,
                }
            };
            ::retry_core::sleep(wait).await;
            attempt += 1;
        }
    };
    Ok(Report::of(sid, phase))
}
