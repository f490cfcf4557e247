#[retry(schedule = exponential(1s, max = 5s, retries = 4), jitter = full, on = |_| true)]
fn fetch(url: &str) -> Result<Page, FetchError> {
    get(url)
}
