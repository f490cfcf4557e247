//! The client: one request as a method, tried again on a schedule, with every retry in the log.

use crate::call_log::CallLog;
use crate::common::Speed;
use reqwest::StatusCode;
use retry_core::retry;
use serde_json::Value;

pub struct Client {
    http: reqwest::Client,
    url: String,
    speed: Speed,
}

impl Client {
    pub fn new(http: reqwest::Client, url: String, speed: Speed) -> Self {
        Self { http, url, speed }
    }

    /// Up to ten retries are up to eleven attempts: the first one is no retry. With `attempts = 10`, a server that fails ten
    /// times would fail every one of them.
    #[retry(
        schedule = exponential(1s, max = 60s, retries = 10),
        on = ApiError::is_transient,
        notify = |event| log.before_sleep(event),
        sleep = |wait| self.speed.sleep(wait),
        name = "call_api",
    )]
    pub async fn call_api(&self, log: &CallLog<impl Fn(String)>) -> Result<Value, ApiError> {
        let result = self.request().await;
        log.after("call_api");
        result
    }

    /// One attempt.
    pub async fn request(&self) -> Result<Value, ApiError> {
        let response = self.http.get(&self.url).send().await?;
        let status = response.status();
        let answer = response.text().await?;
        if status.is_success() {
            Ok(serde_json::from_str(&answer)?)
        } else {
            Err(ApiError::Status { status, answer })
        }
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("{} {answer}", .status.as_u16())]
    Status { status: StatusCode, answer: String },
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    #[error("the answer is no JSON")]
    Answer(#[from] serde_json::Error),
}

impl ApiError {
    /// What may be over by itself after a while. A request that is wrong stays wrong.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Status { status, .. } => matches!(
                *status,
                StatusCode::TOO_MANY_REQUESTS
                    | StatusCode::BAD_GATEWAY
                    | StatusCode::SERVICE_UNAVAILABLE
                    | StatusCode::GATEWAY_TIMEOUT
            ),
            // No connection, one that broke, or no answer in time.
            Self::Transport(error) => !error.is_builder() && !error.is_redirect(),
            Self::Answer(_) => false,
        }
    }
}
