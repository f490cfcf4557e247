#[retry(schedule = [1s, 0], jitter = 0, on = |_| true)]
fn none() -> Result<(), Error> {
    call()
}

#[retry(schedule = [1s, 0], jitter = 1, on = |_| true)]
fn doubled() -> Result<(), Error> {
    call()
}

#[retry(schedule = [1s, 0], jitter = full, on = |_| true)]
fn full() -> Result<(), Error> {
    call()
}

#[retry(schedule = [1s, 0], jitter = equal, on = |_| true)]
fn equal() -> Result<(), Error> {
    call()
}
