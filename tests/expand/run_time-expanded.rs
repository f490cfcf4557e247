impl Store {
    #[cfg_attr(
        doc,
        doc = "# Retries\n\nThe schedule is chosen at run time.\nTried again: an error for which `is_retryable` is true."
    )]
    async fn save(&mut self, row: &Row) -> Result<Saved<'_>, StoreError> {
        let schedule = {
            let schedule = &self.config.schedule;
            <::retry_core::Schedule as ::core::clone::Clone>::clone(schedule)
        };
        let jitter: ::retry_core::Jitter = self.config.jitter;
        let backoffs = ::retry_core::backoffs!(schedule, fn);
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = ::retry_core::nested!(async {
                    if false {
                        return ::retry_core::never::<Result<Saved<'_>, StoreError>>();
                    }
                    self.connection.insert(row).await
                })
                .await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(error)
                        if backoff != ::core::time::Duration::ZERO && is_retryable(&error) =>
                    {
                        let wait = ::retry_core::jitter!(
                            backoffs,
                            backoff,
                            jitter,
                            ::retry_core::max_of(&backoffs)
                        );
                        ::retry_core::retrying!(backoffs, attempt, wait, &error);
                        wait
                    }
                    result => {
                        ::retry_core::ended!(backoffs, attempt, result : Result);
                        return result;
                    }
                }
            };
            ::retry_core::sleep!(wait).await;
            attempt = attempt.saturating_add(1);
        }
    }

    #[cfg_attr(
        doc,
        doc = "# Retries\n\nThe schedule is chosen at run time.\nTried again: an error for which `is_retryable` is true."
    )]
    fn load(&self, id: RowId) -> Result<Row, StoreError> {
        let schedule = {
            let schedule = &schedules::API;
            <::retry_core::Schedule as ::core::clone::Clone>::clone(schedule)
        };
        let backoffs = ::retry_core::backoffs!(schedule, fn);
        ::retry_core::nested!();
        let mut attempt = 0_u32;
        loop {
            let backoff = backoffs[attempt as usize];
            let wait = match (|| -> Result<Row, StoreError> { self.connection.select(id) })() {
                ::core::result::Result::Err(error)
                    if backoff != ::core::time::Duration::ZERO && is_retryable(&error) =>
                {
                    let wait = ::retry_core::jitter!(
                        backoffs,
                        backoff,
                        0.2,
                        ::retry_core::max_of(&backoffs)
                    );
                    ::retry_core::retrying!(backoffs, attempt, wait, &error);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    return result;
                }
            };
            ::retry_core::sleep_blocking!(wait);
            attempt = attempt.saturating_add(1);
        }
    }
}
