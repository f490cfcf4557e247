//! Return types of each spelling: aliases, associated types, macros, parentheses, structs that are called `JobResult`.
//!
//! Whether a type is a `Result`, an `Option` or a value can only be read from its name and from the keys.

#![allow(
    clippy::identity_op,
    clippy::manual_async_fn,
    clippy::needless_question_mark,
    clippy::type_complexity,
    reason = "as people write it"
)]

use crate::support::*;
use retry_core::retry;
use std::convert::Infallible;

#[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 2)]
fn never_type_error() -> Result<u32, Infallible> {
    Ok(count())
}

#[retry(schedule = [1ms, 1ms, 0])]
fn option_by_path() -> std::option::Option<u32> {
    poll()
}
#[retry(schedule = [1ms, 1ms, 0])]
async fn option_by_path_async() -> ::core::option::Option<u32> {
    poll()
}

#[retry(schedule = [1ms, 1ms, 1ms, 0], on = |_| true, until = |found| found.is_some())]
fn result_of_option() -> Result<Option<u32>, Down> {
    Ok((count() > 2).then_some(3))
}

#[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout())]
fn result_of_result() -> Result<Result<u32, Api>, Down> {
    call().map(Ok)
}

macro_rules! answer { ($t:ty) => { Result<$t, Down> }; }
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn type_macro() -> answer!(u32) {
    call()
}
#[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout())]
async fn type_macro_async() -> answer![u32] {
    call()
}

macro_rules! number {
    () => {
        u32
    };
}
#[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 2)]
fn type_macro_as_value() -> number!() {
    count()
}

macro_rules! number {
    () => {
        u32
    };
}
macro_rules! fault {
    () => {
        Down
    };
}
#[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout())]
fn type_macro_inside() -> Result<number!(), fault!()> {
    call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn where_clause_after_return<T>(value: T) -> Result<T, Down>
where
    T: Clone,
{
    call().map(|_| value.clone())
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn where_clause_after_return_async<T, F>(f: F) -> Result<T, Down>
where
    F: Fn() -> T,
    for<'a> &'a T: PartialEq,
{
    call().map(|_| f())
}

#[test]
fn each_retries() {
    reset();
    assert_eq!(never_type_error(), Ok(2));
    assert_eq!(option_by_path(), Some(3));
    assert_eq!(run(option_by_path_async()), Some(3));
    assert_eq!(result_of_option(), Ok(Some(3)));
    assert_eq!(result_of_result(), Ok(Ok(3)));
    assert_eq!(type_macro(), Ok(3));
    assert_eq!(run(type_macro_async()), Ok(3));
    reset();
    assert_eq!(type_macro_as_value(), 2);
    assert_eq!(type_macro_inside(), Ok(3));
    assert_eq!(where_clause_after_return(1), Ok(1));
    assert_eq!(run(where_clause_after_return_async(|| 1)), Ok(1));
}

mod alias_ends_in_result {
    use super::*;

    type QueryResult<T> = Result<T, Down>;
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> QueryResult<u32> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 3)]
    fn polled() -> QueryResult<u32> {
        call().or(Ok(0))
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(polled(), Ok(3));
    }
}

mod alias_ends_in_result_without_arguments_and_on {
    use super::*;

    type GetResult = Result<u32, Down>;
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> GetResult {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}

mod alias_fallible {
    use super::*;

    type Fallible<T> = Result<T, Down>;
    #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
    fn get() -> Fallible<u32> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
    async fn get_async() -> Fallible<u32> {
        Ok(call()?)
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod alias_in_future {
    use super::*;

    type Res = Result<u32, Down>;
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> impl Future<Output = Res> {
        async { call() }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn boxed() -> futures::future::BoxFuture<'static, Res> {
        Box::pin(async { call() })
    }
    #[test]
    fn retries() {
        assert_eq!(run(get()), Ok(3));
        assert_eq!(run(boxed()), Ok(3));
    }
}

mod alias_query_outcome {
    use super::*;

    mod db {
        pub type QueryOutcome<'a, T = u32, E = crate::support::Down> =
            std::result::Result<(&'a str, T), E>;
    }
    #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
    fn get(name: &str) -> db::QueryOutcome<'_> {
        call().map(|n| (name, n))
    }
    #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
    async fn get_async<'a>(name: &'a str) -> db::QueryOutcome<'a, u32> {
        Ok((name, call()?))
    }
    #[test]
    fn retries() {
        assert_eq!(get("a"), Ok(("a", 3)));
        assert_eq!(run(get_async("a")), Ok(("a", 3)));
    }
}

mod alias_res {
    use super::*;

