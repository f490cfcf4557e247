use retry_core::retry;

#[retry(schedule = [1s, 0])]
async fn status() {
    println!("tried");
}

fn main() {
    drop(status());
}
