//! Retries whose schedule is a list you can read.
//!
//! `#[retry]` expands a function into a plain loop over an explicit list of waits. This crate has the attribute, and what its loop
//! calls.
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
//! There are five entries, so there are at most five attempts: the first call and four retries. After the first failure, the function
//! waits 1 s ± 20 %, then 2 s, 4 s and 8 s, each ± 20 %. After the fifth failure, the `0` says that nothing follows: the error goes to
//! the caller, unchanged.
//!
//! # What is here
//!
//! | to | there is |
//! |---|---|
//! | retry a function, or a block | [`retry`](macro@retry), with a section for each key; [`retry_block!`] |
//! | say which errors pass by themselves | [`transient`] |
//! | have a schedule as a value | [`Schedule`] and [`schedule!`]; [`Shape`] begins one; [`Jittered`] draws its waits |
//! | have a jitter as a value | [`Jitter`]; [`jitter`](fn@jitter) and [`jitter_capped`] draw one wait; [`IntoJitter`] is what they take |
//! | know why a text is refused | [`ScheduleError`], [`ShapeError`], [`DurationError`], [`JitterError`] |
//! | limit the retries of many calls | [`RetryBudget`] |
//! | know the attempt in the body | [`Attempt`] |
//! | know what an attempt that took too long fails with | [`AttemptTimeout`] |
//! | hear of each retry, and of the end | [`RetryEvent`], [`RetryDone`], [`End`] |
//! | wait as the loop does | [`sleep`](fn@sleep), which gives a [`Sleep`]; [`sleep_blocking`](fn@sleep_blocking) |
#![cfg_attr(
    feature = "http-date",
    doc = "| read `Retry-After` | [`retry_after_header`] |"
)]
#![cfg_attr(feature = "test-util", doc = "| test without waiting | [`testing`] |")]
#![cfg_attr(
    any(feature = "metrics", feature = "tracing"),
    doc = "| see what is retried | [`observe`] |"
)]
#![cfg_attr(
    feature = "control",
    doc = "| switch retries while the program runs | [`control`] |"
)]
#![cfg_attr(
    all(
        feature = "docs",
        feature = "http-date",
        feature = "macros",
        feature = "test-util",
        feature = "tokio"
    ),
    doc = "| read how to choose, use, watch and test retries | [`docs`] |"
)]
//!
//! # Features
//!
//! | feature | default | gives |
//! |---|---|---|
//! | `macros` | yes | [`macro@retry`] and [`retry_block!`] |
//! | `tokio` | yes | [`sleep`](fn@sleep) on tokio's timer, for async functions without a `sleep` of their own |
//! | `std` | by `tokio` | [`sleep_blocking`](fn@sleep_blocking) and `transient::io`; without it a sync function calls `std::thread::sleep` itself |
//! | `serde` | no | [`Schedule`] and [`Jitter`] as their texts |
//! | `test-util` | no | `testing`: waits that take no time, fixed jitter, fewer attempts |
//! | `tracing` | no | each retry, recovery and giving up as an event |
//! | `metrics` | no | the same as counters for the `metrics` facade |
//! | `control` | no | `control`: retries switched off, or schedules replaced, while the program runs |
//! | `http-date` | no | `retry_after_header` |
//! | `docs` | no | `docs`: guides, as pages of this reference; adds no code. The guides need `macros`, `tokio`, `test-util` and `http-date`, too |
//!
//! Without default features the crate is `no_std` (with `alloc`). Targets without an operating system have no source of
//! entropy: their jitter differs from wait to wait, but it may not differ from device to device. Write `jitter = 0` there
//! and spread the waits in a `sleep` of your own.

#![no_std]
#![cfg_attr(docsrs, feature(doc_cfg))]

extern crate alloc;
#[cfg(feature = "std")]
extern crate std;

