use retry_core::retry;

struct ApiError;

#[retry(schedule = [1s, 0], on = |_| true, attempt_timeout = 2s)]
async fn status() -> Result<String, ApiError> {
    Err(ApiError)
}

fn main() {
    let _ = status();
}
