//! Functions that only hand on to another one that borrows the same thing exclusively.
//!
//! The future of an attempt holds the `&mut`, so it must end before the next attempt borrows again.

use crate::support::*;
use retry_core::retry;

mod after_a_statement {
    use super::*;

    struct S(Flaky, u32);
    impl S {
        async fn inner(&mut self) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&mut self) -> impl Future<Output = Result<u32, Down>> {
            self.1 += 1;
            self.inner()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(S(flaky(), 0).get()), Ok(3));
    }
}

mod argument_by_mut_reference {
    use super::*;

    async fn inner(seen: &mut Vec<u32>) -> Result<u32, Down> {
        seen.push(0);
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(seen: &mut Vec<u32>) -> impl Future<Output = Result<u32, Down>> {
        inner(seen)
    }
    #[test]
    fn retries() {
        let mut seen = vec![];
        assert_eq!(run(get(&mut seen)), Ok(3));
        assert_eq!(seen.len(), 3);
    }
}

mod async_delegation {
    use super::*;

    struct S(Flaky);
    impl S {
        async fn inner(&mut self) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn get(&mut self) -> Result<u32, Down> {
            self.inner().await
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn twice(&mut self, seen: &mut Vec<u32>) -> Result<u32, Down> {
            seen.push(0);
            let n = self.inner().await?;
            Ok(n)
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(S(flaky()).get()), Ok(3));
        let mut seen = vec![];
        assert_eq!(run(S(flaky()).twice(&mut seen)), Ok(3));
    }
}

mod boxed {
    use super::*;
    use std::pin::Pin;

    struct S(Flaky);
    impl S {
        async fn inner(&mut self) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&mut self) -> Pin<Box<dyn Future<Output = Result<u32, Down>> + Send + '_>> {
            Box::pin(self.inner())
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(S(flaky()).get()), Ok(3));
    }
}

mod boxed_inner {
    use super::*;
    use futures::future::BoxFuture;

    struct S(Flaky);
    impl S {
        fn inner(&mut self) -> BoxFuture<'_, Result<u32, Down>> {
            Box::pin(async { self.0.call() })
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&mut self) -> BoxFuture<'_, Result<u32, Down>> {
            self.inner()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(S(flaky()).get()), Ok(3));
    }
}

mod field_of_mut_self {
    use super::*;

    struct Inner(Flaky);
    impl Inner {
        async fn get(&mut self) -> Result<u32, Down> {
            self.0.call()
        }
    }
    struct S {
        inner: Inner,
    }
    impl S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&mut self) -> impl Future<Output = Result<u32, Down>> + '_ {
            self.inner.get()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(
            run(S {
                inner: Inner(flaky())
            }
            .get()),
            Ok(3)
        );
    }
}

mod impl_future {
    use super::*;

    struct S(Flaky);
    impl S {
        async fn inner(&mut self) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&mut self) -> impl Future<Output = Result<u32, Down>> {
            self.inner()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(S(flaky()).get()), Ok(3));
    }
}

mod impl_future_send {
    use super::*;

    struct S(Flaky);
    impl S {
        async fn inner(&mut self) -> Result<u32, Down> {
            pause().await;
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&mut self) -> impl Future<Output = Result<u32, Down>> + Send {
            self.inner()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(send(S(flaky()).get())), Ok(3));
    }
}

mod impl_future_with_arguments {
    use super::*;

    struct S(Flaky);
    impl S {
        async fn inner(&mut self, name: &str) -> Result<u32, Down> {
            assert_eq!(name, "a");
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get<'a>(&'a mut self, name: &'a str) -> impl Future<Output = Result<u32, Down>> + 'a {
            self.inner(name)
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(S(flaky()).get("a")), Ok(3));
    }
}

mod of_a_trait {
    use super::*;

    trait Get {
        fn get(&mut self) -> impl Future<Output = Result<u32, Down>>;
    }
    struct S(Flaky);
    impl S {
        async fn inner(&mut self) -> Result<u32, Down> {
            self.0.call()
        }
    }
    impl Get for S {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&mut self) -> impl Future<Output = Result<u32, Down>> {
            self.inner()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(run(S(flaky()).get()), Ok(3));
    }
}

mod sync_delegation {
    use super::*;

    struct S(Flaky);
    impl S {
        fn inner(&mut self) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get(&mut self) -> Result<u32, Down> {
            self.inner()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn by_argument(&mut self, seen: &mut Vec<u32>) -> Result<u32, Down> {
            seen.push(0);
            self.inner()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(S(flaky()).get(), Ok(3));
        let mut seen = vec![];
        assert_eq!(S(flaky()).by_argument(&mut seen), Ok(3));
        assert_eq!(seen.len(), 3);
    }
}

mod with_self_in_keys {
    use super::*;
    use retry_core::Schedule;

    struct S {
        flaky: Flaky,
        plan: Schedule,
    }
    impl S {
        async fn inner(&mut self) -> Result<u32, Down> {
            self.flaky.call()
        }
        #[retry(schedule = self.plan, on = |_| self.flaky.calls() < 9)]
        fn get(&mut self) -> impl Future<Output = Result<u32, Down>> {
            self.inner()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(
            run(S {
                flaky: flaky(),
                plan: "1ms, 1ms, 0".parse().unwrap()
            }
            .get()),
            Ok(3)
        );
    }
}
