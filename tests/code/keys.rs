//! What may stand behind a key: closures of each form, paths, calls, macros, operators.
//!
//! The values are the language of `#[retry]` first and Rust second: `full` is a jitter, `jitters::full` a constant of the user. A comma ends
//! a value, but not inside of a closure, a type or a block.

#![allow(
    clippy::borrowed_box,
    clippy::comparison_to_empty,
    clippy::eq_op,
    clippy::extra_unused_type_parameters,
    clippy::let_and_return,
    clippy::manual_unwrap_or,
    clippy::match_like_matches_macro,
    clippy::needless_lifetimes,
    clippy::needless_return,
    clippy::nonminimal_bool,
    clippy::unnecessary_cast,
    reason = "as people write it"
)]

use crate::support::*;
use retry_core::retry;
use std::collections::HashMap;

#[retry(schedule = [1ms, 1ms, 0], on = |e| { let mut n = 1; n += 1; n == 2 && *e == Down }, enabled = 1 <= 2 && 2 >= 1 && 1 != 2)]
fn assignment_like_operators_in_keys() -> Result<u32, Down> {
    call()
}

#[retry(schedule = [1ms, 1ms, 0], on = { let limit = 2; move |_| limit == 2 })]
fn closure_in_block_with_statements() -> Result<u32, Down> {
    call()
}

#[retry(
    // One second would be too long.
    schedule = [
        1ms, // first
        /* second */ 1ms,
        0, /* the end */
    ],
    on = |_| true, // all
)]
fn comments_only() -> Result<u32, Down> {
    call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true, enabled = Vec::<(u8, u8)>::new().is_empty(), until = |n: &u32| HashMap::<u32, u32>::from([(3, 3)]).contains_key(n))]
fn generic_arguments_of_a_value() -> Result<u32, Down> {
    call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| on, enabled = enabled, max_elapsed = max_elapsed, name = "name")]
fn keys_named_arguments(
    on: bool,
    enabled: bool,
    max_elapsed: std::time::Duration,
    name: &str,
    schedule: u8,
    until: u8,
) -> Result<u32, Down> {
    let _ = (name, schedule, until);
    call()
}

macro_rules! matcher { ($($p:pat_param)|+) => { |e| matches!(e, $($p)|+) }; }
#[retry(schedule = [1ms, 1ms, 0], on = matcher!(Api::Timeout | Api::Busy))]
fn macro_gives_a_closure() -> Result<u32, Api> {
    api()
}
#[retry(schedule = [1ms, 1ms, 0], on = matcher!(Api::Timeout | Api::Busy))]
async fn macro_gives_a_closure_async() -> Result<u32, Api> {
    api()
}

macro_rules! again {
    () => {
        is_down
    };
}
#[retry(schedule = [1ms, 1ms, 0], on = again!())]
fn macro_gives_a_path() -> Result<u32, Down> {
    call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| 1_u32 << 2 > 3 && (2 < 3), jitter = full, enabled = 1 < 2 && 3 >> 1 == 1)]
fn path_with_shift_and_comparison() -> Result<u32, Down> {
    call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| (1..=3).contains(&2), until = |n| *n as usize == [0; 3].len(), enabled = 3 as u8 > 2)]
fn range_and_cast_in_keys() -> Result<u32, Down> {
    call()
}

#[retry(schedule = [1ms, 1ms, 0], until = |v: &Vec<Box<dyn DoubleEndedIterator<Item = (u8, u16)>>>| v.len() == 2)]
fn until_assoc_types_of_iterator() -> Vec<Box<dyn DoubleEndedIterator<Item = (u8, u16)>>> {
    (0..count())
        .map(|_| Box::new([(0_u8, 0_u16)].into_iter()) as _)
        .collect()
}

#[test]
fn each_retries() {
    assert_eq!(assignment_like_operators_in_keys(), Ok(3));
    assert_eq!(closure_in_block_with_statements(), Ok(3));
    assert_eq!(comments_only(), Ok(3));
    assert_eq!(generic_arguments_of_a_value(), Ok(3));
    assert_eq!(
        keys_named_arguments(true, true, std::time::Duration::from_secs(9), "", 0, 0),
        Ok(3)
    );
    assert_eq!(macro_gives_a_closure(), Ok(3));
    assert_eq!(run(macro_gives_a_closure_async()), Ok(3));
    assert_eq!(macro_gives_a_path(), Ok(3));
    assert_eq!(path_with_shift_and_comparison(), Ok(3));
    assert_eq!(range_and_cast_in_keys(), Ok(3));
    reset();
    assert_eq!(until_assoc_types_of_iterator().len(), 2);
}

