//! The client: starts a VM, then asks for its status on a schedule whose waits get shorter.
//!
//! The first check is made as soon as the VM was asked for, and the listed waits come between the checks. It is one cheap
//! request, and an answer that is wrong from the beginning shows then, not after three minutes.

use crate::checks::Checks;
use crate::common::Speed;
use crate::vm::{State, Vm};
use reqwest::{Response, StatusCode};
use retry_core::retry;

pub struct Client {
    http: reqwest::Client,
    url: String,
    speed: Speed,
}

impl Client {
    pub fn new(http: reqwest::Client, server: &str, speed: Speed) -> Self {
        let server = server.trim_end_matches('/');
        Self {
            http,
            url: format!("{server}/v1/vms"),
            speed,
        }
    }

    /// Asks for a VM. This is not retried: the answer may be what was lost, and then there would be two.
    pub async fn start(&self) -> Result<Vm, ApiError> {
        read(self.http.post(&self.url).send().await?).await
    }

    /// Checks until the VM runs, at most 20 times after the first; the last answer counts, whatever it is.
    ///
    /// The jitter keeps clients that started together from asking together.
    #[retry(
        schedule = inverse(3m, factor = 0.5, min = 15s, retries = 20),
        jitter = 0.2,
        until = Vm::is_running,
        on = ApiError::is_transient,
        sleep = |wait| self.speed.sleep(wait),
    )]
    pub async fn poll(&self, id: &str, checks: &Checks) -> Result<Vm, ApiError> {
        checks.count(self.status(id)).await
    }

    /// The same with a limit on the whole: the waits are 3 minutes, 90 seconds and 29 seconds, so the last check falls
    /// one second before the limit. That second is for the check itself.
    ///
    /// Without jitter: the sum of the waits is what makes the last check fall there. Jitter would move it past the limit,
    /// or so far before it that a VM which made it in time is given up.
    #[retry(
        schedule = inverse(3m, factor = 0.5, min = 15s, within = 5m),
        jitter = 0,
        until = Vm::is_running,
        on = ApiError::is_transient,
        sleep = |wait| self.speed.sleep(wait),
    )]
    pub async fn poll_within(&self, id: &str, checks: &Checks) -> Result<Vm, ApiError> {
        checks.count(self.status(id)).await
    }

    async fn status(&self, id: &str) -> Result<Vm, ApiError> {
        let request = self.http.get(format!("{}/{id}", self.url));
        let vm = read(request.send().await?).await?;
        match vm.state {
            // As an error, since no later check will find anything else.
            State::Failed => Err(ApiError::VmFailed {
                reason: vm.reason.unwrap_or_else(|| "no reason given".to_owned()),
            }),
            State::Starting | State::Running => Ok(vm),
        }
    }
}

async fn read(response: Response) -> Result<Vm, ApiError> {
    let status = response.status();
    // Apart from reading it as JSON: an answer that was cut off is not an answer that makes no sense.
    let answer = response.bytes().await?;
    if status.is_success() {
        Ok(serde_json::from_slice(&answer)?)
    } else {
        let answer = String::from_utf8_lossy(&answer).into_owned();
        Err(ApiError::Status { status, answer })
    }
}

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("the VM failed: {reason}")]
    VmFailed { reason: String },
    #[error("the server answers {status}: {answer}")]
    Status { status: StatusCode, answer: String },
    #[error("the server's answer makes no sense")]
    Answer(#[from] serde_json::Error),
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
}

impl ApiError {
    /// Whether the VM may be well nevertheless: the check did not get through, or the server had no time for it.
    fn is_transient(&self) -> bool {
        match self {
            Self::VmFailed { .. } | Self::Answer(_) => false,
            Self::Status { status, .. } => *status == StatusCode::SERVICE_UNAVAILABLE,
            Self::Transport(error) => !error.is_builder() && !error.is_redirect(),
        }
    }
}
