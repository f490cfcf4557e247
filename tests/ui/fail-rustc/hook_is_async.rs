use retry_core::{RetryDone, RetryEvent, retry};
use std::io;
use std::time::Duration;

#[retry(schedule = [1s, 0], on = |_| true, notify = log)]
async fn told() -> io::Result<u16> {
    Ok(200)
}

#[retry(schedule = [1s, 0], on = |_| true, done = tell)]
fn ended() -> io::Result<u16> {
    Ok(200)
}

#[retry(schedule = [1s, 0], on = |_| true, sleep = wait)]
fn slept() -> io::Result<u16> {
    Ok(200)
}

#[retry(schedule = [1s, 0], on = |_| true, sleep = |duration| wait(duration))]
fn slept_in_a_closure() -> io::Result<u16> {
    Ok(200)
}

async fn log(event: &RetryEvent<'_, io::Error>) {
    eprintln!("{}", event.error);
}

async fn tell(done: &RetryDone<'_, io::Error>) {
    eprintln!("{:?}", done.end);
}

async fn wait(_: Duration) {}

fn main() {
    drop((told(), ended(), slept(), slept_in_a_closure()));
}
