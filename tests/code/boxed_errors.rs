//! Errors behind a pointer: `Box<dyn Error>`, `Arc<dyn Error>`, boxes of structs, strings.
//!
//! A path given as `on` may take the pointer or what it points to, as `&dyn Error` or as a type parameter. Which of them it takes is
//! not to be seen where it is written, and the same call has to compile for all.

#![allow(
    clippy::manual_async_fn,
    clippy::type_complexity,
    clippy::borrowed_box,
    reason = "people write such predicates, and they fit"
)]

use crate::support::*;
use retry_core::{RetryEvent, retry, retry_block};
use std::any::Any;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

/// Makes a sync and an async function of each row, and a test that both are retried.
macro_rules! table {
    ($($name:ident: ($($keys:tt)*) -> [$($returned:tt)*] $body:tt)*) => {$(
        #[test]
        fn $name() {
            #[retry(schedule = [1ms, 1ms, 0], $($keys)*)]
            fn get() -> $($returned)* $body
            #[retry(schedule = [1ms, 1ms, 0], $($keys)*)]
            async fn get_async() -> $($returned)* $body
            assert_eq!(get().ok(), Some(3));
            assert_eq!(run(get_async()).ok(), Some(3));
        }
    )*};
}

type Boxed = Box<dyn Error>;
type BoxedSend = Box<dyn Error + Send + Sync>;
type AnyResult<T, E = Boxed> = Result<T, E>;
type Res = Result<u32, Boxed>;

