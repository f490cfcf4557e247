use retry_core::retry;
use std::io;

struct Pool {
    connections: Vec<u32>,
}

impl Pool {
    #[retry(schedule = [1s, 0], on = |_| true)]
    fn connection(&mut self) -> io::Result<&mut u32> {
        self.connections
            .last_mut()
            .ok_or(io::ErrorKind::NotConnected.into())
    }
}

fn main() {
    let _ = Pool {
        connections: vec![],
    }
    .connection();
}
