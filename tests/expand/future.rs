#[retry(schedule = [1s, 0], on = |_| true)]
fn get(client: Client, url: String) -> impl Future<Output = Result<Page, FetchError>> {
    let started = Instant::now();
    async move { client.get(&url, started).await }
}

#[retry(schedule = [1s, 0], on = |_| true)]
fn boxed<'a>(client: &'a Client, url: &'a str) -> Pin<Box<dyn Future<Output = Result<Page, FetchError>> + Send + 'a>> {
    Box::pin(async move { client.get(url).await })
}

#[retry(schedule = [1s, 0], on = |_| true)]
fn forwarded(client: &Client) -> impl Future<Output = Result<Page, FetchError>> {
    client.home()
}
