use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true, reraise = true, before = log, fallback = || Ok(()))]
fn create() -> std::io::Result<()> {
    Ok(())
}

#[retry(schedule = [1s, 0], excludes = is_forbidden, retry_if_result = |state| state.is_pending())]
fn status() -> std::io::Result<()> {
    Ok(())
}

fn main() {}
