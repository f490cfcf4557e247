//! `impl Trait` at any depth of the return type.
//!
//! The attempt states its own type, and `impl Trait` cannot be written there: it has to be left for the compiler to infer.

#![allow(clippy::manual_async_fn, reason = "as people write it")]

use crate::support::*;
use retry_core::retry;
use std::fmt::Debug;
use std::fmt::Display;

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn argument_impl_in_types(
    all: &[impl AsRef<str>],
    pair: (impl Fn() -> u32, [impl Copy; 2]),
) -> Result<u32, Down> {
    let _ = (all[0].as_ref(), pair.1);
    call().map(|n| n + (pair.0)())
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn argument_impl_in_types_async(
    all: &[impl AsRef<str>],
    pair: (impl Fn() -> u32, [impl Copy; 2]),
) -> Result<u32, Down> {
    let _ = (all[0].as_ref(), pair.1);
    call().map(|n| n + (pair.0)())
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn array_async() -> Result<[impl Display; 2], Down> {
    call().map(|n| [n, n])
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn captured_lifetime_async<'a>(name: &'a str) -> Result<(impl AsRef<str> + 'a, u8), Down> {
    call().map(|_| (name, 1))
}

#[retry(schedule = [1ms, 1ms, 0], on = |e| format!("{e:?}") == "Down")]
async fn error_position_async() -> Result<u32, impl Debug> {
    call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn fn_bound_returns_async() -> Result<impl Fn(u32) -> Option<u32> + Send, Down> {
    call().map(|n| move |x| Some(x + n))
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn future_of_impl_array() -> impl Future<Output = Result<[impl Display; 1], Down>> {
    async { call().map(|n| [n]) }
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn impl_in_impl_async() -> Result<(impl Iterator<Item = (impl ToString, u8)>, u8), Down> {
    call().map(|n| ((0..n).map(|n| (n, 0)), 1))
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn nested_generic() -> Result<Vec<Option<impl Display>>, Down> {
    call().map(|n| vec![Some(n)])
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn nested_generic_array_async() -> Result<Vec<[Option<impl Display>; 1]>, Down> {
    call().map(|n| vec![[Some(n)]])
}

#[retry(schedule = [1ms, 1ms, 0])]
fn option_position() -> Option<[impl Debug; 1]> {
    poll().map(|n| [n])
}

#[retry(schedule = [1ms, 1ms, 0], until = |n| n.to_string() == "3")]
fn plain_value() -> impl Display {
    count()
}

#[retry(schedule = [1ms, 1ms, 0], until = |n| n[0].to_string() == "3")]
async fn plain_value_array() -> [impl Display; 1] {
    [count()]
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn reference(n: &u32) -> Result<&impl Display, Down> {
    call().map(|_| n)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn slice_boxed() -> Result<Box<[impl Display]>, Down> {
    call().map(|n| vec![n].into_boxed_slice())
}

#[test]
fn each_retries() {
    assert_eq!(argument_impl_in_types(&["a"], (|| 1, [1, 2])), Ok(4));
    assert_eq!(
        run(argument_impl_in_types_async(&["a"], (|| 1, [1, 2]))),
        Ok(4)
    );
    assert_eq!(
        run(array_async()).unwrap().map(|n| n.to_string()),
        ["3", "3"]
    );
    assert_eq!(
        run(captured_lifetime_async("ada")).unwrap().0.as_ref(),
        "ada"
    );
    assert_eq!(run(error_position_async()).unwrap(), 3);
    assert_eq!(run(fn_bound_returns_async()).unwrap()(1), Some(4));
    assert_eq!(run(future_of_impl_array()).unwrap()[0].to_string(), "3");
    assert_eq!(
        run(impl_in_impl_async())
            .unwrap()
            .0
            .map(|n| n.0.to_string())
            .collect::<String>(),
        "012"
    );
    assert_eq!(
        nested_generic().unwrap()[0].as_ref().unwrap().to_string(),
        "3"
    );
    assert_eq!(
        run(nested_generic_array_async()).unwrap()[0][0]
            .as_ref()
            .unwrap()
            .to_string(),
        "3"
    );
    assert_eq!(format!("{:?}", option_position().unwrap()), "[3]");
    reset();
    assert_eq!(plain_value().to_string(), "3");
    reset();
    assert_eq!(run(plain_value_array())[0].to_string(), "3");
    assert_eq!(reference(&7).unwrap().to_string(), "7");
    assert_eq!(slice_boxed().unwrap()[0].to_string(), "3");
}

mod method_array {
    use super::*;
    use std::fmt::Display;

    struct S(Flaky);
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&mut self) -> Result<[impl Display + use<>; 1], Down> {
            self.0.call().map(|n| [n])
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn get_async(&self) -> Result<std::collections::BTreeMap<u8, (impl Display,)>, Down> {
            self.0.call().map(|n| [(0, (n,))].into())
        }
    }
    #[test]
    fn retries() {
        assert_eq!(S(flaky()).get().unwrap()[0].to_string(), "3");
        assert_eq!(run(S(flaky()).get_async()).unwrap()[&0].0.to_string(), "3");
    }
}

mod trait_method_array {
    use super::*;
    use std::fmt::Display;

    trait Get {
        fn get(&self) -> Result<[impl Display; 1], Down>;
        async fn all(&self) -> Result<(impl Display, u8), Down>;
    }
    impl Get for Flaky {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&self) -> Result<[impl Display; 1], Down> {
            self.call().map(|n| [n])
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn all(&self) -> Result<(impl Display, u8), Down> {
            self.call().map(|n| (n, 0))
        }
    }
    #[test]
    fn retries() {
        assert_eq!(flaky().get().unwrap()[0].to_string(), "3");
        assert_eq!(run(flaky().all()).unwrap().0.to_string(), "3");
    }
}

mod tuple_async {
    use super::*;
    use std::fmt::{Debug, Display};

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get() -> Result<(impl Display, (u8, impl Debug + Clone)), Down> {
        call().map(|n| (n, (1, "a")))
    }
    #[test]
    fn retries() {
        let (n, (_, a)) = run(get()).unwrap();
        assert_eq!(format!("{n}{a:?}"), "3\"a\"");
    }
}

mod tuple_sync {
    use super::*;
    use std::fmt::{Debug, Display};

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<(impl Display, impl Debug + Clone), Down> {
        call().map(|n| (n, "a"))
    }
    #[test]
    fn retries() {
        let (n, a) = get().unwrap();
        assert_eq!(format!("{n}{a:?}"), "3\"a\"");
    }
}
