//! What stands before a result is given back. In: the plan. Out: lines.

use super::attempt::attempts;
use crate::hygiene::{quote_ours, repeated_at};
use crate::keys::callable::Callable;
use crate::plan::{Again, Plan};
use proc_macro2::{Span, TokenStream};
use quote::{quote, quote_spanned};
use syn::Ident;

/// What happens when a call ends by itself: a success, an error that is not retried, or the end of the list.
pub(super) fn of_call(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let kind = match &plan.again {
        Again::Result { .. } | Again::ByError => quote_ours!(Result),
        Again::Option { .. } => quote_ours!(Option),
        Again::Value { .. } => quote_ours!(Value),
    };
    let by_error = matches!(plan.again, Again::ByError);
    let polls = !matches!(
        plan.again,
        Again::Result { until: None, .. } | Again::ByError
    );
    let knows_end = by_error || plan.done.is_some() || (plan.budget.is_some() && polls);
    // Which of its lists has ended is not seen by the attempt alone.
    let how = by_error.then(|| quote_ours!(, end));
    let end = knows_end.then(|| {
        let end = end(plan);
        quote_ours!(let end = #end;)
    });
    let deposit = plan.budget.as_ref().map(|budget| {
        let deposit = quote_ours!(#krate::RetryBudget::deposit(#budget, spent););
        if knows_end {
            quote_ours!(if let #krate::End::Succeeded = end { #deposit })
        } else {
            quote_ours!(if let ::core::result::Result::Ok(_) = result { #deposit })
        }
    });
    let done = done(plan, &quote_ours!(end));
    quote_ours! {
        #end
        #krate::ended!(backoffs, attempt, result: #kind #how);
        #deposit
        #done
    }
}

/// What is reported when a limit ends a call.
pub(super) fn gave_up(plan: &Plan, end: &str, is_error: bool) -> TokenStream {
    let krate = &plan.krate;
    let end = Ident::new(end, Span::mixed_site());
    let error = is_error.then(|| quote_ours!(, error));
    let done = done(plan, &quote_ours!(#krate::End::#end));
    quote_ours! {
        #krate::gave_up!(backoffs, attempt, #end #error);
        #done
    }
}

/// How a call ended that no limit ended. A value that `until` has not accepted is no success.
fn end(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let enabled = plan.enabled.as_ref().map(|_| quote_ours!(enabled &&));
    let at_end = quote_ours!(#enabled backoff == ::core::time::Duration::ZERO);
    let not_yet = |pattern: TokenStream, until: Option<&Callable>| {
        let done = until?.judge(&quote_ours!(value));
        Some(quote_ours!(#pattern if #at_end && !#done => #krate::End::Exhausted,))
    };
    let arms = match &plan.again {
        Again::Result { until, .. } => {
            let ok = quote_ours!(::core::result::Result::Ok(ref value));
            let not_yet = not_yet(ok, until.as_ref());
            quote_ours! {
                #not_yet
                ::core::result::Result::Ok(_) => #krate::End::Succeeded,
                ::core::result::Result::Err(_) if #at_end => #krate::End::Exhausted,
                ::core::result::Result::Err(_) => #krate::End::NotRetryable,
            }
        }
        Again::ByError => quote_ours! {
            ::core::result::Result::Ok(_) => #krate::End::Succeeded,
            ::core::result::Result::Err(_) if has_list => #krate::End::Exhausted,
            ::core::result::Result::Err(_) => #krate::End::NotRetryable,
        },
        Again::Option { until } => {
            let some = quote_ours!(::core::option::Option::Some(ref value));
            let not_yet = not_yet(some, until.as_ref());
            quote_ours! {
                #not_yet
                ::core::option::Option::Some(_) => #krate::End::Succeeded,
                ::core::option::Option::None if #at_end => #krate::End::Exhausted,
                ::core::option::Option::None => #krate::End::NotRetryable,
            }
        }
        Again::Value { until } => {
            let not_yet = not_yet(quote_ours!(ref value), Some(until));
            quote!(#not_yet _ => #krate::End::Succeeded,)
        }
    };
    quote_ours!(match result { #arms })
}

/// The hook at the end of a call.
fn done(plan: &Plan, end: &TokenStream) -> Option<TokenStream> {
    let done = plan.done.as_ref()?;
    let (krate, name) = (&plan.krate, &plan.name);
    let error = if let Again::Result { .. } | Again::ByError = &plan.again {
        // A hook for another type of error is shown at the key.
        let place = done.span();
        let krate = repeated_at(place, krate.clone());
        quote_spanned!(place=> #krate::error_of(&result))
    } else {
        quote_ours!(::core::option::Option::None::<&::core::convert::Infallible>)
    };
    let attempts = attempts(plan);
    let event = quote_ours! {
        &#krate::RetryDone::new(#name, attempt as usize + 1, #attempts, waited, #error, #end)
    };
    Some(done.tell(&event, krate))
}
