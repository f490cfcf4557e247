//! One rate for a whole fleet. The time that is stored on the server flows in; leased tokens flow out.

use crate::error::Error;
use crate::limit::Limit;
use crate::queue::bucket;
use async_nats::jetstream::kv::{self, CreateErrorKind, Store, UpdateErrorKind};
use async_nats::jetstream::{Context, stream::StorageType};
use bytes::Bytes;
use core::time::Duration;
use retry_core::{Jitter, retry};
use std::sync::Arc;
use std::time::SystemTime;
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep};

/// The bucket of all rates.
const BUCKET: &str = "retry-rates";
/// A rate that nobody has used for so long starts anew.
const FORGOTTEN: Duration = Duration::from_secs(60 * 60);
/// How long this machine's clock is trusted to run as the server's does.
const MEASURED: Duration = Duration::from_secs(60);
/// A stored time that is further ahead than any lease was stored before the server's clock was set back.
const SET_BACK: Duration = Duration::from_secs(60);

/// A rate that all workers with the same name for it share, in whatever process and on whatever machine.
///
/// The server keeps one time, in the key-value bucket `retry-rates`. Whoever leases tokens moves it on, if nobody else did in
/// between. All go by the server's clock. [`Limit::most_in`] says how many attempts may start in a period.
///
/// A clone is the same rate.
#[derive(Debug, Clone)]
pub struct Rate(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    key: String,
    limit: Limit,
    /// What this process writes to learn the server's time.
    clock_key: String,
    clock: Mutex<Option<Clock>>,
}

/// The server's time at some moment.
#[derive(Debug, Clone, Copy)]
struct Clock {
    nanos: u64,
    at: Instant,
}

/// Tokens, and until when they can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lease {
    pub(crate) tokens: u32,
    pub(crate) until: Instant,
}

/// Why no token was taken.
#[derive(Debug, thiserror::Error)]
enum Refused {
    #[error("another process leased in between")]
    Overtaken,
    #[error(transparent)]
    Failed(#[from] Error),
}

impl Refused {
    fn is_overtaken(&self) -> bool {
        matches!(self, Self::Overtaken)
    }
}

impl Rate {
    /// Opens the rate of that name, and makes its bucket if there is none. All that share it should say the same limit.
    ///
    /// # Errors
    ///
    /// The name has other characters than letters and digits of ASCII, `-` and `_`; the server does not answer, or refuses.
    pub async fn open(jetstream: &Context, name: &str, limit: Limit) -> Result<Self, Error> {
        let key = crate::names::Names::of(name)?.jobs();
        let store = match bucket(jetstream, BUCKET).await {
            Err(Error::Missing { .. }) => {
                let config = kv::Config {
                    bucket: BUCKET.to_owned(),
                    max_age: FORGOTTEN,
                    storage: StorageType::File,
                    ..kv::Config::default()
                };
                jetstream
                    .create_key_value(config)
                    .await
                    .map_err(Error::of)?
            }
            found => found?,
        };
        Ok(Self(Arc::new(Inner {
            store,
            key,
            limit,
            // The client's inboxes are unique names.
            clock_key: format!("clock.{}", jetstream.client().new_inbox()),
            clock: Mutex::new(None),
        })))
    }

    /// Whether its bucket is there.
    pub(crate) async fn check(&self, jetstream: &Context) -> Result<(), Error> {
        bucket(jetstream, BUCKET).await.map(drop)
    }

    /// Waits until there is a token, and takes up to `wanted` of them.
    pub(crate) async fn lease(&self, wanted: u32) -> Result<Lease, Error> {
        loop {
            match self.0.take(wanted).await {
                Ok(Ok(lease)) => return Ok(lease),
                // All that wait for the same token would ask at the same moment.
                Ok(Err(wait)) => sleep(spread(wait)).await,
                Err(Refused::Overtaken) => {}
                Err(Refused::Failed(error)) => return Err(error),
            }
        }
    }
}

impl Inner {
    /// Takes tokens, or says when there is one.
    #[retry(
        schedule = [2ms, 4ms, 8ms, 16ms, 32ms, 64ms, 0],
        jitter = full,
        on = Refused::is_overtaken,
        name = "retry_jetstream::lease",
    )]
    async fn take(&self, wanted: u32) -> Result<Result<Lease, Duration>, Refused> {
        let now = self.now().await?;
        let entry = self.store.entry(&self.key).await.map_err(Error::of)?;
        let stored = entry.as_ref().and_then(|entry| read(&entry.value));
        let plausible = saturated(now.nanos, SET_BACK);
        let stored = stored.filter(|stored| *stored <= plausible);
        let leased = match self.limit.lease(stored, now.nanos, wanted) {
            Ok(leased) => leased,
            Err(wait) => return Ok(Err(wait)),
        };
        let value = Bytes::from(leased.stored.to_string());
        if let Some(entry) = entry {
            let update = self.store.update(&self.key, value, entry.revision).await;
            update.map_err(|error| match error.kind() {
                UpdateErrorKind::WrongLastRevision => Refused::Overtaken,
                _ => Error::of(error).into(),
            })?;
        } else {
            let create = self.store.create(&self.key, value).await;
            create.map_err(|error| match error.kind() {
                CreateErrorKind::AlreadyExists => Refused::Overtaken,
                _ => Error::of(error).into(),
            })?;
        }
        // The window begins when the tokens were counted, not when the server had stored that.
        Ok(Ok(Lease {
            tokens: leased.tokens,
            until: now.at + self.limit.lease_time(),
        }))
    }

    /// The server's time, late by no more than one request took.
    async fn now(&self) -> Result<Clock, Error> {
        let mut clock = self.clock.lock().await;
        let measured = match *clock {
            Some(measured) if measured.at.elapsed() < MEASURED => measured,
            _ => *clock.insert(self.measure().await?),
        };
        let at = Instant::now();
        Ok(Clock {
            nanos: saturated(measured.nanos, at - measured.at),
            at,
        })
    }

    /// The server notes the time of each value. Taking it for the time at which its answer is here makes this clock late, which
    /// leases too few tokens and not too many.
    async fn measure(&self) -> Result<Clock, Error> {
        let put = self.store.put(&self.clock_key, Bytes::new());
        put.await.map_err(Error::of)?;
        let at = Instant::now();
        let entry = self.store.entry(&self.clock_key).await.map_err(Error::of)?;
        let created = entry.map_or(SystemTime::UNIX_EPOCH, |entry| entry.created.into());
        let since = created.duration_since(SystemTime::UNIX_EPOCH);
        Ok(Clock {
            nanos: saturated(0, since.unwrap_or_default()),
            at,
        })
    }
}

fn read(value: &[u8]) -> Option<u64> {
    core::str::from_utf8(value).ok()?.parse().ok()
}

fn saturated(nanos: u64, more: Duration) -> u64 {
    let more = u64::try_from(more.as_nanos()).unwrap_or(u64::MAX);
    nanos.saturating_add(more)
}

/// A wait that is up to a fifth longer.
fn spread(wait: Duration) -> Duration {
    let spread = retry_core::hinted(Duration::ZERO, Some(wait), Jitter::default(), Duration::MAX);
    spread.unwrap_or(wait)
}
