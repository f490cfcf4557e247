//! Methods of `#[async_trait]`.
//!
//! It runs first: what `#[retry]` sees is a function that returns a boxed future, with an `async move` block that begins with a `let` for
//! each argument, and `self` renamed in the body, but not in the keys of `#[retry]`.

#![allow(
    clippy::needless_arbitrary_self_type,
    unused_braces,
    reason = "such braces are what the macros might take for the body"
)]

use crate::support::*;
use async_trait::async_trait;
use retry_core::{Schedule, retry};
use std::{pin::Pin, sync::Arc};

struct S {
    flaky: Flaky,
    plan: Schedule,
    ok: bool,
    seen: Vec<u32>,
}

fn s() -> S {
    S {
        flaky: flaky(),
        plan: "1ms, 1ms, 0".parse().unwrap(),
        ok: true,
        seen: vec![],
    }
}

impl S {
    fn accepts(&self, error: &Down) -> bool {
        self.ok && *error == Down
    }
}

/// Writes a module with a trait of one method, for each receiver, with other keys in each.
macro_rules! receivers {
    ($($name:ident: $me:ident, ($($receiver:tt)*) $(where $sized:ty)?, $made:expr;)*) => {$(
        mod $name {
            use super::*;

            #[async_trait]
            trait Store {
                async fn no_self($($receiver)*) -> Result<u32, Down> $(where $sized: Sized)?;
                async fn on($($receiver)*) -> Result<u32, Down> $(where $sized: Sized)?;
                async fn schedule($($receiver)*) -> Result<u32, Down> $(where $sized: Sized)?;
                async fn all($($receiver)*) -> Result<u32, Down> $(where $sized: Sized)?;
            }
            #[async_trait]
            impl Store for S {
                #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
                async fn no_self($($receiver)*) -> Result<u32, Down> {
                    pause().await;
                    $me.flaky.call()
                }
                #[retry(schedule = [1ms, 1ms, 0], on = |_| $me.ok)]
                async fn on($($receiver)*) -> Result<u32, Down> {
                    pause().await;
                    $me.flaky.call()
                }
                #[retry(schedule = $me.plan, on = |_| true)]
                async fn schedule($($receiver)*) -> Result<u32, Down> {
                    pause().await;
                    $me.flaky.call()
                }
                #[retry(schedule = $me.plan, on = |e| $me.accepts(e), enabled = $me.ok, until = |n| *n > 2 && $me.ok)]
                async fn all($($receiver)*) -> Result<u32, Down> {
                    pause().await;
                    $me.flaky.call()
                }
            }
            #[test]
            fn each_retries() {
                assert_eq!(run($made.no_self()), Ok(3));
                assert_eq!(run($made.on()), Ok(3));
                assert_eq!(run($made.schedule()), Ok(3));
                assert_eq!(run(send($made.all())), Ok(3));
            }
        }
    )*};
}

mod receivers {
    use super::*;

    receivers! {
        reference: self, (&self), s();
        exclusive_reference: self, (&mut self), s();
        value: self, (self) where Self, s();
        typed_reference: self, (self: &Self), s();
        boxed: self, (self: Box<Self>), Box::new(s());
        shared: self, (self: Arc<Self>), Arc::new(s());
        pinned: self, (self: Pin<&mut Self>), std::pin::pin!(s());
    }
}

/// The receivers once more, not written by a macro.
mod written_out {
    use super::*;