mod send_of_the_future_with_all_keys {
    use super::*;
    use retry_core::{Jitter, RetryBudget, Schedule};

    static BUDGET: RetryBudget = RetryBudget::aws_standard();
    #[retry(schedule = plan, jitter = jitter, on = |e| e.kind() == std::io::ErrorKind::Other, until = |n| *n == 3, enabled = true, max_elapsed = 9s, attempt_timeout = 5s, retry_after = |_| None, budget = &BUDGET, notify = |_| (), name = "all")]
    async fn get(plan: Schedule, jitter: Jitter) -> std::io::Result<u32> {
        pause().await;
        call().map_err(std::io::Error::other)
    }
    #[test]
    fn retries() {
        assert_eq!(
            run(send(get("1ms, 1ms, 0".parse().unwrap(), Jitter::full()))).unwrap(),
            3
        );
    }
}

mod until_of_each_type {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 3)]
    fn result() -> Result<u32, Down> {
        Ok(count())
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 3)]
    fn error_at_once() -> Result<u32, Down> {
        fail()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, until = |n| *n == 9)]
    fn both() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 2)]
    fn option() -> Option<u32> {
        Some(count())
    }
    #[retry(schedule = [1ms, 1ms, 0])]
    fn none() -> Option<u32> {
        count();
        None
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |n| n.is_power_of_two() && *n > 1)]
    fn value() -> u32 {
        count()
    }
    #[test]
    fn retries() {
        assert_eq!(result(), Ok(3));
        reset();
        assert_eq!(error_at_once(), Err(Down));
        assert_eq!(calls(), 1);
        reset();
        assert_eq!(both(), Ok(3));
        reset();
        assert_eq!(option(), Some(2));
        reset();
        assert_eq!(none(), None);
        assert_eq!(calls(), 3);
        reset();
        assert_eq!(value(), 2);
    }
}

mod until_of_each_type_async {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 3)]
    async fn result() -> Result<u32, Down> {
        Ok(count())
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 3)]
    async fn error_at_once() -> Result<u32, Down> {
        fail()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, until = |n| *n == 9)]
    async fn both() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 2)]
    async fn option() -> Option<u32> {
        Some(count())
    }
    #[retry(schedule = [1ms, 1ms, 0])]
    async fn none() -> Option<u32> {
        count();
        None
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |n| n.is_power_of_two() && *n > 1)]
    async fn value() -> u32 {
        count()
    }
    #[test]
    fn retries() {
        assert_eq!(run(result()), Ok(3));
        reset();
        assert_eq!(run(error_at_once()), Err(Down));
        assert_eq!(calls(), 1);
        reset();
        assert_eq!(run(both()), Ok(3));
        reset();
        assert_eq!(run(option()), Some(2));
        reset();
        assert_eq!(run(none()), None);
        assert_eq!(calls(), 3);
        reset();
        assert_eq!(run(value()), 2);
    }
}

mod until_paths {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Vm(u32);
    impl Vm {
        fn is_running(&self) -> bool {
            self.0 > 1
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], until = Vm::is_running)]
    fn value() -> Vm {
        Vm(count())
    }
    #[retry(schedule = [1ms, 1ms, 0], until = Vm::is_running)]
    fn result() -> Result<Vm, Down> {
        Ok(Vm(count()))
    }
    #[retry(schedule = [1ms, 1ms, 0], until = Option::is_some)]
    fn nested() -> Result<Option<u32>, Down> {
        Ok((count() > 1).then_some(1))
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |vm: &Vm| vm.is_running())]
    async fn typed() -> Vm {
        Vm(count())
    }
    #[test]
    fn retries() {
        assert_eq!(value(), Vm(2));
        reset();
        assert_eq!(result(), Ok(Vm(2)));
        reset();
        assert_eq!(nested(), Ok(Some(1)));
        reset();
        assert_eq!(run(typed()), Vm(2));
    }
}

