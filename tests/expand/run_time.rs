impl Store {
    #[retry(schedule = self.config.schedule, jitter = self.config.jitter, on = is_retryable)]
    async fn save(&mut self, row: &Row) -> Result<Saved<'_>, StoreError> {
        self.connection.insert(row).await
    }

    #[retry(schedule = schedules::API, on = is_retryable)]
    fn load(&self, id: RowId) -> Result<Row, StoreError> {
        self.connection.select(id)
    }
}
