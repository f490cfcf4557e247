//! Every kind of function that can be retried, run: each fails twice and gives its third result.

#![allow(
    clippy::boxed_local,
    clippy::manual_async_fn,
    clippy::needless_question_mark,
    clippy::never_loop,
    clippy::redundant_locals,
    reason = "each form is tested"
)]

mod support;

use async_trait::async_trait;
use futures::FutureExt as _;
use futures::future::BoxFuture;
use retry_core::{retry, retry_block, testing};
use std::error::Error;
use std::fmt::Display;
use std::future::{Future, ready};
use std::pin::{Pin, pin};
use std::sync::Arc;
use support::{Down, Flaky};

fn is_down(error: &Down) -> bool {
    *error == Down
}

/// Runs a future to its end; it must not need a runtime, since its waits are skipped.
fn run<F: Future>(future: F) -> F::Output {
    let _guard = testing::skip_waits();
    let mut future = pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..100 {
        if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
    panic!("the future still waits for something")
}

fn assert_send<T: Send>(value: T) -> T {
    value
}

/// Gives way once, so that attempts really are suspended.
async fn pause() {
    let mut paused = false;
    std::future::poll_fn(|context| {
        if paused {
            return std::task::Poll::Ready(());
        }
        paused = true;
        context.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}

mod free_functions {
    use super::*;

    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    fn sync(flaky: &Flaky) -> Result<u32, Down> {
        flaky.call()
    }

    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    async fn asynchronous(flaky: &Flaky) -> Result<u32, Down> {
        pause().await;
        flaky.call()
    }

    #[test]
    fn a_sync_function() {
        let _guard = testing::skip_waits();
        assert_eq!(sync(&Flaky::default()), Ok(3));
    }

    #[test]
    fn an_async_function() {
        assert_eq!(run(assert_send(asynchronous(&Flaky::default()))), Ok(3));
    }

    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    pub(crate) unsafe fn unsafe_sync(flaky: *const Flaky) -> Result<u32, Down> {
        unsafe { &*flaky }.call()
    }

    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    async unsafe fn unsafe_async(flaky: *const Flaky) -> Result<u32, Down> {
        unsafe { &*flaky }.call()
    }

    #[test]
    fn unsafe_functions() {
        let guard = testing::skip_waits();
        // SAFETY: the pointers are made from references that live long enough.
        assert_eq!(unsafe { unsafe_sync(&Flaky::default()) }, Ok(3));
        drop(guard);
        assert_eq!(run(unsafe { unsafe_async(&Flaky::default()) }), Ok(3));
    }

    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    extern "Rust" fn foreign(flaky: &Flaky) -> Result<u32, Down> {
        flaky.call()
    }

    #[test]
    fn a_function_of_another_abi() {
        let _guard = testing::skip_waits();
        assert_eq!(foreign(&Flaky::default()), Ok(3));
    }

    /// Each level retries on its own.
    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    async fn recursive(flaky: &Flaky, depth: u32) -> Result<u32, Down> {
        if depth > 0 {
            return Box::pin(recursive(flaky, depth - 1)).await;
        }
        flaky.call()
    }

    #[test]
    fn recursion_through_a_box() {
        assert_eq!(run(recursive(&Flaky::default(), 4)), Ok(3));
    }

    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    fn recursive_sync(flaky: &Flaky, depth: u32) -> Result<u32, Down> {
        if depth > 0 {
            recursive_sync(flaky, depth - 1)
        } else {
            flaky.call()
        }
    }

    #[test]
    fn plain_recursion() {
        let _guard = testing::skip_waits();
        assert_eq!(recursive_sync(&Flaky::default(), 4), Ok(3));
    }
}

mod methods {
    use super::*;

    #[derive(Default)]
    struct Service {
        flaky: Flaky,
        log: Vec<u32>,
        name: String,
    }

    impl Service {
        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        fn by_ref(&self) -> Result<&str, Down> {
            self.flaky.call()?;
            Ok(&self.name)
        }

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        async fn by_ref_async(&self) -> Result<&str, Down> {
            pause().await;
            self.flaky.call()?;
            return Ok(&self.name);
        }

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        fn by_mut(&mut self) -> Result<u32, Down> {
            self.log.push(self.flaky.calls());
            self.flaky.call()
        }

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        async fn by_mut_async(&mut self) -> Result<u32, Down> {
            self.log.push(self.flaky.calls());
            pause().await;
            self.flaky.call()
        }

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        fn by_value(self) -> Result<u32, Down> {
            self.flaky.call()
        }

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        async fn by_value_async(mut self) -> Result<u32, Down> {
            self.log.push(0);
            self.flaky.call()
        }

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        async fn by_arc(self: Arc<Self>) -> Result<u32, Down> {
            pause().await;
            self.flaky.call()
        }

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        fn by_box(self: Box<Self>) -> Result<u32, Down> {
            self.flaky.call()
        }

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        async fn by_pin(mut self: Pin<&mut Self>) -> Result<u32, Down> {
            self.log.push(0);
            self.flaky.call()
        }

        #[retry(schedule = [1s, 1s, 0], on = Self::accepts)]
        fn with_own_predicate(&self) -> Result<u32, Down> {
            self.flaky.call()
        }

        fn accepts(error: &Down) -> bool {
            *error == Down
        }

        #[retry(schedule = [1s, 1s, 0], on = |error| self.knows(error))]
        fn with_a_method_as_predicate(&self) -> Result<u32, Down> {
            self.flaky.call()
        }

        fn knows(&self, error: &Down) -> bool {
            self.name.is_empty() && *error == Down
        }
    }

    #[test]
    fn a_shared_receiver_that_gives_back_what_it_borrows() {
        let service = Service {
            name: "ada".to_owned(),
            ..Service::default()
        };
        let guard = testing::skip_waits();
        assert_eq!(service.by_ref(), Ok("ada"));
        drop(guard);
        let service = Service {
            name: "ada".to_owned(),
            ..Service::default()
        };
        assert_eq!(run(assert_send(service.by_ref_async())), Ok("ada"));
    }

    #[test]
    fn an_exclusive_receiver() {
        let mut service = Service::default();
        let guard = testing::skip_waits();
        assert_eq!(service.by_mut(), Ok(3));
        assert_eq!(service.log, [0, 1, 2]);
        drop(guard);
        let mut service = Service::default();
        assert_eq!(run(assert_send(service.by_mut_async())), Ok(3));
        assert_eq!(service.log, [0, 1, 2]);
    }

    #[test]
    fn a_receiver_by_value() {
        let guard = testing::skip_waits();
        assert_eq!(Service::default().by_value(), Ok(3));
        assert_eq!(Box::new(Service::default()).by_box(), Ok(3));
        drop(guard);
        assert_eq!(run(assert_send(Service::default().by_value_async())), Ok(3));
        assert_eq!(
            run(assert_send(Arc::new(Service::default()).by_arc())),
            Ok(3)
        );
        assert_eq!(run(assert_send(pin!(Service::default()).by_pin())), Ok(3));
    }

    #[test]
    fn predicates_that_see_self() {
        let _guard = testing::skip_waits();
        assert_eq!(Service::default().with_own_predicate(), Ok(3));
        assert_eq!(Service::default().with_a_method_as_predicate(), Ok(3));
    }
}

mod traits {
    use super::*;

    trait Fetch {
        fn flaky(&self) -> &Flaky;

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        fn by_default(&self) -> Result<u32, Down> {
            self.flaky().call()
        }

        #[allow(async_fn_in_trait)]
        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        async fn by_default_async(&self) -> Result<u32, Down> {
            pause().await;
            self.flaky().call()
        }

        fn implemented(&mut self) -> Result<u32, Down>;

        #[allow(async_fn_in_trait)]
        async fn implemented_async(&mut self, name: String) -> Result<u32, Down>;

        fn future(&self) -> impl Future<Output = Result<u32, Down>> + Send;
    }

    impl Fetch for Flaky {
        fn flaky(&self) -> &Flaky {
            self
        }

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        fn implemented(&mut self) -> Result<u32, Down> {
            self.call()
        }

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        async fn implemented_async(&mut self, name: String) -> Result<u32, Down> {
            pause().await;
            assert_eq!(name, "name");
            self.call()
        }

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        async fn future(&self) -> Result<u32, Down> {
            pause().await;
            self.call()
        }
    }

    #[test]
    fn trait_methods() {
        let guard = testing::skip_waits();
        assert_eq!(Fetch::by_default(&Flaky::default()), Ok(3));
        assert_eq!(Flaky::default().implemented(), Ok(3));
        drop(guard);
        assert_eq!(run(Flaky::default().by_default_async()), Ok(3));
        assert_eq!(
            run(Flaky::default().implemented_async("name".to_owned())),
            Ok(3)
        );
        assert_eq!(run(assert_send(Fetch::future(&Flaky::default()))), Ok(3));
    }

    #[async_trait]
    trait Store {
        async fn save(&self, name: String) -> Result<u32, Down>;
        async fn replace(&mut self, mut pair: (u32, u32), names: &[&str]) -> Result<u32, Down>;
        async fn find(&self) -> Option<u32>;

        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        async fn by_default(&self) -> Result<u32, Down>
        where
            Self: Sync,
        {
            self.save("default".to_owned()).await.map(|call| call + 100)
        }
    }

    #[async_trait]
    impl Store for Flaky {
        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        async fn save(&self, name: String) -> Result<u32, Down> {
            pause().await;
            assert!(!name.is_empty());
            self.call()
        }

        #[retry(schedule = [1s, 1s, 0], on = |error: &Down| is_down(error))]
        async fn replace(
            &mut self,
            (mut one, two): (u32, u32),
            names: &[&str],
        ) -> Result<u32, Down> {
            pause().await;
            one += two;
            let call = self.call()?;
            Ok(call + one + u32::try_from(names.len()).map_err(|_| Down)?)
        }

        #[retry(schedule = [1s, 1s, 0])]
        async fn find(&self) -> Option<u32> {
            pause().await;
            Some(self.poll()?)
        }
    }

    #[test]
    fn async_trait_methods() {
        assert_eq!(
            run(assert_send(Flaky::default().save("name".to_owned()))),
            Ok(3)
        );
        assert_eq!(
            run(assert_send(Store::by_default(&Flaky::default()))),
            Ok(103)
        );
        assert_eq!(run(assert_send(Flaky::default().find())), Some(3));
        // A `mut` argument keeps what earlier attempts wrote: 1 + 3 · 10.
        assert_eq!(
            run(assert_send(Flaky::default().replace((1, 10), &["a", "b"]))),
            Ok(3 + 31 + 2)
        );
        let boxed: Box<dyn Store + Send + Sync> = Box::new(Flaky::default());
        assert_eq!(run(boxed.save("dyn".to_owned())), Ok(3));
    }

    #[async_trait(?Send)]
    trait Local {
        async fn local(&self) -> Result<u32, Down>;
    }

    #[async_trait(?Send)]
    impl Local for std::rc::Rc<Flaky> {
        #[retry(schedule = [1s, 1s, 0], on = is_down)]
        async fn local(&self) -> Result<u32, Down> {
            let flaky = std::rc::Rc::clone(self);
            pause().await;
            flaky.call()
        }
    }

    #[test]
    fn async_trait_methods_that_are_not_send() {
        assert_eq!(run(std::rc::Rc::new(Flaky::default()).local()), Ok(3));
    }
}

mod futures_returned {
    use super::*;

    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    fn impl_future(flaky: &Flaky, name: String) -> impl Future<Output = Result<u32, Down>> + Send {
        let length = name.len();
        async move {
            pause().await;
            assert_eq!(name.len(), length);
            flaky.call()
        }
    }

    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    fn impl_future_made_elsewhere(flaky: &Flaky) -> impl Future<Output = Result<u32, Down>> + Send {
        ready(flaky.call())
    }

    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    fn pinned<'a>(
        flaky: &'a Flaky,
        name: String,
    ) -> Pin<Box<dyn Future<Output = Result<u32, Down>> + Send + 'a>> {
        Box::pin(async move {
            pause().await;
            if name.is_empty() {
                return Err(Down);
            }
            Ok(flaky.call()?)
        })
    }

    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    fn pinned_made_elsewhere(
        flaky: &Flaky,
    ) -> Pin<Box<dyn Future<Output = Result<u32, Down>> + Send + '_>> {
        if flaky.calls() == 1 {
            Box::pin(async { flaky.call() })
        } else {
            Box::pin(ready(flaky.call()))
        }
    }

    #[retry(schedule = [1s, 1s, 0])]
    fn boxed(flaky: &Flaky) -> BoxFuture<'_, Option<u32>> {
        let flaky = flaky;
        async move {
            pause().await;
            flaky.poll()
        }
        .boxed()
    }

    #[test]
    fn functions_that_return_a_future() {
        assert_eq!(
            run(assert_send(impl_future(
                &Flaky::default(),
                "name".to_owned()
            ))),
            Ok(3)
        );
        assert_eq!(
            run(assert_send(impl_future_made_elsewhere(&Flaky::default()))),
            Ok(3)
        );
        assert_eq!(
            run(assert_send(pinned(&Flaky::default(), "name".to_owned()))),
            Ok(3)
        );
        assert_eq!(
            run(assert_send(pinned_made_elsewhere(&Flaky::default()))),
            Ok(3)
        );
        assert_eq!(run(assert_send(boxed(&Flaky::default()))), Some(3));
    }
}

