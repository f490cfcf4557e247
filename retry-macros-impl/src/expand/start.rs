//! What is read once per call, in the order in which its keys are written. In: the plan. Out: the lines before the loop.

use super::attempt::variable;
use super::list::{self, duration, list};
use crate::hygiene::{place_of, quote_ours};
use crate::keys::Keyword;
use crate::keys::budget::Budget;
use crate::keys::jitter::Jitter;
use crate::keys::limit::Limit;
use crate::keys::schedule::Schedule;
use crate::plan::{Hints, Name, Plan};
use proc_macro2::TokenStream;
use quote::{quote, quote_spanned};
use std::time::Duration;

pub(super) fn of_call(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let expressions = plan.order.iter().filter_map(|name| expression(plan, *name));
    let backoffs = backoffs(plan);
    let elapsed = plan.max_elapsed.as_ref().map(|_| {
        let clock = plan.is_async.then(|| quote_ours!(async));
        quote_ours!(let elapsed = #krate::stopwatch!(#clock);)
    });
    let spent = plan
        .budget
        .as_ref()
        .map(|_| quote_ours!(let mut spent = 0_u32;));
    let waited = plan
        .sums_waits()
        .then(|| quote_ours!(let mut waited = ::core::time::Duration::ZERO;));
    let nested = (!plan.is_async).then(|| quote_ours!(#krate::nested!();));
    quote!(#(#expressions)* #backoffs #nested #elapsed #spent #waited)
}

/// The value of a key, where it is an expression.
fn expression(plan: &Plan, name: Keyword) -> Option<TokenStream> {
    let krate = &plan.krate;
    let limit = |limit: &Option<Limit>| {
        let limit = limit.as_ref().filter(|limit| limit.written.is_none())?;
        let (name, expression) = (variable(name), &limit.tokens);
        Some(quote_ours!(let #name: ::core::time::Duration = #expression;))
    };
    match name {
        Keyword::Schedule => match &plan.schedule {
            Schedule::Written(_) | Schedule::ByError(..) => None,
            Schedule::Expression(schedule) => {
                // Bound first: a reference as well as a value may be cloned then.
                let bound = quote_spanned!(place_of(schedule)=> schedule);
                Some(quote_ours! {
                    let schedule = {
                        let schedule = &#schedule;
                        <#krate::Schedule as ::core::clone::Clone>::clone(#bound)
                    };
                })
            }
        },
        Keyword::Jitter => match &plan.jitter {
            Jitter::Expression(jitter) => Some(quote_ours!(let jitter: #krate::Jitter = #jitter;)),
            _ => None,
        },
        Keyword::Enabled => {
            let enabled = plan.enabled.as_ref()?;
            Some(quote_ours!(let enabled = #enabled;))
        }
        Keyword::Budget => {
            let Some(Budget::Expression(budget)) = &plan.budget else {
                return None;
            };
            Some(quote_ours!(let budget: &#krate::RetryBudget = #budget;))
        }
        Keyword::MaxElapsed => limit(&plan.max_elapsed),
        Keyword::AttemptTimeout => limit(&plan.attempt_timeout),
        Keyword::MaxRetryAfter => limit(&plan.max_retry_after),
        Keyword::ResetAfter => limit(&plan.reset_after),
        _ => None,
    }
}

/// The listed wait after an attempt that has ended.
pub(super) fn backoff(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let Schedule::ByError(arms, _) = &plan.schedule else {
        return quote_ours!(let backoff = backoffs[attempt as usize];);
    };
    // Each list may have a longest wait of its own.
    let is_capped = plan.has_capped_lists();
    let capped = |max: Option<Duration>| {
        let max = max.map_or_else(|| quote_ours!(::core::time::Duration::MAX), list::duration);
        is_capped.then(|| quote_ours!(, #max))
    };
    let arms = arms.iter().map(|arm| {
        let (pattern, list, max) = (
            &arm.pattern,
            list(arm.list.backoffs()),
            capped(arm.list.max()),
        );
        quote_ours!(#pattern => (true, #krate::entry(&backoffs, attempt, const { &#list }) #max),)
    });
    let enabled = plan.enabled.as_ref().map(|_| quote_ours!(if enabled));
    let max = is_capped.then(|| quote_ours!(, max));
    let uncapped = capped(None);
    let none = quote_ours!((false, ::core::time::Duration::ZERO #uncapped));
    quote_ours! {
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
fn backoffs(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let list = match &plan.schedule {
        Schedule::Written(written) | Schedule::ByError(_, written) => {
            let list = list(written.backoffs());
            let open = written.is_open().then(|| quote_ours!(open));
            quote_ours!(#open #list)
        }
        Schedule::Expression(_) => quote_ours!(schedule),
    };
    let function = match &plan.name {
        Name::Function => quote_ours!(fn),
        Name::Block => quote_ours!(in fn),
        Name::Given(name) => name.clone(),
    };
    let enabled = plan.enabled.as_ref().map(|_| quote_ours!(, enabled));
    let max_wait = max_wait(plan);
    quote_ours!(let backoffs = #krate::backoffs!(#list, #function #enabled #max_wait);)
}

/// What a schedule that is set at run time is checked against.
fn max_wait(plan: &Plan) -> Option<TokenStream> {
    let max_wait = duration(plan.max_wait.as_ref()?.written?);
    let jitter = jitter(plan);
    let longest = match Hints::of(plan.retry_after.is_some(), plan.max_retry_after.as_ref()) {
        Hints::None => None,
        Hints::UpToTheSum => Some(quote_ours!(, sum)),
        Hints::UpTo(longest) => {
            let longest = duration(longest.written?);
            Some(quote_ours!(, #longest))
        }
    };
    Some(quote_ours!(; #max_wait, #jitter #longest))
}

/// The jitter as an argument.
pub(super) fn jitter(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    match &plan.jitter {
        Jitter::Proportional(number, _) => quote!(#number),
        Jitter::Full => quote_ours!(#krate::Jitter::full()),
        Jitter::Equal => quote_ours!(#krate::Jitter::equal()),
        Jitter::Expression(_) => quote_ours!(jitter),
    }
}

/// The name as an expression.
pub(super) fn name(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    match &plan.name {
        Name::Function => quote_ours!(#krate::name!(fn)),
        Name::Block => quote_ours!(#krate::name!(in fn)),
        Name::Given(name) => name.clone(),
    }
}
