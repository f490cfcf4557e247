//! What is known of the attempts of jobs that are not done. Failures flow in, from any worker; they flow out when their job dies.

use crate::error::Error;
use crate::letter::Failure;
use crate::messages::each;
use async_nats::jetstream::kv::Store;
use futures_util::TryStreamExt as _;

/// The failures of the jobs of one queue, in a key-value bucket. Each failure is a new value of its job's key, so that none has to
/// be read to add one.
#[derive(Debug, Clone)]
pub(crate) struct History(Store);

impl History {
    pub(crate) fn new(store: Store) -> Self {
        Self(store)
    }

    pub(crate) async fn add(&self, job: &str, failure: &Failure) -> Result<(), Error> {
        let text = serde_json::to_vec(failure).map_err(Error::of)?;
        self.0.put(job, text.into()).await.map_err(Error::of)?;
        Ok(())
    }

    pub(crate) async fn of(&self, job: &str) -> Result<Vec<Failure>, Error> {
        let values: Vec<_> = each(&self.0.stream, self.subject(job))
            .try_collect()
            .await?;
        let failures = values
            .iter()
            .map(|value| serde_json::from_slice(&value.payload));
        Ok(failures.flatten().collect())
    }

    /// Leaves nothing of a job that has ended.
    pub(crate) async fn forget(&self, job: &str) -> Result<(), Error> {
        let purge = self.0.stream.purge().filter(self.subject(job));
        purge.await.map_err(Error::of)?;
        Ok(())
    }

    fn subject(&self, job: &str) -> String {
        format!("{}{job}", self.0.prefix)
    }
}
