//! Why the example could not do what it was asked for, in one place.

use crate::server::ServerError;
use std::io;
use std::process::ExitStatus;

#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error(transparent)]
    Server(#[from] ServerError),
    #[error("cannot listen on {addr}")]
    Listen { addr: String, source: io::Error },
    #[error("cannot start a worker process")]
    Process(#[source] io::Error),
    #[error(
        "worker process {number} ended by itself {times} times before it had begun a job, the last time with {status}: what it says stands above"
    )]
    Ended {
        number: usize,
        times: usize,
        status: ExitStatus,
    },
    #[error("cannot make a client")]
    Client(#[from] reqwest::Error),
    #[error(transparent)]
    Queue(#[from] retry_jetstream::Error),
}
