//! Methods: each receiver, traits with and without default methods, generic `impl`s, traits of the standard library.
//!
//! The attempt borrows `self` anew each time, also where the receiver was given by value.

#![allow(
    clippy::boxed_local,
    clippy::eq_op,
    clippy::multiple_bound_locations,
    clippy::needless_arbitrary_self_type,
    reason = "as people write it"
)]

use crate::support::*;
use retry_core::retry;

mod borrowed_returns {
    use super::*;

    struct S {
        flaky: Flaky,
        name: String,
        all: Vec<String>,
    }
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn name(&self) -> Result<&str, Down> {
            self.flaky.call()?;
            Ok(&self.name)
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn name_async(&self) -> Result<&str, Down> {
            self.flaky.call()?;
            Ok(&self.name)
        }
        #[retry(schedule = [1ms, 1ms, 0])]
        fn find(&self, what: &str) -> Option<&String> {
            self.flaky.poll()?;
            self.all.iter().find(|one| *one == what)
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn all(&self) -> Result<impl Iterator<Item = &String> + '_, Down> {
            self.flaky.call()?;
            Ok(self.all.iter())
        }
    }
    fn s() -> S {
        S {
            flaky: flaky(),
            name: "ada".into(),
            all: vec!["a".into()],
        }
    }
    #[test]
    fn retries() {
        assert_eq!(s().name(), Ok("ada"));
        assert_eq!(run(s().name_async()), Ok("ada"));
        assert_eq!(s().find("a").unwrap(), "a");
        assert_eq!(s().all().unwrap().count(), 1);
    }
}

mod boxed_futures_of_a_trait {
    use super::*;
    use futures::future::BoxFuture;

    trait Get: Send + Sync {
        fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<u32, Down>>;
    }
    impl Get for Flaky {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get<'a>(&'a self, name: &'a str) -> BoxFuture<'a, Result<u32, Down>> {
            Box::pin(async move {
                pause().await;
                assert!(name.is_empty());
                self.call()
            })
        }
    }
    #[test]
    fn retries() {
        let get: Box<dyn Get> = Box::new(flaky());
        assert_eq!(run(get.get("")), Ok(3));
    }
}

mod drop_counts_of_self {
    use super::*;
    use std::cell::Cell;

    thread_local!(static DROPPED: Cell<u32> = const { Cell::new(0) });
    struct S(Flaky);
    impl Drop for S {
        fn drop(&mut self) {
            DROPPED.set(DROPPED.get() + 1);
        }
    }
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(self) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn get_async(self) -> Result<u32, Down> {
            pause().await;
            self.0.call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(S(flaky()).get(), Ok(3));
        assert_eq!(DROPPED.get(), 1);
        assert_eq!(run(S(flaky()).get_async()), Ok(3));
        assert_eq!(DROPPED.get(), 2);
    }
}

mod dyn_trait {
    use super::*;

    trait Get {
        fn get(&self) -> Result<u32, Down>;
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn twice(&self) -> Result<u32, Down> {
            self.get()
        }
    }
    impl Get for Flaky {
        #[retry(schedule = [1ms, 0], on = |_| true)]
        fn get(&self) -> Result<u32, Down> {
            self.call()
        }
    }
    #[test]
    fn retries() {
        let get: Box<dyn Get> = Box::new(Flaky::new(5));
        assert_eq!(get.twice(), Ok(6));
    }
}

mod generic_impl {
    use super::*;
    use std::fmt::Debug;

    struct S<'a, T, const N: usize>(&'a [T; N], Flaky);
    impl<'a, T: Debug + Clone, const N: usize> S<'a, T, N>
    where
        T: PartialEq,
    {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| N > 0 && self.0[0] == self.0[0])]
        fn get(&mut self) -> Result<&'a [T; N], Down> {
            self.1.call().map(|_| self.0)
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| N > 0)]
        async fn get_async<U: Into<String>>(&self, name: U) -> Result<Vec<T>, Down>
        where
            U: Clone,
        {
            let _: String = name.clone().into();
            self.1.call().map(|_| self.0.to_vec())
        }
    }
    #[test]
    fn retries() {
        assert_eq!(S(&[1], flaky()).get(), Ok(&[1]));
        assert_eq!(run(S(&["a"], flaky()).get_async("name")), Ok(vec!["a"]));
    }
}

mod predicates_of_self_type {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct E(u32);
    struct S;
    impl S {
        const LIMIT: u32 = 3;
        fn again(e: &E) -> bool {
            e.0 < Self::LIMIT
        }
        #[retry(schedule = [1ms, 1ms, 1ms, 1ms, 0], on = Self::again)]
        fn get() -> Result<u32, E> {
            Err(E(count()))
        }
        #[retry(schedule = [1ms, 1ms, 1ms, 1ms, 0], on = |e| e.0 < Self::LIMIT)]
        async fn get_async(&self) -> Result<u32, E> {
            Err(E(count()))
        }
    }
    #[test]
    fn retries() {
        assert_eq!(S::get(), Err(E(3)));
        reset();
        assert_eq!(run(S.get_async()), Err(E(3)));
    }
}

