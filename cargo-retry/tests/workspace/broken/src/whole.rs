mod unbalanced;

#[retry(schedule = [1s, 2s, 0], on = is_busy)]
fn whole() -> io::Result<()> {
    Ok(())
}
