//! Where stores and prices come from: any [`Api`], and the one over HTTP.

use reqwest::{StatusCode, Url};
use retry_core::AttemptTimeout;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Price {
    pub cents: u64,
}

impl fmt::Display for Price {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{:02}", self.cents / 100, self.cents % 100)
    }
}

pub trait Api: Send + Sync + 'static {
    /// Which stores there are now.
    fn list_stores(&self) -> impl Future<Output = Result<Vec<String>, ApiError>> + Send;

    fn query_price(&self, store: &str) -> impl Future<Output = Result<Price, ApiError>> + Send;
}

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("the server answers {0}")]
    Status(StatusCode),
    #[error(transparent)]
    Timeout(#[from] AttemptTimeout),
    #[error(transparent)]
    Transport(reqwest::Error),
}

impl ApiError {
    /// Whether the same request may succeed a moment later.
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Status(status) => {
                status.is_server_error() || *status == StatusCode::TOO_MANY_REQUESTS
            }
            Self::Timeout(_) => true,
            Self::Transport(error) => !error.is_decode(),
        }
    }
}

impl From<reqwest::Error> for ApiError {
    /// The address is the same in every message, and long.
    fn from(error: reqwest::Error) -> Self {
        Self::Transport(error.without_url())
    }
}

/// `GET /stores` gives a list of names, and `GET /stores/{name}/price` an object with the `cents`.
pub struct HttpApi {
    http: reqwest::Client,
    url: Url,
}

impl HttpApi {
    pub fn new(http: reqwest::Client, url: Url) -> Self {
        Self { http, url }
    }

    async fn get<T: DeserializeOwned>(&self, path: &[&str]) -> Result<T, ApiError> {
        let mut url = self.url.clone();
        // It fails for addresses such as `mailto:`, which have no path.
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.pop_if_empty().extend(path);
        }
        let response = self.http.get(url).send().await?;
        match response.status() {
            StatusCode::OK => Ok(response.json().await?),
            status => Err(ApiError::Status(status)),
        }
    }
}

impl Api for HttpApi {
    async fn list_stores(&self) -> Result<Vec<String>, ApiError> {
        self.get(&["stores"]).await
    }

    async fn query_price(&self, store: &str) -> Result<Price, ApiError> {
        self.get(&["stores", store, "price"]).await
    }
}
