use retry_core::retry;

trait Api {
    #[retry(schedule = [1s, 0], on = |_| true)]
    fn status(&self) -> Result<u32, ()>;
}

struct Fixed;

impl Api for Fixed {
    fn status(&self) -> Result<u32, ()> {
        Ok(200)
    }
}

fn main() {
    let _ = Fixed.status();
}
