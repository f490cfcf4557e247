//! What `client.rs` is turned into: the same, but for what `#[retry]` wrote.

#![allow(clippy::redundant_closure_call, clippy::unit_arg, unused_variables)]

use crate::account::Account;
use crate::choice::Choice;
use crate::clock::AtWork;
use crate::progress::Call;
use crate::workers::Worker;
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use retry_core::{AttemptTimeout, retry};
use serde::{Deserialize, Serialize};
use std::time::Duration;
use tokio::sync::Semaphore;

/// When a hosted function is ended, whatever it does.
pub const HOSTED_LIMIT: Duration = Duration::from_secs(10);

/// How many requests are under way at once: some systems let a process open only 256 files.
const CONNECTIONS: usize = 16;

pub struct Client {
    http: reqwest::Client,
    url: String,
    account: Account,
    connections: Semaphore,
}

impl Client {
    pub fn new(http: reqwest::Client, server: &str, account: Account) -> Self {
        let server = server.trim_end_matches('/');
        let workspace = &account.workspace;
        Self {
            http,
            url: format!("{server}/v1/Workspaces/{workspace}/Workers"),
            account,
            connections: Semaphore::new(CONNECTIONS),
        }
    }

    /// The list is as long as there are attempts: five retries, each after two to the power of its number in seconds.
    ///
    /// # Retries
    ///
    /// Up to 6 attempts, with waits of 2s, 4s, 8s, 16s, 32s between them, each ±20 %: at worst 74.4s of waiting.
    /// Tried again: an error for which `ApiError::is_rate_limited` is true.
    pub async fn create_worker(&self, worker: &Worker, call: &Call) -> Result<Created, ApiError> {
        let backoffs = ::retry_core::backoffs!(
            [
                ::core::time::Duration::from_secs(2),
                ::core::time::Duration::from_secs(4),
                ::core::time::Duration::from_secs(8),
                ::core::time::Duration::from_secs(16),
                ::core::time::Duration::from_secs(32),
                ::core::time::Duration::ZERO
            ],
            fn
        );
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = ::retry_core::nested!(async {
                    if false {
                        return ::retry_core::never::<Result<Created, ApiError>>();
                    }
                    self.post(worker, call).await
                })
                .await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(error)
                        if backoff != ::core::time::Duration::ZERO
                            && ApiError::is_rate_limited(&error) =>
                    {
                        let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                        ::retry_core::retrying!(backoffs, attempt, wait, &error);
                        wait
                    }
                    result => {
                        ::retry_core::ended!(backoffs, attempt, result : Result);
                        return result;
                    }
                }
            };
            (|wait: ::core::time::Duration| call.sleep(wait))(wait).await;
            attempt += 1;
        }
    }

    /// The same with a list and a jitter that are chosen while the program runs.
    ///
    /// # Retries
    ///
    /// The schedule is chosen at run time.
    /// Tried again: an error for which `ApiError::is_rate_limited` is true.
    pub async fn create_worker_as(
        &self,
        choice: &Choice,
        worker: &Worker,
        call: &Call,
    ) -> Result<Created, ApiError> {
        let schedule = {
            let schedule = &choice.schedule();
            <::retry_core::Schedule as ::core::clone::Clone>::clone(schedule)
        };
        let jitter: ::retry_core::Jitter = choice.jitter;
        let backoffs = ::retry_core::backoffs!(schedule, fn);
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = ::retry_core::nested!(async {
                    if false {
                        return ::retry_core::never::<Result<Created, ApiError>>();
                    }
                    self.post(worker, call).await
                })
                .await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(error)
                        if backoff != ::core::time::Duration::ZERO
                            && ApiError::is_rate_limited(&error) =>
                    {
                        let wait = ::retry_core::jitter!(
                            backoffs,
                            backoff,
                            jitter,
                            ::retry_core::max_of(&backoffs)
                        );
                        ::retry_core::retrying!(backoffs, attempt, wait, &error);
                        wait
                    }
                    result => {
                        ::retry_core::ended!(backoffs, attempt, result : Result);
                        return result;
                    }
                }
            };
            (|wait: ::core::time::Duration| call.sleep(wait))(wait).await;
            attempt = attempt.saturating_add(1);
        }
    }

    /// For a hosted function, which is ended after ten seconds: the waits take 7.2 s at most, and leave 0.7 s to each of the
    /// four attempts. On a machine so busy that all takes longer, a wait that would end too late is not begun.
    ///
    /// An attempt that was stopped is not tried again: the worker may be there.
    ///
    /// # Retries
    ///
    /// Up to 4 attempts, with waits of 1s, 2s, 3s between them, each ±20 %: at worst 7.2s of waiting. Each attempt may take 700ms. No wait ends later than 10s after the start.
    /// Tried again: an error for which `ApiError::is_rate_limited` is true.
    pub async fn create_worker_hosted(
        &self,
        worker: &Worker,
        call: &Call,
    ) -> Result<Created, ApiError> {
        let backoffs = ::retry_core::backoffs!(
            [::core::time::Duration::from_secs(1), ::core::time::Duration::from_secs(2),
            ::core::time::Duration::from_secs(3), ::core::time::Duration::ZERO], fn;
            ::core::time::Duration::from_millis(7200), 0.2
        );
        let elapsed = ::retry_core::stopwatch!(async);
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = match ::retry_core::timeout!(
                    ::core::cmp::Ord::min(
                        ::core::time::Duration::from_millis(700),
                        ::core::time::Duration::from_secs(10).saturating_sub(elapsed())
                    ),
                    async {
                        if false {
                            return ::retry_core::never::<Result<Created, ApiError>>();
                        }
                        self.post(worker, call).await
                    }
                )
                .await
                {
                    ::core::result::Result::Ok(result) => result,
                    ::core::result::Result::Err(timeout) => {
                        ::core::result::Result::Err(timeout.into_error())
                    }
                };
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(ref error)
                        if backoff != ::core::time::Duration::ZERO
                            && ApiError::is_rate_limited(error) =>
                    {
                        let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                        if elapsed().saturating_add(wait) > ::core::time::Duration::from_secs(10) {
                            ::retry_core::gave_up!(
                                backoffs,
                                attempt,
                                ::retry_core::End::MaxElapsed,
                                error
                            );
                            return result;
                        }
                        ::retry_core::retrying!(backoffs, attempt, wait, error);
                        wait
                    }
                    result => {
                        ::retry_core::ended!(backoffs, attempt, result : Result);
                        return result;
                    }
                }
            };
            (|wait: ::core::time::Duration| call.sleep(wait))(wait).await;
            attempt += 1;
        }
    }

    /// A worker that is not there has been deleted, whoever did it.
    ///
    /// # Retries
    ///
    /// Up to 6 attempts, with waits of 2s, 4s, 8s, 16s, 32s between them, each ±20 %: at worst 74.4s of waiting.
    /// Tried again: an error for which `ApiError::is_rate_limited` is true.
    pub async fn delete_worker(&self, sid: &str, call: &Call) -> Result<(), ApiError> {
        let backoffs = ::retry_core::backoffs!(
            [
                ::core::time::Duration::from_secs(2),
                ::core::time::Duration::from_secs(4),
                ::core::time::Duration::from_secs(8),
                ::core::time::Duration::from_secs(16),
                ::core::time::Duration::from_secs(32),
                ::core::time::Duration::ZERO
            ],
            fn
        );
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = ::retry_core::nested!(async {
                    if false {
                        return ::retry_core::never::<Result<(), ApiError>>();
                    }
                    call.count_request();
                    let _connection = self.connections.acquire().await;
                    call.chart_request();
                    let url = format!("{}/{sid}", self.url);
                    let response = self.request(Method::DELETE, &url).send().await?;
                    match response.status() {
                        StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(()),
                        _ => Err(refusal(response, Some(call)).await),
                    }
                })
                .await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(error)
                        if backoff != ::core::time::Duration::ZERO
                            && ApiError::is_rate_limited(&error) =>
                    {
                        let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                        ::retry_core::retrying!(backoffs, attempt, wait, &error);
                        wait
                    }
                    result => {
                        ::retry_core::ended!(backoffs, attempt, result : Result);
                        return result;
                    }
                }
            };
            (|wait: ::core::time::Duration| call.sleep(wait))(wait).await;
            attempt += 1;
        }
    }

    #[cfg_attr(
        doc,
        doc = "# Retries\n\nUp to 6 attempts, with waits of 2s, 4s, 8s, 16s, 32s between them, each ±20 %: at worst 74.4s of waiting.\nTried again: an error for which `ApiError::is_rate_limited` is true."
    )]
    pub async fn list_workers(&self, at_work: &AtWork) -> Result<Vec<ListedWorker>, ApiError> {
        let backoffs = ::retry_core::backoffs!(
            [
                ::core::time::Duration::from_secs(2),
                ::core::time::Duration::from_secs(4),
                ::core::time::Duration::from_secs(8),
                ::core::time::Duration::from_secs(16),
                ::core::time::Duration::from_secs(32),
                ::core::time::Duration::ZERO
            ],
            fn
        );
        let mut attempt = 0_u32;
        loop {
            let wait = {
                let result = ::retry_core::nested!(async {
                    if false {
                        return ::retry_core::never::<Result<Vec<ListedWorker>, ApiError>>();
                    }
                    let response = self.request(Method::GET, &self.url).send().await?;
                    match response.status() {
                        StatusCode::OK => Ok(response.json::<List>().await?.workers),
                        _ => Err(refusal(response, None).await),
                    }
                })
                .await;
                let backoff = backoffs[attempt as usize];
                match result {
                    ::core::result::Result::Err(error)
                        if backoff != ::core::time::Duration::ZERO
                            && ApiError::is_rate_limited(&error) =>
                    {
                        let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                        ::retry_core::retrying!(backoffs, attempt, wait, &error);
                        wait
                    }
                    result => {
                        ::retry_core::ended!(backoffs, attempt, result : Result);
                        return result;
                    }
                }
            };
            (|wait: ::core::time::Duration| at_work.sleep(wait))(wait).await;
            attempt += 1;
        }
    }

    /// One attempt to create a worker.
    async fn post(&self, worker: &Worker, call: &Call) -> Result<Created, ApiError> {
        call.count_request();
        let _connection = self.connections.acquire().await;
        call.chart_request();
        let request = self.request(Method::POST, &self.url).form(worker);
        let response = request.send().await?;
        match response.status() {
            StatusCode::CREATED => {
                let CreatedWorker { sid } = response.json().await?;
                Ok(Created::Now { sid })
            }
            // So whoever sends a file again creates what is missing.
            StatusCode::CONFLICT => Ok(Created::Before),
            _ => Err(refusal(response, Some(call)).await),
        }
    }

    fn request(&self, method: Method, url: &str) -> RequestBuilder {
        let Account { sid, token, .. } = &self.account;
        self.http.request(method, url).basic_auth(sid, Some(token))
    }
}

