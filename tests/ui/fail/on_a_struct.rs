use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
struct Client {
    url: String,
}

fn main() {
    let _ = Client { url: String::new() }.url;
}
