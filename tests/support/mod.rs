//! What several tests fail with.

use std::sync::atomic::{AtomicU32, Ordering};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Down;

impl std::fmt::Display for Down {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("down")
    }
}

impl std::error::Error for Down {}

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

impl Default for Flaky {
    /// Two failures: a function that retries gives 3.
    fn default() -> Self {
        Self::new(2)
    }
}
