#[retry(schedule = [250ms, 0], on = is_busy, retry_after = hint, max_retry_after = 5s)]
pub fn dial() -> io::Result<Connection> {
    Connection::open()
}
