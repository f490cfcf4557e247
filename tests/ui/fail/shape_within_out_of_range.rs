use retry_core::retry;

#[retry(schedule = inverse(3m, min = 15s, within = 1s), on = |_| true)]
fn too_short() -> Result<(), ()> {
    Ok(())
}

#[retry(schedule = inverse(3m, min = 15s, within = 7d), on = |_| true)]
fn too_many_attempts() -> Result<(), ()> {
    Ok(())
}

#[retry(schedule = exponential(1s, within = 5m, attempts = 5), on = |_| true)]
fn of_another_shape() -> Result<(), ()> {
    Ok(())
}

#[retry(schedule = inverse(3m, min = 15s), on = |_| true)]
fn not_written() -> Result<(), ()> {
    Ok(())
}

#[retry(schedule = inverse(3m, min = 15s, within), on = |_| true)]
fn without_a_value() -> Result<(), ()> {
    Ok(())
}

fn main() {}
