//! Lints that are errors here: what the macro writes gives none of them a reason.
//!
//! A lint that is silent without `#[retry]` must stay silent with it, and one that speaks must still speak, or `#[expect]` would fail.

#![allow(clippy::manual_async_fn, reason = "as people write it")]

use crate::support::*;
use retry_core::retry;

mod body_that_loops_and_returns {
    #![deny(warnings)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        loop {
            if count() % 2 == 0 {
                return Err(Down);
            }
            if calls() > 4 {
                return Ok(calls());
            }
        }
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(5));
    }
}

mod body_that_never_ends {
    #![deny(warnings)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[allow(dead_code)]
    fn todo() -> Result<u32, Down> {
        todo!()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[allow(dead_code)]
    async fn todo_async() -> Result<u32, Down> {
        todo!()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[allow(dead_code)]
    async fn looping() -> Result<u32, Down> {
        loop {
            pause().await
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn panics() -> Result<u32, Down> {
        panic!("at once")
    }
    #[test]
    fn retries() {
        std::panic::set_hook(Box::new(|_| ()));
        assert!(std::panic::catch_unwind(panics).is_err());
    }
}

mod body_that_only_returns {
    #![deny(warnings, unreachable_code)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        return call();
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async() -> Result<u32, Down> {
        return call();
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod deprecated_function_and_body {
    #![deny(warnings)]
    use super::*;

    #[deprecated = "another"]
    fn old() -> Result<u32, Down> {
        call()
    }
    #[allow(deprecated)]
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        old()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[deprecated = "another"]
    fn retried() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        #[expect(deprecated)]
        let _ = retried();
    }
}

mod expect_dead_code {
    #![deny(warnings)]
    use super::*;

    #[expect(dead_code)]
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {}
}

mod expect_unused_variables {
    #![deny(warnings)]
    use super::*;

    #[expect(unused_variables)]
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(name: &str) -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[expect(unused_variables)]
    async fn get_async(name: &str) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(""), Ok(3));
        assert_eq!(run(get_async("")), Ok(3));
    }
}

mod forbid_unsafe_and_deny_panics {
    #![forbid(unsafe_code)]
    #![deny(warnings, unconditional_panic, unconditional_recursion)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod many_groups_async {
    #![deny(
        unused,
        nonstandard_style,
        let_underscore,
        keyword_idents,
        rust_2018_idioms,
        unused_braces,
        unused_parens,
        unused_qualifications,
        unreachable_code,
        unused_results,
        unused_lifetimes,
        single_use_lifetimes,
        trivial_casts,
        trivial_numeric_casts,
        unused_must_use,
        elided_lifetimes_in_paths,
        explicit_outlives_requirements,
        redundant_lifetimes,
        unit_bindings,
        unreachable_pub,
        closure_returning_async_block,
        let_underscore_drop
    )]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], jitter = 0.1, on = |e| e.kind() == std::io::ErrorKind::Other, until = |n| *n == 3, enabled = 1 < 2, max_elapsed = 10s, attempt_timeout = 5s, retry_after = |_| None, notify = |_| ())]
    async fn get() -> std::io::Result<u32> {
        call().map_err(std::io::Error::other)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
    async fn plain<'a>(name: &'a str) -> Result<&'a str, Down> {
        call().map(|_| name)
    }
    #[test]
    fn retries() {
        assert_eq!(run(get()).unwrap(), 3);
        assert_eq!(run(plain("a")), Ok("a"));
    }
}

mod many_groups_async_trait {
    #![deny(
        warnings,
        unused,
        rust_2018_idioms,
        unused_braces,
        unused_parens,
        unreachable_code
    )]
    use super::*;
    use async_trait::async_trait;

    #[async_trait]
    trait Get {
        async fn get(&self, name: String) -> Result<u32, Down>;
    }
    #[async_trait]
    impl Get for Flaky {
        #[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout())]
        async fn get(&self, name: String) -> Result<u32, Down> {
            assert!(name.is_empty());
            self.call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(flaky().get(String::new())), Ok(3));
    }
}

mod many_groups_blocks {
    #![deny(
        warnings,
        unused,
        rust_2018_idioms,
        unused_braces,
        unused_parens,
        unused_qualifications,
        unreachable_code,
        unused_results
    )]
    use super::*;
    use retry_core::retry_block;

    #[retry(schedule = [0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        let n = retry_block!(schedule = [1ms, 1ms, 0], on = is_down => { call() })?;
        Ok(n)
    }
    #[retry(schedule = [0], on = |_| true)]
    async fn get_async() -> Result<u32, Down> {
        retry_block!(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout() => async -> Result<u32, Down> { call() })
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod many_groups_futures {
    #![deny(
        warnings,
        unused,
        rust_2018_idioms,
        unused_braces,
        unused_parens,
        unused_qualifications,
        unreachable_code,
        unused_results,
        unused_lifetimes,
        closure_returning_async_block,
        let_underscore_drop
    )]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout())]
    fn get(name: String) -> impl Future<Output = Result<u32, Down>> {
        async move {
            assert!(name.is_empty());
            call()
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
    fn boxed(name: &str) -> futures::future::BoxFuture<'_, Result<u32, Down>> {
        Box::pin(async move {
            assert!(name.is_empty());
            call()
        })
    }
    #[test]
    fn retries() {
        assert_eq!(run(get(String::new())), Ok(3));
        assert_eq!(run(boxed("")), Ok(3));
    }
}

