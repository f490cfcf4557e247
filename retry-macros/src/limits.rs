//! The lines of the keys that decide about a retry, or hear of it: each one is about a line.

use crate::args::{Jitter, Limit};
use crate::callable::Callable;
use crate::check::{Again, Clock, Plan, worst_case};
use crate::expand::{duration, error, list, quote_ours};
use crate::schedule::Schedule;
use proc_macro2::{Literal, Span, TokenStream};
use quote::{ToTokens as _, quote, quote_spanned};
use std::time::Duration;

impl Plan {
    /// Whether the result of an attempt must be kept until more is known than its error says.
    pub(crate) fn is_limited(&self) -> bool {
        let limits = &self.limits;
        limits.max_elapsed.is_some()
            || limits.attempt_timeout.is_some()
            || limits.retry_after.is_some()
            || limits.budget.is_some()
            || limits.notify.is_some()
            || observe(self)
    }

    /// Whether the number of the attempt is needed.
    pub(crate) fn counts(&self) -> bool {
        self.limits.notify.is_some() || observe(self)
    }

    /// The list that the loop has in itself, unless an operator may put another in its place.
    pub(crate) fn written(&self) -> Option<&[Duration]> {
        match &self.schedule {
            Schedule::Written(backoffs) if !self.features.control => Some(backoffs),
            _ => None,
        }
    }

    /// Whether something is told of an error.
    pub(crate) fn shows_errors(&self) -> bool {
        self.limits.retry_after.is_some() || self.limits.notify.is_some() || observe(self)
    }

    fn sums_waits(&self) -> bool {
        self.limits.notify.is_some() || self.limits.retry_after.is_some()
    }
}

