/// Does the thing.
#[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = 0.2, on = is_retryable)]
fn do_the_thing(id: u32) -> Result<(), ApiError> {
    call_the_api(id)
}
