//! Names that are also names of the expansion.
//!
//! The locals of the loop, the crates and the types that it names stand beside those of the user, and neither may be taken for the other.

#![allow(
    clippy::let_and_return,
    clippy::never_loop,
    clippy::too_many_arguments,
    reason = "as people write it"
)]

use crate::support::*;
use retry_core::retry;

mod arguments_named_like_internals {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| __self == 1)]
    fn get(
        __self: u32,
        __ret: u32,
        __arg0: u32,
        _result: u32,
        output: u32,
        future: u32,
        list: u32,
        index: u32,
        n: u32,
        e: u32,
        started_at: u32,
        limit: u32,
        hint: u32,
        event: u32,
        plan: u32,
    ) -> Result<u32, Down> {
        let _ = (
            __ret, __arg0, _result, output, future, list, index, n, e, started_at, limit, hint,
            event, plan,
        );
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| __self == 1)]
    async fn get_async(
        __self: u32,
        __ret: u32,
        __arg0: u32,
        _result: u32,
        output: u32,
        future: u32,
        list: u32,
        index: u32,
        n: u32,
        e: u32,
        started_at: u32,
        limit: u32,
        hint: u32,
        event: u32,
        plan: u32,
    ) -> Result<u32, Down> {
        let _ = (
            __ret, __arg0, _result, output, future, list, index, n, e, started_at, limit, hint,
            event, plan,
        );
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1), Ok(3));
        assert_eq!(
            run(get_async(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1)),
            Ok(3)
        );
    }
}

mod arguments_named_like_locals {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| error + result + value == 6, enabled = enabled, max_elapsed = started, notify = |_| assert_eq!(wait, 7))]
    fn get(
        backoff: u32,
        wait: u32,
        result: u32,
        error: u32,
        value: u32,
        enabled: bool,
        started: std::time::Duration,
        attempt: u32,
        waited: u32,
        budget: u32,
    ) -> Result<u32, Down> {
        call().map(|n| n + backoff + attempt + waited + budget)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| error + result + value == 6, enabled = enabled, max_elapsed = started, notify = |_| assert_eq!(wait, 7))]
    async fn get_async(
        backoffs: u32,
        wait: u32,
        result: u32,
        error: u32,
        value: u32,
        enabled: bool,
        started: std::time::Duration,
        attempt: u32,
        schedule: u32,
        jitter: u32,
    ) -> Result<u32, Down> {
        call().map(|n| n + backoffs + attempt + schedule + jitter)
    }
    #[test]
    fn retries() {
        let limit = std::time::Duration::from_secs(9);
        assert_eq!(get(1, 7, 1, 2, 3, true, limit, 1, 1, 1), Ok(7));
        assert_eq!(run(get_async(1, 7, 1, 2, 3, true, limit, 1, 1, 1)), Ok(7));
    }
}

mod blocks_see_the_locals {
    use super::*;
    use retry_core::retry_block;

    #[retry(schedule = [0], on = |_| true)]
    fn get(result: u32) -> Result<u32, Down> {
        let backoff = 1;
        let attempt = 2;
        let wait =
            retry_block!(schedule = [1ms, 1ms, 0], on = |_| backoff + attempt == 3 => { call() })?;
        Ok(wait + result)
    }
    #[test]
    fn retries() {
        assert_eq!(get(1), Ok(4));
    }
}

mod body_items_named_like_ours {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        struct Duration;
        fn wait(_: Duration) -> u32 {
            1
        }
        mod core {
            pub fn one() -> u32 {
                1
            }
        }
        use core::one;
        call().map(|n| n + wait(Duration) + one())
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async() -> Result<u32, Down> {
        enum Result2 {
            Ok,
        }
        use Result2::Ok as Fine;
        const BACKOFF: u32 = 1;
        let _ = Fine;
        Ok(call()? + BACKOFF)
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(5));
        assert_eq!(run(get_async()), Ok(4));
    }
}

mod break_and_continue_in_inner_loops {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get() -> Result<u32, Down> {
        let mut n = 0;
        for i in 0..9 {
            if i % 2 == 0 {
                continue;
            }
            if i > 5 {
                break;
            }
            n += i;
        }
        while let Some(m) = Some(n) {
            if m > 0 {
                break;
            }
        }
        call().map(|call| call + n)
    }
    #[test]
    fn retries() {
        assert_eq!(run(get()), Ok(12));
    }
}

mod functions_and_modules_named_like_locals {
    use super::*;