/// What an answer other than the wanted one says.
async fn refusal(response: Response, call: Option<&Call>) -> ApiError {
    let status = response.status();
    if status == StatusCode::TOO_MANY_REQUESTS {
        if let Some(call) = call {
            call.count_rate_limited();
        }
        return ApiError::RateLimited;
    }
    match response.text().await {
        Ok(body) => ApiError::Status {
            status,
            message: serde_json::from_str(&body).map_or(body, |Message { message }| message),
        },
        Err(error) => ApiError::Transport(error),
    }
}

/// When a worker was created.
#[derive(Debug, PartialEq, Eq)]
pub enum Created {
    Now { sid: String },
    Before,
}

#[derive(Deserialize)]
struct CreatedWorker {
    sid: String,
}

/// What an answer in JSON says that refuses.
#[derive(Deserialize)]
struct Message {
    message: String,
}

#[derive(Deserialize)]
struct List {
    workers: Vec<ListedWorker>,
}

/// Serializes as the form that created it would.
#[derive(Debug, Clone, Deserialize, Serialize)]
#[serde(rename_all(serialize = "PascalCase"))]
pub struct ListedWorker {
    pub sid: String,
    pub friendly_name: String,
    pub attributes: String,
}

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("the server answers 429 Too Many Requests")]
    RateLimited,
    #[error("the server answers {status}: {message}")]
    Status { status: StatusCode, message: String },
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    #[error(transparent)]
    TimedOut(#[from] AttemptTimeout),
}

impl ApiError {
    fn is_rate_limited(&self) -> bool {
        matches!(self, Self::RateLimited)
    }
}