mod types_and_parameters {
    use super::*;

    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    async fn generic<'a, T, const N: usize>(
        flaky: &'a Flaky,
        values: [T; N],
    ) -> Result<(&'a Flaky, Vec<T>), Down>
    where
        T: Clone + Send,
    {
        pause().await;
        flaky.call()?;
        Ok((flaky, values.to_vec()))
    }

    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    fn generic_over_functions<F: Fn(u32) -> Result<u32, Down>>(
        flaky: &Flaky,
        f: F,
    ) -> Result<u32, Down> {
        f(flaky.call()?)
    }

    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    fn impl_trait(
        flaky: &Flaky,
        names: impl IntoIterator<Item = u32> + Clone,
    ) -> Result<impl Display, Down> {
        Ok(flaky.call()? + names.clone().into_iter().sum::<u32>())
    }

    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    async fn impl_trait_async(flaky: &Flaky) -> Result<impl Iterator<Item = impl Display>, Down> {
        pause().await;
        Ok(vec![flaky.call()?].into_iter())
    }

    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    async fn destructured(
        (flaky, [one, two]): (&Flaky, [u32; 2]),
        mut seen: Vec<u32>,
    ) -> Result<Vec<u32>, Down> {
        seen.push(one + two);
        pause().await;
        flaky.call()?;
        Ok(seen.clone())
    }

    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    async fn exclusive_argument(flaky: &Flaky, seen: &mut Vec<u32>) -> Result<u32, Down> {
        seen.push(flaky.calls());
        pause().await;
        flaky.call()
    }

    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    async fn owned_arguments_only_borrowed(flaky: Flaky, name: String) -> Result<String, Down> {
        pause().await;
        flaky.call().map(|call| format!("{name} {call}"))
    }

    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    fn owned_arguments_only_borrowed_sync(flaky: Flaky, name: String) -> Result<String, Down> {
        flaky.call().map(|call| format!("{name} {call}"))
    }

    #[test]
    fn generics_and_impl_trait() {
        let flaky = Flaky::default();
        let (same, values) =
            run(assert_send(generic(&flaky, ["a", "b"]))).expect("the third attempt succeeds");
        assert_eq!((same.calls(), values), (3, vec!["a", "b"]));
        let guard = testing::skip_waits();
        assert_eq!(generic_over_functions(&Flaky::default(), Ok), Ok(3));
        assert_eq!(
            impl_trait(&Flaky::default(), [1, 2]).map(|sum| sum.to_string()),
            Ok("6".to_owned())
        );
        drop(guard);
        let displayed = run(impl_trait_async(&Flaky::default()))
            .map(|mut all| all.next().map(|one| one.to_string()));
        assert_eq!(displayed, Ok(Some("3".to_owned())));
    }

    #[test]
    fn parameters_of_every_kind() {
        // Each attempt pushes once more: a `mut` parameter keeps what earlier attempts wrote.
        assert_eq!(
            run(assert_send(destructured(
                (&Flaky::default(), [1, 2]),
                vec![]
            ))),
            Ok(vec![3, 3, 3])
        );
        let mut seen = Vec::new();
        assert_eq!(
            run(assert_send(exclusive_argument(
                &Flaky::default(),
                &mut seen
            ))),
            Ok(3)
        );
        assert_eq!(seen, [0, 1, 2]);
        let owned = run(assert_send(owned_arguments_only_borrowed(
            Flaky::default(),
            "try".to_owned(),
        )));
        assert_eq!(owned, Ok("try 3".to_owned()));
        let _guard = testing::skip_waits();
        let owned = owned_arguments_only_borrowed_sync(Flaky::default(), "try".to_owned());
        assert_eq!(owned, Ok("try 3".to_owned()));
    }

    #[retry(schedule = [1s, 1s, 0], on = is_any)]
    fn boxed_error(flaky: &Flaky) -> Result<u32, Box<dyn Error>> {
        Ok(flaky.call()?)
    }

    #[retry(schedule = [1s, 1s, 0], on = |error| error.is::<Down>())]
    async fn boxed_error_async(flaky: &Flaky) -> Result<u32, Box<dyn Error + Send + Sync>> {
        pause().await;
        Ok(flaky.call()?)
    }

    fn is_any(error: &(dyn Error + 'static)) -> bool {
        error.is::<Down>() || error.source().is_none()
    }

    #[test]
    fn boxed_errors_and_predicates_of_dyn_error() {
        let guard = testing::skip_waits();
        assert_eq!(boxed_error(&Flaky::default()).ok(), Some(3));
        drop(guard);
        assert_eq!(
            run(assert_send(boxed_error_async(&Flaky::default()))).ok(),
            Some(3)
        );
    }
}

mod bodies {
    use super::*;

    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    fn with_inner_control_flow(flaky: &Flaky) -> Result<u32, Down> {
        #![allow(clippy::needless_return)]
        let call = || -> Result<u32, Down> { Ok(flaky.call()?) };
        'block: {
            if flaky.calls() == 0 {
                break 'block;
            }
        }
        for _ in 0..2 {
            match call() {
                Ok(call) => return Ok(call),
                Err(error) => return Err(error),
            }
        }
        return Err(Down);
    }

    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    async fn with_inner_async_blocks(flaky: &Flaky) -> Result<u32, Down> {
        #![allow(clippy::needless_question_mark)]
        let inner = async { Ok::<_, Down>(flaky.call()?) };
        pause().await;
        let call = inner.await?;
        Ok(async move { Ok::<_, Down>(call) }.await?)
    }

    #[test]
    fn control_flow_in_the_body_ends_the_attempt_only() {
        let guard = testing::skip_waits();
        assert_eq!(with_inner_control_flow(&Flaky::default()), Ok(3));
        drop(guard);
        assert_eq!(
            run(assert_send(with_inner_async_blocks(&Flaky::default()))),
            Ok(3)
        );
    }

    #[retry(schedule = [1s, 1s, 0])]
    fn polling(flaky: &Flaky) -> Option<u32> {
        let call = flaky.poll()?;
        Some(call)
    }

    #[retry(schedule = [1s, 1s, 0], until = |call| *call == 3)]
    async fn polling_for_a_value(flaky: &Flaky) -> u32 {
        pause().await;
        flaky.poll().unwrap_or(0)
    }

    #[test]
    fn polling_an_option_or_a_plain_value() {
        let guard = testing::skip_waits();
        assert_eq!(polling(&Flaky::default()), Some(3));
        drop(guard);
        assert_eq!(run(assert_send(polling_for_a_value(&Flaky::default()))), 3);
    }
}

