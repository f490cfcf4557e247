use billing::Ledger;
use object_store::ObjectStore;

pub struct Shop {
    ledger: Ledger<Http>,
    store: Arc<dyn ObjectStore>,
    schedule: Schedule,
}

impl Shop {
    /// Two times three times three requests.
    #[retry(schedule = [10s, 0], on = OrderError::is_transient, max_elapsed = 2m)]
    pub async fn order(&self, order: &Order) -> Result<Receipt, OrderError> {
        let receipt = self.ledger.charge(order).await?;
        self.keep(&receipt).await?;
        Ok(receipt)
    }

    /// Over a client that makes eleven attempts by itself.
    #[retry(schedule = [1s, 2s, 0], on = |_| true)]
    async fn keep(&self, receipt: &Receipt) -> Result<(), OrderError> {
        self.store.put(&receipt.path(), receipt.bytes()).await?;
        Ok(())
    }

    #[retry(schedule = self.schedule, on = OrderError::is_transient)]
    pub fn cancel(&mut self, order: &Order) -> Result<(), OrderError> {
        #[retry(schedule = [5ms, 0], jitter = 0, on = is_locked)]
        fn lock(path: &Path) -> io::Result<Lock> {
            Lock::take(path)
        }

        let _lock = lock(&order.path)?;
        Ok(())
    }
}

/// Calls itself.
#[retry(schedule = [1s, 0], on = OrderError::is_transient)]
pub fn settle(order: &Order) -> Result<(), OrderError> {
    order.parts().try_for_each(settle_part)
}

fn settle_part(part: &Part) -> Result<(), OrderError> {
    settle(&part.order)
}
