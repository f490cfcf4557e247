//! Other attributes beside `#[retry]`: documentation, lints, `cfg`, `tracing::instrument` above and below.
//!
//! Each attribute sees the function as the ones before it left it. `instrument` turns the body into an `async move` block, which could
//! run only once.

#![allow(
    clippy::len_zero,
    clippy::non_minimal_cfg,
    reason = "as people write it"
)]

use crate::support::*;
use retry_core::retry;
use std::pin::Pin;

#[cfg(all())]
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn cfg_and_cfg_attr() -> Result<u32, Down> {
    call()
}
#[cfg(any())]
#[retry(nonsense)]
fn cfg_and_cfg_attr() -> Missing {}
#[cfg_attr(any(), retry(nonsense))]
#[cfg_attr(all(), retry(schedule = [1ms, 1ms, 0], on = |_| true), inline)]
async fn cfg_and_cfg_attr_async() -> Result<u32, Down> {
    call()
}

#[allow(dead_code, reason = "tested")]
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
#[deny(warnings)]
#[warn(clippy::pedantic)]
fn diagnostic_and_lint_attributes() -> Result<u32, Down> {
    call()
}

/// First.
#[inline]
/// Second.
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
#[must_use = "it counts"]
/// Third.
#[cfg_attr(all(), doc = "Fourth.")]
#[allow(clippy::all)]
#[doc(alias = "fetch")]
fn docs_and_attributes_in_any_order() -> Result<u32, Down> {
    call()
}
#[cold]
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
#[doc(hidden)]
#[inline(never)]
async fn docs_and_attributes_in_any_order_async() -> Result<u32, Down> {
    call()
}

#[tracing::instrument(skip(flaky))]
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn instrument_above(flaky: &Flaky, name: &str) -> Result<u32, Down> {
    assert!(name.is_empty());
    flaky.call()
}
#[tracing::instrument(skip(flaky))]
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn instrument_above_async(flaky: &Flaky, name: &str) -> Result<u32, Down> {
    pause().await;
    assert!(name.is_empty());
    flaky.call()
}

#[tracing::instrument(skip_all, err)]
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn instrument_above_err(flaky: &Flaky) -> Result<u32, Down> {
    flaky.call()
}
#[tracing::instrument(skip_all, err, ret)]
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn instrument_above_err_async(flaky: &Flaky, name: &str) -> Result<u32, Down> {
    pause().await;
    assert!(name.is_empty());
    flaky.call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
#[tracing::instrument(skip(flaky))]
fn instrument_below(flaky: &Flaky, name: String) -> Result<u32, Down> {
    assert!(name.is_empty());
    flaky.call()
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
#[tracing::instrument(skip(flaky))]
async fn instrument_below_async(flaky: &Flaky, name: String) -> Result<u32, Down> {
    pause().await;
    assert!(name.is_empty());
    flaky.call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
#[tracing::instrument(skip_all, err)]
async fn instrument_below_err_async(flaky: &Flaky) -> Result<u32, Down> {
    pause().await;
    flaky.call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
#[tracing::instrument(name = "instrument_below_fields", fields(id = %id, attempts = tracing::field::Empty))]
async fn instrument_below_fields(id: u32) -> Result<u32, Down> {
    tracing::Span::current().record("attempts", 1);
    call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
#[tracing::instrument(skip_all)]
fn instrument_on_a_returned_future(
    name: String,
) -> Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    Box::pin(async move {
        assert!(name.is_empty());
        call()
    })
}

#[test]
fn each_retries() {
    assert_eq!(cfg_and_cfg_attr(), Ok(3));
    assert_eq!(run(cfg_and_cfg_attr_async()), Ok(3));
    assert_eq!(diagnostic_and_lint_attributes(), Ok(3));
    assert_eq!(docs_and_attributes_in_any_order(), Ok(3));
    assert_eq!(run(docs_and_attributes_in_any_order_async()), Ok(3));
    assert_eq!(instrument_above(&flaky(), ""), Ok(3));
    assert_eq!(run(send(instrument_above_async(&flaky(), ""))), Ok(3));
    assert_eq!(instrument_above_err(&flaky()), Ok(3));
    assert_eq!(run(instrument_above_err_async(&flaky(), "")), Ok(3));
    assert_eq!(instrument_below(&flaky(), String::new()), Ok(3));
    assert_eq!(
        run(send(instrument_below_async(&flaky(), String::new()))),
        Ok(3)
    );
    assert_eq!(run(instrument_below_err_async(&flaky())), Ok(3));
    assert_eq!(run(instrument_below_fields(1)), Ok(3));
    assert_eq!(run(instrument_on_a_returned_future(String::new())), Ok(3));
}

mod instrument_below_err_ret {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[tracing::instrument(skip_all, err)]
    fn get(flaky: &Flaky) -> Result<u32, Down> {
        flaky.call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[tracing::instrument(skip_all, err, ret)]
    fn get_ret(flaky: &Flaky) -> Result<u32, Down> {
        flaky.call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(&flaky()), Ok(3));
        assert_eq!(get_ret(&flaky()), Ok(3));
    }
}

mod instrument_below_err_ret_async {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[tracing::instrument(skip_all, err(Debug), ret(Display))]
    async fn get(flaky: &Flaky) -> Result<String, Down> {
        pause().await;
        Ok(flaky.call()?.to_string())
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[tracing::instrument(level = "debug", skip_all, ret(level = "warn"), err)]
    async fn get_debug(flaky: &Flaky) -> Result<u32, Down> {
        pause().await;
        flaky.call()
    }
    #[test]
    fn retries() {
        assert!(
            format!(
                "{:?}",
                run(async {
                    let _ = get(&flaky()).await.map(|s| assert_eq!(s, "3"));
                })
            )
            .len()
                > 0
        );
        assert_eq!(run(get_debug(&flaky())), Ok(3));
    }
}

mod instrument_below_method {
    use super::*;

    struct S(Flaky);
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        #[tracing::instrument(skip(self), err)]
        fn get(&mut self, id: u32) -> Result<u32, Down> {
            let _ = id;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        #[tracing::instrument(skip(self))]
        async fn get_async(&mut self, id: String) -> Result<u32, Down> {
            let _ = &id;
            self.0.call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(S(flaky()).get(1), Ok(3));
        assert_eq!(run(S(flaky()).get_async(String::new())), Ok(3));
    }
}

mod retry_twice {
    use super::*;

    #[retry(schedule = [1ms, 0], on = |_| true)]
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<u32, Down> {
        fail()
    }
    #[retry(schedule = [1ms, 0], on = |_| true)]
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async(name: &str) -> Result<u32, Down> {
        let _ = name;
        fail()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Err(Down));
        assert_eq!(calls(), 6);
        assert_eq!(run(get_async("")), Err(Down));
        assert_eq!(calls(), 12);
    }
}