mod receivers_async {
    use super::*;
    use std::{pin::Pin, rc::Rc, sync::Arc};

    struct S(Flaky, Vec<u32>);
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn by_ref(&self) -> Result<u32, Down> {
            pause().await;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn by_mut(&mut self) -> Result<u32, Down> {
            self.1.push(1);
            pause().await;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn by_value(self) -> Result<u32, Down> {
            pause().await;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn by_mut_value(mut self) -> Result<u32, Down> {
            self.1.push(1);
            pause().await;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn by_arc(self: Arc<Self>) -> Result<u32, Down> {
            pause().await;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn by_arc_ref(self: &Arc<Self>) -> Result<u32, Down> {
            pause().await;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn by_rc(self: Rc<Self>) -> Result<u32, Down> {
            pause().await;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn by_box(self: Box<Self>) -> Result<u32, Down> {
            pause().await;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn by_pin(mut self: Pin<&mut Self>) -> Result<u32, Down> {
            self.1.push(1);
            pause().await;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn typed(self: &mut Self) -> Result<u32, Down> {
            self.1.push(1);
            self.0.call()
        }
    }
    fn s() -> S {
        S(flaky(), vec![])
    }
    #[test]
    fn retries() {
        assert_eq!(run(send(s().by_ref())), Ok(3));
        assert_eq!(run(send(s().by_mut())), Ok(3));
        assert_eq!(run(send(s().by_value())), Ok(3));
        assert_eq!(run(send(s().by_mut_value())), Ok(3));
        assert_eq!(run(send(Arc::new(s()).by_arc())), Ok(3));
        assert_eq!(run(send(Arc::new(s()).by_arc_ref())), Ok(3));
        assert_eq!(run(Rc::new(s()).by_rc()), Ok(3));
        assert_eq!(run(send(Box::new(s()).by_box())), Ok(3));
        assert_eq!(run(send(std::pin::pin!(s()).by_pin())), Ok(3));
        assert_eq!(run(send(s().typed())), Ok(3));
    }
}

mod receivers_sync {
    use super::*;
    use std::{pin::Pin, rc::Rc, sync::Arc};

    struct S(Flaky, Vec<u32>);
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn by_ref(&self) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn by_mut(&mut self) -> Result<u32, Down> {
            self.1.push(1);
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn by_value(self) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn by_mut_value(mut self) -> Result<u32, Down> {
            self.1.push(1);
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn by_arc(self: Arc<Self>) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn by_arc_ref(self: &Arc<Self>) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn by_rc(self: Rc<Self>) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn by_box(self: Box<Self>) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn by_pin(mut self: Pin<&mut Self>) -> Result<u32, Down> {
            self.1.push(1);
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn typed(self: &mut Self) -> Result<u32, Down> {
            self.1.push(1);
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn with_lifetime<'a>(self: &'a Self, _other: &str) -> Result<&'a [u32], Down> {
            self.0.call()?;
            Ok(&self.1)
        }
    }
    fn s() -> S {
        S(flaky(), vec![])
    }
    #[test]
    fn retries() {
        assert_eq!(s().by_ref(), Ok(3));
        assert_eq!(s().by_mut(), Ok(3));
        assert_eq!(s().by_value(), Ok(3));
        assert_eq!(s().by_mut_value(), Ok(3));
        assert_eq!(Arc::new(s()).by_arc(), Ok(3));
        assert_eq!(Arc::new(s()).by_arc_ref(), Ok(3));
        assert_eq!(Rc::new(s()).by_rc(), Ok(3));
        assert_eq!(Box::new(s()).by_box(), Ok(3));
        assert_eq!(std::pin::pin!(s()).by_pin(), Ok(3));
        assert_eq!(s().typed(), Ok(3));
        assert!(s().with_lifetime("").is_ok());
    }
}

mod self_in_keys {
    use super::*;
    use retry_core::{Jitter, Schedule};

    struct S {
        flaky: Flaky,
        plan: Schedule,
        jitter: Jitter,
        on: bool,
        least: u32,
    }
    impl S {
        fn again(&self, _: &Down) -> bool {
            self.on
        }
        #[retry(schedule = self.plan, jitter = self.jitter, on = |e| self.again(e), until = |n| *n >= self.least, enabled = self.on)]
        fn by_mut(&mut self) -> Result<u32, Down> {
            self.least = 4;
            self.flaky.call()
        }
        #[retry(schedule = self.plan, jitter = self.jitter, on = |e| self.again(e), until = |n| *n >= self.least, enabled = self.on)]
        async fn by_mut_async(&mut self) -> Result<u32, Down> {
            self.least = 4;
            self.flaky.call()
        }
        #[retry(schedule = self.plan, jitter = self.jitter, on = |e| self.again(e), until = |n| *n >= self.least, enabled = self.on)]
        async fn by_value_async(self) -> Result<u32, Down> {
            self.flaky.call()
        }
        #[retry(schedule = self.plan, on = |e| self.again(e))]
        async fn by_arc_async(self: std::sync::Arc<Self>) -> Result<u32, Down> {
            self.flaky.call()
        }
    }
    fn s() -> S {
        S {
            flaky: flaky(),
            plan: "1ms, 1ms, 1ms, 0".parse().unwrap(),
            jitter: Jitter::full(),
            on: true,
            least: 3,
        }
    }
    #[test]
    fn retries() {
        assert_eq!(s().by_mut(), Ok(4));
        assert_eq!(run(send(s().by_mut_async())), Ok(4));
        assert_eq!(run(send(s().by_value_async())), Ok(3));
        assert_eq!(run(send(std::sync::Arc::new(s()).by_arc_async())), Ok(3));
    }
}

mod standard_traits {
    use super::*;
    use std::{
        io::{self, Read, Write},
        iter,
        str::FromStr,
    };

    struct S(Flaky);
    impl Read for S {
        #[retry(schedule = [1ms, 1ms, 0], on = |e| e.kind() == io::ErrorKind::Other)]
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            buffer[0] = 7;
            self.0.call().map(|n| n as usize).map_err(io::Error::other)
        }
    }
    impl Write for S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            self.0
                .call()
                .map(|_| buffer.len())
                .map_err(io::Error::other)
        }
        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    impl Iterator for S {
        type Item = u32;
        #[retry(schedule = [1ms, 1ms, 0])]
        fn next(&mut self) -> Option<Self::Item> {
            self.0.poll()
        }
    }
    impl FromStr for S {
        type Err = Down;
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn from_str(s: &str) -> Result<Self, Self::Err> {
            assert!(s.is_empty());
            call()?;
            Ok(Self(flaky()))
        }
    }
    impl TryFrom<u8> for S {
        type Error = Down;
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn try_from(_: u8) -> Result<Self, <Self as TryFrom<u8>>::Error> {
            call()?;
            Ok(Self(flaky()))
        }
    }
    #[test]
    fn retries() {
        assert_eq!(S(flaky()).read(&mut [0]).unwrap(), 3);
        assert_eq!(S(flaky()).write(&[0]).unwrap(), 1);
        assert_eq!(S(flaky()).next(), Some(3));
        assert!("".parse::<S>().is_ok());
        assert!(S::try_from(1).is_ok());
        let _ = iter::empty::<u8>();
    }
}

mod traits {
    use super::*;

    trait Get {
        fn flaky(&self) -> &Flaky;
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn by_default(&self) -> Result<u32, Down> {
            self.flaky().call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn by_default_async(&self) -> Result<u32, Down> {
            pause().await;
            self.flaky().call()
        }
        fn required(&mut self) -> Result<u32, Down>;
        async fn required_async(&mut self, name: String) -> Result<u32, Down>;
        fn future(&self) -> impl Future<Output = Result<u32, Down>> + Send;
    }
    impl Get for Flaky {
        fn flaky(&self) -> &Flaky {
            self
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        fn required(&mut self) -> Result<u32, Down> {
            self.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn required_async(&mut self, name: String) -> Result<u32, Down> {
            pause().await;
            assert!(name.is_empty());
            self.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
        async fn future(&self) -> Result<u32, Down> {
            pause().await;
            self.call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(flaky().by_default(), Ok(3));
        assert_eq!(run(flaky().by_default_async()), Ok(3));
        assert_eq!(flaky().required(), Ok(3));
        assert_eq!(run(flaky().required_async(String::new())), Ok(3));
        assert_eq!(run(send(Get::future(&flaky()))), Ok(3));
    }
}

mod traits_default_overridden_and_generic {
    use super::*;

    trait Get<T: Clone> {
        type Error: PartialEq;
        fn one(&self) -> Result<T, Self::Error>;
        #[retry(schedule = [1ms, 1ms, 0], on = Self::again)]
        fn get(&self) -> Result<T, Self::Error> {
            self.one()
        }
        fn again(_: &Self::Error) -> bool {
            true
        }
    }
    impl Get<u32> for Flaky {
        type Error = Down;
        fn one(&self) -> Result<u32, Down> {
            self.call()
        }
    }
    impl Get<String> for Flaky {
        type Error = Down;
        fn one(&self) -> Result<String, Self::Error> {
            self.call().map(|n| n.to_string())
        }
        #[retry(schedule = [1ms, 0], on = |e| *e == Down)]
        fn get(&self) -> Result<String, <Self as Get<String>>::Error> {
            self.one()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(Get::<u32>::get(&flaky()), Ok(3));
        assert_eq!(Get::<String>::get(&flaky()), Err(Down));
    }
}