/// What is read or set up once per call.
pub(crate) fn before_loop(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let started = plan
        .limits
        .max_elapsed
        .as_ref()
        .map(|(_, clock)| match clock {
            Clock::Tokio => quote_ours!(let started = #krate::TokioClock::start();),
            Clock::Blocking => quote_ours!(let started = #krate::Clock::start();),
            Clock::Std => quote_ours!(let started = ::std::time::Instant::now();),
        });
    let spent = plan
        .limits
        .budget
        .as_ref()
        .map(|_| quote_ours!(let mut spent = 0_u32;));
    let waited = plan
        .sums_waits()
        .then(|| quote_ours!(let mut waited = ::core::time::Duration::ZERO;));
    quote!(#started #spent #waited)
}

/// The attempt's result; the attempt is stopped when its time is up.
pub(crate) fn timed(plan: &Plan, attempt: &TokenStream, is_async: bool) -> TokenStream {
    let Some(limit) = &plan.limits.attempt_timeout else {
        let dot_await = is_async.then(|| quote_ours!(.await));
        return quote_ours!(#attempt #dot_await);
    };
    let krate = &plan.krate;
    // An error that a timeout cannot become is shown at the key that asks for one.
    let first = limit.tokens.clone().into_iter().next();
    let place = first.map_or_else(Span::call_site, |tree| tree.span());
    let error = quote_spanned!(Span::mixed_site().located_at(place)=> timeout.into_error());
    let limit = limit_tokens(limit);
    let timed_out = plan
        .limits
        .budget
        .as_ref()
        .map(|_| quote_ours!(timed_out = true;));
    quote_ours! {
        match #krate::timeout(#limit, #attempt).await {
            ::core::result::Result::Ok(result) => result,
            ::core::result::Result::Err(timeout) => {
                #timed_out
                ::core::result::Result::Err(#error)
            }
        }
    }
}

/// What must be known before each attempt.
pub(crate) fn before_attempt(plan: &Plan) -> Option<TokenStream> {
    let limits = &plan.limits;
    (limits.budget.is_some() && limits.attempt_timeout.is_some())
        .then(|| quote_ours!(let mut timed_out = false;))
}

/// What happens between an outcome that is worth another attempt and the wait. `leave` gives the result back.
pub(crate) fn before_wait(plan: &Plan, is_error: bool, leave: &TokenStream) -> TokenStream {
    let krate = &plan.krate;
    let limits = &plan.limits;
    let give_up = |reason: &str| {
        let gave_up = observe(plan).then(|| gave_up(plan, is_error, &quote_ours!(#reason)));
        quote_ours!(#gave_up #leave result;)
    };
    let retry_after = limits.retry_after.as_ref().map(|hint| {
        let worst_case = allowed(plan);
        let give_up = give_up("retry_after");
        if is_error {
            let hint = hint.ask(&error(plan, hint));
            let jitter = jitter_value(plan);
            quote_ours! {
                let ::core::option::Option::Some(wait) =
                    #krate::lengthen(wait, #hint, #jitter, #worst_case.saturating_sub(waited))
                else {
                    #give_up
                };
            }
        } else {
            // What an earlier hint took of the time allowed is not there for a listed wait either.
            quote_ours! {
                if waited.saturating_add(wait) > #worst_case {
                    #give_up
                }
            }
        }
    });
    let max_elapsed = limits.max_elapsed.as_ref().map(|(limit, _)| {
        let limit = limit_tokens(limit);
        let give_up = give_up("max_elapsed");
        quote_ours! {
            if started.elapsed().saturating_add(wait) > #limit {
                #give_up
            }
        }
    });
    let budget = limits.budget.as_ref().map(|budget| {
        let timed_out = if limits.attempt_timeout.is_some() {
            quote_ours!(timed_out)
        } else {
            quote_ours!(false)
        };
        let give_up = give_up("budget");
        quote_ours! {
            let budget: &#krate::RetryBudget = #budget;
            if !budget.withdraw(&mut spent, #timed_out) {
                #give_up
            }
        }
    });
    let notify = limits.notify.as_ref().filter(|_| is_error).map(|notify| {
        let name = &plan.name;
        let attempts = attempts(plan);
        let event = quote_ours! {
            &#krate::RetryEvent::new(#name, attempt as usize + 1, #attempts, error, backoff, wait, waited)
        };
        let call = notify.tell(&event);
        // What `map_or` gives back must not be dropped.
        let told = matches!(notify, Callable::Closure(_)).then(|| quote_ours!(let () =));
        quote_ours!(#told #call;)
    });
    let observed = observe(plan).then(|| {
        let (name, attempts, shown) = (&plan.name, attempts(plan), shown(plan, is_error));
        quote_ours!(#krate::observe::retrying(#name, attempt as usize + 1, #attempts, wait, #shown);)
    });
    let waited = plan
        .sums_waits()
        .then(|| quote_ours!(waited = waited.saturating_add(wait);));
    quote!(#retry_after #max_elapsed #budget #notify #observed #waited)
}

/// What happens when the result is given back.
pub(crate) fn before_leaving(plan: &Plan) -> Option<TokenStream> {
    let deposit = plan.limits.budget.as_ref().map(|budget| {
        let krate = &plan.krate;
        let deposit = quote_ours! {
            let budget: &#krate::RetryBudget = #budget;
            budget.deposit(spent);
        };
        match &plan.again {
            Again::Result { .. } => quote_ours!(if result.is_ok() { #deposit }),
            Again::Option { .. } => quote_ours!(if result.is_some() { #deposit }),
            Again::Value { .. } => deposit,
        }
    });
    let observed = observe(plan).then(|| ended(plan));
    (deposit.is_some() || observed.is_some()).then(|| quote!(#observed #deposit))
}

/// Whether retries are reported.
fn observe(plan: &Plan) -> bool {
    plan.features.observe
}

/// Reports how the call ended, unless it succeeded at once.
fn ended(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let (name, attempts) = (&plan.name, attempts(plan));
    let reason = quote_ours!(if backoff.is_zero() {
        "exhausted"
    } else {
        "not_retryable"
    });
    let recovered = quote_ours! {
        if attempt > 0 {
            #krate::observe::recovered(#name, attempt as usize + 1, #attempts);
        }
    };
    let ended = match &plan.again {
        Again::Result { .. } => {
            let gave_up = gave_up(plan, true, &reason);
            quote_ours! {
                match result {
                    ::core::result::Result::Ok(_) => #recovered
                    ::core::result::Result::Err(ref error) => { #gave_up }
                }
            }
        }
        Again::Option { .. } => {
            let gave_up = gave_up(plan, false, &reason);
            quote_ours!(if result.is_some() { #recovered } else { #gave_up })
        }
        Again::Value { .. } => recovered,
    };
    match plan.enabled {
        Some(_) => quote_ours!(if enabled { #ended }),
        None => ended,
    }
}

fn gave_up(plan: &Plan, is_error: bool, reason: &TokenStream) -> TokenStream {
    let krate = &plan.krate;
    let (name, attempts, shown) = (&plan.name, attempts(plan), shown(plan, is_error));
    quote_ours!(#krate::observe::gave_up(#name, attempt as usize + 1, #attempts, #reason, #shown);)
}

fn shown(plan: &Plan, is_error: bool) -> TokenStream {
    let krate = &plan.krate;
    if is_error {
        quote_ours!(#krate::shown!(error))
    } else {
        quote_ours!(#krate::observe::Shown::Nothing)
    }
}

fn attempts(plan: &Plan) -> TokenStream {
    if let Some(backoffs) = plan.written() {
        Literal::usize_unsuffixed(backoffs.len()).into_token_stream()
    } else {
        quote_ours!(schedule.attempts())
    }
}

fn limit_tokens(limit: &Limit) -> TokenStream {
    match limit.written {
        Some(limit) => duration(limit),
        None => limit.tokens.clone(),
    }
}

/// How long all waits together may take.
fn allowed(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let jitter = jitter_value(plan);
    match (plan.written(), worst_case(&plan.schedule, &plan.jitter)) {
        (Some(_), Some(worst_case)) => duration(worst_case),
        (Some(backoffs), None) => {
            let list = list(backoffs);
            quote_ours!(#krate::worst_case(&#list, #jitter))
        }
        (None, _) => quote_ours!(#krate::worst_case(schedule.backoffs(), #jitter)),
    }
}

/// The jitter as an argument.
fn jitter_value(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    match &plan.jitter {
        Jitter::Proportional(number, _) => number.clone(),
        Jitter::Full => quote_ours!(#krate::Jitter::full()),
        Jitter::Equal => quote_ours!(#krate::Jitter::equal()),
        Jitter::Expression(jitter) => jitter.clone(),
    }
}
