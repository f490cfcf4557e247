//! Attributes and documentation inside of the body: `#![allow(..)]`, `//!`.
//!
//! They are allowed only at the beginning of a function, and the body becomes a block inside of a loop.

#![allow(
    clippy::manual_async_fn,
    clippy::non_minimal_cfg,
    reason = "as people write it"
)]

use crate::support::*;
use retry_core::retry;
use std::pin::Pin;

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn attribute_in_block_of_the_body() -> Result<u32, Down> {
    mod inner {
        #![allow(dead_code)]
        pub const ONE: u32 = 1;
    }
    fn two() -> u32 {
        #![allow(unused_variables)]
        let a = inner::ONE;
        2
    }
    call().map(|n| n + two())
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn attribute_in_boxed_tail() -> Pin<Box<dyn Future<Output = Result<u32, Down>>>> {
    #![allow(unused_variables)]
    Box::pin(async move {
        let a = 1;
        call()
    })
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn attribute_in_function_that_returns_a_future() -> impl Future<Output = Result<u32, Down>> {
    #![allow(unused_variables)]
    let a = 1;
    async move { call() }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
#[tracing::instrument]
fn attribute_with_instrument_below(n: u32) -> Result<u32, Down> {
    #![allow(unused_variables)]
    let a = 1;
    call()
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
#[tracing::instrument]
async fn attribute_with_instrument_below_async(n: u32) -> Result<u32, Down> {
    #![allow(unused_variables)]
    let a = 1;
    call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn block_doc_comment_and_attribute() -> Result<u32, Down> {
    /*! Documented from within. */
    #![allow(unused_variables)]
    //! More.
    let a = 1;
    call()
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn block_doc_comment_and_attribute_async() -> Result<u32, Down> {
    /*! Documented from within. */
    #![allow(unused_variables)]
    //! More.
    let a = 1;
    call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn doc_comment_in_async_body() -> Result<u32, Down> {
    //! Documented from within.
    call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn doc_comment_on_a_statement_of_the_tail() -> impl Future<Output = Result<u32, Down>> {
    async move {
        /// Documented.
        fn one() -> u32 {
            1
        }
        #[allow(unused_variables)]
        let a = one();
        call()
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn doc_in_function_that_returns_a_future() -> impl Future<Output = Result<u32, Down>> {
    //! Documented.
    async move { call() }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn outer_attributes_on_first_statement() -> Result<u32, Down> {
    #[allow(unused_variables)]
    let a = 1;
    #[cfg(all())]
    call()
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn outer_attributes_on_first_statement_async() -> Result<u32, Down> {
    #[cfg(any())]
    compile_error!("not compiled");
    #[rustfmt::skip]
    let a = call();
    a
}

#[test]
fn each_retries() {
    assert_eq!(attribute_in_block_of_the_body(), Ok(5));
    assert_eq!(run(attribute_in_boxed_tail()), Ok(3));
    assert_eq!(run(attribute_in_function_that_returns_a_future()), Ok(3));
    assert_eq!(attribute_with_instrument_below(1), Ok(3));
    assert_eq!(run(attribute_with_instrument_below_async(1)), Ok(3));
    assert_eq!(block_doc_comment_and_attribute(), Ok(3));
    assert_eq!(run(block_doc_comment_and_attribute_async()), Ok(3));
    assert_eq!(run(doc_comment_in_async_body()), Ok(3));
    assert_eq!(run(doc_comment_on_a_statement_of_the_tail()), Ok(3));
    assert_eq!(run(doc_in_function_that_returns_a_future()), Ok(3));
    assert_eq!(outer_attributes_on_first_statement(), Ok(3));
    assert_eq!(run(outer_attributes_on_first_statement_async()), Ok(3));
}

mod attribute_in_method {
    use super::*;

    struct S(Flaky);
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&mut self) -> Result<u32, Down> {
            #![allow(unused_variables)]
            let a = 1;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn get_async(&mut self) -> Result<u32, Down> {
            #![allow(unused_variables)]
            //! Documented.
            let a = 1;
            self.0.call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(S(flaky()).get(), Ok(3));
        assert_eq!(run(S(flaky()).get_async()), Ok(3));
    }
}

mod attribute_that_expects {
    #![deny(warnings)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        #![expect(unused_variables)]
        let a = 1;
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async() -> Result<u32, Down> {
        #![expect(unused_variables)]
        let a = 1;
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod doc_comment_in_async_trait {
    use super::*;
    use async_trait::async_trait;

    #[async_trait]
    trait Get {
        async fn get(&self, name: String) -> Result<u32, Down>;
    }
    #[async_trait]
    impl Get for Flaky {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn get(&self, name: String) -> Result<u32, Down> {
            //! Documented.
            let _ = name;
            self.call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(flaky().get(String::new())), Ok(3));
    }
}

mod several_attributes {
    #![deny(unused)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        #![allow(unused_variables)]
        #![allow(unused_mut, clippy::all)]
        let mut a = 1;
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async() -> Result<u32, Down> {
        #![allow(unused_variables)]
        #![allow(unused_mut)]
        let mut a = 1;
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}
