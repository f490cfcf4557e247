//! What the functions under test fail with, and what runs them.
//!
//! All counters belong to the thread, so tests that run side by side do not count each other's calls.

use std::cell::Cell;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Down;

impl Down {
    pub fn is_timeout(&self) -> bool {
        true
    }
}

impl std::fmt::Display for Down {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("down")
    }
}

impl std::error::Error for Down {}

pub fn is_down(error: &Down) -> bool {
    *error == Down
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Api {
    Timeout,
    Busy,
    Fatal(String),
}

impl Api {
    pub fn is_retryable(&self) -> bool {
        !matches!(self, Api::Fatal(_))
    }

    pub fn hint(&self) -> Option<Duration> {
        Some(Duration::from_micros(10))
    }
}

impl From<Down> for Api {
    fn from(_: Down) -> Self {
        Api::Timeout
    }
}

/// Fails as often as it was told to, then gives the number of the call.
#[derive(Debug)]
pub struct Flaky {
    failures: u32,
    calls: AtomicU32,
}

impl Flaky {
    pub const fn new(failures: u32) -> Self {
        Self {
            failures,
            calls: AtomicU32::new(0),
        }
    }

    pub fn call(&self) -> Result<u32, Down> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if call > self.failures {
            Ok(call)
        } else {
            Err(Down)
        }
    }

    pub fn poll(&self) -> Option<u32> {
        self.call().ok()
    }

    pub fn calls(&self) -> u32 {
        self.calls.load(Ordering::Relaxed)
    }
}

/// Two failures, then 3.
pub fn flaky() -> Flaky {
    Flaky::new(2)
}

thread_local! {
    static CALLS: Cell<u32> = const { Cell::new(0) };
    static FAILURES: Cell<u32> = const { Cell::new(0) };
}

/// Two failures, then 3, then two failures again, and so on.
pub fn call() -> Result<u32, Down> {
    count();
    if FAILURES.get() == 2 {
        FAILURES.set(0);
        return Ok(3);
    }
    FAILURES.set(FAILURES.get() + 1);
    Err(Down)
}

/// [`call`] with another error.
pub fn api() -> Result<u32, Api> {
    call().map_err(|_| Api::Busy)
}

/// [`call`] without the error.
pub fn poll() -> Option<u32> {
    call().ok()
}

/// Counted, never succeeds.
pub fn fail() -> Result<u32, Down> {
    count();
    Err(Down)
}

/// The number of the call, from 1.
pub fn count() -> u32 {
    CALLS.set(CALLS.get() + 1);
    CALLS.get()
}

/// How many calls of any of these functions there were since the last [`reset`].
pub fn calls() -> u32 {
    CALLS.get()
}

pub fn reset() {
    CALLS.set(0);
    FAILURES.set(0);
}

pub fn run<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

/// Compiles only for what may move to another thread.
pub fn send<T: Send>(value: T) -> T {
    value
}

/// Is not ready once.
pub async fn pause() {
    tokio::task::yield_now().await;
}

pub fn no_sleep(_: Duration) {}

pub async fn no_sleep_async(_: Duration) {}

/// Wraps a future by a method that the macro has never heard of.
pub trait Within: Sized {
    fn within<S>(self, _span: S) -> Wrapped<Self> {
        Wrapped(Box::pin(self))
    }

    fn in_current(self) -> Wrapped<Self> {
        Wrapped(Box::pin(self))
    }
}

impl<F: Future> Within for F {}

pub struct Wrapped<F>(Pin<Box<F>>);

impl<F: Future> Future for Wrapped<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        self.0.as_mut().poll(context)
    }
}
