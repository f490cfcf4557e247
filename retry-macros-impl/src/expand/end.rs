//! What stands before a result is given back. In: the plan. Out: lines.

use super::attempt::attempts;
use super::start::name;
use crate::hygiene::{quote_ours, repeated_at};
use crate::plan::{Again, Plan};
use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;
use syn::Ident;

/// What happens when a call ends by itself: a success, an error that is not retried, or an error after which no wait is left.
pub(super) fn of_call(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let kind = match &plan.again {
        Again::Result { .. } | Again::ByError => quote_ours!(Result),
        Again::Option { .. } => quote_ours!(Option),
        Again::Value { .. } => quote_ours!(Value),
    };
    // Which of its lists has ended is not seen by the attempt alone, nor that no error is ever tried again.
    let told = matches!(plan.again, Again::ByError | Again::Result { on: None, .. });
    let how = told.then(|| quote_ours!(, end));
    let end = (told || plan.done.is_some()).then(|| {
        let end = end(plan);
        quote_ours!(let end = #end;)
    });
    let deposit = plan.budget.as_ref().map(|budget| {
        let deposit = quote_ours!(#krate::RetryBudget::deposit(#budget, spent););
        match &plan.again {
            Again::Result { on: None, .. } => {
                quote_ours!(if let ::core::result::Result::Ok(_) = result { #deposit })
            }
            Again::Result { .. } | Again::ByError => {
                let at_end = if let Again::ByError = &plan.again {
                    quote_ours!(has_list)
                } else {
                    quote_ours!(backoff == ::core::time::Duration::ZERO)
                };
                let enabled = plan.enabled.as_ref().map(|_| quote_ours!(enabled &&));
                let failed = failed(plan);
                quote_ours! {
                    if let ::core::result::Result::Ok(_) = result {
                        #deposit
                    } else if #enabled #at_end {
                        #failed
                    }
                }
            }
            Again::Option { .. } if plan.enabled.is_some() => {
                quote_ours!(if let ::core::option::Option::Some(_) = result { #deposit })
            }
            Again::Option { .. } | Again::Value { .. } => deposit,
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
    told(plan, &quote_ours!(#krate::End::#end), is_error)
}

/// What is reported when a value is not good yet, and no wait is left.
pub(super) fn exhausted(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let told = told(plan, &quote_ours!(#krate::exhausted(&backoffs)), false);
    let failed = failed(plan);
    quote_ours!(#failed #told)
}

/// What the last failure takes from the budget.
fn failed(plan: &Plan) -> Option<TokenStream> {
    let (krate, budget) = (&plan.krate, plan.budget.as_ref()?);
    Some(quote_ours!(#krate::RetryBudget::ended(#budget, #krate::exhausted(&backoffs));))
}

fn told(plan: &Plan, end: &TokenStream, is_error: bool) -> TokenStream {
    let krate = &plan.krate;
    let error = is_error.then(|| quote_ours!(, error));
    let done = done(plan, end);
    quote_ours! {
        #krate::gave_up!(backoffs, attempt, #end #error);
        #done
    }
}

/// How a call ended by itself. A value that is not good yet does not come here, unless retries are not enabled.
fn end(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let of_result = |exhausted: Option<TokenStream>| {
        let exhausted = exhausted.map(|exhausted| {
            quote_ours!(::core::result::Result::Err(_) if #exhausted => #krate::exhausted(&backoffs),)
        });
        quote_ours! {
            match result {
                ::core::result::Result::Ok(_) => #krate::End::Succeeded,
                #exhausted
                ::core::result::Result::Err(_) => #krate::End::NotRetryable,
            }
        }
    };
    match &plan.again {
        Again::Result { on: Some(_), .. } => {
            let enabled = plan.enabled.as_ref().map(|_| quote_ours!(enabled &&));
            let exhausted = quote_ours!(#enabled backoff == ::core::time::Duration::ZERO);
            of_result(Some(exhausted))
        }
        Again::Result { on: None, .. } => of_result(None),
        Again::ByError => of_result(Some(quote_ours!(has_list))),
        Again::Option { .. } if plan.enabled.is_some() => quote_ours! {
            match result {
                ::core::option::Option::Some(_) => #krate::End::Succeeded,
                ::core::option::Option::None => #krate::End::NotRetryable,
            }
        },
        Again::Option { .. } | Again::Value { .. } => quote_ours!(#krate::End::Succeeded),
    }
}

/// The hook at the end of a call.
fn done(plan: &Plan, end: &TokenStream) -> Option<TokenStream> {
    let done = plan.done.as_ref()?;
    let (krate, name) = (&plan.krate, name(plan));
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
