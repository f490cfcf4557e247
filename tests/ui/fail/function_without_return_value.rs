use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
fn status() {
    println!("tried");
}

fn main() {
    status();
}
