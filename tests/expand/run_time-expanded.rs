impl Store {
    /// # Retries
    ///
    /// The schedule is chosen at run time.
    /// Tried again: an error for which `is_retryable` is true.
    async fn save(&mut self, row: &Row) -> Result<Saved<'_>, StoreError> {
        let schedule = ::retry_core::Schedule::clone(&self.config.schedule);
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = async {
                    if false {
                        return ::retry_core::never::<Result<Saved<'_>, StoreError>>();
                    }
                    self.connection.insert(row).await
                }
                .await;
                let backoff = schedule.backoffs()[attempt as usize];
                match result {
                    ::core::result::Result::Err(ref error)
                        if !backoff.is_zero() && is_retryable(error) =>
                    {
                        ::retry_core::jitter::<::retry_core::Jitter>(backoff, self.config.jitter)
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
    /// The schedule is chosen at run time.
    /// Tried again: an error for which `is_retryable` is true.
    fn load(&self, id: RowId) -> Result<Row, StoreError> {
        let schedule = ::retry_core::Schedule::clone(&schedules::API);
        for &backoff in schedule.backoffs() {
            let wait = match (|| -> Result<Row, StoreError> { self.connection.select(id) })() {
                ::core::result::Result::Err(ref error)
                    if !backoff.is_zero() && is_retryable(error) =>
                {
                    ::retry_core::jitter(backoff, 0.2)
                }
                result => return result,
            };
            ::retry_core::sleep_blocking(wait);
        }
        ::core::unreachable!("a schedule ends in 0")
    }
}