mod other_attributes {
    use super::*;

    /// Documented.
    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    #[tracing::instrument(skip(flaky))]
    #[must_use = "it counts"]
    async fn instrumented_below(flaky: &Flaky, name: String) -> Result<u32, Down> {
        pause().await;
        assert_eq!(name, "name");
        flaky.call()
    }

    #[tracing::instrument(skip(flaky))]
    #[inline]
    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    /// Documented below.
    fn instrumented_above(flaky: &Flaky, name: &str) -> Result<u32, Down> {
        assert_eq!(name, "name");
        flaky.call()
    }

    #[tracing::instrument(skip(flaky))]
    #[retry(schedule = [1s, 1s, 0], on = is_down)]
    async fn instrumented_above_async(flaky: &Flaky, name: &str) -> Result<u32, Down> {
        pause().await;
        assert_eq!(name, "name");
        flaky.call()
    }

    #[test]
    fn instrument_on_either_side() {
        assert_eq!(
            run(assert_send(instrumented_below(
                &Flaky::default(),
                "name".to_owned()
            ))),
            Ok(3)
        );
        assert_eq!(
            run(assert_send(instrumented_above_async(
                &Flaky::default(),
                "name"
            ))),
            Ok(3)
        );
        let _guard = testing::skip_waits();
        assert_eq!(instrumented_above(&Flaky::default(), "name"), Ok(3));
    }

