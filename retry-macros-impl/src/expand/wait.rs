//! What stands between an outcome that is worth another attempt and that attempt. In: the plan. Out: the lines that end in the
//! wait, and the one that waits.

use super::attempt::limit;
use super::end::{exhausted, gave_up};
use super::list::duration;
use super::outcome::{borrowed, error};
use super::start::{jitter, name};
use crate::hygiene::quote_ours;
use crate::keys::Keyword;
use crate::keys::schedule::Schedule;
use crate::plan::{Plan, Sleeper};
use proc_macro2::TokenStream;

/// The wait, and what decides about it or hears of it. `leave` gives the result back.
pub(super) fn before(plan: &Plan, is_error: bool, leave: &TokenStream) -> TokenStream {
    let krate = &plan.krate;
    let give_up = |end: &str| {
        let gave_up = gave_up(plan, end, is_error);
        quote_ours!(#gave_up #leave result;)
    };
    let exhausted = (!is_error).then(|| {
        let exhausted = exhausted(plan);
        quote_ours! {
            if backoff == ::core::time::Duration::ZERO {
                #exhausted
                #leave result;
            }
        }
    });
    let wait = wait(plan);
    let retry_after = plan.retry_after.as_ref().filter(|_| is_error).map(|hint| {
        let give_up = give_up("RetryAfter");
        let (hint, jitter) = (hint.ask(&error(plan, hint)), jitter(plan));
        let longest = plan.max_retry_after.as_ref().map_or_else(
            || quote_ours!(#krate::sum_of(&backoffs)),
            |longest| limit(longest, Keyword::MaxRetryAfter),
        );
        quote_ours! {
            let ::core::option::Option::Some(wait) =
                #krate::hinted(wait, #hint, #jitter, #longest)
            else {
                #give_up
            };
        }
    });
    let max_elapsed = plan.max_elapsed.as_ref().map(|max_elapsed| {
        let limit = limit(max_elapsed, Keyword::MaxElapsed);
        let give_up = give_up("MaxElapsed");
        quote_ours! {
            if elapsed().saturating_add(wait) > #limit {
                #give_up
            }
        }
    });
    let budget = plan.budget.as_ref().map(|budget| {
        let timed_out = if plan.attempt_timeout.is_some() {
            quote_ours!(timed_out)
        } else {
            quote_ours!(false)
        };
        let give_up = give_up("Budget");
        quote_ours! {
            if !#krate::RetryBudget::withdraw(#budget, &mut spent, #timed_out) {
                #give_up
            }
        }
    });
    let notify = notify(plan).filter(|_| is_error).map(|notify| {
        let Some(budget) = &plan.budget else {
            return notify;
        };
        // A panic means that the retry is not made.
        quote_ours! {
            let unspent = #krate::RetryBudget::unspent(#budget, spent);
            #notify
            ::core::mem::forget(unspent);
        }
    });
    let error = is_error
        .then(|| borrowed(plan))
        .map(|error| quote_ours!(, #error));
    let waited = plan
        .sums_waits()
        .then(|| quote_ours!(waited = waited.saturating_add(wait);));
    quote_ours! {
        #exhausted
        let wait = #wait;
        #retry_after
        #max_elapsed
        #budget
        #notify
        #krate::retrying!(backoffs, attempt, wait #error);
        #waited
        wait
    }
}

/// The line that waits.
pub(super) fn sleep(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    match (&plan.sleep, plan.is_async) {
        (Sleeper::Own, true) => quote_ours!(#krate::sleep!(wait).await;),
        (Sleeper::Own, false) => quote_ours!(#krate::sleep_blocking!(wait);),
        (Sleeper::Given(sleep), is_async) => {
            let call = sleep.call_with(&quote_ours!(wait), &quote_ours!(::core::time::Duration));
            if is_async {
                quote_ours!(#call.await;)
            } else {
                sleep.nothing_of(&call, krate)
            }
        }
    }
}

fn wait(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    if plan.jitter.written() == Some(retry_schedule::Jitter::none()) {
        return quote_ours!(backoff);
    }
    let jitter = jitter(plan);
    let max = match &plan.schedule {
        // A schedule at run time knows its longest wait.
        Schedule::Expression(_) => Some(quote_ours!(#krate::max_of(&backoffs))),
        Schedule::Written(list) => list.max().map(duration),
        Schedule::ByError(..) => plan.has_capped_lists().then(|| quote_ours!(max)),
    };
    let max = max.map(|max| quote_ours!(, #max));
    quote_ours!(#krate::jitter!(backoffs, backoff, #jitter #max))
}

fn notify(plan: &Plan) -> Option<TokenStream> {
    let notify = plan.notify.as_ref()?;
    let (krate, name, error) = (&plan.krate, name(plan), borrowed(plan));
    let event = quote_ours! {
        &#krate::RetryEvent::new(#name, attempt as usize + 1, #krate::attempts(&backoffs), #error, backoff, wait, waited)
    };
    Some(notify.tell(&event, krate))
}
