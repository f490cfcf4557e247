//! What stands before a result is given back. In: the plan. Out: lines.

use crate::hygiene::quote_ours;
use crate::plan::{Again, Plan};
use proc_macro2::{Span, TokenStream};
use syn::Ident;

/// What happens when a call ends by itself: a success, an error that is not retried, or the end of the list.
pub(super) fn of_call(plan: &Plan) -> TokenStream {
    let krate = &plan.krate;
    let (kind, success) = match &plan.again {
        Again::Result { .. } => (
            quote_ours!(Result),
            Some(quote_ours!(::core::result::Result::Ok(_))),
        ),
        Again::Option { .. } => (
            quote_ours!(Option),
            Some(quote_ours!(::core::option::Option::Some(_))),
        ),
        Again::Value { .. } => (quote_ours!(Value), None),
    };
    let deposit = plan.budget.as_ref().map(|budget| {
        let deposit = quote_ours!(#krate::RetryBudget::deposit(#budget, spent););
        success.map_or(
            deposit.clone(),
            |success| quote_ours!(if let #success = result { #deposit }),
        )
    });
    quote_ours! {
        #krate::ended!(backoffs, attempt, result: #kind);
        #deposit
    }
}

/// What is reported when a limit ends a call.
pub(super) fn gave_up(plan: &Plan, end: &str, is_error: bool) -> TokenStream {
    let krate = &plan.krate;
    let end = Ident::new(end, Span::mixed_site());
    let error = is_error.then(|| quote_ours!(, error));
    quote_ours!(#krate::gave_up!(backoffs, attempt, #end #error);)
}