    #[async_trait]
    trait Store {
        async fn by_ref(&self) -> Result<u32, Down>;
        async fn by_mut(&mut self) -> Result<u32, Down>;
        async fn by_arc(self: Arc<Self>) -> Result<u32, Down>;
        async fn by_value(self) -> Result<u32, Down>
        where
            Self: Sized;
    }
    #[async_trait]
    impl Store for S {
        #[retry(schedule = self.plan, on = |e| self.accepts(e))]
        async fn by_ref(&self) -> Result<u32, Down> {
            self.flaky.call()
        }
        #[retry(schedule = self.plan, on = |e| self.accepts(e), enabled = self.ok)]
        async fn by_mut(&mut self) -> Result<u32, Down> {
            self.seen.push(1);
            self.flaky.call()
        }
        #[retry(schedule = self.plan, on = |e| self.accepts(e))]
        async fn by_arc(self: Arc<Self>) -> Result<u32, Down> {
            self.flaky.call()
        }
        #[retry(schedule = self.plan, on = |e| self.accepts(e))]
        async fn by_value(self) -> Result<u32, Down> {
            self.flaky.call()
        }
    }
    #[test]
    fn each_retries() {
        assert_eq!(run(s().by_ref()), Ok(3));
        assert_eq!(run(s().by_mut()), Ok(3));
        assert_eq!(run(Arc::new(s()).by_arc()), Ok(3));
        assert_eq!(run(s().by_value()), Ok(3));
    }
    #[test]
    fn by_an_object_too() {
        #[async_trait]
        trait Get {
            async fn get(&self) -> Result<u32, Down>;
        }
        #[async_trait]
        impl Get for S {
            #[retry(schedule = self.plan, on = |e| self.accepts(e))]
            async fn get(&self) -> Result<u32, Down> {
                self.flaky.call()
            }
        }
        let store: Box<dyn Get + Send + Sync> = Box::new(s());
        assert_eq!(run(send(store.get())), Ok(3));
    }
}

mod arguments {
    use super::*;

