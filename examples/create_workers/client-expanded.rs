//! What `client.rs` is turned into: the same, but for what `#[retry]` wrote.

#![allow(clippy::redundant_closure_call)]

use crate::account::Account;
use crate::progress::Call;
use crate::workers::Worker;
use reqwest::StatusCode;
use retry_core::{Jitter, Schedule, retry};
use serde::Deserialize;
use tokio::sync::Semaphore;

/// Five retries, each after two to the power of its number in seconds.
pub const SCHEDULE: &str = "2s, 4s, 8s, 16s, 32s, 0";

/// How many requests are under way at once: some systems let a process open only 256 files.
const CONNECTIONS: usize = 16;

pub struct Client {
    http: reqwest::Client,
    url: String,
    account: Account,
    schedule: Schedule,
    jitter: Jitter,
    connections: Semaphore,
}

impl Client {
    pub fn new(
        http: reqwest::Client,
        server: &str,
        account: Account,
        schedule: Schedule,
        jitter: Jitter,
    ) -> Self {
        let server = server.trim_end_matches('/');
        let workspace = &account.workspace;
        Self {
            http,
            url: format!("{server}/v1/Workspaces/{workspace}/Workers"),
            account,
            schedule,
            jitter,
            connections: Semaphore::new(CONNECTIONS),
        }
    }

    /// # Retries
    ///
    /// The schedule is chosen at run time.
    /// Tried again: an error for which `ApiError::is_rate_limited` is true.
    pub async fn create_worker(
        &self,
        worker: &Worker,
        call: &Call<'_>,
    ) -> Result<CreatedWorker, ApiError> {
        let schedule = ::retry_core::Schedule::clone(&self.schedule);
        let mut attempt = 0_u32;
        loop {
            let backoff = schedule.backoffs()[attempt as usize];
            let wait = match async {
                if false {
                    return ::retry_core::never::<Result<CreatedWorker, ApiError>>();
                }
                call.count_request();
                let _connection = self.connections.acquire().await;
                let response = self
                    .http
                    .post(&self.url)
                    .basic_auth(&self.account.sid, Some(&self.account.token))
                    .form(worker)
                    .send()
                    .await?;
                match response.status() {
                    StatusCode::CREATED => Ok(response.json().await?),
                    StatusCode::TOO_MANY_REQUESTS => {
                        call.count_rate_limited();
                        Err(ApiError::RateLimited)
                    }
                    status => Err(ApiError::Status {
                        status,
                        answer: response.text().await?,
                    }),
                }
            }
            .await
            {
                ::core::result::Result::Err(ref error)
                    if !backoff.is_zero() && ApiError::is_rate_limited(error) =>
                {
                    ::retry_core::jitter::<::retry_core::Jitter>(backoff, self.jitter)
                }
                result => return result,
            };
            ::retry_core::sleep(wait).await;
            attempt += 1;
        }
    }
}

#[derive(Debug, Deserialize)]
pub struct CreatedWorker {
    pub sid: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("the server answers that there were too many requests")]
    RateLimited,
    #[error("the server answers {status}: {answer}")]
    Status { status: StatusCode, answer: String },
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
}

impl ApiError {
    fn is_rate_limited(&self) -> bool {
        matches!(self, Self::RateLimited)
    }
}
