//! What is read once per call, in the order in which its keys are written. In: the plan. Out: the lines before the loop.

use super::attempt::variable;
use super::list::{self, duration, list};
use super::piece::{Piece, piece, piece_at};
use crate::hygiene::place_of;
use crate::keys::Keyword;
use crate::keys::budget::Budget;
use crate::keys::jitter::Jitter;
use crate::keys::limit::Limit;
use crate::keys::schedule::Schedule;
use crate::plan::{Hints, Name, Plan};
use std::time::Duration;

pub(super) fn of_call(plan: &Plan) -> Piece<'_> {
    let krate = &plan.krate;
    let expressions = plan.order.iter().filter_map(|name| expression(plan, *name));
    let expressions: Vec<Piece<'_>> = expressions.collect();
    let backoffs = backoffs(plan);
    let elapsed = plan.max_elapsed.as_ref().map(|_| {
        let clock = plan.is_async.then(|| piece!(async));
        piece!(let elapsed = #krate::stopwatch!(#clock);)
    });
    let spent = plan.budget.as_ref().map(|_| piece!(let mut spent = 0_u32;));
    let waited = plan
        .sums_waits()
        .then(|| piece!(let mut waited = ::core::time::Duration::ZERO;));
    let nested = (!plan.is_async).then(|| piece!(#krate::nested!();));
    piece!(#(#expressions)* #backoffs #nested #elapsed #spent #waited)
}

/// The value of a key, where it is an expression.
fn expression<'a>(plan: &'a Plan, name: Keyword) -> Option<Piece<'a>> {
    let krate = &plan.krate;
    let limit = |limit: &'a Option<Limit>| {
        let limit = limit.as_ref().filter(|limit| limit.written.is_none())?;
        let (name, expression) = (variable(name), &limit.tokens);
        Some(piece!(let #name: ::core::time::Duration = #expression;))
    };
    match name {
        Keyword::Schedule => match &plan.schedule {
            Schedule::Written(_) | Schedule::ByError(..) => None,
            Schedule::Expression(schedule) => {
                // Bound first: a reference as well as a value may be cloned then.
                let bound = piece_at!(place_of(schedule)=> schedule);
                Some(piece! {
                    let schedule = {
                        let schedule = &#schedule;
                        <#krate::Schedule as ::core::clone::Clone>::clone(#bound)
                    };
                })
            }
        },
        Keyword::Jitter => match &plan.jitter {
            Jitter::Expression(jitter) => Some(piece!(let jitter: #krate::Jitter = #jitter;)),
            _ => None,
        },
        Keyword::Enabled => {
            let enabled = plan.enabled.as_ref()?;
            Some(piece!(let enabled = #enabled;))
        }
        Keyword::Budget => {
            let Some(Budget::Expression(budget)) = &plan.budget else {
                return None;
            };
            Some(piece!(let budget: &#krate::RetryBudget = #budget;))
        }
        Keyword::MaxElapsed => limit(&plan.max_elapsed),
        Keyword::AttemptTimeout => limit(&plan.attempt_timeout),
        Keyword::MaxRetryAfter => limit(&plan.max_retry_after),
        Keyword::ResetAfter => limit(&plan.reset_after),
        _ => None,
    }
}

/// The listed wait after an attempt that has ended.
pub(super) fn backoff(plan: &Plan) -> Piece<'_> {
    let krate = &plan.krate;
    let Schedule::ByError(arms, _) = &plan.schedule else {
        return piece!(let backoff = backoffs[attempt as usize];);
    };
    // Each list may have a longest wait of its own.
    let is_capped = plan.has_capped_lists();
    let capped = |max: Option<Duration>| {
        let max = max.map_or_else(|| piece!(::core::time::Duration::MAX), list::duration);
        is_capped.then(|| piece!(, #max))
    };
    let arms: Vec<Piece<'_>> = arms
        .iter()
        .map(|arm| {
            let (pattern, list, max) = (
                &arm.pattern,
                list(arm.list.backoffs()),
                capped(arm.list.max()),
            );
            piece!(#pattern => (true, #krate::entry(&backoffs, attempt, const { &#list }) #max),)
        })
        .collect();
    let enabled = plan.enabled.as_ref().map(|_| piece!(if enabled));
    let max = is_capped.then(|| piece!(, max));
    let uncapped = capped(None);
    let none = piece!((false, ::core::time::Duration::ZERO #uncapped));
    piece! {
        let (has_list, backoff #max) = match result {
            ::core::result::Result::Err(ref error) #enabled => match error {
                #(#arms)*
                _ => #none,
            },
            _ => #none,
        };
    }
}

/// The list, unless something else is in force.
fn backoffs(plan: &Plan) -> Piece<'_> {
    let krate = &plan.krate;
    let list = match &plan.schedule {
        Schedule::Written(written) | Schedule::ByError(_, written) => {
            let list = list(written.backoffs());
            let open = written.is_open().then(|| piece!(open));
            piece!(#open #list)
        }
        Schedule::Expression(_) => piece!(schedule),
    };
    let function = match &plan.name {
        Name::Function => piece!(fn),
        Name::Block => piece!(in fn),
        Name::Given(name) => piece!(#name),
    };
    let enabled = plan.enabled.as_ref().map(|_| piece!(, enabled));
    let max_wait = max_wait(plan);
    piece!(let backoffs = #krate::backoffs!(#list, #function #enabled #max_wait);)
}

/// What a schedule that is set at run time is checked against.
fn max_wait(plan: &Plan) -> Option<Piece<'_>> {
    let max_wait = duration(plan.max_wait.as_ref()?.written?);
    let jitter = jitter(plan);
    let longest = match Hints::of(plan.retry_after.is_some(), plan.max_retry_after.as_ref()) {
        Hints::None => None,
        Hints::UpToTheSum => Some(piece!(, sum)),
        Hints::UpTo(longest) => {
            let longest = duration(longest.written?);
            Some(piece!(, #longest))
        }
    };
    Some(piece!(; #max_wait, #jitter #longest))
}

/// The jitter as an argument.
pub(super) fn jitter(plan: &Plan) -> Piece<'_> {
    let krate = &plan.krate;
    match &plan.jitter {
        Jitter::Proportional(number, _) => piece!(#number),
        Jitter::Full => piece!(#krate::Jitter::full()),
        Jitter::Equal => piece!(#krate::Jitter::equal()),
        Jitter::Expression(_) => piece!(jitter),
    }
}

/// The name as an expression.
pub(super) fn name(plan: &Plan) -> Piece<'_> {
    let krate = &plan.krate;
    match &plan.name {
        Name::Function => piece!(#krate::name!(fn)),
        Name::Block => piece!(#krate::name!(in fn)),
        Name::Given(name) => piece!(#name),
    }
}
