//! The macros of `retry-core`, which re-exports them and documents how to depend on it.
//!
//! Text flows one way: `args` and `function` read tokens into typed values, `check` finds everything that is wrong with
//! them together and says what is to be written, and `expand` writes it.

mod args;
mod block;
mod callable;
mod check;
mod docs;
mod entry;
mod errors;
mod expand;
mod function;
mod limits;
mod schedule;
mod tokens;
mod types;

use proc_macro::TokenStream;

/// What `retry-core` was built with.
const FEATURES: check::Features = check::Features {
    std: cfg!(feature = "std"),
    tokio: cfg!(feature = "tokio"),
    test_util: cfg!(feature = "test-util"),
    observe: cfg!(feature = "observe"),
    control: cfg!(feature = "control"),
};

// Documented where `retry-core` re-exports it.
#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn retry(args: TokenStream, item: TokenStream) -> TokenStream {
    entry::attribute(args.into(), item.into(), FEATURES).into()
}

#[allow(missing_docs)]
#[proc_macro]
pub fn retry_block(input: TokenStream) -> TokenStream {
    entry::block(input.into(), FEATURES).into()
}
