use retry_core::retry;
use std::io;

struct Client;

impl Client {
    #[retry(schedule = [1, 2sec, 0, 4s], jitter = 1.5, retries = 3, max_wait = -1s)]
    fn status(&self) -> io::Result<String> {
        std::fs::read_to_string("status")
    }
}

fn main() -> io::Result<()> {
    let status = Client.status()?;
    println!("{}", status.trim());
    Ok(())
}
