use retry_core::{retry, retry_block};
use std::io;
use std::time::Duration;

#[retry(schedule = [1s, 0], on = |_| true)]
async fn status() -> io::Result<String> {
    std::fs::read_to_string("status")
}

#[retry(schedule = [1s, 0], on = |_| true)]
fn status_later() -> impl Future<Output = io::Result<String>> {
    async { std::fs::read_to_string("status") }
}

async fn status_in_a_block() -> io::Result<String> {
    retry_block!(schedule = [1s, 0], on = |_| true => async { std::fs::read_to_string("status") })
}

#[retry(schedule = [1s, 0], on = |_| true, sleep = pause)]
async fn with_a_timer_of_its_own() -> io::Result<String> {
    std::fs::read_to_string("status")
}

async fn pause(_: Duration) {}

#[retry(schedule = [1s, 0], on = |_| true)]
fn blocking() -> io::Result<String> {
    std::fs::read_to_string("status")
}

fn main() {
    let _ = blocking();
    drop((
        status(),
        status_later(),
        status_in_a_block(),
        with_a_timer_of_its_own(),
    ));
}
