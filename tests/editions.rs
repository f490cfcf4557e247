//! What differs between the editions where the macro's tokens meet the user's: compiled in each of them.

#![allow(clippy::manual_async_fn)]
#![deny(rust_2021_compatibility, rust_2024_compatibility)]

#[allow(dead_code)]
mod support;

use retry_core::{retry, retry_block, testing};
use std::future::Future;
use std::pin::Pin;
use support::{Down, Flaky};

struct Service {
    flaky: Flaky,
    seen: Vec<u32>,
}

impl Service {
    /// Two fields are borrowed at once, one of them exclusively.
    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    fn sync(&mut self) -> Result<u32, Down> {
        let flaky = &self.flaky;
        self.seen.push(flaky.calls());
        flaky.call()
    }

    #[retry(schedule = [1s, 1s, 0], on = |error| *error == Down)]
    async fn asynchronous(&mut self, name: String) -> Result<u32, Down> {
        self.seen.push(self.flaky.calls());
        std::future::ready(name.len()).await;
        self.flaky.call()
    }

    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    fn future<'a>(&'a self) -> impl Future<Output = Result<u32, Down>> + 'a {
        async move { self.flaky.call() }
    }

    #[retry(schedule = [1s, 1s, 0], on = |_| true)]
    fn boxed(&self) -> Pin<Box<dyn Future<Output = Result<u32, Down>> + Send + '_>> {
        Box::pin(async move { self.flaky.call() })
    }
}

fn service() -> Service {
    Service {
        flaky: Flaky::default(),
        seen: Vec::new(),
    }
}

#[tokio::test]
async fn every_kind_of_function() {
    let guard = testing::skip_waits();
    let mut one = service();
    assert_eq!(one.sync(), Ok(3));
    assert_eq!(one.seen, [0, 1, 2]);
    let mut one = service();
    assert_eq!(one.asynchronous("name".to_owned()).await, Ok(3));
    assert_eq!(one.seen, [0, 1, 2]);
    assert_eq!(service().future().await, Ok(3));
    assert_eq!(service().boxed().await, Ok(3));
    assert_eq!(guard.waits().len(), 8);
}

#[tokio::test]
async fn blocks() {
    let _guard = testing::skip_waits();
    let flaky = Flaky::default();
    assert_eq!(
        retry_block!(schedule = [1s, 1s, 0], on = |_| true => { flaky.call() }),
        Ok(3)
    );
    let flaky = Flaky::default();
    assert_eq!(
        retry_block!(schedule = [1s, 1s, 0], on = |_| true => async { flaky.call() }),
        Ok(3)
    );
}