mod many_groups_sync {
    #![deny(
        unused,
        nonstandard_style,
        let_underscore,
        keyword_idents,
        rust_2018_idioms,
        unused_braces,
        unused_parens,
        unused_qualifications,
        unreachable_code,
        unused_results,
        unused_lifetimes,
        single_use_lifetimes,
        trivial_casts,
        trivial_numeric_casts,
        unused_must_use,
        unused_import_braces,
        variant_size_differences,
        elided_lifetimes_in_paths,
        explicit_outlives_requirements,
        meta_variable_misuse,
        missing_copy_implementations,
        missing_debug_implementations,
        redundant_lifetimes,
        unit_bindings,
        unsafe_op_in_unsafe_fn,
        unnameable_types,
        unreachable_pub,
        absolute_paths_not_starting_with_crate,
        macro_use_extern_crate,
        ambiguous_negative_literals,
        redundant_imports,
        impl_trait_redundant_captures,
        closure_returning_async_block,
        let_underscore_drop,
        unused_macro_rules
    )]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], jitter = 0.1, on = |e| e.is_timeout(), until = |n| *n == 3, enabled = 1 < 2, max_elapsed = 10s, retry_after = |_| None, notify = |_| ())]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = exponential(1ms, attempts = 3), on = is_down)]
    fn plain() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(plain(), Ok(3));
    }
}

mod unused_braces_of_a_const_argument {
    #![deny(warnings, unused_braces, unused_parens)]
    use super::*;

    #[derive(Debug, PartialEq)]
    struct A<const N: usize>;
    macro_rules! retried {
        ($n:literal, $m:expr) => {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            fn get() -> Result<A<$n>, Down> {
                call().map(|_| A)
            }
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            async fn get_async() -> Result<A<$n>, Down> {
                call().map(|_| A)
            }
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            fn by_expr() -> Result<A<$m>, Down> {
                call().map(|_| A)
            }
        };
    }
    retried!(2, 3);
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(A::<2>));
        assert_eq!(run(get_async()), Ok(A::<2>));
        assert_eq!(by_expr(), Ok(A::<3>));
    }
}

mod unused_braces_of_a_macro_body {
    #![deny(warnings, unused_braces, unused_parens)]
    use super::*;

    macro_rules! retried { ($n:expr, $b:block) => {
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> $b
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async() -> Result<u32, Down> { Ok(call()? * $n) }
}; }
    retried!(1 + 1, { call() });
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(6));
    }
}

mod unused_must_use_of_the_function {
    #![deny(warnings)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[must_use = "it counts"]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        #[expect(unused_must_use)]
        get();
        assert_eq!(calls(), 3);
    }
}

mod unused_parens_of_a_reference_to_a_group {
    #![deny(warnings, unused_braces, unused_parens)]
    use super::*;
    use std::fmt::Debug;

    macro_rules! retried {
        ($t:ty) => {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            fn get(a: &$t) -> Result<&$t, Down> {
                call().map(|_| a)
            }
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            async fn get_async(a: &$t) -> Result<&$t, Down> {
                call().map(|_| a)
            }
        };
    }
    retried!(str);
    macro_rules! dynamic {
        ($t:ty) => {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            fn dynamic(a: &$t) -> Result<&$t, Down> {
                call().map(|_| a)
            }
        };
    }
    dynamic!(dyn Debug);
    #[test]
    fn retries() {
        assert_eq!(get("a"), Ok("a"));
        assert_eq!(run(get_async("a")), Ok("a"));
        assert!(dynamic(&1).is_ok());
    }
}

mod unused_parens_of_a_reference_to_impl {
    #![deny(warnings, unused_braces, unused_parens)]
    use super::*;
    use std::fmt::Debug;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(a: &(impl Debug + Sync)) -> Result<&(impl Debug + Sync), Down> {
        call().map(|_| a)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async(a: &(impl Debug + Sync)) -> Result<&(impl Debug + Sync), Down> {
        call().map(|_| a)
    }
    #[test]
    fn retries() {
        assert!(get(&1).is_ok());
        assert!(run(get_async(&1)).is_ok());
    }
}

mod warnings_all_keys {
    #![deny(warnings)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], jitter = full, on = is_down, until = |n| *n == 3, enabled = 1 < 2, max_wait = 10ms, max_elapsed = 10s, retry_after = |_| None, name = "get", notify = |_| (), sleep = no_sleep)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], jitter = full, on = |_| true, until = |n| *n == 3, enabled = 1 < 2, max_wait = 10ms, max_elapsed = 10s, attempt_timeout = 5s, retry_after = |_| None, notify = |_| (), sleep = no_sleep_async)]
    async fn get_async() -> std::io::Result<u32> {
        call().map_err(std::io::Error::other)
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()).unwrap(), 3);
    }
}
