//! What is to be written. Nothing is left to decide.

use crate::keys::Keyword;
use crate::keys::budget::Budget;
use crate::keys::callable::Callable;
use crate::keys::jitter::Jitter;
use crate::keys::limit::Limit;
use crate::keys::schedule::Schedule;
use proc_macro2::TokenStream;
use std::time::Duration;
use syn::{Ident, Path};

pub(crate) struct Plan {
    /// `::retry_core`, or what `crate` says.
    pub(crate) krate: Path,
    pub(crate) name: Name,
    pub(crate) is_async: bool,
    pub(crate) schedule: Schedule,
    pub(crate) jitter: Jitter,
    pub(crate) again: Again,
    pub(crate) sleep: Sleeper,
    pub(crate) enabled: Option<TokenStream>,
    pub(crate) max_wait: Option<Limit>,
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

/// What retries are reported under, and switched by.
pub(crate) enum Name {
    /// The path of the function.
    Function,
    /// The place of the block.
    Block,
    /// An expression.
    Given(TokenStream),
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
        let polls = !matches!(
            self.again,
            Again::Result { until: None, .. } | Again::ByError
        );
        polls
            || self.max_elapsed.is_some()
            || self.attempt_timeout.is_some()
            || self.retry_after.is_some()
            || self.reset_after.is_some()
            || self.budget.is_some()
    }

    /// Whether one of the lists by error has a longest wait, and jitter that has to keep to it.
    pub(crate) fn has_capped_lists(&self) -> bool {
        match &self.schedule {
            Schedule::ByError(arms, _) => {
                self.jitter.written() != Some(retry_schedule::Jitter::none())
                    && arms.iter().any(|arm| arm.list.max().is_some())
            }
            _ => false,
        }
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
    let (lists, jitter) = (schedule.lists()?, jitter.written()?);
    if schedule.is_open() {
        return None;
    }
    let hint = match hints {
        Hints::None => None,
        Hints::UpToTheSum => Some(schedule.written()?.total()),
        Hints::UpTo(limit) => Some(limit.written?),
    };
    let hinted = hint.map(|hint| jitter.after_hint(hint, u64::MAX));
    let longest = |row: usize| {
        let waits = lists.iter().filter_map(|list| {
            let max = list.max().unwrap_or(Duration::MAX);
            Some(jitter.bounds_capped(*list.waits().get(row)?, max).1)
        });
        Some(waits.max()?.max(hinted.unwrap_or_default()))
    };
    let rows = (0..).map_while(longest);
    Some(rows.fold(Duration::ZERO, Duration::saturating_add))
}