fn by_dyn(error: &dyn Error) -> bool {
    error.to_string() == "down"
}
fn by_static(error: &(dyn Error + 'static)) -> bool {
    error.is::<Down>()
}
fn by_box(error: &Box<dyn Error>) -> bool {
    error.is::<Down>()
}
fn by_alias(error: &Boxed) -> bool {
    error.is::<Down>()
}
fn by_send_box(error: &Box<dyn Error + Send + Sync>) -> bool {
    error.is::<Down>()
}
fn of_type<T: Error + 'static>(error: &(dyn Error + 'static)) -> bool {
    error.is::<T>()
}
fn any<E>(_: &E) -> bool {
    true
}
fn any_unsized<E: ?Sized>(_: &E) -> bool {
    true
}
fn shown<E: Display>(error: &E) -> bool {
    error.to_string() == "down"
}
fn shown_unsized<E: Display + ?Sized>(error: &E) -> bool {
    error.to_string() == "down"
}
fn debugged(error: &impl Debug) -> bool {
    format!("{error:?}") == "Down"
}
fn debugged_by_value(error: impl Debug) -> bool {
    format!("{error:?}") == "Down"
}
fn as_ref(error: &impl AsRef<dyn Error>) -> bool {
    error.as_ref().is::<Down>()
}
fn as_ref_by_value(error: impl AsRef<dyn Error>) -> bool {
    error.as_ref().is::<Down>()
}
fn as_ref_send(error: &impl AsRef<dyn Error + Send + Sync>) -> bool {
    error.as_ref().is::<Down>()
}
mod judge {
    pub fn again(error: &(dyn std::error::Error + 'static)) -> bool {
        error.is::<crate::support::Down>()
    }
}

table! {
    box_by_dyn: (on = by_dyn) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_static: (on = by_static) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_module_path: (on = judge::again) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_turbofish: (on = of_type::<Down>) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_method: (on = <dyn Error>::is::<Down>) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_box: (on = by_box) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_alias: (on = by_alias) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_any: (on = any) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_any_unsized: (on = any_unsized) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_shown: (on = shown) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_shown_unsized: (on = shown_unsized) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_debugged: (on = debugged) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_value: (on = debugged_by_value) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_as_ref: (on = as_ref) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_as_ref_by_value: (on = as_ref_by_value) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_closure: (on = |e| e.is::<Down>()) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_closure_of_box: (on = |e: &Box<dyn Error>| e.is::<Down>()) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_by_closure_that_derefs: (on = |e| by_dyn(&**e)) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    box_with_path: (on = by_dyn) -> [Result<u32, std::boxed::Box<dyn ::std::error::Error>>] { Ok(call()?) }

    send_by_dyn: (on = by_dyn) -> [Result<u32, Box<dyn Error + Send + Sync>>] { Ok(call()?) }
    send_by_static: (on = by_static) -> [Result<u32, Box<dyn Error + Send + Sync + 'static>>] { Ok(call()?) }
    send_by_box: (on = by_send_box) -> [Result<u32, Box<dyn Error + Send + Sync>>] { Ok(call()?) }
    send_by_method: (on = <dyn Error + Send + Sync>::is::<Down>) -> [Result<u32, Box<dyn Error + Send + Sync>>] { Ok(call()?) }
    send_by_shown_unsized: (on = shown_unsized) -> [Result<u32, Box<dyn Error + Send + Sync>>] { Ok(call()?) }
    send_by_value: (on = debugged_by_value) -> [Result<u32, Box<dyn Error + Send + Sync>>] { Ok(call()?) }
    send_as_ref: (on = as_ref_send) -> [Result<u32, Box<dyn Error + Send + Sync>>] { Ok(call()?) }
    send_downcast: (on = |e| e.downcast_ref::<Down>().is_some_and(Down::is_timeout)) -> [Result<u32, Box<dyn Error + Send + Sync>>] { Ok(call()?) }

    alias_by_box: (on = by_box) -> [Result<u32, Boxed>] { Ok(call()?) }
    alias_by_alias: (on = by_alias) -> [Result<u32, Boxed>] { Ok(call()?) }
    alias_by_dyn: (on = by_dyn) -> [Result<u32, BoxedSend>] { Ok(call()?) }
    alias_by_any: (on = any) -> [Result<u32, Boxed>] { Ok(call()?) }
    alias_of_result_by_dyn: (on = by_dyn) -> [AnyResult<u32>] { Ok(call()?) }
    alias_of_result_by_box: (on = by_box) -> [AnyResult<u32>] { Ok(call()?) }
    alias_of_all_by_static: (on = by_static) -> [Res] { Ok(call()?) }

    anything_by_dyn: (on = |e: &Box<dyn Any + Send>| e.is::<Down>()) -> [std::thread::Result<u32>] { call().map_err(|e| Box::new(e) as _) }
    anything_by_any: (on = any) -> [Result<u32, Box<dyn Any + Send>>] { call().map_err(|e| Box::new(e) as _) }
    arc_by_arc: (on = |e: &Arc<dyn Error>| e.is::<Down>()) -> [Result<u32, Arc<dyn Error>>] { call().map_err(|e| Arc::new(e) as _) }
    rc_of_struct: (on = is_down) -> [Result<u32, Rc<Down>>] { call().map_err(Rc::new) }
    box_of_struct: (on = is_down) -> [Result<u32, Box<Down>>] { call().map_err(Box::new) }
    box_of_struct_by_dyn: (on = by_dyn) -> [Result<u32, Box<Down>>] { call().map_err(Box::new) }
    struct_by_static: (on = by_static) -> [Result<u32, Down>] { call() }
    struct_by_shown_unsized: (on = shown_unsized) -> [Result<u32, Down>] { call() }
    string_by_str: (on = is_text) -> [Result<u32, String>] { call().map_err(|e| e.to_string()) }
    text_by_str: (on = is_text) -> [Result<u32, &'static str>] { call().map_err(|_| "down") }
    list_by_slice: (on = is_one) -> [Result<u32, Vec<Down>>] { call().map_err(|e| vec![e]) }

    hint_by_static: (on = |_| true, retry_after = hint_of_dyn) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    hint_by_box: (on = |_| true, retry_after = hint_of_box) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    hint_by_any: (on = |_| true, retry_after = hint_of_any) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    hint_by_alias: (on = |_| true, retry_after = hint_of_dyn) -> [Result<u32, Boxed>] { Ok(call()?) }
    hint_by_closure: (on = |_| true, retry_after = |e| e.is::<Down>().then_some(Duration::ZERO)) -> [Result<u32, BoxedSend>] { Ok(call()?) }
    told_of_box: (on = |_| true, notify = told_of_box_of_dyn) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
    told_of_any: (on = |_| true, notify = told_of_anything) -> [Result<u32, Box<dyn Error>>] { Ok(call()?) }
}

fn is_text(error: &str) -> bool {
    error == "down"
}
fn is_one(errors: &[Down]) -> bool {
    errors.len() == 1
}
fn hint_of_dyn(error: &(dyn Error + 'static)) -> Option<Duration> {
    error.is::<Down>().then_some(Duration::ZERO)
}
fn hint_of_box(_: &Box<dyn Error>) -> Option<Duration> {
    None
}
fn hint_of_any<E>(_: &E) -> Option<Duration> {
    None
}
fn told_of_box_of_dyn(event: &RetryEvent<'_, Box<dyn Error>>) {
    assert!(event.error.is::<Down>());
}
fn told_of_anything<E: ?Sized>(_: &RetryEvent<'_, E>) {}

mod own_trait {
    use super::*;

    trait Fault {
        fn transient(&self) -> bool;
    }
    impl Fault for Down {
        fn transient(&self) -> bool {
            true
        }
    }
    impl Fault for Box<dyn Fault> {
        fn transient(&self) -> bool {
            (**self).transient()
        }
    }
    fn of_dyn(error: &dyn Fault) -> bool {
        error.transient()
    }
    fn of_box(error: &Box<dyn Fault>) -> bool {
        error.transient()
    }
    fn failed(error: Down) -> Box<dyn Fault> {
        Box::new(error)
    }

    table! {
        by_dyn: (on = of_dyn) -> [Result<u32, Box<dyn Fault>>] { call().map_err(failed) }
        by_box: (on = of_box) -> [Result<u32, Box<dyn Fault>>] { call().map_err(failed) }
        by_method: (on = Fault::transient) -> [Result<u32, Box<dyn Fault>>] { call().map_err(failed) }
    }
}

mod own_pointer {
    use super::*;

    struct Wrapped(Box<dyn Error>);
    impl std::ops::Deref for Wrapped {
        type Target = dyn Error;
        fn deref(&self) -> &(dyn Error + 'static) {
            &*self.0
        }
    }
    impl<E: Error + 'static> From<E> for Wrapped {
        fn from(error: E) -> Self {
            Self(Box::new(error))
        }
    }

    table! {
        by_closure: (on = |e| by_static(&**e)) -> [Result<u32, Wrapped>] { Ok(call()?) }
    }
}

mod of_methods_blocks_and_futures {
    use super::*;
    use async_trait::async_trait;

    #[async_trait]
    trait Get {
        async fn get(&self) -> Result<u32, Box<dyn Error + Send + Sync>>;
        async fn by_box(&self) -> Result<u32, Box<dyn Error + Send + Sync>>;
    }
    #[async_trait]
    impl Get for Flaky {
        #[retry(schedule = [1ms, 1ms, 0], on = by_static)]
        async fn get(&self) -> Result<u32, Box<dyn Error + Send + Sync>> {
            Ok(self.call()?)
        }
        #[retry(schedule = [1ms, 1ms, 0], on = by_send_box)]
        async fn by_box(&self) -> Result<u32, Box<dyn Error + Send + Sync>> {
            Ok(self.call()?)
        }
    }

    #[retry(schedule = [1ms, 1ms, 0], on = by_static)]
    fn boxed() -> Pin<Box<dyn Future<Output = Result<u32, Box<dyn Error>>>>> {
        Box::pin(async move { Ok(call()?) })
    }
    #[retry(schedule = [1ms, 1ms, 0], on = by_static)]
    fn opaque() -> impl Future<Output = Result<u32, Box<dyn Error>>> {
        async move { Ok(call()?) }
    }

    fn block() -> Result<u32, Box<dyn Error>> {
        retry_block!(schedule = [1ms, 1ms, 0], on = by_static => -> Result<u32, Box<dyn Error>> { Ok(call()?) })
    }
    fn block_by_box() -> Result<u32, Box<dyn Error>> {
        retry_block!(schedule = [1ms, 1ms, 0], on = by_box => { Ok(call()?) })
    }

    #[test]
    fn each_retries() {
        assert_eq!(run(flaky().get()).unwrap(), 3);
        assert_eq!(run(flaky().by_box()).unwrap(), 3);
        assert_eq!(run(boxed()).unwrap(), 3);
        assert_eq!(run(opaque()).unwrap(), 3);
        assert_eq!(block().unwrap(), 3);
        assert_eq!(block_by_box().unwrap(), 3);
    }
}