    static TESTED: Flaky = Flaky::new(2);

    #[retry(schedule = [10ms, 10ms, 0], on = is_down)]
    #[tokio::test(start_paused = true)]
    async fn a_tokio_test_below() -> Result<(), Down> {
        let call = TESTED.call()?;
        assert_eq!(call, 3);
        Ok(())
    }

    macro_rules! retried {
        ($flaky:ident, $name:ident, $ty:ty, $on:path, $body:block) => {
            #[retry(schedule = [1s, 1s, 0], on = $on)]
            fn $name($flaky: &Flaky) -> $ty $body
        };
    }

    retried!(flaky, from_a_macro, Result<u32, Down>, is_down, { flaky.call() });

    #[test]
    fn functions_that_a_macro_makes() {
        let _guard = testing::skip_waits();
        assert_eq!(from_a_macro(&Flaky::default()), Ok(3));
    }
}

mod blocks {
    use super::*;

    #[test]
    fn a_block_that_a_macro_was_given() {
        macro_rules! retried {
            ($body:block) => {
                retry_block!(schedule = [1s, 1s, 0], on = is_down => $body)
            };
        }

        let _guard = testing::skip_waits();
        let flaky = Flaky::default();
        assert_eq!(retried!({ flaky.call() }), Ok(3));
    }

