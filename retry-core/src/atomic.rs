//! The atomic types that the bucket counts with. A model checker replaces this module by its own.

pub(crate) use core::sync::atomic::{AtomicU32, Ordering};
