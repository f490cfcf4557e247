use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
pub trait Api {
    fn status(&self) -> Result<(), ()>;
}

fn main() {}