    type Res = Result<u32, Down>;
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Res {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout())]
    async fn get_async() -> Res {
        Ok(call()?)
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod alias_with_on_and_until {
    use super::*;

    type Fallible<T> = Result<T, Down>;
    #[retry(schedule = [1ms, 1ms, 0], on = is_down, until = |n| *n == 3)]
    fn get() -> Fallible<u32> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}

mod const_expression_in_type {
    use super::*;

    const N: usize = 1;
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<[u8; if N > 0 { N + 1 } else { 0 }], Down> {
        call().map(|_| [0; 2])
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async() -> Result<
        [u8; {
            const M: usize = N << 1;
            M >> 0
        }],
        Down,
    > {
        call().map(|_| [0; 2])
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok([0; 2]));
        assert_eq!(run(get_async()), Ok([0; 2]));
    }
}

mod control_flow_as_value {
    use super::*;
    use std::ops::ControlFlow;

    #[retry(schedule = [1ms, 1ms, 0], until = |c| c.is_break())]
    fn get() -> ControlFlow<u32> {
        if count() == 2 {
            ControlFlow::Break(2)
        } else {
            ControlFlow::Continue(())
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |p| p.is_ready())]
    fn polled() -> std::task::Poll<u32> {
        if count() == 4 {
            std::task::Poll::Ready(4)
        } else {
            std::task::Poll::Pending
        }
    }
    #[test]
    fn retries() {
        assert_eq!(get(), ControlFlow::Break(2));
        assert!(polled().is_ready());
    }
}

mod enum_connection_request_result {
    use super::*;

    #[derive(Debug, PartialEq)]
    enum ConnectionRequestResult {
        Accepted(u32),
        Later,
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |r| matches!(r, ConnectionRequestResult::Accepted(_)))]
    fn get() -> crate::returns::enum_connection_request_result::ConnectionRequestResult {
        match count() {
            n @ 2.. => ConnectionRequestResult::Accepted(n),
            _ => ConnectionRequestResult::Later,
        }
    }
    #[test]
    fn retries() {
        assert_eq!(get(), ConnectionRequestResult::Accepted(2));
    }
}

mod fn_pointer_and_dyn_values {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], until = |f| f() == 2)]
    fn pointer() -> fn() -> u32 {
        count as fn() -> u32
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |b| b.to_string() == "3")]
    fn boxed() -> Box<dyn ToString> {
        Box::new(count())
    }
    #[test]
    fn retries() {
        let _ = pointer();
        reset();
        assert_eq!(boxed().to_string(), "3");
    }
}

mod generic_error_with_bound {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get<E>() -> Result<u32, E>
    where
        Down: Into<E>,
    {
        call().map_err(Into::into)
    }
    #[test]
    fn retries() {
        assert_eq!(get::<Api>(), Ok(3));
    }
}

mod higher_ranked_types {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<Box<dyn for<'a> Fn(&'a str) -> &'a str>, Down> {
        fn same(s: &str) -> &str {
            s
        }
        call().map(|_| Box::new(same) as _)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn pointer() -> Result<for<'a> fn(&'a str) -> usize, Down> {
        call().map(|_| str::len as _)
    }
    #[test]
    fn retries() {
        assert_eq!(get().unwrap()("a"), "a");
        assert_eq!(pointer().unwrap()("a"), 1);
    }
}

mod option_of_result {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0])]
    fn get() -> Option<Result<u32, Down>> {
        poll().map(Ok)
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |r| r.is_ok())]
    fn polled() -> Option<Result<u32, Down>> {
        Some(call())
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Some(Ok(3)));
        assert_eq!(polled(), Some(Ok(3)));
    }
}

mod own_result_enum_as_value {
    use super::*;
    use own::Outcome;

    mod own {
        #[derive(Debug, PartialEq)]
        pub enum Outcome<T> {
            Good(T),
            Bad,
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |o| matches!(o, Outcome::Good(_)))]
    fn get() -> Outcome<u32> {
        if count() == 2 {
            Outcome::Good(2)
        } else {
            Outcome::Bad
        }
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Outcome::Good(2));
    }
}