    #[async_trait]
    trait Store {
        async fn in_keys(&self, again: bool, names: &[String]) -> Result<u32, Down>;
        async fn owned_in_keys(&mut self, name: String) -> Result<u32, Down>;
        async fn owned(&self, name: String, all: Vec<u8>) -> Result<u32, Down>;
        async fn destructured(&self, pair: (u32, String), all: [u8; 3]) -> Result<u32, Down>;
        async fn changed(&self, n: u32) -> Result<u32, Down>;
        async fn with_braces(&self, all: [u8; { 2 }]) -> Result<u32, Down>;
        async fn generic<T: Clone + Send + Sync>(&self, value: T) -> Result<T, Down>;
        async fn with_lifetime<'a>(&'a self, name: &'a str) -> Result<&'a str, Down>;
    }
    #[async_trait]
    impl Store for S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| again && names.is_empty(), enabled = again)]
        async fn in_keys(&self, again: bool, names: &[String]) -> Result<u32, Down> {
            self.flaky.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| name.is_empty() && self.ok)]
        async fn owned_in_keys(&mut self, name: String) -> Result<u32, Down> {
            self.flaky.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn owned(&self, name: String, all: Vec<u8>) -> Result<u32, Down> {
            pause().await;
            assert_eq!(name.len(), all.len());
            self.flaky.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn destructured(&self, (a, b): (u32, String), [c, ..]: [u8; 3]) -> Result<u32, Down> {
            assert!(b.is_empty());
            self.flaky.call().map(|n| n + a + u32::from(c))
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn changed(&self, mut n: u32) -> Result<u32, Down> {
            n += 1;
            self.flaky.call().map(|call| call + n)
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn with_braces(&self, all: [u8; { 2 }]) -> Result<u32, Down> {
            assert_eq!(all, [0; 2]);
            self.flaky.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn generic<T: Clone + Send + Sync>(&self, value: T) -> Result<T, Down> {
            pause().await;
            self.flaky.call().map(|_| value.clone())
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn with_lifetime<'a>(&'a self, name: &'a str) -> Result<&'a str, Down> {
            self.flaky.call()?;
            Ok(name)
        }
    }
    #[test]
    fn each_retries() {
        assert_eq!(run(s().in_keys(true, &[])), Ok(3));
        assert_eq!(run(s().owned_in_keys(String::new())), Ok(3));
        assert_eq!(run(send(s().owned(String::new(), vec![]))), Ok(3));
        assert_eq!(run(s().destructured((1, String::new()), [1, 0, 0])), Ok(5));
        assert_eq!(run(s().changed(0)), Ok(6));
        assert_eq!(run(s().with_braces([0; 2])), Ok(3));
        assert_eq!(run(s().generic("a")), Ok("a"));
        assert_eq!(run(s().with_lifetime("a")), Ok("a"));
    }
}

mod returns {
    use super::*;

    #[derive(Debug, PartialEq)]
    struct Sized2<const N: usize>;

    #[async_trait]
    trait Store {
        async fn borrowed(&self) -> Result<&[u32], Down>;
        async fn with_braces(&self, name: String) -> Result<[u8; { 1 + 1 }], Down>;
        async fn with_braces_of_a_generic(&self) -> Result<Sized2<{ 2 * 2 }>, Down>;
        async fn option(&self) -> Option<u32>;
        async fn value(&self) -> u32;
        async fn value_until_self(&mut self) -> usize;
        async fn by_question_mark(&self) -> Result<u32, Api>;
        async fn within_a_time(&self) -> std::io::Result<u32>;
    }
    #[async_trait]
    impl Store for S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn borrowed(&self) -> Result<&[u32], Down> {
            self.flaky.call()?;
            Ok(&self.seen)
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn with_braces(&self, name: String) -> Result<[u8; { 1 + 1 }], Down> {
            assert!(name.is_empty());
            self.flaky.call().map(|_| [0; 2])
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn with_braces_of_a_generic(&self) -> Result<Sized2<{ 2 * 2 }>, Down> {
            self.flaky.call().map(|_| Sized2::<4>)
        }
        #[retry(schedule = [1ms, 1ms, 0])]
        async fn option(&self) -> Option<u32> {
            self.flaky.poll()
        }
        #[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 2)]
        async fn value(&self) -> u32 {
            count()
        }
        #[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 2 && self.ok)]
        async fn value_until_self(&mut self) -> usize {
            self.seen.push(1);
            self.seen.len()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = Api::is_retryable)]
        async fn by_question_mark(&self) -> Result<u32, Api> {
            let n = self.flaky.call()?;
            if n == 3 {
                return Ok(n);
            }
            Err(Api::Busy)
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, attempt_timeout = 5s, max_elapsed = 30s)]
        async fn within_a_time(&self) -> std::io::Result<u32> {
            pause().await;
            self.flaky.call().map_err(std::io::Error::other)
        }
    }
    #[test]
    fn each_retries() {
        assert_eq!(run(s().borrowed()), Ok(&[][..]));
        assert_eq!(run(s().with_braces(String::new())), Ok([0; 2]));
        assert_eq!(run(s().with_braces_of_a_generic()), Ok(Sized2::<4>));
        assert_eq!(run(s().option()), Some(3));
        assert_eq!(run(s().value()), 2);
        assert_eq!(run(s().value_until_self()), 2);
        assert_eq!(run(s().by_question_mark()), Ok(3));
        assert_eq!(run(s().within_a_time()).unwrap(), 3);
    }
}

mod bodies_and_attributes {
    use super::*;

    #[async_trait]
    trait Store {
        async fn inner_attribute(&self) -> Result<u32, Down>;
        async fn attributes(&self) -> Result<u32, Down>;
        async fn items_and_macros(&self) -> Result<u32, Down>;
        async fn ends_in_an_async_block(&self, name: String) -> Result<u32, Down>;
        async fn traced(&self, id: String) -> Result<u32, Down>;
        async fn traced_errors(&self, id: u32) -> Result<u32, Down>;
        async fn traced_all(&self, id: u32) -> Result<u32, Down>;
        async fn traced_exclusive(&mut self, id: String) -> Result<u32, Down>;
    }
    #[async_trait]
    impl Store for S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn inner_attribute(&self) -> Result<u32, Down> {
            #![allow(unused_variables)]
            let a = 1;
            self.flaky.call()
        }
        /// Documented.
        #[allow(clippy::all)]
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        #[inline]
        async fn attributes(&self) -> Result<u32, Down> {
            self.flaky.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn items_and_macros(&self) -> Result<u32, Down> {
            fn one() -> u32 {
                1
            }
            assert_eq!(vec![one(); 2].len(), 2);
            self.flaky.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn ends_in_an_async_block(&self, name: String) -> Result<u32, Down> {
            let name = name.as_str();
            async move {
                assert!(name.is_empty());
                self.flaky.call()
            }
            .await
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        #[tracing::instrument(skip(self))]
        async fn traced(&self, id: String) -> Result<u32, Down> {
            pause().await;
            assert!(id.is_empty());
            self.flaky.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        #[tracing::instrument(skip(self), fields(id = 3), err(Debug))]
        async fn traced_errors(&self, id: u32) -> Result<u32, Down> {
            pause().await;
            assert_eq!(id, 1);
            self.flaky.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        #[tracing::instrument(skip(self), level = "debug", ret(Debug), err)]
        async fn traced_all(&self, id: u32) -> Result<u32, Down> {
            pause().await;
            assert_eq!(id, 1);
            self.flaky.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        #[tracing::instrument(skip_all, err)]
        async fn traced_exclusive(&mut self, id: String) -> Result<u32, Down> {
            pause().await;
            self.seen.push(0);
            assert!(id.is_empty());
            self.flaky.call()
        }
    }
    #[test]
    fn each_retries() {
        assert_eq!(run(s().inner_attribute()), Ok(3));
        assert_eq!(run(s().attributes()), Ok(3));
        assert_eq!(run(s().items_and_macros()), Ok(3));
        assert_eq!(run(s().ends_in_an_async_block(String::new())), Ok(3));
        assert_eq!(run(s().traced(String::new())), Ok(3));
        assert_eq!(run(s().traced_errors(1)), Ok(3));
        assert_eq!(run(s().traced_all(1)), Ok(3));
        assert_eq!(run(s().traced_exclusive(String::new())), Ok(3));
    }
}

mod traits {
    use super::*;

    #[async_trait]
    trait ByDefault {
        fn flaky(&self) -> &Flaky;
        fn ok(&self) -> bool {
            true
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| self.ok(), enabled = self.ok())]
        async fn by_default(&self) -> Result<u32, Down>
        where
            Self: Sync,
        {
            self.flaky().call()
        }
    }
    #[async_trait]
    impl ByDefault for S {
        fn flaky(&self) -> &Flaky {
            &self.flaky
        }
    }

    #[async_trait]
    trait Keyed<K>
    where
        K: Send + Sync,
    {
        async fn keyed(&self, key: K) -> Result<u32, Down>;
    }
    struct Of<T>(T, Flaky);
    #[async_trait]
    impl<K: Send + Sync + 'static, T> Keyed<K> for Of<T>
    where
        T: Send + Sync,
    {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| self.1.calls() < 3)]
        async fn keyed(&self, key: K) -> Result<u32, Down> {
            pause().await;
            let _ = (&key, &self.0);
            self.1.call()
        }
    }

    #[async_trait]
    trait Open: Sized {
        type Error;
        async fn open(name: String) -> Result<Self, Self::Error>;
    }
    #[async_trait]
    impl Open for Of<u32> {
        type Error = Down;
        #[retry(schedule = [1ms, 1ms, 0], on = |e| *e == Down)]
        async fn open(name: String) -> Result<Self, Self::Error> {
            assert!(name.is_empty());
            Ok(Self(call()?, flaky()))
        }
    }

    #[async_trait(?Send)]
    trait Local {
        async fn local(&self) -> Result<u32, Down>;
    }
    #[async_trait(?Send)]
    impl Local for S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn local(&self) -> Result<u32, Down> {
            let rc = std::rc::Rc::new(1);
            pause().await;
            drop(rc);
            self.flaky.call()
        }
    }

    #[test]
    fn each_retries() {
        assert_eq!(run(s().by_default()), Ok(3));
        assert_eq!(run(Of("a", flaky()).keyed(1_u8)), Ok(3));
        assert_eq!(run(Of::open(String::new())).unwrap().0, 3);
        assert_eq!(run(s().local()), Ok(3));
    }
}
