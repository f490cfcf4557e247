use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
mod api {
    pub fn status() -> Result<(), ()> {
        Ok(())
    }
}

fn main() {
    let _ = api::status();
}
