//! Charges for orders.

use gateway::Gateway;

pub struct Ledger<G> {
    gateway: G,
}

impl<G: Gateway> Ledger<G> {
    /// Three times three requests, as `Http` retries, too.
    #[retry(schedule = [1s, 4s, 0], jitter = full, on = ChargeError::is_transient)]
    pub async fn charge(&self, order: &Order) -> Result<Receipt, ChargeError> {
        self.book(order).await
    }

    async fn book(&self, order: &Order) -> Result<Receipt, ChargeError> {
        let response = self.gateway.send(&order.request()).await?;
        Ok(response.into())
    }
}

macro_rules! charge_each {
    ($($name:ident, $schedule:expr;)*) => {$(
        #[retry(schedule = $schedule, on = is_busy)]
        fn $name() -> Result<(), ChargeError> {
            charge_now()
        }
    )*};
}

charge_each! {
    monthly, MONTHLY;
    yearly, YEARLY;
}

macro_rules! with_reminder {
    ($text:expr) => {
        #[retry(schedule = [1m, 5m, 0], on = is_busy)]
        fn remind() -> Result<(), ChargeError> {
            send_text($text)
        }
    };
}

with_reminder!("pay");

thread_local! {
    static LEDGER: Ledger<Http> = {
        #[retry(schedule = [1s, 0], on = is_busy)]
        fn open_ledger() -> Result<Ledger<Http>, ChargeError> {
            Ledger::open()
        }
        open_ledger().unwrap()
    };
}

#[cfg(test)]
mod tests {
    #[tokio::test]
    #[retry(schedule = [10ms, 0], on = |_| true)]
    async fn it_charges() -> Result<(), ChargeError> {
        Ok(())
    }
}
