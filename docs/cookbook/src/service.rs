//! A service in memory. Results flow in, one for each call; the calls are counted.

use std::collections::VecDeque;
use std::sync::Mutex;

/// Gives one result to each call, in their order.
#[derive(Debug)]
pub struct Service<T, E> {
    left: Mutex<VecDeque<Result<T, E>>>,
    all: usize,
}

impl<T, E> Service<T, E> {
    pub fn giving(results: impl IntoIterator<Item = Result<T, E>>) -> Self {
        let left: VecDeque<_> = results.into_iter().collect();
        Self {
            all: left.len(),
            left: Mutex::new(left),
        }
    }

    /// The next result.
    ///
    /// # Errors
    ///
    /// If that is the next result.
    ///
    /// # Panics
    ///
    /// If no result is left.
    pub async fn call(&self) -> Result<T, E> {
        let next = self.left.lock().unwrap().pop_front();
        next.expect("no call more than there are results")
    }

    /// How many calls there were.
    pub fn calls(&self) -> usize {
        self.all - self.left.lock().unwrap().len()
    }
}
