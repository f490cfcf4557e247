//! How long a call has taken: `max_elapsed` goes by it.
//!
//! Both clocks are monotonic, and both count the waits that a test has skipped as if they had been waited for.

use core::time::Duration;

/// The clock of sync code.
#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: std::time::Instant,
    skipped: Skipped,
}

impl Clock {
    /// Starts it.
    #[must_use]
    pub fn start() -> Self {
        Self {
            started: std::time::Instant::now(),
            skipped: Skipped::now(),
        }
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed().saturating_add(self.skipped.since())
    }
}

/// The clock of async code: tokio's, so that a paused one is followed.
#[cfg(feature = "tokio")]
#[derive(Debug, Clone, Copy)]
pub struct TokioClock {
    started: tokio::time::Instant,
    skipped: Skipped,
}

#[cfg(feature = "tokio")]
impl TokioClock {
    /// Starts it.
    #[must_use]
    pub fn start() -> Self {
        Self {
            started: tokio::time::Instant::now(),
            skipped: Skipped::now(),
        }
    }

    /// The time since the start.
    #[must_use]
    pub fn elapsed(&self) -> Duration {
        self.started.elapsed().saturating_add(self.skipped.since())
    }
}

/// The sum of the waits that were skipped on this thread, at some time. Nothing where waits cannot be skipped.
#[derive(Debug, Clone, Copy)]
struct Skipped {
    #[cfg(feature = "test-util")]
    sum: Duration,
}

impl Skipped {
    #[cfg(feature = "test-util")]
    fn now() -> Self {
        Self {
            sum: crate::testing::skipped(),
        }
    }

    #[cfg(feature = "test-util")]
    fn since(self) -> Duration {
        crate::testing::skipped().saturating_sub(self.sum)
    }

    #[cfg(not(feature = "test-util"))]
    fn now() -> Self {
        Self {}
    }

    #[cfg(not(feature = "test-util"))]
    #[allow(clippy::unused_self, reason = "as above")]
    fn since(self) -> Duration {
        Duration::ZERO
    }
}
