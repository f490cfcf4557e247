//! What stands before a result is given back. In: the plan. Out: lines.

use super::attempt::attempts;
use super::piece::{Piece, piece, piece_at};
use super::start::name;
use crate::hygiene::repeated_at;
use crate::plan::{Again, Plan};
use proc_macro2::{Span, TokenStream};
use quote::ToTokens as _;
use syn::Ident;

/// What happens when a call ends by itself: a success, an error that is not retried, or an error after which no wait is left.
pub(super) fn of_call(plan: &Plan) -> Piece<'_> {
    let krate = &plan.krate;
    let kind = match &plan.again {
        Again::Result { .. } | Again::ByError => piece!(Result),
        Again::Option { .. } => piece!(Option),
        Again::Value { .. } => piece!(Value),
    };
    // Which of its lists has ended is not seen by the attempt alone, nor that no error is ever tried again.
    let told = matches!(plan.again, Again::ByError | Again::Result { on: None, .. });
    let how = told.then(|| piece!(, end));
    let end = (told || plan.done.is_some()).then(|| {
        let end = end(plan);
        piece!(let end = #end;)
    });
    let deposit = plan.budget.as_ref().map(|budget| {
        let deposit = piece!(#krate::RetryBudget::deposit(#budget, spent););
        match &plan.again {
            Again::Result { on: None, .. } => {
                piece!(if let ::core::result::Result::Ok(_) = result { #deposit })
            }
            Again::Result { .. } | Again::ByError => {
                let at_end = if let Again::ByError = &plan.again {
                    piece!(has_list)
                } else {
                    piece!(backoff == ::core::time::Duration::ZERO)
                };
                let enabled = plan.enabled.as_ref().map(|_| piece!(enabled &&));
                let failed = failed(plan);
                piece! {
                    if let ::core::result::Result::Ok(_) = result {
                        #deposit
                    } else if #enabled #at_end {
                        #failed
                    }
                }
            }
            Again::Option { .. } if plan.enabled.is_some() => {
                piece!(if let ::core::option::Option::Some(_) = result { #deposit })
            }
            Again::Option { .. } | Again::Value { .. } => deposit,
        }
    });
    let done = done(plan, &piece!(end));
    piece! {
        #end
        #krate::ended!(backoffs, attempt, result: #kind #how);
        #deposit
        #done
    }
}

/// What is reported when a limit ends a call.
pub(super) fn gave_up<'a>(plan: &'a Plan, end: &str, is_error: bool) -> Piece<'a> {
    let krate = &plan.krate;
    let end = Ident::new(end, Span::mixed_site());
    told(plan, piece!(#krate::End::#end), is_error)
}

/// What is reported when a value is not good yet, and no wait is left.
pub(super) fn exhausted(plan: &Plan) -> Piece<'_> {
    let krate = &plan.krate;
    let told = told(plan, piece!(#krate::exhausted(&backoffs)), false);
    let failed = failed(plan);
    piece!(#failed #told)
}

/// What the last failure takes from the budget.
fn failed(plan: &Plan) -> Option<Piece<'_>> {
    let (krate, budget) = (&plan.krate, plan.budget.as_ref()?);
    Some(piece!(#krate::RetryBudget::ended(#budget, #krate::exhausted(&backoffs));))
}

fn told<'a>(plan: &'a Plan, end: Piece<'a>, is_error: bool) -> Piece<'a> {
    let krate = &plan.krate;
    let error = is_error.then(|| piece!(, error));
    let done = done(plan, &end);
    piece! {
        #krate::gave_up!(backoffs, attempt, #end #error);
        #done
    }
}

/// How a call ended by itself. A value that is not good yet does not come here, unless retries are not enabled.
fn end<'a>(plan: &'a Plan) -> Piece<'a> {
    let krate = &plan.krate;
    let of_result = |exhausted: Option<Piece<'a>>| {
        let exhausted = exhausted.map(|exhausted| {
            piece!(::core::result::Result::Err(_) if #exhausted => #krate::exhausted(&backoffs),)
        });
        piece! {
            match result {
                ::core::result::Result::Ok(_) => #krate::End::Succeeded,
                #exhausted
                ::core::result::Result::Err(_) => #krate::End::NotRetryable,
            }
        }
    };
    match &plan.again {
        Again::Result { on: Some(_), .. } => {
            let enabled = plan.enabled.as_ref().map(|_| piece!(enabled &&));
            let exhausted = piece!(#enabled backoff == ::core::time::Duration::ZERO);
            of_result(Some(exhausted))
        }
        Again::Result { on: None, .. } => of_result(None),
        Again::ByError => of_result(Some(piece!(has_list))),
        Again::Option { .. } if plan.enabled.is_some() => piece! {
            match result {
                ::core::option::Option::Some(_) => #krate::End::Succeeded,
                ::core::option::Option::None => #krate::End::NotRetryable,
            }
        },
        Again::Option { .. } | Again::Value { .. } => piece!(#krate::End::Succeeded),
    }
}

/// The hook at the end of a call.
fn done(plan: &Plan, end: &Piece<'_>) -> Option<TokenStream> {
    let done = plan.done.as_ref()?;
    let (krate, name) = (&plan.krate, name(plan));
    let error = if let Again::Result { .. } | Again::ByError = &plan.again {
        // A hook for another type of error is shown at the key.
        let place = done.span();
        let krate = repeated_at(place, krate.to_token_stream());
        piece_at!(place=> #krate::error_of(&result))
    } else {
        piece!(::core::option::Option::None::<&::core::convert::Infallible>)
    };
    let attempts = attempts(plan);
    let event = piece! {
        &#krate::RetryDone::new(#name, attempt as usize + 1, #attempts, waited, #error, #end)
    };
    Some(done.tell(&event, krate))
}
