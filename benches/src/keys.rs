//! Each key of `#[retry]` switched on alone, so that its cost is seen: no jitter, and waits that take no time.

use crate::contenders::{Async, Contender, Sync};
use crate::work::{Api, ApiError, BACKOFFS, is_retryable, poll_once, skip, skip_async};
use retry_core::{RetryBudget, RetryDone, RetryEvent, Schedule, retry};
use std::hint::black_box;
use std::time::Duration;

static SCHEDULE: Schedule = Schedule::from_static(&BACKOFFS);
static BUDGET: RetryBudget = RetryBudget::holding(1_000_000).success_gives(1e6);

fn hear(event: &RetryEvent<'_, ApiError>) {
    black_box(event.wait);
}

fn hear_end(done: &RetryDone<'_, ApiError>) {
    black_box(done.end);
}

fn hint(_: &ApiError) -> Option<Duration> {
    None
}

#[allow(
    clippy::trivially_copy_pass_by_ref,
    reason = "a predicate is given a reference"
)]
fn is_good(answer: &u64) -> bool {
    *answer > 0
}

macro_rules! sync {
    ($id:ident, $($key:tt)*) => {
        Sync {
            plain: Some({
                #[retry(jitter = 0, sleep = skip, $($key)*)]
                fn plain(api: &Api, $id: u64) -> Result<u64, ApiError> {
                    crate::work::call(api, $id)
                }
                plain
            }),
            ..Sync::default()
        }
    };
}

macro_rules! asynchronous {
    ($id:ident, $($key:tt)*) => {
        Async {
            plain: Some({
                #[retry(jitter = 0, sleep = skip_async, $($key)*)]
                async fn plain(api: &Api, $id: u64) -> Result<u64, ApiError> {
                    crate::work::call(api, $id)
                }
                |api, id| poll_once(plain(api, id))
            }),
            ..Async::default()
        }
    };
}

/// A row for each: its name and its keys. The keys may name the argument.
macro_rules! rows {
    ($id:ident; $($name:literal: [$($key:tt)*];)*) => {
        vec![$(Contender {
            name: $name,
            sync: sync!($id, $($key)*),
            asynchronous: asynchronous!($id, $($key)*),
        }),*]
    };
}

pub(crate) fn contenders() -> Vec<Contender> {
    let mut rows = rows! {
        id;
        "a list and `on`": [schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable];
        "`schedule = &SCHEDULE`": [schedule = &SCHEDULE, on = is_retryable];
        "a list by error": [schedule = match { ApiError::Busy => [1s, 2s, 4s, 8s, 0] }];
        "`until`": [schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable, until = is_good];
        "`enabled`": [schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable, enabled = black_box(true)];
        "`attempt`": [schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable, attempt = _attempt];
        "`clone`": [schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable, clone = [id]];
        "`notify`": [schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable, notify = hear];
        "`done`": [schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable, done = hear_end];
        "`budget`": [schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable, budget = &BUDGET];
        "`retry_after`": [schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable, retry_after = hint];
        "`max_elapsed`": [schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable, max_elapsed = 1h];
        "`reset_after`": [schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable, reset_after = 1h];
    };
    rows.push(Contender {
        name: "`attempt_timeout`",
        sync: Sync::default(),
        asynchronous: asynchronous!(
            id,
            schedule = [1s, 2s, 4s, 8s, 0],
            on = is_retryable,
            attempt_timeout = 1h
        ),
    });
    rows
}
