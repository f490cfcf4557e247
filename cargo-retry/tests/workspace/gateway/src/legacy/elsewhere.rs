#[retry(schedule = match { Error::Busy(_) | Error::Slow => [5s, 30s, 0], Error::Io(_) => [50ms, 0] })]
pub fn moved() -> Result<(), Error> {
    Ok(())
}
