//! The recipes of this folder as doc tests, and what they run against: a server and a service that answer as they are told.

mod error;
#[cfg(feature = "redis")]
mod redis;
mod server;
mod service;
#[cfg(feature = "sqlx")]
mod sqlstate;
mod tokens;

pub use error::ApiError;
#[cfg(feature = "redis")]
pub use redis::redis_server;
pub use server::{Answer, Server, answer};
pub use service::Service;
#[cfg(feature = "sqlx")]
pub use sqlstate::sqlstate;
pub use tokens::Tokens;

/// The code of each page, compiled and run.
#[cfg(doctest)]
mod pages {
    #[doc = include_str!("../../moving.md")]
    mod moving {}

    #[doc = include_str!("../circuit-breaker.md")]
    mod circuit_breaker {}
    #[doc = include_str!("../embassy.md")]
    mod embassy {}
    #[doc = include_str!("../fallback.md")]
    mod fallback {}
    #[doc = include_str!("../idempotency-key.md")]
    mod idempotency_key {}
    #[doc = include_str!("../opentelemetry.md")]
    mod opentelemetry {}
    #[doc = include_str!("../reqwest.md")]
    mod reqwest {}
    #[doc = include_str!("../shutdown.md")]
    mod shutdown {}
    #[doc = include_str!("../smol.md")]
    mod smol {}
    #[doc = include_str!("../token.md")]
    mod token {}
    #[doc = include_str!("../tonic.md")]
    mod tonic {}
    #[doc = include_str!("../tower.md")]
    mod tower {}

    #[cfg(feature = "aws")]
    #[doc = include_str!("../aws.md")]
    mod aws {}
    #[cfg(feature = "google-cloud")]
    #[doc = include_str!("../google-cloud.md")]
    mod google_cloud {}
    #[cfg(feature = "kube")]
    #[doc = include_str!("../kube.md")]
    mod kube {}
    #[cfg(feature = "object_store")]
    #[doc = include_str!("../object_store.md")]
    mod object_store {}
    #[cfg(feature = "redis")]
    #[doc = include_str!("../redis.md")]
    mod redis {}
    #[cfg(feature = "sqlx")]
    #[doc = include_str!("../sqlx.md")]
    mod sqlx {}
    #[cfg(feature = "wasm")]
    #[doc = include_str!("../wasm.md")]
    mod wasm {}
}
