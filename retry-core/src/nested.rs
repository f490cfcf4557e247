//! Retries inside retries. Where a call begins and ends flows in, or whenever its attempt is polled; how many calls are around the
//! code that runs flows out.
//!
//! The number belongs to a thread. A sync call adds one until it returns, and an async call while one of its attempts is polled, so
//! that the number follows a task from thread to thread, and never counts what another task does. What an attempt hands to another
//! thread, or spawns as another task, begins at 0.

/// What a call runs is nested in it: `nested!();` where a sync call begins, `nested!(ATTEMPT)` around the future of an attempt.
#[cfg(not(all(feature = "std", any(feature = "test-util", feature = "tracing"))))]
#[doc(hidden)]
#[macro_export]
macro_rules! nested {
    () => {};
    ($attempt:expr) => {
        $attempt
    };
}

#[cfg(all(feature = "std", any(feature = "test-util", feature = "tracing")))]
#[doc(hidden)]
#[macro_export]
macro_rules! nested {
    () => {
        let _nested = $crate::__private::Inside::enter();
    };
    ($attempt:expr) => {
        $crate::__private::nested($attempt)
    };
}

#[cfg(all(feature = "std", any(feature = "test-util", feature = "tracing")))]
pub use depth::*;

#[cfg(all(feature = "std", any(feature = "test-util", feature = "tracing")))]
mod depth {
    use core::cell::Cell;
    use core::marker::PhantomData;
    use core::pin::Pin;
    use core::task::{Context, Poll};
    use pin_project_lite::pin_project;
    use std::thread_local;

    thread_local! {
        static DEPTH: Cell<usize> = const { Cell::new(0) };
    }

    /// How many calls this code runs inside of.
    pub(crate) fn depth() -> usize {
        DEPTH.get()
    }

    /// One level more, for as long as it lives.
    #[derive(Debug)]
    pub struct Inside(PhantomData<*const ()>);

    impl Inside {
        /// Begins it.
        #[must_use]
        pub fn enter() -> Self {
            DEPTH.set(DEPTH.get() + 1);
            Self(PhantomData)
        }
    }

    impl Drop for Inside {
        fn drop(&mut self) {
            DEPTH.set(DEPTH.get() - 1);
        }
    }

    /// The attempt, one level deeper.
    pub fn nested<F: IntoFuture>(attempt: F) -> Nested<F::IntoFuture> {
        Nested {
            attempt: attempt.into_future(),
        }
    }

    pin_project! {
        /// The future that `nested` returns.
        #[derive(Debug)]
        #[must_use = "futures do nothing unless awaited"]
        pub struct Nested<F> {
            #[pin]
            attempt: F,
        }
    }

    impl<F: Future> Future for Nested<F> {
        type Output = F::Output;

        fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
            let _inside = Inside::enter();
            self.project().attempt.poll(cx)
        }
    }
}