mod attempt_timeout_expressions {
    use super::*;
    use std::{io, time::Duration};

    const LIMIT: Duration = Duration::from_secs(5);
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, attempt_timeout = LIMIT)]
    async fn constant() -> io::Result<u32> {
        call().map_err(io::Error::other)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, attempt_timeout = limit.unwrap_or(LIMIT))]
    async fn argument(limit: Option<Duration>) -> io::Result<u32> {
        call().map_err(io::Error::other)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e| e.kind() == io::ErrorKind::TimedOut, attempt_timeout = 5ms)]
    async fn too_long() -> io::Result<u32> {
        if count() < 3 {
            std::future::pending::<()>().await
        }
        Ok(3)
    }
    #[test]
    fn retries() {
        assert_eq!(run(constant()).unwrap(), 3);
        reset();
        assert_eq!(run(argument(None)).unwrap(), 3);
        reset();
        assert_eq!(run(too_long()).unwrap(), 3);
    }
}

mod attribute_by_path {
    use super::*;
    use retry_core::retry as again;

    #[retry_core::retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[::retry_core::retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn absolute() -> Result<u32, Down> {
        call()
    }
    #[again(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn renamed() -> Result<u32, Down> {
        call()
    }
    #[cfg_attr(all(), retry(schedule = [1ms, 1ms, 0], on = |_| true))]
    fn by_cfg_attr() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        for f in [get, absolute, renamed, by_cfg_attr] {
            assert_eq!(f(), Ok(3));
        }
    }
}

mod budget_values {
    use super::*;
    use retry_core::RetryBudget;

    static BUDGET: RetryBudget = RetryBudget::percent(0.5, 1);
    struct S {
        budget: RetryBudget,
    }
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, budget = &self.budget)]
        async fn get(&self) -> Result<u32, Down> {
            call()
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, budget = &BUDGET)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, budget = budget)]
    fn given(budget: &RetryBudget) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Err(Down));
        assert_eq!(calls(), 2);
        reset();
        assert_eq!(
            run(S {
                budget: RetryBudget::aws_standard()
            }
            .get()),
            Ok(3)
        );
        reset();
        assert_eq!(given(&RetryBudget::grpc(10, 0.1)), Ok(3));
    }
}

mod closure_argument_assoc_type_after_comma {
    use super::*;

    trait Tr<T> {
        type Name;
        fn again(&self) -> bool;
    }
    struct E;
    impl Tr<u8> for E {
        type Name = String;
        fn again(&self) -> bool {
            true
        }
    }
    type Boxed = Box<dyn Tr<u8, Name = String>>;
    #[retry(schedule = [1ms, 1ms, 0], on = |e: &Boxed| e.again())]
    fn get() -> Result<u32, Boxed> {
        call().map_err(|_| Box::new(E) as _)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e: &Box<dyn Tr<u8, Name = String>>| e.again(), jitter = 0.1)]
    fn spelt() -> Result<u32, Box<dyn Tr<u8, Name = String>>> {
        call().map_err(|_| Box::new(E) as _)
    }
    #[test]
    fn retries() {
        assert_eq!(get().ok(), Some(3));
        assert_eq!(spelt().ok(), Some(3));
    }
}

mod closure_assoc_type_named_like_a_key {
    use super::*;

    trait Tr<T> {
        type Name;
        type Jitter;
        fn again(&self) -> bool;
    }
    struct E;
    impl Tr<u8> for E {
        type Name = String;
        type Jitter = ();
        fn again(&self) -> bool {
            true
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e: &E| { let e: &dyn Tr<u8, Name = String, Jitter = ()> = e; e.again() }, jitter = full)]
    fn get() -> Result<u32, E> {
        call().map_err(|_| E)
    }
    #[test]
    fn retries() {
        assert_eq!(get().ok(), Some(3));
    }
}

