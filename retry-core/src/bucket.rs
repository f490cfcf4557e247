//! A bucket of tokens, counted exactly and without a lock. Numbers of tokens flow in; whether there were enough flows out.
//!
//! The whole state is one number, so each change of it is one compare-and-swap. The rule of the budget is not known here:
//! capacities and costs are arguments.

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

    /// Takes tokens out, or all that are left if there are fewer. Gives how many are left then.
    pub(crate) fn drain(&self, tokens: u32) -> u32 {
        let held = self.change(|held| Some(held.saturating_sub(tokens)));
        held.map_or(0, |held| held.saturating_sub(tokens))
    }

    pub(crate) fn tokens(&self) -> u32 {
        self.tokens.load(Ordering::Relaxed)
    }

    /// The tokens before the change, or `None` if the change was refused. `Relaxed` is enough, because threads share no other
    /// memory by this number.
    fn change(&self, change: impl FnMut(u32) -> Option<u32>) -> Option<u32> {
        self.tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, change)
            .ok()
    }
}
