//! What stands between an outcome that is worth another attempt and that attempt. In: the plan. Out: the lines that end in the
//! wait, and the one that waits.

use super::attempt::limit;
use super::end::{exhausted, gave_up};
use super::list::duration;
use super::outcome::{borrowed, error};
use super::piece::{Piece, piece};
use super::start::{jitter, name};
use crate::keys::Keyword;
use crate::keys::schedule::Schedule;
use crate::plan::{Plan, Sleeper};
use syn::Ident;

/// The wait, and what decides about it or hears of it. `leave` gives the result back.
pub(super) fn before<'a>(plan: &'a Plan, is_error: bool, leave: &'a Ident) -> Piece<'a> {
    let krate = &plan.krate;
    let give_up = |end: &str| {
        let gave_up = gave_up(plan, end, is_error);
        piece!(#gave_up #leave result;)
    };
    let exhausted = (!is_error).then(|| {
        let exhausted = exhausted(plan);
        piece! {
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
            || piece!(#krate::sum_of(&backoffs)),
            |longest| limit(longest, Keyword::MaxRetryAfter),
        );
        piece! {
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
        piece! {
            if elapsed().saturating_add(wait) > #limit {
                #give_up
            }
        }
    });
    let budget = plan.budget.as_ref().map(|budget| {
        let timed_out = if plan.attempt_timeout.is_some() {
            piece!(timed_out)
        } else {
            piece!(false)
        };
        let give_up = give_up("Budget");
        piece! {
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
        piece! {
            let unspent = #krate::RetryBudget::unspent(#budget, spent);
            #notify
            ::core::mem::forget(unspent);
        }
    });
    let error = is_error
        .then(|| borrowed(plan))
        .map(|error| piece!(, #error));
    let waited = plan
        .sums_waits()
        .then(|| piece!(waited = waited.saturating_add(wait);));
    piece! {
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
pub(super) fn sleep(plan: &Plan) -> Piece<'_> {
    let krate = &plan.krate;
    match (&plan.sleep, plan.is_async) {
        (Sleeper::Own, true) => piece!(#krate::sleep!(wait).await;),
        (Sleeper::Own, false) => piece!(#krate::sleep_blocking!(wait);),
        (Sleeper::Given(sleep), is_async) => {
            let call = sleep.call_with(&piece!(wait), &piece!(::core::time::Duration));
            if is_async {
                piece!(#call.await;)
            } else {
                sleep.nothing_of(&call, krate).into()
            }
        }
    }
}

fn wait(plan: &Plan) -> Piece<'_> {
    let krate = &plan.krate;
    if plan.jitter.written() == Some(retry_schedule::Jitter::none()) {
        return piece!(backoff);
    }
    let jitter = jitter(plan);
    let max = match &plan.schedule {
        // A schedule at run time knows its longest wait.
        Schedule::Expression(_) => Some(piece!(#krate::max_of(&backoffs))),
        Schedule::Written(list) => list.max().map(duration),
        Schedule::ByError(..) => plan.has_capped_lists().then(|| piece!(max)),
    };
    let max = max.map(|max| piece!(, #max));
    piece!(#krate::jitter!(backoffs, backoff, #jitter #max))
}

fn notify(plan: &Plan) -> Option<Piece<'_>> {
    let notify = plan.notify.as_ref()?;
    let (krate, name, error) = (&plan.krate, name(plan), borrowed(plan));
    let event = piece! {
        &#krate::RetryEvent::new(#name, attempt as usize + 1, #krate::attempts(&backoffs), #error, backoff, wait, waited)
    };
    Some(notify.tell(&event, krate).into())
}
