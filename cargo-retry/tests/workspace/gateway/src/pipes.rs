#[retry(schedule = SCHEDULE, jitter = jitter(), on = is_busy)]
fn open() -> io::Result<Pipe> {
    Pipe::open()
}
