use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
async fn fetch() -> Result<(), Down> {
    std::future::ready(()).await;
}

struct Down;

fn main() {}