mod closure_forms {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_: &Down| -> bool { true })]
    fn a() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = move |&Down| true)]
    fn b() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |Down| true)]
    fn c() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e,| e.is_timeout())]
    fn d() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e| match e { Down => true })]
    fn e() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e| if let Down = e { true } else { false },)]
    #[allow(irrefutable_let_patterns, reason = "`Down` has one value")]
    fn f() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |(Api::Busy | Api::Timeout | Api::Fatal(_))| true)]
    fn g() -> Result<u32, Api> {
        api()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e| { return e.is_timeout(); })]
    fn h() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        for f in [a, b, c, d, e, f, h] {
            assert_eq!(f(), Ok(3));
        }
        assert_eq!(g(), Ok(3));
    }
}

mod closure_in_braces {
    #![allow(unused_braces)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = { |e| e.is_timeout() })]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}

mod closure_in_parentheses {
    #![allow(unused_parens)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = (|e| e.is_timeout()))]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = (|e| e.is_timeout()))]
    async fn get_async() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod constant_jitter_by_path {
    use super::*;

    mod jitters {
        #[allow(non_upper_case_globals)]
        pub const full: retry_core::Jitter = retry_core::Jitter::none();
        pub const NONE: retry_core::Jitter = retry_core::Jitter::none();
        pub const INF: retry_core::Jitter = retry_core::Jitter::none();
    }
    #[retry(schedule = [1ms, 1ms, 0], jitter = jitters::full, on = |_| true)]
    fn by_path() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], jitter = jitters::NONE, on = |_| true)]
    fn none() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], jitter = jitters::INF, on = |_| true)]
    fn inf() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        for f in [by_path, none, inf] {
            assert_eq!(f(), Ok(3));
        }
    }
}

mod crate_renamed {
    use super::*;

    #[::again::retry(schedule = [1ms, 1ms, 0], on = |_| true, crate = ::again)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[again::retry(schedule = [1ms, 1ms, 0], jitter = full, on = |_| true, crate = again, notify = |_| ())]
    async fn get_async() -> Result<u32, Down> {
        call()
    }
    mod deep {
        pub use retry_core as core;
    }
    #[retry(schedule = [1ms, 1ms, 0], jitter = full, on = |_| true, crate = crate::keys::crate_renamed::deep::core)]
    fn deep() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
        assert_eq!(deep(), Ok(3));
    }
}

mod enabled_expressions {
    use super::*;
    use std::sync::atomic::{AtomicBool, Ordering::Relaxed};

    static FLAG: AtomicBool = AtomicBool::new(true);
    struct S {
        on: Option<bool>,
    }
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, enabled = self.on.unwrap_or_default())]
        fn get(&mut self) -> Result<u32, Down> {
            call()
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, enabled = FLAG.load(Relaxed))]
    fn flag() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, enabled = matches!(mode, 'a'..='f' | 'x') && mode != 'b')]
    async fn matched(mode: char) -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, enabled = if let Some(on) = on { on } else { true })]
    fn by_if_let(on: Option<bool>) -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, enabled = { let on = true; on })]
    fn by_block() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(S { on: Some(true) }.get(), Ok(3));
        assert_eq!(S { on: None }.get(), Err(Down));
        assert_eq!(flag(), Ok(3));
        assert_eq!(run(matched('x')), Ok(3));
        assert_eq!(run(matched('b')), Err(Down));
        assert_eq!(by_if_let(None), Ok(3));
        assert_eq!(by_block(), Ok(3));
    }
}

mod function_named_constants_of_a_number {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    fn constants(attempts: usize) -> Schedule {
        Schedule::constant(Duration::from_millis(1))
            .attempts(attempts)
            .unwrap()
    }
    fn lineal(attempts: usize, _: Duration) -> Schedule {
        constants(attempts)
    }
    #[retry(schedule = constants(3), on = |_| true)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = lineal(3, Duration::ZERO), on = |_| true)]
    fn second() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(second(), Ok(3));
    }
}

mod function_named_exponential_by_path {
    use super::*;

    mod plans {
        pub fn exponential(first: std::time::Duration, n: usize) -> retry_core::Schedule {
            retry_core::Schedule::constant(first).attempts(n).unwrap()
        }
    }
    #[retry(schedule = plans::exponential(std::time::Duration::from_millis(1), 3), on = |_| true)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = self::plans::exponential(plan, 3), on = |_| true)]
    fn by_self(plan: std::time::Duration) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(by_self(std::time::Duration::from_millis(1)), Ok(3));
    }
}

