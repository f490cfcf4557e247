#[retry(schedule = [1ms, 0], on = |_| true, sleep = Timer::after)]
async fn on_another_timer() -> Result<(), Error> {
    call().await
}

#[retry(schedule = [1ms, 0], on = |_| true, sleep = |wait| clock.advance(wait), crate = my_retry)]
fn on_a_clock(clock: &Clock) -> Result<(), Error> {
    call()
}