mod parentheses {
    #![allow(unused_parens)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> (Result<u32, Down>) {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async() -> (Result<u32, Down>) {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod parentheses_option {
    #![allow(unused_parens)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0])]
    fn get() -> (Option<u32>) {
        poll()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Some(3));
    }
}

mod parentheses_twice_future {
    #![allow(unused_parens)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> ((impl Future<Output = (Result<u32, Down>)>)) {
        async move { call() }
    }
    #[test]
    fn retries() {
        assert_eq!(run(get()), Ok(3));
    }
}

mod qualified_output {
    use super::*;

    trait Tr {
        type Output;
        fn get(&self) -> Self::Output;
    }
    impl Tr for Flaky {
        type Output = std::result::Result<u32, Down>;
        #[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout())]
        fn get(&self) -> <Self as Tr>::Output {
            self.call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(flaky().get(), Ok(3));
    }
}

mod result_by_paths {
    use super::*;
    use std::result;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn a() -> result::Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn b() -> ::std::result::Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn c() -> std::io::Result<u32> {
        call().map_err(std::io::Error::other)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn d() -> std::fmt::Result {
        call().map(drop).map_err(|_| std::fmt::Error)
    }
    #[test]
    fn retries() {
        assert_eq!(a(), Ok(3));
        assert_eq!(b(), Ok(3));
        assert_eq!(c().unwrap(), 3);
        assert_eq!(d(), Ok(()));
    }
}

mod self_result {
    use super::*;

    trait Tr {
        type Result;
        fn get(&self) -> Self::Result;
    }
    impl Tr for Flaky {
        type Result = std::result::Result<u32, Down>;
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn get(&self) -> Self::Result {
            self.call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(flaky().get(), Ok(3));
    }
}

mod self_result_async {
    use super::*;

    trait Tr {
        type Result;
        async fn get(&self) -> Self::Result;
    }
    impl Tr for Flaky {
        type Result = Result<u32, Down>;
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn get(&self) -> Self::Result {
            self.call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(flaky().get()), Ok(3));
    }
}

mod struct_get_result {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct GetResult {
        done: bool,
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |got| got.done)]
    fn get() -> GetResult {
        GetResult { done: count() > 2 }
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |got| got.done)]
    async fn get_async() -> GetResult {
        GetResult { done: count() > 2 }
    }
    #[test]
    fn retries() {
        assert!(get().done);
        assert_eq!(calls(), 3);
        reset();
        assert!(run(get_async()).done);
        assert_eq!(calls(), 3);
    }
}

mod struct_result_in_boxed_future {
    use super::*;

    struct JobResult(u32);
    #[retry(schedule = [1ms, 1ms, 0], until = |job| job.0 == 2)]
    fn get() -> futures::future::BoxFuture<'static, JobResult> {
        Box::pin(async { JobResult(count()) })
    }
    #[test]
    fn retries() {
        assert_eq!(run(get()).0, 2);
    }
}

mod struct_result_with_lifetime_only {
    use super::*;

    struct JobResult<'a>(&'a str, u32);
    #[retry(schedule = [1ms, 1ms, 0], until = |job| job.1 == 2)]
    fn get(name: &str) -> JobResult<'_> {
        JobResult(name, count())
    }
    #[test]
    fn retries() {
        assert_eq!(get("a").1, 2);
        assert_eq!(get("a").0, "a");
    }
}

mod tuple_array_reference_values {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], until = |(a, _)| *a == 2)]
    fn tuple() -> (u32, &'static str) {
        (count(), "a")
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |[a]| *a == 4)]
    fn array() -> [u32; 1] {
        [count()]
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |a| a.len() == 1)]
    fn reference(name: &str) -> &str {
        count();
        name
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |b| *b)]
    fn boolean() -> bool {
        count() == 7
    }
    #[test]
    fn retries() {
        assert_eq!(tuple().0, 2);
        assert_eq!(array(), [4]);
        assert_eq!(reference("a"), "a");
        assert!(boolean());
    }
}

mod type_macro_of_module_braces {
    use super::*;

    #[macro_use]
    mod types {
        macro_rules! answer { () => { Result<u32, Down> }; }
        pub(crate) use answer;
    }
    #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
    fn get() -> crate::returns::type_macro_of_module_braces::types::answer! {} {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}
