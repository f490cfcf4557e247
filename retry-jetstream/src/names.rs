//! The names on the server. A queue's name flows in; the names of its streams, subjects and buckets flow out.

use crate::error::Error;

/// The names of everything that belongs to one queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Names(String);

impl Names {
    /// A name is a part of streams', subjects' and buckets' names, so it has only what all of them allow.
    pub(crate) fn of(queue: &str) -> Result<Self, Error> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if queue.is_empty() || !queue.chars().all(allowed) {
            return Err(Error::Name(queue.to_owned()));
        }
        Ok(Self(queue.to_owned()))
    }

    pub(crate) fn jobs(&self) -> String {
        self.0.clone()
    }

    pub(crate) fn job_subject(&self) -> String {
        format!("retry.{}.job", self.0)
    }

    pub(crate) fn dead(&self) -> String {
        format!("{}-dead", self.0)
    }

    pub(crate) fn dead_subject(&self) -> String {
        format!("retry.{}.dead", self.0)
    }

    pub(crate) fn ended(&self) -> String {
        format!("{}-ended", self.0)
    }

    /// Where the server says that a message was delivered as often as its consumer allows.
    pub(crate) fn advisory_subject(&self) -> String {
        format!(
            "$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.{}.{}",
            self.jobs(),
            self.consumer()
        )
    }

    pub(crate) fn history(&self) -> String {
        format!("{}-history", self.0)
    }

    /// The consumer of the jobs.
    pub(crate) fn consumer(&self) -> String {
        self.0.clone()
    }

    /// The consumer of the advisories.
    pub(crate) fn undertaker(&self) -> String {
        format!("{}-bury", self.0)
    }
}