mod function_named_linear_of_arguments {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    fn linear(attempts: usize, wait: Duration) -> Schedule {
        Schedule::constant(wait).attempts(attempts).unwrap()
    }
    #[retry(schedule = linear(attempts, wait), on = |_| true)]
    fn get(attempts: usize, wait: Duration) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(3, Duration::from_millis(1)), Ok(3));
    }
}

mod jitter_expressions {
    use super::*;
    use retry_core::Jitter;

    struct S {
        jitter: Jitter,
    }
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], jitter = self.jitter, on = |_| true)]
        fn get(&mut self) -> Result<u32, Down> {
            call()
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], jitter = if calm { Jitter::full() } else { Jitter::none() }, on = |_| true)]
    fn by_if(calm: bool) -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], jitter = Jitter::proportional(0.5)?, on = |_| true)]
    fn by_question_mark() -> Result<u32, Box<dyn std::error::Error>> {
        Ok(call()?)
    }
    #[retry(schedule = [1ms, 1ms, 0], jitter = Jitter::equal(), on = |_| true)]
    async fn by_call() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(
            S {
                jitter: Jitter::full()
            }
            .get(),
            Ok(3)
        );
        assert_eq!(by_if(true), Ok(3));
        assert_eq!(by_question_mark().unwrap(), 3);
        assert_eq!(run(by_call()), Ok(3));
    }
}

mod lifetimes_and_chars_in_keys {
    use super::*;

    fn again<'a>(_: &'a Down) -> bool {
        true
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e: &Down| 'l: { if ',' == ',' { break 'l again(e) } false }, enabled = "a, b = c" != "")]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}

mod macro_gives_a_closure_to_notify_and_retry_after {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};

    static TOLD: AtomicUsize = AtomicUsize::new(0);
    macro_rules! tell {
        () => {
            |event| {
                TOLD.fetch_add(event.attempt, SeqCst);
            }
        };
    }
    macro_rules! hint {
        () => {
            |e| e.hint()
        };
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, notify = tell!(), retry_after = hint!())]
    fn get() -> Result<u32, Api> {
        api()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(TOLD.load(SeqCst), 3);
    }
}

mod macro_gives_a_closure_with_method_call {
    use super::*;

    macro_rules! asks {
        ($m:ident) => {
            |e| e.$m()
        };
    }
    #[retry(schedule = [1ms, 1ms, 0], on = asks!(is_timeout))]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], until = asks!(is_empty))]
    fn polled() -> Vec<u32> {
        if count() > 4 { vec![] } else { vec![1] }
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert!(polled().is_empty());
    }
}

mod macro_gives_a_function_call {
    use super::*;

    fn within(limit: u32) -> impl Fn(&Down) -> bool {
        move |_| limit > 1
    }
    macro_rules! within {
        ($n:expr) => {
            within($n)
        };
    }
    #[retry(schedule = [1ms, 1ms, 0], on = within!(2))]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = within(2))]
    fn called() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(called(), Ok(3));
    }
}

mod max_elapsed_expressions {
    use super::*;
    use std::time::Duration;

    const LIMIT: Duration = Duration::from_secs(5);
    struct S {
        limit: Duration,
    }
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, max_elapsed = self.limit * 2)]
        fn get(&mut self) -> Result<u32, Down> {
            call()
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, max_elapsed = LIMIT)]
    fn constant() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, max_elapsed = if long { LIMIT } else { Duration::ZERO })]
    async fn by_if(long: bool) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(S { limit: LIMIT }.get(), Ok(3));
        assert_eq!(constant(), Ok(3));
        assert_eq!(run(by_if(true)), Ok(3));
        assert_eq!(run(by_if(false)), Err(Down));
    }
}

mod max_elapsed_option_question_mark {
    use super::*;
    use std::time::Duration;

    #[retry(schedule = [1ms, 1ms, 0], max_elapsed = limit?)]
    fn get(limit: Option<Duration>) -> Option<u32> {
        poll()
    }
    #[test]
    fn retries() {
        assert_eq!(get(Some(Duration::from_secs(10))), Some(3));
        assert_eq!(get(None), None);
        assert_eq!(calls(), 3);
    }
}