    mod result {
        pub fn one() -> u32 {
            1
        }
    }
    fn wait() -> u32 {
        1
    }
    fn backoff() -> u32 {
        1
    }
    fn error(_: &Down) -> bool {
        true
    }
    fn attempt(n: &u32) -> bool {
        *n > 0
    }
    fn jitter() -> retry_core::Jitter {
        retry_core::Jitter::full()
    }
    fn sleep(_: std::time::Duration) {}
    #[retry(schedule = [1h, 1h, 0], on = error, until = attempt, jitter = jitter(), sleep = sleep)]
    fn get() -> Result<u32, Down> {
        call().map(|n| n + wait() + backoff() + result::one() - 3)
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}

mod functions_named_like_ours_in_the_library {
    use super::*;

    fn sleep_blocking() {}
    fn never() {}
    #[allow(dead_code)]
    fn jitter(_: u8) {}
    #[allow(dead_code)]
    async fn sleep() {}
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        sleep_blocking();
        never();
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async() -> Result<u32, Down> {
        sleep().await;
        jitter(1);
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod labels_of_the_callers {
    use super::*;
    use retry_core::retry_block;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        'retry: loop {
            'attempt: for _ in 0..3 {
                if calls() == 2 {
                    break 'attempt;
                }
                break 'retry;
            }
            break;
        }
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        reset();
        let all: Vec<u32> = 'out: {
            let mut all = vec![];
            for _ in 0..2 {
                let got = retry_block!(schedule = [1ms, 1ms, 0], on = |_| true => { call() });
                match got {
                    Ok(n) => all.push(n),
                    Err(_) => break 'out all,
                }
            }
            all
        };
        assert_eq!(all, [3, 3]);
    }
}

mod lifetimes_named_like_ours {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get<'retry, 'attempt: 'retry>(
        a: &'retry str,
        _b: &'attempt str,
    ) -> Result<&'retry str, Down> {
        call().map(|_| a)
    }
    struct S<'life0>(&'life0 str);
    impl<'life0> S<'life0> {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn get<'async_trait>(
            &self,
            b: &'async_trait str,
        ) -> Result<(&'life0 str, &'async_trait str), Down> {
            call().map(|_| (self.0, b))
        }
    }
    #[test]
    fn retries() {
        assert_eq!(get("a", "b"), Ok("a"));
        assert_eq!(run(S("a").get("b")), Ok(("a", "b")));
    }
}

mod local_crate_names {

    #[allow(dead_code)]
    mod inner {
        mod core {}
        mod std {}
        mod alloc {}
        mod retry_core {}
        use ::retry_core::retry;
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, jitter = full, enabled = true, max_elapsed = 10s, notify = |_| ())]
        pub fn get() -> Result<u32, crate::support::Down> {
            crate::support::call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, until = |n| *n == 3)]
        pub async fn get_async() -> Result<u32, crate::support::Down> {
            crate::support::call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(inner::get(), Ok(3));
        assert_eq!(crate::support::run(inner::get_async()), Ok(3));
    }
}

mod locals_named_like_ours {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        let backoff = 1;
        let wait = call()?;
        let result = Ok(wait + backoff);
        let error = 1;
        let attempt = 1;
        result.map(|value| value + error + attempt - 3)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async() -> Result<u32, Down> {
        let backoffs = 1;
        let wait = call()?;
        let result: Result<u32, Down> = Ok(wait + backoffs);
        let error = 1;
        let attempt = 1;
        result.map(|value| value + error + attempt - 3)
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod macro_local_with_our_names {
    use super::*;

    macro_rules! retried {
        ($e:expr) => {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            fn get(wait: u32) -> Result<u32, Down> {
                let backoff = 1;
                call().map(|n| n + backoff + wait + $e)
            }
        };
    }
    retried!({
        let backoff = 10;
        backoff
    });
    #[test]
    fn retries() {
        assert_eq!(get(1), Ok(15));
    }
}

mod macro_made_function_with_our_names {
    use super::*;

    macro_rules! retried { ($($arg:ident),*) => {
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true $(&& $arg > 0)*)]
    fn get($($arg: u32),*) -> Result<u32, Down> { call().map(|n| n $(+ $arg)*) }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true $(&& $arg > 0)*)]
    async fn get_async($($arg: u32),*) -> Result<u32, Down> { call().map(|n| n $(+ $arg)*) }
}; }
    retried!(backoff, wait, result, error, attempt);
    #[test]
    fn retries() {
        assert_eq!(get(1, 1, 1, 1, 1), Ok(8));
        assert_eq!(run(get_async(1, 1, 1, 1, 1)), Ok(8));
    }
}

mod macros_named_like_ours {
    use super::*;

