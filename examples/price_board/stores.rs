//! One task for each store, and the list that says which stores there are.

use crate::api::{Api, ApiError, Price};
use crate::board::Board;
use crate::clock::Clock;
use retry_core::retry;
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{AbortHandle, JoinSet};

/// Between a price and the next poll.
const PAUSE: Duration = Duration::from_secs(5);

/// Polls every listed store until it is dropped, and then none.
pub struct Stores<A> {
    poller: Arc<Poller<A>>,
    tasks: JoinSet<()>,
    polled: BTreeMap<String, AbortHandle>,
}

impl<A: Api> Stores<A> {
    pub fn new(api: A, board: Arc<Board>, clock: Clock) -> Self {
        Self {
            poller: Arc::new(Poller { api, board, clock }),
            tasks: JoinSet::new(),
            polled: BTreeMap::new(),
        }
    }

    /// Asks once in a period which stores there are. An error is that of the first time: later, the last list holds.
    pub async fn run(&mut self, period: Duration) -> Result<Infallible, ApiError> {
        self.refresh().await?;
        loop {
            self.poller.clock.sleep(period).await;
            if let Err(error) = self.refresh().await {
                self.poller.board.keep_list(&error);
            }
        }
    }

    /// Starts to poll each listed store that has no task: one that is new, and one that was blocked. A store that is
    /// not listed any more is forgotten, blocked or not.
    pub async fn refresh(&mut self) -> Result<(), ApiError> {
        let listed: BTreeSet<String> = self.poller.list().await?.into_iter().collect();
        self.poller.board.list(&listed);
        while self.tasks.try_join_next().is_some() {}
        self.polled.retain(|store, task| {
            if !listed.contains(store) {
                task.abort();
            }
            !task.is_finished()
        });
        for store in listed {
            if !self.polled.contains_key(&store) {
                self.poller.board.expect(&store);
                let poll = Arc::clone(&self.poller).poll(store.clone());
                self.polled.insert(store, self.tasks.spawn(poll));
            }
        }
        Ok(())
    }

    /// Ends when every task has ended.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

struct Poller<A> {
    api: A,
    board: Arc<Board>,
    clock: Clock,
}

impl<A: Api> Poller<A> {
    /// Ends when the store is blocked.
    async fn poll(self: Arc<Self>, store: String) {
        loop {
            match self.price(&store).await {
                Ok(price) => self.board.allow(&store, price),
                Err(miss) => return self.board.block(&store, &miss),
            }
            self.clock.sleep(PAUSE).await;
        }
    }

    /// The waits are 5² and 5⁴ seconds. Every error is a miss: a store that is down, one that does not have the item,
    /// one that answers nonsense, one that hangs. The third miss in a row is the last; a price in between begins the
    /// count again.
    #[retry(
        schedule = [25s, 625s, 0],
        jitter = 0.2,
        on = |_| true,
        attempt_timeout = 2s,
        notify = |miss| self.board.quarantine(store, miss),
        sleep = |wait| self.clock.sleep(wait),
    )]
    async fn price(&self, store: &str) -> Result<Price, ApiError> {
        self.api.query_price(store).await
    }

    /// Not a poll, so nobody is quarantined for it, and what cannot pass is not tried again.
    #[retry(
        schedule = [1s, 2s, 0],
        jitter = 0.2,
        on = ApiError::is_passing,
        attempt_timeout = 2s,
        sleep = |wait| self.clock.sleep(wait),
    )]
    async fn list(&self) -> Result<Vec<String>, ApiError> {
        self.api.list_stores().await
    }
}
