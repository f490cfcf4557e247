//! Traits in scope whose methods are called like ones that the loop calls.
//!
//! A blanket trait with `is_zero` changes what `backoff.is_zero()` means, if that is what the macro writes.

#![allow(
    dead_code,
    clippy::wrong_self_convention,
    reason = "the traits are only there to be mistaken for others"
)]

use crate::support::*;
use retry_core::{RetryBudget, retry};
use std::time::Duration;

static BUDGET: RetryBudget = RetryBudget::aws_standard();

/// Writes functions with all keys in the scope of the trait, and a test that they are retried.
macro_rules! in_scope {
    () => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, max_elapsed = 10s, retry_after = |_| Some(Duration::ZERO), notify = |_| (), budget = &BUDGET)]
        fn get() -> Result<u32, Down> {
            crate::support::call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, max_elapsed = 10s, retry_after = |_| Some(Duration::ZERO), notify = |_| (), budget = &BUDGET, attempt_timeout = 5s)]
        async fn get_async() -> std::io::Result<u32> {
            match crate::support::call() {
                Ok(n) => Ok(n),
                Err(error) => Err(std::io::Error::other(error)),
            }
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn plain() -> Result<u32, Down> {
            crate::support::call()
        }
        #[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 3)]
        async fn plain_async() -> Option<u32> {
            crate::support::poll()
        }
        #[test]
        fn each_retries() {
            assert!(matches!(get(), Ok(3)));
            assert!(matches!(run(get_async()), Ok(3)));
            assert!(matches!(plain(), Ok(3)));
            assert!(matches!(run(plain_async()), Some(3)));
        }
    };
}

/// A trait that every type has, with methods that take `self` in the way that is given.
macro_rules! caught {
    (@ $by:tt $($name:ident)*) => {
        trait Caught: Sized {
            $(caught! { # $by $name })*
        }
        impl<T> Caught for T {}
    };
    (# ($($by:tt)*) $name:ident) => {
        fn $name($($by)*) -> u8 {
            0
        }
    };
    ($($by:tt)*) => {
        caught! { @ ($($by)*) is_zero is_some_and is_ok is_err_and elapsed saturating_add backoffs show observe jittered into_jitter sleep from_timeout withdraw deposit spend success unwrap_or_else into_iter iter next get len into_future as_mut }
    };
}

mod by_value {
    use super::*;
    caught!(self);
    in_scope!();
}

mod by_reference {
    use super::*;
    caught!(&self);
    in_scope!();
}

mod by_exclusive_reference {
    use super::*;
    caught!(&mut self);
    in_scope!();
}

mod of_a_type_that_the_loop_uses {
    use super::*;

    trait Zero {
        fn is_zero(self) -> bool;
    }
    impl Zero for Duration {
        fn is_zero(self) -> bool {
            true
        }
    }
    impl Zero for &Duration {
        fn is_zero(self) -> bool {
            true
        }
    }
    trait And {
        fn is_some_and(self, _: u8) -> bool;
        fn is_err_and(&self) -> u8;
    }
    impl<T> And for &Option<T> {
        fn is_some_and(self, _: u8) -> bool {
            true
        }
        fn is_err_and(&self) -> u8 {
            0
        }
    }
    trait ResultExt {
        fn map(self, _: u8) -> u8;
        fn ok(&self) -> u8;
        fn is_ok(self) -> u8;
    }
    impl<T, E> ResultExt for &Result<T, E> {
        fn map(self, _: u8) -> u8 {
            0
        }
        fn ok(&self) -> u8 {
            0
        }
        fn is_ok(self) -> u8 {
            0
        }
    }
    trait FutureExt: Future + Sized {
        fn poll(self: std::pin::Pin<&mut Self>) -> u8 {
            0
        }
        fn boxed(self) -> u8 {
            0
        }
    }
    impl<F: Future> FutureExt for F {}
    in_scope!();
}

mod of_other_crates {
    use super::*;
    #[allow(unused_imports, reason = "they are only in scope")]
    use futures::{FutureExt as _, StreamExt as _, TryFutureExt as _};
    #[allow(unused_imports, reason = "they are only in scope")]
    use std::{
        fmt::Write as _,
        io::{Read as _, Write as _},
    };
    in_scope!();
}

mod of_the_error_itself {
    use super::*;

    pub struct Own;
    impl Own {
        fn is_zero(&self) -> u8 {
            0
        }
        fn show(&self) -> u8 {
            0
        }
        fn clone(self) -> u8 {
            0
        }
        fn to_string(&self) -> u8 {
            0
        }
        fn source(&self) -> u8 {
            0
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Own> {
        call().map_err(|_| Own)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_zero() == 0)]
    async fn get_async() -> Result<u32, Own> {
        call().map_err(|_| Own)
    }
    #[test]
    fn each_retries() {
        assert_eq!(get().ok(), Some(3));
        assert_eq!(run(get_async()).ok(), Some(3));
    }
}

mod that_judges {
    use super::*;

    trait Retryable {
        fn is_retryable(&self) -> bool;
        fn hint(&self) -> Option<Duration> {
            None
        }
    }
    impl<E: std::error::Error> Retryable for E {
        fn is_retryable(&self) -> bool {
            true
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = Retryable::is_retryable, retry_after = Retryable::hint)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_retryable(), retry_after = |e| e.hint())]
    async fn get_async() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn each_retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}
