//! The atomics that are counted with; a model checker puts its own here.

pub(crate) use core::sync::atomic::{AtomicU32, Ordering};
