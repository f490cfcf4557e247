use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
impl Client {
    fn status(&self) -> Result<(), ()> {
        Ok(())
    }
}

struct Client;

fn main() {
    let _ = Client.status();
}
