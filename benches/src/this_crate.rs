//! `#[retry]`, as the README has it.

use crate::contenders::{Contender, THIS_CRATE};
use crate::work::{Api, ApiError, is_retryable, skip, skip_async};
use retry_core::retry;

pub(crate) fn contender() -> Contender {
    Contender {
        name: THIS_CRATE,
        sync: sync_table!(crate::this_crate),
        asynchronous: async_table!(crate::this_crate, tasks, skips),
    }
}

macro_rules! blocking {
    ($name:ident, $body:ident, thread, $jitter:tt) => {
        #[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = $jitter, on = is_retryable)]
        fn $name(api: &Api, id: u64) -> Result<u64, ApiError> {
            crate::work::$body(api, id)
        }
    };
    ($name:ident, $body:ident, skip, $jitter:tt) => {
        #[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = $jitter, on = is_retryable, sleep = skip)]
        fn $name(api: &Api, id: u64) -> Result<u64, ApiError> {
            crate::work::$body(api, id)
        }
    };
}

macro_rules! asynchronous {
    ($name:ident, $body:ident, $ok:ty, timer, $jitter:tt) => {
        #[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = $jitter, on = is_retryable)]
        async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
            body!($body, api, id)
        }
    };
    ($name:ident, $body:ident, $ok:ty, skip_async, $jitter:tt) => {
        #[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = $jitter, on = is_retryable, sleep = skip_async)]
        async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
            body!($body, api, id)
        }
    };
}

sync_variants!(blocking);
async_variants!(asynchronous, skips);
