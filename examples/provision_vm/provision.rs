//! The whole: starts a VM, waits until it runs, and says when it did.

use crate::checks::{Check, Checks, Found};
use crate::client::{ApiError, Client};
use crate::common::shown;
use crate::vm::Vm;
use clap::ValueEnum;
use std::fmt;
use std::time::Duration;

/// How the client waits for the VM.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Poll {
    /// Up to 20 checks after the first, spread by jitter
    Retries,
    /// For five minutes: the last check is made one second before
    Within,
}

#[derive(Debug, thiserror::Error)]
pub enum ProvisionError {
    #[error("the VM was not started")]
    Start(#[source] ApiError),
    #[error("gave up {id} after {}", calls(*.checks))]
    Check {
        id: String,
        checks: usize,
        source: ApiError,
    },
    #[error("{id} does not run: it was still starting at {}, after {}", seconds(*.at), calls(*.checks))]
    StillStarting {
        id: String,
        checks: usize,
        at: Duration,
    },
}

/// Gives the VM when it runs.
pub async fn provision(client: &Client, poll: Poll, checks: &Checks) -> Result<Vm, ProvisionError> {
    let Vm { id, .. } = client.start().await.map_err(ProvisionError::Start)?;
    let polled = match poll {
        Poll::Retries => client.poll(&id, checks).await,
        Poll::Within => client.poll_within(&id, checks).await,
    };
    let made = checks.list();
    match polled {
        Ok(vm) if vm.is_running() => Ok(vm),
        Ok(_) => Err(ProvisionError::StillStarting {
            id,
            checks: made.len(),
            at: made.last().map_or(Duration::ZERO, |check| check.at),
        }),
        Err(source) => Err(ProvisionError::Check {
            id,
            checks: made.len(),
            source,
        }),
    }
}

/// What is written when the VM runs.
pub struct Report<'a> {
    pub vm: &'a Vm,
    pub checks: &'a [Check],
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some((Found::Running(since), noticed)) = self
            .checks
            .last()
            .and_then(|check| Some((check.found.as_ref()?, check.at)))
        else {
            return Ok(());
        };
        let id = shown(&self.vm.id);
        match since {
            Some(since) => {
                let late = seconds(noticed.saturating_sub(*since));
                writeln!(f, "{id} was running at {}", seconds(*since))?;
                writeln!(f, "noticed at {}, {late} later", seconds(noticed))?;
            }
            None => writeln!(f, "{id} was noticed running at {}", seconds(noticed))?,
        }
        write!(f, "with {}", calls(self.checks.len()))
    }
}

/// A time of the story, as it is written everywhere.
pub fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f64())
}

fn calls(count: usize) -> String {
    match count {
        1 => "1 status call".to_owned(),
        _ => format!("{count} status calls"),
    }
}
