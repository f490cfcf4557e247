//! Sends requests, behind a trait.

#[cfg(unix)]
#[path = "sockets_of_unix.rs"]
mod sockets;
#[cfg_attr(windows, path = "pipes_of_windows.rs")]
mod pipes;

pub mod legacy {
    pub mod old;

    #[path = "elsewhere.rs"]
    mod moved;
}

include!("generated/included.rs");
include!(concat!(env!("OUT_DIR"), "/client.rs"));

#[async_trait::async_trait]
pub trait Gateway {
    async fn send(&self, request: &Request) -> Result<Response, Error>;

    /// Asks again for as long as there is no answer.
    #[retry(schedule = [500ms, 1s, 2s, ..], jitter = equal, max_elapsed = 1m)]
    async fn poll(&self, ticket: Ticket) -> Option<Response> {
        self.look(ticket).await
    }
}

pub struct Http {
    agent: Agent,
}

#[async_trait::async_trait]
impl Gateway for Http {
    #[retry(schedule = [100ms, 200ms, 0], on = Error::is_transient, budget = &BUDGET)]
    async fn send(&self, request: &Request) -> Result<Response, Error> {
        self.agent.post(request).await
    }
}

/// For tests.
pub struct Never;

#[async_trait::async_trait]
impl Gateway for Never {
    async fn send(&self, _: &Request) -> Result<Response, Error> {
        Err(Error::Refused)
    }
}