    #[allow(unused_macros)]
    macro_rules! unreachable {
        ($($t:tt)*) => {
            compile_error!("not this one")
        };
    }
    #[allow(unused_macros)]
    macro_rules! matches {
        ($($t:tt)*) => {
            compile_error!("not this one")
        };
    }
    #[allow(unused_macros)]
    macro_rules! concat {
        ($($t:tt)*) => {
            compile_error!("not this one")
        };
    }
    #[allow(unused_macros)]
    macro_rules! module_path {
        ($($t:tt)*) => {
            compile_error!("not this one")
        };
    }
    #[allow(unused_macros)]
    macro_rules! panic {
        ($($t:tt)*) => {
            compile_error!("not this one")
        };
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, jitter = full, enabled = true, max_elapsed = 10s, notify = |_| ())]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, until = |n| *n == 3, notify = |_| ())]
    async fn get_async() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod module_shadows_the_prelude_traits {
    use super::*;

    #[allow(dead_code)]
    mod shadowed {
        use retry_core::retry;
        trait Fn {}
        trait FnMut {}
        trait FnOnce {}
        trait Future {}
        trait IntoFuture {}
        trait Iterator {}
        trait IntoIterator {}
        trait From {}
        trait Into {}
        trait Clone {}
        trait Copy {}
        trait Send {}
        trait Sized {}
        trait Drop {}
        trait Default {}
        trait AsRef {}
        trait ToString {}
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, jitter = full, enabled = true, max_elapsed = 10s, notify = |_| (), retry_after = |_| None)]
        pub fn get() -> Result<u32, crate::support::Down> {
            crate::support::call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout(), until = |n| *n == 3, attempt_timeout = 9s)]
        pub async fn get_async() -> Result<u32, std::io::Error> {
            let _: fn() = || ();
            crate::support::call().map_err(std::io::Error::other)
        }
        trait Timeout {
            fn is_timeout(&self) -> bool;
        }
        impl Timeout for std::io::Error {
            fn is_timeout(&self) -> bool {
                true
            }
        }
    }
    #[test]
    fn retries() {
        assert_eq!(shadowed::get(), Ok::<u32, Down>(3));
        let _ = (call(), calls());
        crate::support::reset();
        assert_eq!(run(shadowed::get_async()).unwrap(), 3);
    }
}

mod module_shadows_the_prelude_types {

    #[allow(dead_code)]
    mod shadowed {
        use retry_core::retry;
        struct Option;
        struct Result;
        struct Box;
        struct Vec;
        struct String;
        struct Some;
        struct None;
        struct Ok;
        struct Err;
        type Res = std::result::Result<::core::primitive::u32, crate::support::Down>;
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, jitter = full, enabled = true, max_elapsed = 10s, notify = |_| (), retry_after = |_| ::core::option::Option::None)]
        pub fn get() -> std::result::Result<::core::primitive::u32, crate::support::Down> {
            crate::support::call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, enabled = true, until = |n| *n == 3)]
        pub async fn get_async() -> std::result::Result<::core::primitive::u32, crate::support::Down>
        {
            crate::support::call()
        }
        pub fn unused() -> Res {
            crate::support::call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(shadowed::get(), Ok(3));
        assert_eq!(crate::support::run(shadowed::get_async()), Ok(3));
    }
}

mod no_implicit_prelude {

    #[allow(dead_code)]
    mod bare {
        #![no_implicit_prelude]
        use ::retry_core::retry;
        #[retry(schedule = [1ms, 1ms, 0], on = crate::support::is_down, jitter = full, enabled = true, max_elapsed = 10s)]
        pub fn get() -> ::std::result::Result<u32, crate::support::Down> {
            crate::support::call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, notify = |_| ())]
        pub async fn get_async() -> ::std::result::Result<u32, crate::support::Down> {
            crate::support::call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(bare::get(), Ok(3));
        assert_eq!(crate::support::run(bare::get_async()), Ok(3));
    }
}

mod statics_in_the_body_are_kept {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, u32> {
        static SEEN: AtomicU32 = AtomicU32::new(0);
        let seen = SEEN.fetch_add(1, SeqCst) + 1;
        if seen == 3 { Ok(seen) } else { Err(seen) }
    }
    #[test]
    fn retries() {
        let _ = call();
        assert_eq!(get(), Ok(3));
    }
}

mod type_parameters_named_like_ours {
    #![allow(non_camel_case_types)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get<Duration: Clone, Schedule, Jitter, core, std>(
        d: Duration,
        _: &(Schedule, Jitter, core, std),
    ) -> Result<Duration, Down> {
        call().map(|_| d.clone())
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async<Some: Copy, Ok, Err, wait>(
        d: Some,
        _: &(Ok, Err, wait),
    ) -> Result<Some, Down> {
        call().map(|_| d)
    }
    #[test]
    fn retries() {
        assert_eq!(get(1, &(1, 1, 1, 1)), Ok(1));
        assert_eq!(run(get_async(1, &(1, 1, 1))), Ok(1));
    }
}