#[cfg(feature = "tokio")]
mod alarm;
mod argument;
mod atomic;
mod attempt;
mod backoffs;
#[cfg(all(feature = "tokio", feature = "tracing"))]
mod blocking;
mod bucket;
mod budget;
#[cfg(feature = "control")]
pub mod control;
// Its examples need the other features.
#[cfg(all(
    feature = "docs",
    feature = "http-date",
    feature = "macros",
    feature = "test-util",
    feature = "tokio"
))]
pub mod docs;
mod done;
mod end;
mod event;
#[cfg(feature = "http-date")]
mod header;
mod hint;
mod jitter;
#[cfg(any(
    feature = "control",
    feature = "metrics",
    feature = "test-util",
    feature = "tracing"
))]
mod max_wait;
mod nested;
#[cfg(any(feature = "metrics", feature = "tracing"))]
pub mod observe;
mod report;
#[cfg(any(feature = "metrics", feature = "tracing"))]
mod shown;
mod site;
mod sleep;
mod stopwatch;
#[cfg(feature = "test-util")]
pub mod testing;
mod timeout;
#[cfg(feature = "tokio")]
mod timer;
mod told;
pub mod transient;

use retry_schedule::entropy;

pub use attempt::Attempt;
#[doc(hidden)]
pub use backoffs::{attempts, entry, exhausted, max_of};
pub use budget::RetryBudget;
pub use done::RetryDone;
pub use end::End;
pub use event::RetryEvent;
#[cfg(feature = "http-date")]
pub use header::retry_after_header;
#[doc(hidden)]
pub use hint::{hinted, sum_of};
pub use jitter::{IntoJitter, jitter, jitter_capped};
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/retry.md")]
pub use retry_macros::retry;
#[cfg(feature = "macros")]
#[doc = include_str!("../docs/retry_block.md")]
pub use retry_macros::retry_block;
/// A [`Schedule`] as a constant: a list, or a shape.
///
/// It takes a list or a shape, as the key `schedule` of [`macro@retry`] does. A mistake in it is a compile error.
///
/// ```
/// use retry_core::{Schedule, schedule};
///
/// const API: Schedule = schedule![1s, 2s, 4s, 0];
/// const POLL: Schedule = schedule!(exponential(1s, max = 5s, attempts = 5));
/// const FOREVER: Schedule = schedule![1s, 2s, 5s, ..];
///
/// assert_eq!(API.to_string(), "1s, 2s, 4s, 0");
/// assert_eq!(POLL.attempts(), 5);
/// assert!(FOREVER.is_open());
/// ```
#[cfg(feature = "macros")]
pub use retry_macros::schedule;
pub use retry_schedule::{
    DurationError, Jitter, JitterError, Jittered, Schedule, ScheduleError, Shape, ShapeError,
};
#[cfg(feature = "tokio")]
pub use sleep::Sleep;
#[cfg(feature = "tokio")]
pub use sleep::sleep;
#[cfg(feature = "std")]
pub use sleep::sleep_blocking;
#[cfg(feature = "tokio")]
#[doc(hidden)]
pub use timeout::Timeout;
#[cfg(feature = "tokio")]
#[doc(hidden)]
pub use timeout::timeout;
pub use timeout::{AttemptTimeout, FromTimeout};
#[doc(hidden)]
pub use told::told;

/// What the macros of this crate write into the code of its users. Nothing in it is meant to be written by hand.
#[doc(hidden)]
pub mod __private {
    pub use crate::argument::ByPath;
    pub use crate::backoffs::{Backoffs, Open};
    #[cfg(feature = "control")]
    pub use crate::max_wait::MaxWait;
    #[cfg(all(feature = "std", any(feature = "test-util", feature = "tracing")))]
    pub use crate::nested::{Inside, Nested, nested};
    #[cfg(any(feature = "metrics", feature = "tracing"))]
    pub use crate::shown::{ByError, Shown};
    #[cfg(any(
        feature = "control",
        feature = "metrics",
        feature = "test-util",
        feature = "tracing"
    ))]
    pub use crate::site::Function;
    pub use crate::site::Site;
    #[cfg(feature = "std")]
    pub use crate::stopwatch::stopwatch;
    #[cfg(feature = "tokio")]
    pub use crate::stopwatch::tokio_stopwatch;
    pub use retry_schedule::StaticShape;
}

/// Has the type of an attempt. Each async block that `#[retry]` writes begins with a `return` of it that is never reached:
/// an async block has no syntax for its type, and the compiler takes the type from there.
#[doc(hidden)]
#[must_use]
pub fn never<T>() -> T {
    unreachable!("only its type is used")
}

/// The error of a result, by reference.
#[doc(hidden)]
#[inline]
pub fn error_of<T, E>(result: &Result<T, E>) -> Option<&E> {
    result.as_ref().err()
}
