//! What is tried. In: the body. Out: an expression that makes one attempt.

use super::list::duration;
use super::piece::{Piece, piece, piece_at};
use crate::block::Block;
use crate::groups::{is_invisible, refill};
use crate::hygiene::{ours_at, place_of, quote_ours, repeated_at, span_of};
use crate::keys::Keyword;
use crate::keys::limit::Limit;
use crate::plan::{Cloned, Plan};
use proc_macro2::{Group, Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::Ident;

/// `(|| -> R { .. })()`
pub(super) fn synchronous(block: &Block) -> Piece<'_> {
    let body = &block.body;
    let arrow = block.output.as_ref().map(|ty| {
        let ty = crate::returns::nameable(ty);
        quote!(-> #ty)
    });
    piece_at!(ours_at(block.span)=> (|| #arrow #body)())
}

/// Input:  `{ return Ok(client.get(id).await?) }`
/// Output: `async { .. return Ok(client.get(id).await?) }`
///
/// The type of an async block cannot be written down; a `return` that is never taken says it instead.
pub(super) fn asynchronous<'a>(
    plan: &Plan,
    keywords: &'a impl ToTokens,
    ty: Option<&TokenStream>,
    body: &Group,
) -> Piece<'a> {
    let krate = &plan.krate;
    let Some(ty) = ty else {
        let body = body.clone();
        return piece!(#keywords #body);
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
    piece!(#keywords #body)
}

/// What must be known before each attempt.
pub(super) fn before(plan: &Plan) -> Piece<'_> {
    let krate = &plan.krate;
    let timed_out = (plan.budget.is_some() && plan.attempt_timeout.is_some())
        .then(|| piece!(let mut timed_out = false;));
    let lasted = plan.reset_after.as_ref().map(|_| {
        let clock = plan.is_async.then(|| piece!(async));
        piece!(let lasted = #krate::stopwatch!(#clock);)
    });
    piece!(#timed_out #lasted)
}

/// What starts the list anew after an attempt that failed only after a long time.
pub(super) fn reset(plan: &Plan) -> Option<Piece<'_>> {
    let limit = limit(plan.reset_after.as_ref()?, Keyword::ResetAfter);
    Some(piece! {
        if ::core::matches!(result, ::core::result::Result::Err(_)) && lasted() >= #limit {
            attempt = 0;
        }
    })
}

/// A limit where it is used: written out, or by the name of what it was bound to.
pub(super) fn limit(limit: &Limit, key: Keyword) -> Piece<'_> {
    if let Some(written) = limit.written {
        return duration(written);
    }
    let variable = variable(key);
    piece!(#variable)
}

/// The variable that the value of a key is bound to.
pub(super) fn variable(key: Keyword) -> Ident {
    Ident::new(key.text(), Span::mixed_site())
}

/// What is bound for the body of each attempt, around `attempt`.
fn bound<'a>(plan: &'a Plan, attempt: Piece<'a>) -> Piece<'a> {
    let krate = &plan.krate;
    let clones = plan.clones.iter().map(|Cloned { name, is_mutable }| {
        // What cannot be cloned is shown at its name.
        let place = place_of(name);
        if *is_mutable {
            // Borrowed so, the parameter is seen to need its `mut`.
            quote_spanned!(place=> let mut #name = ::core::clone::Clone::clone(&*&mut #name);)
        } else {
            quote_spanned!(place=> let #name = ::core::clone::Clone::clone(&#name);)
        }
    });
    let number = plan.attempt.as_ref().map(|name| {
        let remaining = left(plan).map_or_else(
            || piece!(::core::option::Option::None),
            |left| piece!(::core::option::Option::Some(#left)),
        );
        let attempts = attempts(plan);
        piece!(let #name = #krate::Attempt::new(attempt, #attempts, #remaining);)
    });
    if plan.clones.is_empty() && number.is_none() {
        return attempt;
    }
    let clones: Vec<TokenStream> = clones.collect();
    piece!({ #number #(#clones)* #attempt })
}

/// How many attempts the call makes at most: one if retries are switched off.
pub(super) fn attempts(plan: &Plan) -> Piece<'_> {
    let krate = &plan.krate;
    let attempts = piece!(#krate::attempts(&backoffs));
    if plan.enabled.is_some() {
        piece!(if enabled { #attempts } else { 1 })
    } else {
        attempts
    }
}

/// What is left of the time that the whole call may take.
fn left(plan: &Plan) -> Option<Piece<'_>> {
    let limit = limit(plan.max_elapsed.as_ref()?, Keyword::MaxElapsed);
    Some(piece!(#limit.saturating_sub(elapsed())))
}

/// The attempt's result; the attempt is stopped when its time is up.
pub(super) fn limited<'a>(plan: &'a Plan, attempt: Piece<'a>) -> Piece<'a> {
    let Some(timeout) = &plan.attempt_timeout else {
        let attempt = if plan.is_async {
            let krate = &plan.krate;
            piece!(#krate::nested!(#attempt).await)
        } else {
            attempt
        };
        return bound(plan, attempt);
    };
    // A timer that is missing is shown at the limit, and so is an error that a timeout cannot become.
    let span = span_of(&timeout.tokens);
    let krate = repeated_at(span, plan.krate.to_token_stream());
    let error = piece_at!(place_of(&timeout.tokens)=> timeout.into_error());
    let limit = limit(timeout, Keyword::AttemptTimeout);
    // An attempt gets no more than what is left of the whole.
    let limit = match left(plan) {
        Some(left) => piece!(::core::cmp::Ord::min(#limit, #left)),
        None => limit,
    };
    let timed_out = plan.budget.as_ref().map(|_| piece!(timed_out = true;));
    let limited = piece_at!(span=> #krate::timeout!(#limit, #attempt));
    let attempt = piece! {
        match #limited.await {
            ::core::result::Result::Ok(result) => result,
            ::core::result::Result::Err(timeout) => {
                #timed_out
                ::core::result::Result::Err(#error)
            }
        }
    };
    bound(plan, attempt)
}
