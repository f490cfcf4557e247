#[retry(schedule = [1s, 2s, 0], on = is_retryable, enabled = flags::backoff())]
fn do_the_thing(id: u32) -> Result<(), ApiError> {
    call_the_api(id)
}
