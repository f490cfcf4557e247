//! Parameters of each kind: destructured, `mut`, owned, `&mut`, generic, `impl Trait`.
//!
//! An attempt may only borrow what the next one needs too, and a pattern must be taken apart once, not once per attempt.

#![allow(clippy::non_minimal_cfg, reason = "as people write it")]

use crate::support::*;
use retry_core::retry;
use std::fmt::Debug;
use std::fmt::Display;
use std::path::Path;

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn attributes_on_parameters(
    #[allow(unused_variables)] a: u32,
    #[cfg(any())] b: Missing,
    #[cfg(all())] c: u32,
) -> Result<u32, Down> {
    call().map(|n| n + c)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| N > 1)]
fn const_generics<const N: usize>(all: [u8; N]) -> Result<[u8; N], Down> {
    call().map(|_| all)
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| B)]
async fn const_generics_async<T: Copy, const N: usize, const B: bool>(
    all: [T; N],
) -> Result<[T; N], Down> {
    call().map(|_| all)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn dyn_and_pointer_arguments(
    a: &dyn Debug,
    b: Box<dyn Debug + Send>,
    c: fn(u32) -> u32,
    d: &[&str],
    e: Option<&mut u32>,
) -> Result<u32, Down> {
    let _ = (a, &b, d, &e);
    call().map(c)
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn dyn_and_pointer_arguments_async(
    a: &dyn Debug,
    b: Box<dyn Debug + Send>,
    c: fn(u32) -> u32,
    d: &[&str],
    e: Option<&mut u32>,
) -> Result<u32, Down> {
    let _ = (a, &b, d, &e);
    call().map(c)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn impl_trait_arguments(
    path: impl AsRef<Path>,
    shown: &impl Display,
    f: impl Fn() -> u32 + Copy,
) -> Result<u32, Down> {
    let _ = (path.as_ref(), shown.to_string());
    call().map(|n| n + f())
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn impl_trait_arguments_async(
    path: impl AsRef<Path> + Sync,
    shown: &(impl Display + Sync),
    f: impl Fn() -> u32 + Send + Sync,
) -> Result<u32, Down> {
    pause().await;
    let _ = (path.as_ref(), shown.to_string());
    call().map(|n| n + f())
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn impl_trait_returns(n: u32) -> Result<impl Iterator<Item = u32> + Clone, Down> {
    call().map(|m| n..m)
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn impl_trait_returns_async(n: u32) -> Result<impl Fn(u32) -> u32, Down> {
    call().map(|m| move |x| x + m + n)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn lifetimes_in_impl_and_dyn<'a>(name: &'a str) -> Result<Box<dyn Fn() -> &'a str + 'a>, Down> {
    call().map(|_| Box::new(move || name) as _)
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn lifetimes_in_impl_and_dyn_async(name: &str) -> Result<Box<dyn Fn() -> String + '_>, Down> {
    call().map(|_| Box::new(move || name.to_owned()) as _)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn mut_parameters(mut n: u32, mut all: Vec<u32>) -> Result<(u32, usize), Down> {
    n += 1;
    all.push(n);
    call().map(|_| (n, all.len()))
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn mut_parameters_async(mut n: u32, (mut m, _): (u32, u32)) -> Result<(u32, u32), Down> {
    n += 1;
    m += n;
    pause().await;
    call().map(|_| (n, m))
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn owned_argument_cloned_in_the_body(name: String) -> Result<String, Down> {
    call()?;
    Ok(name.clone())
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn owned_argument_cloned_in_the_body_async(name: String) -> Result<String, Down> {
    let name = name.clone();
    pause().await;
    call()?;
    Ok(name)
}

#[test]
fn each_retries() {
    assert_eq!(attributes_on_parameters(1, 1), Ok(4));
    assert_eq!(const_generics([1, 2]), Ok([1, 2]));
    assert_eq!(run(const_generics_async::<_, 1, true>([1])), Ok([1]));
    assert_eq!(
        dyn_and_pointer_arguments(&1, Box::new(1), |n| n + 1, &["a"], None),
        Ok(4)
    );
    assert_eq!(
        run(dyn_and_pointer_arguments_async(
            &1,
            Box::new(1),
            |n| n + 1,
            &["a"],
            None
        )),
        Ok(4)
    );
    assert_eq!(impl_trait_arguments("a", &1, || 1), Ok(4));
    assert_eq!(run(send(impl_trait_arguments_async("a", &1, || 1))), Ok(4));
    assert_eq!(impl_trait_returns(1).unwrap().sum::<u32>(), 3);
    assert_eq!(run(impl_trait_returns_async(1)).unwrap()(1), 5);
    assert_eq!(lifetimes_in_impl_and_dyn("a").unwrap()(), "a");
    assert_eq!(run(lifetimes_in_impl_and_dyn_async("a")).unwrap()(), "a");
    assert_eq!(mut_parameters(0, vec![]), Ok((3, 3)));
    assert_eq!(run(mut_parameters_async(0, (0, 0))), Ok((3, 6)));
    assert_eq!(
        owned_argument_cloned_in_the_body("a".into()),
        Ok("a".into())
    );
    assert_eq!(
        run(owned_argument_cloned_in_the_body_async("a".into())),
        Ok("a".into())
    );
}

mod const_generic_defaults_and_braces {
    use super::*;

    struct A<const N: usize = 3>;
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(_: A<{ 1 + 2 }>, _: &A) -> Result<A<{ if true { 1 } else { 2 } }>, Down> {
        call().map(|_| A::<1>)
    }
    #[test]
    fn retries() {
        assert!(get(A, &A).is_ok());
    }
}

mod destructured {
    use super::*;

    struct P {
        x: u32,
        y: String,
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| a > 0)]
    fn get((a, b): (u32, u32), P { x, y }: P, [c, .., d]: [u32; 3], &e: &u32) -> Result<u32, Down> {
        assert!(y.is_empty());
        call().map(|n| n + a + b + x + c + d + e)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| a > 0)]
    async fn get_async(
        (a, b): (u32, u32),
        P { x, ref y }: P,
        [c, .., d]: [u32; 3],
        &e: &u32,
        (f @ 0..=9 | f): u32,
    ) -> Result<u32, Down> {
        assert!(y.is_empty());
        call().map(|n| n + a + b + x + c + d + e + f)
    }
    #[test]
    fn retries() {
        assert_eq!(
            get(
                (1, 1),
                P {
                    x: 1,
                    y: String::new()
                },
                [1, 0, 1],
                &1
            ),
            Ok(9)
        );
        assert_eq!(
            run(get_async(
                (1, 1),
                P {
                    x: 1,
                    y: String::new()
                },
                [1, 0, 1],
                &1,
                1
            )),
            Ok(10)
        );
    }
}

mod exclusive_reference_passed_on {
    use super::*;

    fn inner(seen: &mut Vec<u32>) -> Result<u32, Down> {
        seen.push(1);
        call()
    }
    async fn inner_async(seen: &mut Vec<u32>) -> Result<u32, Down> {
        seen.push(1);
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(seen: &mut Vec<u32>) -> Result<u32, Down> {
        inner(seen)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async(seen: &mut Vec<u32>) -> Result<u32, Down> {
        inner_async(seen).await
    }
    #[test]
    fn retries() {
        let mut seen = vec![];
        assert_eq!(get(&mut seen), Ok(3));
        assert_eq!(run(get_async(&mut seen)), Ok(3));
        assert_eq!(seen.len(), 6);
    }
}

mod exclusive_references {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(seen: &mut Vec<u32>, n: &mut u32) -> Result<u32, Down> {
        *n += 1;
        seen.push(*n);
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async(seen: &mut Vec<u32>, n: &mut u32) -> Result<u32, Down> {
        *n += 1;
        pause().await;
        seen.push(*n);
        call()
    }
    #[test]
    fn retries() {
        let (mut seen, mut n) = (vec![], 0);
        assert_eq!(get(&mut seen, &mut n), Ok(3));
        assert_eq!(seen, [1, 2, 3]);
        assert_eq!(run(send(get_async(&mut seen, &mut n))), Ok(3));
        assert_eq!(seen, [1, 2, 3, 4, 5, 6]);
    }
}

mod fn_mut_and_fn_once_arguments {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(mut f: impl FnMut() -> u32) -> Result<u32, Down> {
        f();
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn by_reference(f: &mut dyn FnMut() -> u32) -> Result<u32, Down> {
        f();
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async<F: AsyncFnMut() -> u32>(mut f: F) -> Result<u32, Down> {
        f().await;
        call()
    }
    #[test]
    fn retries() {
        let mut n = 0;
        assert_eq!(
            get(|| {
                n += 1;
                n
            }),
            Ok(3)
        );
        assert_eq!(n, 3);
        assert_eq!(
            by_reference(&mut || {
                n += 1;
                n
            }),
            Ok(3)
        );
        assert_eq!(n, 6);
        assert_eq!(run(get_async(async || 1)), Ok(3));
    }
}

mod generics {
    use super::*;
    use std::fmt::Debug;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get<T, E: From<Down>>(value: &T) -> Result<T, E>
    where
        T: Clone + Debug,
    {
        call()?;
        Ok(value.clone())
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async<T: Clone + Debug, E>(value: T) -> Result<T, E>
    where
        E: From<Down>,
    {
        call()?;
        Ok(value.clone())
    }
    #[test]
    fn retries() {
        assert_eq!(get::<_, Api>(&1), Ok(1));
        assert_eq!(run(get_async::<_, Down>("a")), Ok("a"));
    }
}

mod higher_ranked_bounds {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get<F>(f: F) -> Result<usize, Down>
    where
        F: for<'a> Fn(&'a str) -> &'a str,
    {
        call().map(|_| f("ab").len())
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async(f: impl for<'a> Fn(&'a str) -> usize) -> Result<usize, Down> {
        call().map(|_| f("ab"))
    }
    fn same(s: &str) -> &str {
        s
    }
    #[test]
    fn retries() {
        assert_eq!(get(same), Ok(2));
        assert_eq!(run(get_async(str::len)), Ok(2));
    }
}

mod ignored_and_underscored {
    #![deny(warnings)]
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(_: String, _name: &str, _: &mut u32) -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async(_: String, _name: &str, _: &mut u32) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(String::new(), "", &mut 1), Ok(3));
        assert_eq!(run(get_async(String::new(), "", &mut 1)), Ok(3));
    }
}

mod lifetimes {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get<'a, 'b: 'a>(a: &'a str, b: &'b str) -> Result<&'a str, Down> {
        call().map(|_| if a.is_empty() { b } else { a })
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async<'a>(a: &'a str, _: &str) -> Result<&'a str, Down> {
        call().map(|_| a)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn elided(a: &str) -> Result<&str, Down> {
        call().map(|_| a)
    }
    #[test]
    fn retries() {
        assert_eq!(get("", "b"), Ok("b"));
        assert_eq!(run(get_async("a", "b")), Ok("a"));
        assert_eq!(elided("a"), Ok("a"));
    }
}

mod owned_arguments_borrowed {
    use super::*;
    use std::sync::{Arc, Mutex};

    #[retry(schedule = [1ms, 1ms, 0], on = |_| !name.is_empty())]
    fn get(name: String, all: Vec<u8>, shared: Arc<Mutex<u32>>) -> Result<usize, Down> {
        *shared.lock().unwrap() += 1;
        call().map(|_| name.len() + all.len())
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| !name.is_empty())]
    async fn get_async(name: String, all: Vec<u8>, shared: Arc<Mutex<u32>>) -> Result<usize, Down> {
        pause().await;
        *shared.lock().unwrap() += 1;
        call().map(|_| name.len() + all.len())
    }
    #[test]
    fn retries() {
        let shared = Arc::new(Mutex::new(0));
        assert_eq!(get("a".into(), vec![1], shared.clone()), Ok(2));
        assert_eq!(
            run(send(get_async("a".into(), vec![1], shared.clone()))),
            Ok(2)
        );
        assert_eq!(*shared.lock().unwrap(), 6);
    }
}

mod question_mark_sized_and_dyn_generic {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get<T: ?Sized + ToString>(value: &T) -> Result<String, Down> {
        call().map(|_| value.to_string())
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async<T>(value: &T) -> Result<String, Down>
    where
        T: ?Sized + ToString,
    {
        call().map(|_| value.to_string())
    }
    #[test]
    fn retries() {
        assert_eq!(get::<dyn std::fmt::Display>(&1), Ok("1".into()));
        assert_eq!(run(get_async("a")), Ok("a".into()));
    }
}
