#[retry(schedule = [2s, 0], on = is_busy)]
fn included() -> Result<(), Error> {
    Ok(())
}
