//! Notices a sync function that is about to wait in async code. Nothing flows in; a warning flows out, once per process, and only
//! in debug builds.

use core::future::Future as _;
use core::pin::pin;
use core::sync::atomic::{AtomicBool, Ordering};
use core::task::{Context, Waker};

/// Warns if this thread belongs to a task of tokio.
pub(crate) fn warn_in_async_code() {
    static WARNED: AtomicBool = AtomicBool::new(false);

    if cfg!(debug_assertions)
        && !WARNED.load(Ordering::Relaxed)
        && is_in_task()
        && !WARNED.swap(true, Ordering::Relaxed)
    {
        tracing::warn!(
            target: "retry",
            "a sync function with `#[retry]` waits in async code, and nothing else runs on its thread meanwhile: make it async, or call it in `spawn_blocking`"
        );
    }
}

/// Whether tokio limits what is done at once, as it does in its tasks. It does not in `spawn_blocking`, in `block_in_place`
/// and in code that has only entered a runtime, where nothing is wrong with blocking.
fn is_in_task() -> bool {
    // A task may do this 128 times.
    let mut context = Context::from_waker(Waker::noop());
    (0..256).any(|_| {
        pin!(tokio::task::consume_budget())
            .poll(&mut context)
            .is_pending()
    })
}
