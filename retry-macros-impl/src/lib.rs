//! The language of `#[retry]` and `retry_block!` as a plain library: tokens in, a loop out.
//!
//! ```text
//! keys, item ─► keys      text as typed values            ┐
//!               function  what is annotated, by `syn`     ├► check ─► plan ─► expand, docs ─► tokens
//!               block     the body of `retry_block!`      ┘    │
//!                                        every mistake ◄───────┘
//! ```
//!
//! `retry-macros` is three functions over [`attribute`], [`block`] and [`schedule`]. A tool that reads code calls [`sites`], which
//! finds what is retried with the same parser. Nothing here needs a compiler: everything works on [`proc_macro2::TokenStream`].
//!
//! ```
//! let source = "#[retry(schedule = [1s, 2s, 0], on = is_retryable)] fn create() -> Result<(), Error> { call() }";
//! let sites = retry_macros_impl::sites(source.parse().unwrap());
//! assert_eq!(sites[0].name, "create");
//! assert_eq!(sites[0].attempts(), Some(3));
//! ```

mod block;
mod check;
mod docs;
mod errors;
mod expand;
mod function;
mod future;
mod groups;
mod hygiene;
mod keys;
mod plan;
mod read;
mod returns;
mod site;

pub use errors::Mistake;
pub use site::{Kind, Retry, Site, sites};

use errors::Errors;
use keys::schedule::Schedule;
use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

/// `#[retry(keys)] item`: the function with its loop. Where something is wrong, a `compile_error!` for each mistake, and the
/// item as it is, so that its callers and the editor still see it.
#[must_use]
pub fn attribute(keys: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match read::attribute(keys, item.clone(), &mut errors) {
        (Some(plan), Some(function)) if errors.is_empty() => {
            let docs = docs::section(&plan, function.is_documented);
            expand::function(&plan, function, docs)
        }
        _ => {
            let mut tokens = errors.into_token_stream();
            tokens.extend(item);
            tokens
        }
    }
}

/// What other retry libraries call their options, each with what the compiler says of it after "there is no key ..".
///
/// ```
/// let mut names = retry_macros_impl::foreign_keys();
/// let (_, answer) = names.find(|(name, _)| *name == "deadline").unwrap();
/// assert_eq!(answer, ", did you mean `max_elapsed`?");
/// ```
pub fn foreign_keys() -> impl Iterator<Item = (&'static str, String)> {
    keys::Elsewhere::all().map(|(name, answer)| (name, answer.to_string()))
}

/// `schedule![1s, 2s, 0]`, `schedule!(exponential(1s, attempts = 5))`: that schedule as a constant. Where something is wrong, a
/// `compile_error!` for each mistake.
#[must_use]
pub fn schedule(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match Schedule::read_alone(input, &mut errors) {
        Some(list) if errors.is_empty() => expand::schedule(&list),
        _ => quote!({ #errors ::core::unreachable!() }),
    }
}

/// `retry_block!(keys => body)`: a block with its loop. Where something is wrong, a `compile_error!` for each mistake, and the
/// body without its loop.
#[must_use]
pub fn block(input: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    match read::block(input, &mut errors) {
        (Some(plan), Some(block)) if errors.is_empty() => expand::block(&plan, &block),
        (_, block) => {
            let block = block.as_ref().map(expand::block_alone);
            quote!({ #errors #block })
        }
    }
}
