//! The client: each request is a method, with the schedule on which it is tried again.

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
    #[retry(
        schedule = [2s, 4s, 8s, 16s, 32s, 0],
        jitter = 0.2,
        on = ApiError::is_rate_limited,
        sleep = |wait| call.sleep(wait),
    )]
    pub async fn create_worker(&self, worker: &Worker, call: &Call) -> Result<Created, ApiError> {
        self.post(worker, call).await
    }

    /// The same with a list and a jitter that are chosen while the program runs.
    #[retry(
        schedule = choice.schedule(),
        jitter = choice.jitter,
        on = ApiError::is_rate_limited,
        sleep = |wait| call.sleep(wait),
    )]
    pub async fn create_worker_as(
        &self,
        choice: &Choice,
        worker: &Worker,
        call: &Call,
    ) -> Result<Created, ApiError> {
        self.post(worker, call).await
    }

    /// For a hosted function, which is ended after ten seconds: the waits take 7.2 s at most, and leave 0.7 s to each of the
    /// four attempts. On a machine so busy that all takes longer, a wait that would end too late is not begun.
    ///
    /// An attempt that was stopped is not tried again: the worker may be there.
    #[retry(
        schedule = [1s, 2s, 3s, 0],
        jitter = 0.2,
        on = ApiError::is_rate_limited,
        max_wait = 7.2s,
        attempt_timeout = 700ms,
        max_elapsed = 10s,
        sleep = |wait| call.sleep(wait),
    )]
    pub async fn create_worker_hosted(
        &self,
        worker: &Worker,
        call: &Call,
    ) -> Result<Created, ApiError> {
        self.post(worker, call).await
    }

    /// A worker that is not there has been deleted, whoever did it.
    #[retry(
        schedule = [2s, 4s, 8s, 16s, 32s, 0],
        jitter = 0.2,
        on = ApiError::is_rate_limited,
        sleep = |wait| call.sleep(wait),
    )]
    pub async fn delete_worker(&self, sid: &str, call: &Call) -> Result<(), ApiError> {
        call.count_request();
        let _connection = self.connections.acquire().await;
        call.chart_request();
        let url = format!("{}/{sid}", self.url);
        let response = self.request(Method::DELETE, &url).send().await?;
        match response.status() {
            StatusCode::NO_CONTENT | StatusCode::NOT_FOUND => Ok(()),
            _ => Err(refusal(response, Some(call)).await),
        }
    }

    #[retry(
        schedule = [2s, 4s, 8s, 16s, 32s, 0],
        jitter = 0.2,
        on = ApiError::is_rate_limited,
        sleep = |wait| at_work.sleep(wait),
    )]
    pub async fn list_workers(&self, at_work: &AtWork) -> Result<Vec<ListedWorker>, ApiError> {
        let response = self.request(Method::GET, &self.url).send().await?;
        match response.status() {
            StatusCode::OK => Ok(response.json::<List>().await?.workers),
            _ => Err(refusal(response, None).await),
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
