//! What is tried. In: the body. Out: an expression that makes one attempt.

use super::list::duration;
use crate::block::Block;
use crate::groups::{is_invisible, refill};
use crate::hygiene::{ours_at, place_of, quote_ours, repeated_at, span_of};
use crate::plan::Plan;
use proc_macro2::{Group, TokenStream};
use quote::{quote, quote_spanned};

/// `(|| -> R { .. })()`
pub(super) fn synchronous(block: &Block) -> TokenStream {
    let body = &block.body;
    let arrow = block.output.as_ref().map(|ty| {
        let ty = crate::returns::nameable(ty);
        quote!(-> #ty)
    });
    quote_spanned!(ours_at(block.span)=> (|| #arrow #body)())
}

/// Input:  `{ return Ok(client.get(id).await?) }`
/// Output: `async { .. return Ok(client.get(id).await?) }`
///
/// The type of an async block cannot be written down; a `return` that is never taken says it instead.
pub(super) fn asynchronous(
    plan: &Plan,
    keywords: &TokenStream,
    ty: Option<&TokenStream>,
    body: &Group,
) -> TokenStream {
    let krate = &plan.krate;
    let Some(ty) = ty else {
        return quote_ours!(#keywords #body);
    };
    // An invisible group keeps its precedence only in the user's own braces.
    let statements = if body.stream().into_iter().any(|tree| is_invisible(&tree)) {
        quote_ours!(#[allow(unused_braces)] let result: #ty = #body; result)
    } else {
        body.stream()
    };
    let typed = quote_ours! {
        if false {
            return #krate::never::<#ty>();
        }
    };
    let body = refill(body, quote!(#typed #statements));
    quote_ours!(#keywords #body)
}

/// What must be known before each attempt.
pub(super) fn before(plan: &Plan) -> Option<TokenStream> {
    (plan.budget.is_some() && plan.attempt_timeout.is_some())
        .then(|| quote_ours!(let mut timed_out = false;))
}

/// The attempt's result; the attempt is stopped when its time is up.
pub(super) fn limited(plan: &Plan, attempt: &TokenStream) -> TokenStream {
    let Some(limit) = &plan.attempt_timeout else {
        let dot_await = plan.is_async.then(|| quote_ours!(.await));
        return quote_ours!(#attempt #dot_await);
    };
    // A timer that is missing is shown at the limit, and so is an error that a timeout cannot become.
    let span = span_of(&limit.tokens);
    let krate = repeated_at(span, plan.krate.clone());
    let error = quote_spanned!(place_of(&limit.tokens)=> timeout.into_error());
    let limit = limit
        .written
        .map_or_else(|| quote_ours!(attempt_timeout), duration);
    let timed_out = plan.budget.as_ref().map(|_| quote_ours!(timed_out = true;));
    let limited = quote_spanned!(span=> #krate::timeout!(#limit, #attempt));
    quote_ours! {
        match #limited.await {
            ::core::result::Result::Ok(result) => result,
            ::core::result::Result::Err(timeout) => {
                #timed_out
                ::core::result::Result::Err(#error)
            }
        }
    }
}
