//! Functions that return a future instead of being `async`.
//!
//! The loop has to go inside the future. Which part of the body makes the future is read from its last expression: an `async` block, also
//! boxed, named by a `let`, or followed by methods. An owned argument moves into that future once, and each attempt borrows it.

#![allow(
    clippy::implied_bounds_in_impls,
    clippy::let_and_return,
    clippy::manual_async_fn,
    clippy::multiple_bound_locations,
    clippy::needless_return,
    reason = "as people write it"
)]

use crate::support::*;
use futures::FutureExt as _;
use futures::TryFutureExt as _;
use futures::future::Either;
use retry_core::retry;
use std::future::Future as Fut;
use std::pin::Pin;
use std::sync::Arc;
use tracing::Instrument as _;

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn arc_clone_before(
    flaky: &Arc<Flaky>,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    let flaky = Arc::clone(flaky);
    Box::pin(async move { flaky.call() })
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn async_closure_called(name: String) -> impl Future<Output = Result<u32, Down>> {
    let inner = async |n: u32| Ok::<u32, Down>(n);
    async move {
        assert!(name.is_empty());
        inner(call()?).await
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn destructured_argument((a, b): (String, Vec<u8>)) -> impl Future<Output = Result<u32, Down>> {
    async move {
        assert_eq!(a.len() + b.len(), 0);
        call()
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn if_else_of_boxes_borrowed(
    name: &str,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send + '_>> {
    if name.is_empty() {
        Box::pin(async move { call() })
    } else {
        Box::pin(async move {
            assert!(!name.is_empty());
            Ok(9)
        })
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn inner_function_with_a_return(name: String) -> impl Future<Output = Result<u32, Down>> {
    fn empty() -> u32 {
        return 0;
    }
    async move {
        assert!(name.is_empty());
        call().map(|n| n + empty())
    }
}

macro_rules! block {
    ($n:ident) => {
        async move {
            assert!($n.is_empty());
            call()
        }
    };
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn macro_tail(name: &str) -> impl Future<Output = Result<u32, Down>> {
    block!(name)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn mut_argument(mut name: String) -> impl Future<Output = Result<u32, Down>> {
    name.push_str("");
    async move {
        assert!(name.is_empty());
        call()
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = move |_| limit == 1)]
fn on_uses_an_argument(limit: u32) -> impl Future<Output = Result<u32, Down>> {
    async move {
        let n = call()?;
        Ok(n + limit)
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| name.is_empty())]
fn on_uses_an_owned_argument(name: String) -> impl Future<Output = Result<u32, Down>> {
    async move {
        assert!(name.is_empty());
        call()
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_after_return(name: String) -> impl Future<Output = Result<u32, Down>> {
    return async move {
        pause().await;
        assert!(name.is_empty());
        call()
    };
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_and_then(name: String) -> impl Future<Output = Result<u32, Down>> {
    async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }
    .and_then(|n| async move { Ok(n + 1) })
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_as_pin_box_dyn(
    name: String,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    Box::pin(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }) as Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>>
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_box_into_pin(
    name: String,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    Box::into_pin(Box::new(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }))
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_box_new_into(name: String) -> std::pin::Pin<Box<impl Future<Output = Result<u32, Down>>>> {
    Box::new(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    })
    .into()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_box_new_let_into(
    name: String,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    let boxed: Box<dyn Future<Output = Result<u32, Down>> + Send> = Box::new(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    });
    boxed.into()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_box_pin(
    name: String,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    Box::pin(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    })
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_box_pin_after_return(
    name: String,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    return Box::pin(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    });
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_box_pin_trailing_comma(
    name: String,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    Box::pin(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    })
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_box_pin_with_path(
    name: String,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    ::std::boxed::Box::pin(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    })
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_boxed(name: String) -> futures::future::BoxFuture<'static, Result<u32, Down>> {
    async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }
    .boxed()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_boxed_across_lines(
    name: String,
) -> futures::future::BoxFuture<'static, Result<u32, Down>> {
    async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }
    .within("span")
    .boxed()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_boxed_by_path(name: String) -> futures::future::BoxFuture<'static, Result<u32, Down>> {
    futures::FutureExt::boxed(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    })
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_fused_type(
    name: String,
) -> impl futures::future::FusedFuture + Future<Output = Result<u32, Down>> {
    async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }
    .fuse()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_generic(name: impl AsRef<str> + Send) -> impl Future<Output = Result<u32, Down>> {
    async move {
        assert!(name.as_ref().is_empty());
        call()
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_in_a_let(name: String) -> impl Future<Output = Result<u32, Down>> {
    let future = async move {
        pause().await;
        assert!(name.is_empty());
        call()
    };
    future
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_in_a_let_boxed(
    name: String,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    let future = async move {
        pause().await;
        assert!(name.is_empty());
        call()
    };
    Box::pin(future)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_in_a_nested_block_with_let(name: String) -> impl Future<Output = Result<u32, Down>> {
    {
        let n = 1;
        let _ = n;
        async move {
            pause().await;
            assert!(name.is_empty());
            call()
        }
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_in_unsafe_block(name: String) -> impl Future<Output = Result<u32, Down>> {
    unsafe {
        std::hint::assert_unchecked(true);
        async move {
            pause().await;
            assert!(name.is_empty());
            call()
        }
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_mapped(name: String) -> impl Future<Output = Result<u32, Down>> {
    async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }
    .map(|result| result.map(|n| n + 1))
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_pin_from(
    name: String,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    std::pin::Pin::from(Box::new(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }))
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_pinned_instrument(
    name: String,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
    let span = tracing::info_span!("owned_pinned_instrument", name);
    Box::pin(
        async move {
            pause().await;
            assert!(name.is_empty());
            call()
        }
        .instrument(span),
    )
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_tail(name: String) -> impl Future<Output = Result<u32, Down>> {
    async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_within_then_in_current(name: String) -> impl Future<Output = Result<u32, Down>> {
    async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }
    .within(1)
    .in_current()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn plain_async_block_borrows(name: &str) -> impl Future<Output = Result<u32, Down>> {
    async {
        assert!(name.is_empty());
        call()
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn poll_fn(name: &str) -> impl Future<Output = Result<u32, Down>> {
    std::future::poll_fn(move |_| std::task::Poll::Ready(call().map(|n| n + name.len() as u32)))
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn question_mark_inside_the_block(name: String) -> impl Future<Output = Result<u32, Down>> {
    async move {
        let n = call()?;
        assert!(name.is_empty());
        Ok(n)
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn recursive_boxed(
    flaky: &Flaky,
    depth: u32,
) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send + '_>> {
    Box::pin(async move {
        if depth > 0 {
            return recursive_boxed(flaky, depth - 1).await;
        }
        flaky.call()
    })
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn return_in_inner_closure_is_not_ours(name: &str) -> impl Future<Output = Result<u32, Down>> {
    let length = || {
        if name.is_empty() {
            return 0;
        }
        name.len()
    };
    let n = length();
    async move { call().map(|m| m + n as u32) }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn return_inside_the_block(name: String) -> impl Future<Output = Result<u32, Down>> {
    async move {
        if name.is_empty() {
            return call();
        }
        Ok(9)
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn type_box_dyn_unpin(name: String) -> Box<dyn Future<Output = Result<u32, Down>> + Unpin> {
    Box::new(Box::pin(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }))
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn type_box_impl(name: String) -> std::pin::Pin<Box<impl Future<Output = Result<u32, Down>>>> {
    Box::pin(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    })
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn type_either(name: &str) -> impl Future<Output = Result<u32, Down>> {
    if name.is_empty() {
        Either::Left(async { call() })
    } else {
        Either::Right(std::future::ready(call()))
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn type_future_by_path(
    name: String,
) -> impl ::core::future::Future<Output = Result<u32, Down>> + Send + use<> {
    async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn type_future_renamed_boxed(name: String) -> Pin<Box<dyn Fut<Output = Result<u32, Down>> + Send>> {
    Box::pin(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    })
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn type_generic_output<'a, T: Clone + Send + Sync>(
    value: &'a T,
) -> Pin<Box<dyn Future<Output = Result<T, Down>> + Send + 'a>>
where
    T: 'a,
{
    Box::pin(async move { call().map(|_| value.clone()) })
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn type_impl_into_future(name: String) -> impl IntoFuture<Output = Result<u32, Down>> {
    async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn type_impl_try_future(name: String) -> impl futures::TryFuture<Ok = u32, Error = Down> {
    async move {
        pause().await;
        assert!(name.is_empty());
        call()
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn type_impl_unpin(name: String) -> impl Future<Output = Result<u32, Down>> + Unpin {
    Box::pin(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    })
}

#[retry(schedule = [1ms, 1ms, 0], jitter = full)]
fn type_option_output(name: String) -> impl Future<Output = Option<u32>> {
    async move {
        assert!(name.is_empty());
        poll()
    }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn type_pin_by_path(
    name: String,
) -> ::core::pin::Pin<
    ::std::boxed::Box<dyn ::core::future::Future<Output = Result<u32, Down>> + Send + Sync>,
> {
    Box::pin(async move {
        pause().await;
        assert!(name.is_empty());
        call()
    })
}

#[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 3)]
fn type_plain_output(name: String) -> impl Future<Output = u32> {
    async move {
        assert!(name.is_empty());
        count()
    }
}

#[test]
fn each_retries() {
    assert_eq!(run(arc_clone_before(&Arc::new(flaky()))), Ok(3));
    assert_eq!(run(async_closure_called(String::new())), Ok(3));
    assert_eq!(run(destructured_argument((String::new(), vec![]))), Ok(3));
    assert_eq!(run(if_else_of_boxes_borrowed("")), Ok(3));
    assert_eq!(run(inner_function_with_a_return(String::new())), Ok(3));
    assert_eq!(run(macro_tail("")), Ok(3));
    assert_eq!(run(mut_argument(String::new())), Ok(3));
    assert_eq!(run(on_uses_an_argument(1)), Ok(4));
    assert_eq!(run(on_uses_an_owned_argument(String::new())), Ok(3));
    assert_eq!(run(owned_after_return(String::new())), Ok(3));
    assert_eq!(run(owned_and_then(String::new())), Ok(4));
    assert_eq!(run(owned_as_pin_box_dyn(String::new())), Ok(3));
    assert_eq!(run(owned_box_into_pin(String::new())), Ok(3));
    assert_eq!(run(owned_box_new_into(String::new())), Ok(3));
    assert_eq!(run(owned_box_new_let_into(String::new())), Ok(3));
    assert_eq!(run(owned_box_pin(String::new())), Ok(3));
    assert_eq!(run(owned_box_pin_after_return(String::new())), Ok(3));
    assert_eq!(run(owned_box_pin_trailing_comma(String::new())), Ok(3));
    assert_eq!(run(owned_box_pin_with_path(String::new())), Ok(3));
    assert_eq!(run(owned_boxed(String::new())), Ok(3));
    assert_eq!(run(owned_boxed_across_lines(String::new())), Ok(3));
    assert_eq!(run(owned_boxed_by_path(String::new())), Ok(3));
    assert_eq!(run(owned_fused_type(String::new())), Ok(3));
    assert_eq!(run(owned_generic(String::new())), Ok(3));
    assert_eq!(run(owned_in_a_let(String::new())), Ok(3));
    assert_eq!(run(owned_in_a_let_boxed(String::new())), Ok(3));
    assert_eq!(run(owned_in_a_nested_block_with_let(String::new())), Ok(3));
    assert_eq!(run(owned_in_unsafe_block(String::new())), Ok(3));
    assert_eq!(run(owned_mapped(String::new())), Ok(4));
    assert_eq!(run(owned_pin_from(String::new())), Ok(3));
    assert_eq!(run(owned_pinned_instrument(String::new())), Ok(3));
    assert_eq!(run(owned_tail(String::new())), Ok(3));
    assert_eq!(run(owned_within_then_in_current(String::new())), Ok(3));
    assert_eq!(run(plain_async_block_borrows("")), Ok(3));
    assert_eq!(run(poll_fn("")), Ok(3));
    assert_eq!(run(question_mark_inside_the_block(String::new())), Ok(3));
    assert_eq!(run(recursive_boxed(&flaky(), 3)), Ok(3));
    assert_eq!(run(return_in_inner_closure_is_not_ours("")), Ok(3));
    assert_eq!(run(return_inside_the_block(String::new())), Ok(3));
    assert_eq!(run(type_box_dyn_unpin(String::new())), Ok(3));
    assert_eq!(run(type_box_impl(String::new())), Ok(3));
    assert_eq!(run(type_either("")), Ok(3));
    assert_eq!(run(type_future_by_path(String::new())), Ok(3));
    assert_eq!(run(type_future_renamed_boxed(String::new())), Ok(3));
    assert_eq!(run(send(type_generic_output(&7))), Ok(7));
    assert_eq!(
        run(type_impl_into_future(String::new()).into_future()),
        Ok(3)
    );
    assert_eq!(
        run(futures::TryFutureExt::into_future(type_impl_try_future(
            String::new()
        ))),
        Ok(3)
    );
    assert_eq!(run(type_impl_unpin(String::new())), Ok(3));
    assert_eq!(run(type_option_output(String::new())), Some(3));
    assert_eq!(run(type_pin_by_path(String::new())), Ok(3));
    reset();
    assert_eq!(run(type_plain_output(String::new())), 3);
}

mod is_send_and_static {
    use super::*;
    use std::sync::Arc;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(flaky: Arc<Flaky>) -> impl Future<Output = Result<u32, Down>> + Send + 'static {
        async move {
            pause().await;
            flaky.call()
        }
    }
    #[test]
    fn retries() {
        let result = tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(async { tokio::spawn(get(Arc::new(flaky()))).await });
        assert_eq!(result.unwrap(), Ok(3));
    }
}

mod method_by_mut_self_block {
    use super::*;

    struct S {
        flaky: Flaky,
        seen: Vec<u32>,
    }
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&mut self) -> impl Future<Output = Result<u32, Down>> {
            async move {
                self.seen.push(1);
                self.flaky.call()
            }
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn boxed(
            &mut self,
        ) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send + '_>> {
            Box::pin(async move {
                self.seen.push(1);
                self.flaky.call()
            })
        }
    }
    #[test]
    fn retries() {
        let mut s = S {
            flaky: flaky(),
            seen: vec![],
        };
        assert_eq!(run(s.get()), Ok(3));
        assert_eq!(s.seen.len(), 3);
        let mut s = S {
            flaky: flaky(),
            seen: vec![],
        };
        assert_eq!(run(s.boxed()), Ok(3));
    }
}

mod method_by_value_self {
    use super::*;

    struct S(Flaky);
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(self) -> impl Future<Output = Result<u32, Down>> {
            async move {
                pause().await;
                self.0.call()
            }
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn by_arc(
            self: std::sync::Arc<Self>,
        ) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>> {
            Box::pin(async move {
                pause().await;
                self.0.call()
            })
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(S(flaky()).get()), Ok(3));
        assert_eq!(run(std::sync::Arc::new(S(flaky())).by_arc()), Ok(3));
    }
}

mod method_with_owned_and_self {
    use super::*;

    struct S(Flaky);
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&self, name: String) -> impl Future<Output = Result<u32, Down>> + '_ {
            async move {
                assert!(name.is_empty());
                self.0.call()
            }
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn boxed<'a>(
            &'a self,
            name: &'a str,
        ) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send + 'a>> {
            Box::pin(async move {
                assert!(name.is_empty());
                self.0.call()
            })
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(S(flaky()).get(String::new())), Ok(3));
        assert_eq!(run(send(S(flaky()).boxed(""))), Ok(3));
    }
}

mod owned_in_labelled_block {
    #![allow(unused_labels)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(name: String) -> impl Future<Output = Result<u32, Down>> {
        'a: {
            async move {
                pause().await;
                assert!(name.is_empty());
                call()
            }
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(get(String::new())), Ok(3));
    }
}

mod owned_in_parentheses {
    #![allow(unused_parens)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(name: String) -> impl Future<Output = Result<u32, Down>> {
        (async move {
            pause().await;
            assert!(name.is_empty());
            call()
        })
    }
    #[test]
    fn retries() {
        assert_eq!(run(get(String::new())), Ok(3));
    }
}

mod trait_method_that_returns_a_future {
    use super::*;

    trait Fetch {
        fn get(&self, name: String) -> impl Future<Output = Result<u32, Down>> + Send;
        fn boxed(
            &self,
            name: String,
        ) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send + '_>>;
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn by_default(&self) -> impl Future<Output = Result<u32, Down>> + Send
        where
            Self: Sync,
        {
            async move { self.get(String::new()).await }
        }
    }
    impl Fetch for Flaky {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&self, name: String) -> impl Future<Output = Result<u32, Down>> + Send {
            async move {
                assert!(name.is_empty());
                self.call()
            }
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn boxed(
            &self,
            name: String,
        ) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send + '_>> {
            Box::pin(async move {
                assert!(name.is_empty());
                self.call()
            })
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(flaky().get(String::new())), Ok(3));
        assert_eq!(run(flaky().boxed(String::new())), Ok(3));
        assert_eq!(run(Flaky::new(4).by_default()), Ok(5));
    }
}

mod type_boxed_alias_of_result_alias {
    use super::*;

    type Res = Result<u32, Down>;
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(name: String) -> std::pin::Pin<Box<dyn Future<Output = Res>>> {
        Box::pin(async move {
            pause().await;
            assert!(name.is_empty());
            call()
        })
    }
    #[test]
    fn retries() {
        assert_eq!(run(get(String::new())), Ok(3));
    }
}

mod type_dyn_in_parentheses {
    #![allow(unused_parens)]
    use super::*;
    use std::pin::Pin;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(name: String) -> Pin<Box<(dyn Future<Output = Result<u32, Down>> + Send)>> {
        Box::pin(async move {
            pause().await;
            assert!(name.is_empty());
            call()
        })
    }
    #[test]
    fn retries() {
        assert_eq!(run(get(String::new())), Ok(3));
    }
}

mod type_own_box_future {
    use super::*;

    type BoxFuture<T> = std::pin::Pin<Box<dyn Future<Output = Result<T, Down>> + Send>>;
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(name: String) -> BoxFuture<u32> {
        Box::pin(async move {
            pause().await;
            assert!(name.is_empty());
            call()
        })
    }
    #[test]
    fn retries() {
        assert_eq!(run(get(String::new())), Ok(3));
    }
}

mod type_own_box_future_owned_no_parameters {
    use super::*;

    type ResponseFuture = std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>>;
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(name: String) -> ResponseFuture {
        Box::pin(async move {
            pause().await;
            assert!(name.is_empty());
            call()
        })
    }
    #[test]
    fn retries() {
        assert_eq!(run(get(String::new())), Ok(3));
    }
}

mod type_own_fut_result_alias {
    use super::*;

    type FutResult<T> = std::pin::Pin<Box<dyn Future<Output = Result<T, Down>> + Send>>;
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(name: String) -> FutResult<u32> {
        Box::pin(async move {
            pause().await;
            assert!(name.is_empty());
            call()
        })
    }
    #[test]
    fn retries() {
        assert_eq!(run(get(String::new())), Ok(3));
    }
}

mod type_own_trait_alias_like {
    use super::*;

    trait Answer: Future<Output = Result<u32, Down>> {}
    impl<F: Future<Output = Result<u32, Down>>> Answer for F {}
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(name: String) -> impl Answer {
        async move {
            pause().await;
            assert!(name.is_empty());
            call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(get(String::new())), Ok(3));
    }
}

mod type_self_future_by_qualified_path {
    use super::*;
    use std::{pin::Pin, sync::Arc};

    trait Service<Request> {
        type Output;
        type Future: Future<Output = Self::Output>;
        fn call(&self, request: Request) -> Self::Future;
    }
    struct Client(Arc<Flaky>);
    impl Service<u32> for Client {
        type Output = Result<u32, Down>;
        type Future = Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>>;
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn call(&self, request: u32) -> <Self as Service<u32>>::Future {
            let flaky = self.0.clone();
            Box::pin(async move { flaky.call().map(|n| n + request) })
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(Client(Arc::new(flaky())).call(1)), Ok(4));
    }
}

mod type_self_future_of_service {
    use super::*;
    use std::{
        pin::Pin,
        task::{Context, Poll},
    };

    trait Service<Request> {
        type Response;
        type Error;
        type Future: Future<Output = Result<Self::Response, Self::Error>>;
        #[allow(dead_code, reason = "as in tower's trait")]
        fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>>;
        fn call(&mut self, request: Request) -> Self::Future;
    }
    struct Client;
    impl Service<String> for Client {
        type Response = u32;
        type Error = Down;
        type Future = Pin<Box<dyn Future<Output = Result<u32, Down>> + Send>>;
        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Down>> {
            Poll::Ready(Ok(()))
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn call(&mut self, request: String) -> Self::Future {
            Box::pin(async move {
                assert!(request.is_empty());
                call()
            })
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(Client.call(String::new())), Ok(3));
    }
}

mod with_schedule_of_self {
    use super::*;
    use retry_core::Schedule;

    struct S {
        plan: Schedule,
        flaky: Flaky,
    }
    impl S {
        #[retry(schedule = self.plan, on = |_| self.flaky.calls() > 0)]
        fn get(&self, name: String) -> impl Future<Output = Result<u32, Down>> + '_ {
            async move {
                assert!(name.is_empty());
                self.flaky.call()
            }
        }
        #[retry(schedule = self.plan, on = |_| true)]
        fn boxed(&self) -> std::pin::Pin<Box<dyn Future<Output = Result<u32, Down>> + Send + '_>> {
            Box::pin(async move { self.flaky.call() })
        }
    }
    #[test]
    fn retries() {
        let plan: Schedule = "1ms, 1ms, 0".parse().unwrap();
        assert_eq!(
            run(S {
                plan: plan.clone(),
                flaky: flaky()
            }
            .get(String::new())),
            Ok(3)
        );
        assert_eq!(
            run(S {
                plan,
                flaky: flaky()
            }
            .boxed()),
            Ok(3)
        );
    }
}
