//! What is to be written. Nothing is left to decide.

use crate::keys::Keyword;
use crate::keys::budget::Budget;
use crate::keys::callable::Callable;
use crate::keys::jitter::Jitter;
use crate::keys::limit::Limit;
use crate::keys::schedule::Schedule;
use proc_macro2::TokenStream;
use std::time::Duration;
use syn::Ident;

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
    pub(crate) max_retry_after: Option<Limit>,
    pub(crate) reset_after: Option<Limit>,
    pub(crate) clones: Vec<Cloned>,
    /// What the body calls its attempt.
    pub(crate) attempt: Option<Ident>,
    pub(crate) done: Option<Callable>,
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
    /// Each error has its list, or none.
    ByError,
    Option {
        until: Option<Callable>,
    },
    Value {
        until: Callable,
    },
}

/// What each attempt gets a clone of.
pub(crate) struct Cloned {
    pub(crate) name: Ident,
    pub(crate) is_mutable: bool,
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
            || self.reset_after.is_some()
            || self.budget.is_some()
    }

    /// Whether waits are summed up.
    pub(crate) fn sums_waits(&self) -> bool {
        self.notify.is_some() || self.done.is_some()
    }

    /// Every wait at its longest, if what it depends on is known at compile time.
    pub(crate) fn worst_case(&self) -> Option<Duration> {
        let hints = Hints::of(self.retry_after.is_some(), self.max_retry_after.as_ref());
        worst_case(&self.schedule, &self.jitter, hints)
    }
}

/// Which hints of a server are followed.
#[derive(Clone, Copy)]
pub(crate) enum Hints<'a> {
    None,
    /// Those that are not longer than the listed waits together.
    UpToTheSum,
    UpTo(&'a Limit),
}

impl<'a> Hints<'a> {
    pub(crate) fn of(has_hints: bool, longest: Option<&'a Limit>) -> Self {
        match longest {
            _ if !has_hints => Self::None,
            None => Self::UpToTheSum,
            Some(longest) => Self::UpTo(longest),
        }
    }
}

/// Every wait at its longest, if what it depends on is known at compile time.
pub(crate) fn worst_case(
    schedule: &Schedule,
    jitter: &Jitter,
    hints: Hints<'_>,
) -> Option<Duration> {
    let (list, jitter) = (schedule.written()?, jitter.written()?);
    if list.is_open() {
        return None;
    }
    let hint = match hints {
        Hints::None => return Some(list.worst_case(&jitter)),
        Hints::UpToTheSum => list.total(),
        Hints::UpTo(limit) => limit.written?,
    };
    let hinted = jitter.after_hint(hint, u64::MAX);
    let max = list.max().unwrap_or(Duration::MAX);
    Some(list.waits().iter().fold(Duration::ZERO, |sum, wait| {
        sum.saturating_add(jitter.bounds_capped(*wait, max).1.max(hinted))
    }))
}
