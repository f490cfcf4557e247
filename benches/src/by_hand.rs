//! The bare call, and loops that a good programmer writes.

use crate::contenders::{Async, BY_HAND, Contender, OUR_JITTER, Sync};
use crate::work::{Answer, Api, call, poll_once, trivial};
use std::time::Duration;

pub(crate) fn contenders() -> Vec<Contender> {
    let bare = Contender {
        name: "bare call",
        sync: Sync {
            real: Some(call),
            ..Sync::default()
        },
        asynchronous: Async {
            real: Some(bare),
            sizes: Some(|| {
                let api = Api::failing(0);
                [
                    size_of_val(&trivial(&api, 1)),
                    size_of_val(&crate::work::large(&api, 1)),
                    size_of_val(&crate::work::held(&api, 1)),
                ]
            }),
            ..Async::default()
        },
    };
    let by_hand = Contender {
        name: BY_HAND,
        sync: sync_table!(crate::by_hand::own_jitter),
        asynchronous: async_table!(crate::by_hand::own_jitter, tasks, skips),
    };
    // Without jitter it is the same loop.
    let our_jitter = Contender {
        name: OUR_JITTER,
        sync: Sync {
            plain: None,
            ..sync_table!(crate::by_hand::our_jitter)
        },
        asynchronous: Async {
            plain: None,
            ..async_table!(crate::by_hand::our_jitter, tasks, skips)
        },
    };
    let smallest = Contender {
        name: "by hand, smallest",
        sync: Sync::default(),
        asynchronous: async_table!(crate::by_hand::smallest, tasks, skips),
    };
    vec![bare, by_hand, our_jitter, smallest]
}

fn bare(api: &Api, id: u64) -> Answer {
    poll_once(trivial(api, id))
}

/// The loop of the README, written without the attribute. Where it stands, `jitter` and the sleepers have a meaning.
macro_rules! blocking {
    ($name:ident, $body:ident, $sleep:ident, $jitter:tt) => {
        pub(super) fn $name(api: &Api, id: u64) -> Result<u64, ApiError> {
            const BACKOFFS: [Duration; 5] = crate::work::BACKOFFS;

            for backoff in BACKOFFS {
                match crate::work::$body(api, id) {
                    Ok(answer) => return Ok(answer),
                    Err(error) if backoff.is_zero() || !is_retryable(&error) => return Err(error),
                    Err(_) => {}
                }
                $sleep(jitter(backoff, $jitter));
            }
            unreachable!("the list ends in zero")
        }
    };
}

macro_rules! asynchronous {
    ($name:ident, $body:ident, $ok:ty, $sleep:ident, $jitter:tt) => {
        pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
            const BACKOFFS: [Duration; 5] = crate::work::BACKOFFS;

            for backoff in BACKOFFS {
                match crate::work::$body(api, id).await {
                    Ok(answer) => return Ok(answer),
                    Err(error) if backoff.is_zero() || !is_retryable(&error) => return Err(error),
                    Err(_) => {}
                }
                $sleep(jitter(backoff, $jitter)).await;
            }
            unreachable!("the list ends in zero")
        }
    };
}

/// As a reader would write it: a generator in memory, tokio's timer as it is, the thread's own sleep.
mod own_jitter {
    use crate::work::{Api, ApiError, is_retryable, own_jitter, skip, skip_async};
    use std::thread::sleep as thread;
    use std::time::Duration;
    use tokio::time::sleep as timer;

    /// No jitter is nothing at all, as nobody would write it.
    #[inline]
    fn jitter(backoff: Duration, proportion: f64) -> Duration {
        if proportion == 0.0 {
            backoff
        } else {
            own_jitter(backoff, proportion)
        }
    }

    sync_variants!(blocking);
    async_variants!(asynchronous, skips);
}

/// With this crate's jitter and sleepers, so that nothing differs but the loop.
mod our_jitter {
    use super::jitter;
    use crate::work::{Api, ApiError, is_retryable, skip, skip_async};
    use retry_core::{sleep as timer, sleep_blocking as thread};
    use std::time::Duration;

    sync_variants!(blocking);
    async_variants!(asynchronous, skips);
}

/// The smallest future: of the loop, nothing lives across an await but one byte, the index of the next wait.
mod smallest {
    use super::jitter;
    use crate::work::{Api, ApiError, WAITS, is_retryable, skip_async};
    use tokio::time::sleep as timer;

    macro_rules! indexed {
        ($name:ident, $body:ident, $ok:ty, $sleep:ident, $jitter:tt) => {
            pub(super) async fn $name(api: &Api, id: u64) -> Result<$ok, ApiError> {
                let mut attempt = 0_u8;
                loop {
                    match crate::work::$body(api, id).await {
                        Err(ref error) if attempt < 4 && is_retryable(error) => {}
                        result => return result,
                    }
                    $sleep(jitter(WAITS[usize::from(attempt)], $jitter)).await;
                    attempt += 1;
                }
            }
        };
    }

    async_variants!(indexed, skips);
}

/// No jitter is nothing at all, as nobody would write it.
#[inline]
fn jitter(backoff: Duration, proportion: f64) -> Duration {
    if proportion == 0.0 {
        backoff
    } else {
        retry_core::jitter(backoff, proportion)
    }
}
