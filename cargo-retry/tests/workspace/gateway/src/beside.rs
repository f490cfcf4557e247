#[retry(schedule = [1s, 0], on = |_| true)]
fn bind() -> io::Result<()> {
    Ok(())
}