mod max_elapsed_question_mark {
    use super::*;
    use std::time::Duration;

    fn limit(text: &str) -> Result<Duration, std::num::ParseIntError> {
        text.parse().map(Duration::from_secs)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, max_elapsed = limit(text)?)]
    fn get(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
        Ok(call()?)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, max_elapsed = limit(text)?)]
    async fn get_async(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
        Ok(call()?)
    }
    #[test]
    fn retries() {
        assert_eq!(get("10").unwrap(), 3);
        assert!(get("ten").is_err());
        assert_eq!(run(get_async("10")).unwrap(), 3);
    }
}

mod method_named_linear {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    struct Plans;
    impl Plans {
        fn linear(&self, attempts: usize) -> Schedule {
            Schedule::constant(Duration::from_millis(1))
                .attempts(attempts)
                .unwrap()
        }
    }
    #[retry(schedule = plans.linear(3), on = |_| true)]
    fn get(plans: &Plans) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(&Plans), Ok(3));
    }
}

mod name_concat {
    use super::*;
    use std::sync::Mutex;

    static NAME: Mutex<&str> = Mutex::new("");
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, name = concat!("store", "::", "get"), notify = |event| *NAME.lock().unwrap() = event.function)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(*NAME.lock().unwrap(), "store::get");
    }
}

mod name_constant {
    use super::*;
    use std::sync::Mutex;

    static NAME: Mutex<&str> = Mutex::new("");
    const STORE: &str = "store";
    struct S;
    impl S {
        const NAME: &str = "s";
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, name = Self::NAME, notify = |event| *NAME.lock().unwrap() = event.function)]
        fn get(&self) -> Result<u32, Down> {
            call()
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, name = STORE, notify = |event| *NAME.lock().unwrap() = event.function)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(*NAME.lock().unwrap(), "store");
        assert_eq!(S.get(), Ok(3));
        assert_eq!(*NAME.lock().unwrap(), "s");
    }
}

mod name_env_or_module_path {
    use super::*;
    use std::sync::Mutex;

    static NAME: Mutex<&str> = Mutex::new("");
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, name = module_path!(), notify = |event| *NAME.lock().unwrap() = event.function)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(*NAME.lock().unwrap(), module_path!());
    }
}

mod name_raw_string {
    use super::*;
    use std::sync::Mutex;

    static NAME: Mutex<&str> = Mutex::new("");
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, name = r#"store "get""#, notify = |event| *NAME.lock().unwrap() = event.function)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(*NAME.lock().unwrap(), "store \"get\"");
    }
}

mod order_and_trailing_commas {
    use super::*;

    #[retry(on = |_| true, jitter = equal, name = "get", max_elapsed = 10s, enabled = true, max_wait = 10ms, schedule = [1ms, 1ms, 0,],)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry{schedule = [1ms, 1ms, 0], on = |_| true}]
    fn braces() -> Result<u32, Down> {
        call()
    }
    #[retry[schedule = [1ms, 1ms, 0], on = |_| true]]
    fn brackets() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(braces(), Ok(3));
        assert_eq!(brackets(), Ok(3));
    }
}

mod path_with_assoc_types_and_const_arguments {
    use super::*;

    fn again<T: Iterator<Item = u8> + ?Sized, const N: usize>(_: &Down) -> bool {
        N > 0
    }
    #[retry(schedule = [1ms, 1ms, 0], on = again::<dyn Iterator<Item = u8>, { 1 + 1 }>, jitter = full)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}

mod predicate_by_qualified_path {
    use super::*;

    trait Judge {
        fn again(&self) -> bool;
    }
    impl Judge for Down {
        fn again(&self) -> bool {
            true
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = <Down as Judge>::again)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = <Down>::is_timeout, until = <[_]>::is_empty)]
    fn polled() -> Result<Vec<u8>, Down> {
        call().map(|_| vec![])
    }
    #[retry(schedule = [1ms, 1ms, 0], on = Judge::again)]
    fn by_trait() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(polled(), Ok(vec![]));
        assert_eq!(by_trait(), Ok(3));
    }
}

mod predicate_field_of_self_and_argument {
    use super::*;

