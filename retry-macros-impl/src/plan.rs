//! What is to be written. Nothing is left to decide.

use crate::keys::Keyword;
use crate::keys::budget::Budget;
use crate::keys::callable::Callable;
use crate::keys::jitter::Jitter;
use crate::keys::limit::Limit;
use crate::keys::schedule::Schedule;
use proc_macro2::TokenStream;
use std::time::Duration;

pub(crate) struct Plan {
    /// `::retry_core`, or what `crate` says.
    pub(crate) krate: TokenStream,
    /// The name that retries are reported under: an expression.
    pub(crate) name: TokenStream,
    pub(crate) is_async: bool,
    pub(crate) schedule: Schedule,
    pub(crate) jitter: Jitter,
    pub(crate) again: Again,
    pub(crate) sleep: Sleeper,
    pub(crate) enabled: Option<TokenStream>,
    pub(crate) max_elapsed: Option<Limit>,
    pub(crate) attempt_timeout: Option<Limit>,
    pub(crate) retry_after: Option<Callable>,
    pub(crate) budget: Option<Budget>,
    pub(crate) notify: Option<Callable>,
    /// The keys in the order written.
    pub(crate) order: Vec<Keyword>,
}

/// Which outcomes are worth another attempt.
pub(crate) enum Again {
    Result {
        on: Option<Callable>,
        until: Option<Callable>,
        /// The error may be a `Box`: a path may then take what is inside.
        boxed_error: bool,
    },
    Option {
        until: Option<Callable>,
    },
    Value {
        until: Callable,
    },
}

pub(crate) enum Sleeper {
    Given(Callable),
    /// `retry_core`'s own.
    Own,
}

impl Plan {
    /// Whether the result of an attempt must be kept until more is known than its error says.
    pub(crate) fn keeps_result(&self) -> bool {
        self.max_elapsed.is_some()
            || self.attempt_timeout.is_some()
            || self.retry_after.is_some()
            || self.budget.is_some()
    }

    /// Whether waits are summed up.
    pub(crate) fn sums_waits(&self) -> bool {
        self.notify.is_some() || self.retry_after.is_some()
    }

    /// Every wait at its longest, if schedule and jitter are known at compile time.
    pub(crate) fn worst_case(&self) -> Option<Duration> {
        worst_case(&self.schedule, &self.jitter)
    }
}

/// Every wait at its longest, if both are known at compile time.
pub(crate) fn worst_case(schedule: &Schedule, jitter: &Jitter) -> Option<Duration> {
    let (backoffs, jitter) = (schedule.written()?, jitter.written()?);
    Some(backoffs.iter().fold(Duration::ZERO, |sum, wait| {
        sum.saturating_add(jitter.bounds(*wait).1)
    }))
}
