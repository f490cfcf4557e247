//! The macros of `retry-core`, which re-exports and documents them: depend on that.
//!
//! What they read and write is the business of `retry-macros-impl`. There are no features here: cargo builds a macro once, with
//! everybody's features together, so what it writes must not depend on them.

use proc_macro::TokenStream;
use proc_macro2::TokenStream as Tokens;

// Documented where `retry-core` re-exports it.
#[allow(missing_docs)]
#[proc_macro_attribute]
pub fn retry(keys: TokenStream, item: TokenStream) -> TokenStream {
    retry_macros_impl::attribute(Tokens::from(keys), Tokens::from(item)).into()
}

#[allow(missing_docs)]
#[proc_macro]
pub fn retry_block(input: TokenStream) -> TokenStream {
    retry_macros_impl::block(Tokens::from(input)).into()
}

#[allow(missing_docs)]
#[proc_macro]
pub fn schedule(input: TokenStream) -> TokenStream {
    retry_macros_impl::schedule(Tokens::from(input)).into()
}
