use retry_core::retry;
use std::io;

#[retry(schedule = [1s, 0], on = |_| true, clone = [connection])]
fn send(connection: Connection) -> io::Result<u16> {
    Ok(consume(connection))
}

struct Connection;

fn consume(_: Connection) -> u16 {
    200
}

fn main() {
    let _ = send(Connection);
}
