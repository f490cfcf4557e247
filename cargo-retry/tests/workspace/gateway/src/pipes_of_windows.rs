#[retry(schedule = [50ms, 50ms, 0], jitter = 0, on = is_busy)]
fn open() -> io::Result<Pipe> {
    Pipe::open()
}
