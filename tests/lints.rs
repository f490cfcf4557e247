//! What the macros write gives no lint a reason to complain: `cargo clippy` reads this file with all of them on.

#![deny(
    clippy::pedantic,
    clippy::nursery,
    clippy::indexing_slicing,
    clippy::shadow_same,
    clippy::unreachable,
    missing_docs,
    unused,
    unreachable_code
)]

use retry_core::{Jitter, RetryDone, RetryEvent, Schedule, retry, retry_block};

/// A service.
#[derive(Debug)]
pub struct Service {
    schedule: Schedule,
    jitter: Jitter,
    on: bool,
}

impl Service {
    /// Documented.
    ///
    /// # Errors
    ///
    /// Where the number is small.
    #[retry(schedule = [1s, 1.5s, 0], on = is_retryable, enabled = self.on)]
    pub fn sync(&mut self, id: u32) -> Result<u32, String> {
        self.on = true;
        check(id)
    }

    /// Documented.
    ///
    /// # Errors
    ///
    /// Where the number is small.
    #[retry(schedule = self.schedule, jitter = self.jitter, on = |error| error.len() < 4, until = |id| *id > 4)]
    pub async fn asynchronous(&self, id: u32) -> Result<u32, String> {
        std::future::ready(()).await;
        check(id)
    }
}

/// Documented.
///
/// # Errors
///
/// Where the name is short.
#[retry(
    schedule = match { error if error.is_empty() => [1ms, 0], _ => exponential(1ms, max = 2ms, attempts = 3) },
    enabled = on,
    reset_after = 1m,
    clone = [name],
    attempt = attempt,
    notify = told,
    done = |done| ended(done),
)]
#[allow(clippy::needless_pass_by_value)]
pub fn hooks(name: String, on: bool) -> Result<usize, String> {
    let id = u32::try_from(consume(name) + attempt.number()).unwrap_or(0);
    check(id).map(|_| attempt.attempts())
}

/// Documented.
#[retry(schedule = [1ms, 2ms, ..], until = |id| *id > 3, enabled = on, attempt = attempt, done = ended, sleep = std::thread::sleep)]
#[must_use]
pub fn poll(on: bool) -> Option<usize> {
    Some(attempt.number())
}

fn consume(name: String) -> usize {
    name.into_bytes().len()
}

const fn told(_: &RetryEvent<'_, String>) {}

const fn ended<E>(_: &RetryDone<'_, E>) {}

const fn check(id: u32) -> Result<u32, String> {
    if id > 3 { Ok(id) } else { Err(String::new()) }
}

#[allow(clippy::ptr_arg, clippy::missing_const_for_fn)]
fn is_retryable(error: &String) -> bool {
    error.is_empty()
}

#[tokio::test]
async fn expansions_do_what_they_should_as_well() {
    let schedule = Schedule::from_static(&[std::time::Duration::ZERO]);
    let mut service = Service {
        schedule,
        jitter: Jitter::full(),
        on: true,
    };
    assert_eq!(service.sync(5), Ok(5));
    assert_eq!(service.asynchronous(5).await, Ok(5));
    let block = retry_block!(schedule = [1s, 0], on = is_retryable => { check(6) });
    assert_eq!(block, Ok(6));
    assert_eq!(hooks("ab".to_owned(), true), Ok(3));
    assert_eq!(poll(true), Some(4));
}
