//! A bucket of tokens, counted exactly and without a lock.
//!
//! The whole state is one number, so each change of it is one compare-and-swap. What else there is to know, the rule of
//! `budget` that the bucket serves, is passed in.

use crate::atomic::{AtomicU32, Ordering};

/// Tokens in thousandths, so that a ratio such as 0.1 is exact.
#[derive(Debug)]
pub(crate) struct Bucket {
    tokens: AtomicU32,
}

impl Bucket {
    #[cfg(not(loom))]
    pub(crate) const fn new(tokens: u32) -> Self {
        Self {
            tokens: AtomicU32::new(tokens),
        }
    }

    #[cfg(loom)]
    pub(crate) fn new(tokens: u32) -> Self {
        Self {
            tokens: AtomicU32::new(tokens),
        }
    }

    /// Puts tokens in, up to the capacity.
    pub(crate) fn deposit(&self, tokens: u32, capacity: u32) {
        self.change(|held| Some(held.saturating_add(tokens).min(capacity)));
    }

    /// Takes tokens out, all of them or none.
    pub(crate) fn withdraw(&self, tokens: u32) -> bool {
        self.change(|held| held.checked_sub(tokens)).is_some()
    }

    /// Takes tokens out, or what there is of them, and gives how many are left.
    pub(crate) fn drain(&self, tokens: u32) -> u32 {
        let held = self.change(|held| Some(held.saturating_sub(tokens)));
        held.map_or(0, |held| held.saturating_sub(tokens))
    }

    pub(crate) fn tokens(&self) -> u32 {
        self.tokens.load(Ordering::Relaxed)
    }

    /// What was held before the change, unless the change did not take place. Nothing but this number is shared through
    /// it, so no order with other memory is needed.
    fn change(&self, change: impl FnMut(u32) -> Option<u32>) -> Option<u32> {
        self.tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change)
            .ok()
    }
}
