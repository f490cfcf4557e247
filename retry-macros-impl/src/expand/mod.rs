//! Writes the loop. In: the plan, and the body. Out: tokens. Nothing is decided here.
//!
//! ```text
//! let backoffs = [..];                               start: what is read once per call
//! let mut attempt = 0;
//! loop {
//!     let backoff = backoffs[attempt];
//!     let wait = match .. {                          attempt: what is tried
//!         Err(error) if backoff != 0 && .. => {      outcome: what is worth another attempt
//!             let wait = ..;                         wait: what stands before a wait
//!             wait
//!         }
//!         result => {                                end: what stands before a return
//!             return result;
//!         }
//!     };
//!     sleep(wait);
//!     attempt += 1;
//! }
//! ```

mod attempt;
mod end;
mod list;
mod outcome;
mod piece;
mod start;
mod wait;

use crate::block::Block;
use crate::function::{Function, Kind};
use crate::future::{self, Attempt};
use crate::groups::{refill, split_inner_attributes};
use crate::hygiene::{ours_at, quote_ours, repeated_at, retry_core};
use crate::plan::{Again, Plan};
use piece::{Piece, piece, piece_at};
use proc_macro2::{Ident, Span, TokenStream};
use quote::{ToTokens as _, quote};

pub(crate) fn function(plan: &Plan, function: Function, docs: TokenStream) -> TokenStream {
    let Function {
        attributes,
        header,
        span,
        output,
        kind,
        body,
        ..
    } = function;
    let span = ours_at(span);
    let leave = Ident::new("return", Span::mixed_site());
    let ty = output.and_then(|output| output.ty);
    let (inner_attributes, attempt) = split_inner_attributes(&body);
    let keyword = Ident::new("async", span);
    let statements = match kind {
        Kind::Sync => {
            let ty = ty.map(|ty| repeated_at(span, ty));
            let attempt = piece_at!(span=> (|| -> #ty #attempt)());
            looped(plan, attempt, &leave)
        }
        Kind::Async => {
            let attempt = attempt::asynchronous(plan, &keyword, ty.as_ref(), &attempt);
            looped(plan, attempt, &leave)
        }
        Kind::ReturnsFuture { holder, body } => {
            let around = |attempt| {
                let attempt = match attempt {
                    Attempt::Block(block) => {
                        attempt::asynchronous(plan, &keyword, ty.as_ref(), &block)
                    }
                    Attempt::Future(future) => future.into(),
                };
                looped(plan, attempt, &leave)
            };
            match body {
                Some(body) => body.with(holder, &around),
                None => future::around(attempt.into_token_stream(), holder, &around),
            }
        }
    };
    let body = refill(&body, [inner_attributes, statements].into_iter().collect());
    [attributes, docs, header, body.into_token_stream()]
        .into_iter()
        .collect()
}

pub(crate) fn block(plan: &Plan, block: &Block) -> TokenStream {
    let attempt = if block.is_async() {
        let ty = block.output.as_ref().map(crate::returns::nameable);
        attempt::asynchronous(plan, &block.keywords, ty.as_ref(), &block.body)
    } else {
        attempt::synchronous(block)
    };
    let leave = Ident::new("break", Span::mixed_site());
    let statements = looped(plan, attempt, &leave);
    quote!({ #statements })
}

/// A schedule as a constant, which knows the shape that made it.
pub(crate) fn schedule(written: &retry_schedule::Schedule) -> TokenStream {
    let krate = retry_core();
    let list = list::list(written.backoffs());
    if let Some(shape) = written.shape() {
        let text = shape.to_string();
        let max = written.max().map(list::duration).map_or_else(
            || quote_ours!(::core::option::Option::None),
            |max| quote_ours!(::core::option::Option::Some(#max)),
        );
        quote_ours! {
            const {
                #krate::Schedule::of_shape(
                    const { &#list },
                    const { &#krate::__private::StaticShape { text: #text, max: #max } },
                )
            }
        }
    } else if written.is_open() {
        quote_ours!(const { #krate::Schedule::open(const { &#list }) })
    } else {
        quote_ours!(const { #krate::Schedule::from_static(const { &#list }) })
    }
}

/// The block without its loop, for when the keys are wrong: what is in it is still seen.
pub(crate) fn block_alone(block: &Block) -> TokenStream {
    if block.is_async() {
        let Block { keywords, body, .. } = block;
        quote_ours!(#keywords #body.await)
    } else {
        attempt::synchronous(block).into_token_stream()
    }
}

/// The loop. `leave` is what gives the result back: a block gives its value by `break`.
fn looped(plan: &Plan, attempt: Piece<'_>, leave: &Ident) -> TokenStream {
    let start = start::of_call(plan);
    let wait = wait(plan, attempt, leave);
    let sleep = wait::sleep(plan);
    let next = if plan.schedule.written().is_some_and(|list| !list.is_open()) {
        piece!(attempt += 1;)
    } else {
        piece!(attempt = attempt.saturating_add(1);)
    };
    quote_ours! {
        #start
        let mut attempt = 0_u32;
        loop {
            #wait
            #sleep
            #next
        }
    }
}

/// `let wait = match attempt { .. };`: the result is gone before the wait, unless it is given back.
///
/// The listed wait is taken from the list before the attempt. An async loop takes it after the attempt, so that the future need
/// not hold it meanwhile, and so does a loop where the attempt decides which it is.
fn wait<'a>(plan: &'a Plan, attempt: Piece<'a>, leave: &'a Ident) -> Piece<'a> {
    let before_attempt = attempt::before(plan);
    let attempt = attempt::limited(plan, attempt);
    let retried: Vec<Piece<'_>> = outcome::all(plan)
        .into_iter()
        .map(|outcome| {
            let wait = wait::before(plan, outcome.is_error, leave);
            outcome.arm(wait)
        })
        .collect();
    let end = end::of_call(plan);
    let arms = piece! {
        #(#retried)*
        result => {
            #end
            #leave result;
        }
    };
    let backoff = start::backoff(plan);
    let is_late =
        plan.is_async || plan.reset_after.is_some() || matches!(plan.again, Again::ByError);
    if !is_late && !plan.keeps_result() {
        return piece! {
            #backoff
            let wait = match #attempt { #arms };
        };
    }
    let reset = attempt::reset(plan);
    let (before, after) = if is_late {
        (None, Some(backoff))
    } else {
        (Some(backoff), None)
    };
    piece! {
        #before
        let wait = {
            #before_attempt
            let result = #attempt;
            #reset
            #after
            match result { #arms }
        };
    }
}