    struct S {
        on: Box<dyn Fn(&Down) -> bool + Send + Sync>,
    }
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = self.on)]
        fn get(&self) -> Result<u32, Down> {
            call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = &self.on)]
        async fn get_async(&self) -> Result<u32, Down> {
            call()
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = again)]
    fn given(again: impl Fn(&Down) -> bool) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        let s = S {
            on: Box::new(is_down),
        };
        assert_eq!(s.get(), Ok(3));
        assert_eq!(run(s.get_async()), Ok(3));
        assert_eq!(given(is_down), Ok(3));
    }
}

mod predicate_if_or_match {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = if cfg!(unix) { is_down } else { never })]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = match kind { 0 => is_down as fn(&Down) -> bool, _ => never })]
    fn matched(kind: u8) -> Result<u32, Down> {
        call()
    }
    fn never(_: &Down) -> bool {
        false
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(matched(0), Ok(3));
        assert_eq!(matched(1), Err(Down));
    }
}

mod predicate_in_static_field_or_array {
    use super::*;

    struct Policy {
        on: fn(&Down) -> bool,
    }
    static POLICY: Policy = Policy { on: is_down };
    const ALL: [fn(&Down) -> bool; 1] = [is_down];
    #[retry(schedule = [1ms, 1ms, 0], on = POLICY.on)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = ALL[0])]
    fn indexed() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(indexed(), Ok(3));
    }
}

mod raw_identifier_as_function_name {
    use super::*;
    use std::sync::Mutex;

    static NAME: Mutex<&str> = Mutex::new("");
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, notify = |event| *NAME.lock().unwrap() = event.function)]
    fn r#type() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(r#type(), Ok(3));
        assert_eq!(*NAME.lock().unwrap(), concat!(module_path!(), "::type"));
    }
}

mod raw_identifiers_elsewhere {
    use super::*;

    mod r#mod {
        pub fn r#fn(_: &crate::support::Down) -> bool {
            true
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = r#mod::r#fn, enabled = r#if)]
    fn get(r#if: bool) -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |r#match| r#match.is_timeout())]
    async fn r#try(r#if: bool) -> Result<u32, Down> {
        let _ = r#if;
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(true), Ok(3));
        assert_eq!(run(r#try(true)), Ok(3));
    }
}

mod sleep_values {
    use super::*;
    use std::{
        future::{Ready, ready},
        time::Duration,
    };

    struct Clock;
    impl Clock {
        fn sleep(&self, wait: Duration) {
            assert_eq!(wait.as_secs(), 3600);
        }
        async fn later(&self, wait: Duration) {
            assert_eq!(wait.as_secs(), 3600);
        }
    }
    fn at_once(_: Duration) -> Ready<()> {
        ready(())
    }
    #[retry(schedule = [1h, 1h, 0], jitter = 0, on = |_| true, sleep = |wait| clock.sleep(wait))]
    fn closure(clock: &Clock) -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1h, 1h, 0], jitter = 0, on = |_| true, sleep = |wait| clock.later(wait))]
    async fn closure_async(clock: &Clock) -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1h, 1h, 0], on = |_| true, sleep = at_once)]
    async fn path() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1h, 1h, 0], on = |_| true, sleep = async |_wait| pause().await)]
    async fn async_closure() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, sleep = std::thread::sleep)]
    fn thread() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, sleep = tokio::time::sleep)]
    async fn tokio_sleep() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(closure(&Clock), Ok(3));
        assert_eq!(run(closure_async(&Clock)), Ok(3));
        assert_eq!(run(path()), Ok(3));
        assert_eq!(run(async_closure()), Ok(3));
        assert_eq!(thread(), Ok(3));
        assert_eq!(run(tokio_sleep()), Ok(3));
    }
}

mod struct_literal_in_a_key {
    use super::*;

    struct Policy {
        again: bool,
    }
    impl Policy {
        fn judge(&self, _: &Down) -> bool {
            self.again
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e| Policy { again: true }.judge(e), enabled = (Policy { again: true }).again)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}

mod until_closure_in_parentheses {
    #![allow(unused_parens)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], until = (|v| v.contains(&2)))]
    fn get() -> Vec<u32> {
        vec![count()]
    }
    #[test]
    fn retries() {
        assert_eq!(get(), [2]);
    }
}
