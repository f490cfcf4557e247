//! Nothing of the user's is mistaken for something of ours, nor the other way round.

// Every crate, module, type and variant that the expansion names, as something else.
#![allow(
    dead_code,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    clippy::all
)]

mod core {}
mod std {}
mod alloc {}
mod retry_core {}
mod retry_schedule {}

struct Duration;
struct Option;
struct Schedule;
struct Jitter;
struct Some;
struct None;
struct Ok;
struct Err;
fn sleep() {}
fn sleep_blocking() {}
fn jitter() {}
fn never() {}

#[allow(unused_macros)]
macro_rules! unreachable {
    ($($tokens:tt)*) => {
        compile_error!("ours is meant")
    };
}

use ::core::option::Option as Opt;
use ::core::result::Result as OurResult;
use ::retry_core::{retry, retry_block, testing};

trait Shadow {
    fn is_zero(&self) -> bool {
        true
    }
    fn is_some_and(&self, _: u8) -> bool {
        true
    }
    fn backoffs(&self) -> u8 {
        0
    }
}

impl<T> Shadow for T {}

/// Fails twice: the argument counts.
fn call(count: &mut u32) -> ::core::result::Result<u32, u32> {
    *count += 1;
    if *count > 2 {
        ::core::result::Result::Ok(*count)
    } else {
        ::core::result::Result::Err(*count)
    }
}

fn backoff() -> u8 {
    1
}
mod result {
    pub fn number() -> u8 {
        2
    }
}
fn wait() -> u8 {
    3
}
fn error() -> u8 {
    4
}
struct value {
    number: u8,
}
fn attempt() -> u8 {
    6
}
mod schedule {}
trait enabled {}

fn all() -> [u8; 6] {
    [
        backoff(),
        result::number(),
        wait(),
        error(),
        value { number: 5 }.number,
        attempt(),
    ]
}

#[retry(schedule = [1s, 1s, 0], on = |_| true)]
fn items_with_our_names(attempts: &mut u32) -> OurResult<u32, u32> {
    assert_eq!(
        [
            backoff(),
            result::number(),
            wait(),
            error(),
            value { number: 5 }.number,
            attempt()
        ],
        all()
    );
    call(attempts)
}

#[retry(schedule = [1s, 1s, 0], on = |_| true)]
async fn items_with_our_names_async(attempts: &mut u32) -> OurResult<u32, u32> {
    assert_eq!(
        [
            backoff(),
            result::number(),
            wait(),
            error(),
            value { number: 5 }.number,
            attempt()
        ],
        all()
    );
    call(attempts)
}

mod arguments {
    use super::{OurResult, retry};

    fn accept(given: u32, failed: &u32) -> bool {
        given == 7 && *failed > 0
    }

    #[retry(
        schedule = [1s, 1s, 0],
        on = |failed| accept(backoff, failed) && wait + result + error + value + schedule + enabled + attempt == 7,
        enabled = enabled == 1,
    )]
    pub fn sync(
        count: &mut u32,
        backoff: u32,
        wait: u32,
        result: u32,
        error: u32,
        value: u32,
        schedule: u32,
        enabled: u32,
        attempt: u32,
    ) -> OurResult<u32, u32> {
        assert_eq!(
            (
                backoff, wait, result, error, value, schedule, enabled, attempt
            ),
            (7, 1, 1, 1, 1, 1, 1, 1)
        );
        super::call(count)
    }

    #[retry(
        schedule = ::retry_core::Schedule::clone(&schedule),
        jitter = jitter,
        on = |failed| accept(backoff, failed) && wait + result + error + value + attempt == 5,
        enabled = enabled == 1,
    )]
    pub async fn asynchronous(
        count: &mut u32,
        backoff: u32,
        wait: u32,
        result: u32,
        error: u32,
        value: u32,
        schedule: ::retry_core::Schedule,
        jitter: ::retry_core::Jitter,
        enabled: u32,
        attempt: u32,
    ) -> OurResult<u32, u32> {
        assert_eq!(
            (backoff, wait, result, error, value, enabled, attempt),
            (7, 1, 1, 1, 1, 1, 1)
        );
        super::call(count)
    }
}

#[retry(schedule = [1s, 1s, 0], on = |_| true)]
fn locals_with_our_names(count: &mut u32) -> OurResult<u32, u32> {
    let backoff_ = 1;
    let result = (|| call(count))();
    let wait = result?;
    OurResult::Ok(wait + backoff_ - 1)
}

#[test]
fn items_arguments_and_locals_with_our_names_change_nothing() {
    let _guard = testing::skip_waits();
    assert!(matches!(items_with_our_names(&mut 0), OurResult::Ok(3)));
    assert!(matches!(
        arguments::sync(&mut 0, 7, 1, 1, 1, 1, 1, 1, 1),
        OurResult::Ok(3)
    ));
    assert!(matches!(locals_with_our_names(&mut 0), OurResult::Ok(3)));
}

#[tokio::test]
async fn nor_do_they_in_async_functions() {
    let _guard = testing::skip_waits();
    assert!(matches!(
        items_with_our_names_async(&mut 0).await,
        OurResult::Ok(3)
    ));
    let schedule = "1s, 1s, 0".parse::<::retry_core::Schedule>().unwrap();
    let jitter = ::retry_core::Jitter::full();
    let mut count = 0;
    let retried = arguments::asynchronous(&mut count, 7, 1, 1, 1, 1, schedule, jitter, 1, 1);
    assert!(matches!(retried.await, OurResult::Ok(3)));
}

#[test]
fn blocks_see_the_locals_around_them() {
    let _guard = testing::skip_waits();
    let (backoff_, attempt, wait_) = (1, 10, 100);
    let mut count = 0;
    let retried = retry_block!(schedule = [1s, 1s, 0], on = |failed| attempt == 10 && *failed > 0 => {
        let attempt = attempt + backoff_ + wait_;
        call(&mut count).map(|call| call + attempt)
    });
    assert!(matches!(retried, OurResult::Ok(114)));
}

#[retry(schedule = [1s, 1s, 0])]
fn options_by_another_name(count: &mut u32) -> ::core::option::Option<u32> {
    call(count).ok()
}

#[test]
fn a_decoy_of_every_path_changes_nothing() {
    let _guard = testing::skip_waits();
    assert!(matches!(options_by_another_name(&mut 0), Opt::Some(3)));
}

extern crate retry_core as renamed;

#[renamed::retry(schedule = [1s, 1s, 0], jitter = full, on = |_| true, crate = renamed)]
fn by_another_crate_name(count: &mut u32) -> OurResult<u32, u32> {
    call(count)
}

#[renamed::retry(schedule = plan, jitter = renamed::Jitter::none(), on = |_| true, crate = crate::renamed)]
async fn by_another_crate_path(count: &mut u32, plan: renamed::Schedule) -> OurResult<u32, u32> {
    call(count)
}

#[tokio::test]
async fn the_crate_may_be_renamed() {
    let _guard = testing::skip_waits();
    assert!(matches!(by_another_crate_name(&mut 0), OurResult::Ok(3)));
    let plan = renamed::Schedule::constant(::core::time::Duration::from_secs(1))
        .retries(2)
        .unwrap();
    assert!(matches!(
        by_another_crate_path(&mut 0, plan).await,
        OurResult::Ok(3)
    ));
}