    #[test]
    fn a_block() {
        let _guard = testing::skip_waits();
        let flaky = Flaky::default();
        assert_eq!(
            retry_block!(schedule = [1s, 1s, 0], on = is_down => { flaky.call() }),
            Ok(3)
        );
    }

    #[test]
    fn a_block_whose_question_mark_ends_the_attempt() {
        fn legacy(flaky: &Flaky) -> Result<u32, Box<dyn Error>> {
            let call = retry_block!(schedule = [1s, 1s, 0], on = is_down => {
                let call = flaky.call()?;
                Ok(call * 2)
            })?;
            Ok(call)
        }
        let _guard = testing::skip_waits();
        assert_eq!(legacy(&Flaky::default()).ok(), Some(6));
    }

    #[test]
    fn an_async_block() {
        let flaky = Flaky::default();
        let retried = async {
            retry_block!(schedule = [1s, 1s, 0], on = is_down => async {
                pause().await;
                flaky.call()
            })
        };
        assert_eq!(run(assert_send(retried)), Ok(3));
    }

    #[test]
    fn blocks_that_poll() {
        let _guard = testing::skip_waits();
        let flaky = Flaky::default();
        let value = retry_block!(schedule = [1s, 1s, 0], until = |call| *call == 3 => { flaky.call().unwrap_or(0) });
        assert_eq!(value, 3);
        let flaky = Flaky::default();
        assert_eq!(
            retry_block!(schedule = [1s, 1s, 0] => -> Option<u32> { flaky.poll() }),
            Some(3)
        );
        let flaky = Flaky::new(0);
        let value = retry_block!(schedule = [1s, 1s, 0], until = |call| *call == 2 => -> Result<u32, Down> { flaky.call() });
        assert_eq!(value, Ok(2));
    }

    #[test]
    fn a_block_in_a_loop_of_the_callers() {
        let _guard = testing::skip_waits();
        let mut all = Vec::new();
        for failures in 0..4 {
            let flaky = Flaky::new(failures);
            let Ok(call) = retry_block!(schedule = [1s, 1s, 0], on = |_| true => { flaky.call() })
            else {
                break;
            };
            all.push(call);
        }
        assert_eq!(all, [1, 2, 3]);
    }
}
