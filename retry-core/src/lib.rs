//! Retries whose schedule is a list you can read.
//!
//! `#[retry]` expands a function into a plain loop over an explicit list of waits; this crate has what that loop calls
//! at run time: [`jitter`], [`sleep`](fn@sleep) and [`sleep_blocking`], and the values it can be given, [`Schedule`] and
//! [`Jitter`].
//!
//! ```
//! use retry_core::retry;
//!
//! # use std::io;
//! #[retry(schedule = [1s, 2s, 4s, 8s, 0], on = is_retryable)]
//! fn read_lock(path: &str) -> io::Result<String> {
//!     std::fs::read_to_string(path)
//! }
//!
//! fn is_retryable(error: &io::Error) -> bool {
//!     error.kind() == io::ErrorKind::WouldBlock
//! }
//!
//! // What is not retryable comes back at once, as it is.
//! assert_eq!(read_lock("/no/such/file").unwrap_err().kind(), io::ErrorKind::NotFound);
//! ```
//!
//! Five entries, so at most five attempts. After the first failure it waits 1 s ± 20 %, then 2 s, 4 s and 8 s; after
//! the fifth, the `0` says that nothing follows: the error goes to the caller, unchanged.
//!
//! The attribute's own page, [`macro@retry`], has every key; [`retry_block!`] is the same at a call site.
//!
//! # Features
//!
//! | feature | default | gives |
//! |---|---|---|
//! | `macros` | yes | [`macro@retry`] and [`retry_block!`] |
//! | `tokio` | yes | [`sleep`](fn@sleep) on tokio's timer, for async functions without a `sleep` of their own |
//! | `std` | by `tokio` | [`sleep_blocking`]; without it a sync function calls `std::thread::sleep` itself |
//! | `serde` | no | [`Schedule`] as its text |
//! | `test-util` | no | `testing`: waits that take no time, fixed jitter, fewer attempts |
//! | `tracing` | no | each retry, recovery and giving up as an event |
//! | `metrics` | no | the same as counters for the `metrics` facade |
//! | `control` | no | `control`: retries switched off, or schedules replaced, while the program runs |
//! | `http-date` | no | `retry_after_header` |
//!
//! Without default features the crate is `no_std` (with `alloc`). Targets without an operating system have no source of
//! entropy: their jitter differs from wait to wait, but it may not differ from device to device. Write `jitter = 0` there
//! and spread the waits in a `sleep` of your own.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

#[cfg(feature = "control")]
extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

mod atomic;
mod bucket;
mod budget;
#[cfg(feature = "std")]
mod clock;
#[cfg(feature = "control")]
pub mod control;
mod entropy;
mod event;
#[cfg(feature = "http-date")]
mod header;
mod hint;
mod jitter;
#[cfg(any(feature = "tracing", feature = "metrics"))]
pub mod observe;
#[cfg(feature = "std")]
mod sleep;
#[cfg(feature = "test-util")]
pub mod testing;
mod timeout;

pub use budget::RetryBudget;
#[cfg(feature = "std")]
pub use clock::Clock;
#[cfg(feature = "tokio")]
pub use clock::TokioClock;
pub use event::RetryEvent;
#[cfg(feature = "http-date")]
pub use header::retry_after_header;
#[doc(hidden)]
pub use hint::{lengthen, worst_case};
pub use jitter::{IntoJitter, jitter};
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/retry.md")]
pub use retry_macros::retry;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/retry_block.md")]
pub use retry_macros::retry_block;
pub use retry_schedule::{
    DurationError, Jitter, JitterError, Schedule, ScheduleError, Shape, ShapeError,
};
#[cfg(feature = "std")]
pub use sleep::sleep_blocking;
#[cfg(feature = "tokio")]
pub use sleep::{Sleep, sleep};
pub use timeout::{AttemptTimeout, FromTimeout};
#[cfg(feature = "tokio")]
#[doc(hidden)]
pub use timeout::{Timeout, timeout};

/// Stands, where it is never reached, in the async blocks that `#[retry]` writes: a `return` of it says what type the
/// block gives, which has no syntax of its own.
#[doc(hidden)]
#[must_use]
pub fn never<T>() -> T {
    unreachable!("only its type is used")
}

/// The code blocks of the README, compiled and run.
#[cfg(all(
    doctest,
    feature = "macros",
    feature = "tokio",
    feature = "test-util",
    feature = "http-date"
))]
#[doc = include_str!("../../README.md")]
struct Readme;
