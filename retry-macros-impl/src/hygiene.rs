//! The spans of what is written: names of ours never meet names of the user's, and errors point at the user's code.

use crate::groups::refill;
use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::ToTokens;
use syn::punctuated::Punctuated;
use syn::{Path, PathSegment, Token};

/// `quote!` with the hygiene of the macro.
macro_rules! quote_ours {
    ($($tokens:tt)*) => { ::quote::quote_spanned!(::proc_macro2::Span::mixed_site()=> $($tokens)*) };
}
pub(crate) use quote_ours;

/// `::retry_core`
pub(crate) fn retry_core() -> Path {
    let span = Span::mixed_site();
    let name = Ident::new("retry_core", span);
    Path {
        leading_colon: Some(Token![::](span)),
        segments: Punctuated::from_iter([PathSegment::from(name)]),
    }
}

/// A place in the source, with the hygiene of the macro: the compiler points there, and lints for what people write
/// leave it alone.
pub(crate) fn ours_at(place: Span) -> Span {
    Span::mixed_site().located_at(place)
}

/// The span of the first token.
pub(crate) fn span_of(tokens: &impl ToTokens) -> Span {
    let first = tokens.to_token_stream().into_iter().next();
    first.map_or_else(Span::call_site, |tree| tree.span())
}

/// The place of the first token, with the hygiene of the macro.
pub(crate) fn place_of(tokens: &impl ToTokens) -> Span {
    ours_at(span_of(tokens))
}

/// Tokens that the user wrote elsewhere and that are repeated here: lints judge them where they were written.
pub(crate) fn repeated_at(place: Span, tokens: TokenStream) -> TokenStream {
    tokens
        .into_iter()
        .map(|mut tree| {
            if let TokenTree::Group(group) = &tree {
                tree = refill(group, repeated_at(place, group.stream())).into();
            }
            tree.set_span(place);
            tree
        })
        .collect()
}

/// The tokens with `this` in the place of `self`.
pub(crate) fn renamed(tokens: TokenStream, this: &Ident) -> TokenStream {
    tokens
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(group) => refill(&group, renamed(group.stream(), this)).into(),
            TokenTree::Ident(ident) if ident == "self" => this.clone().into(),
            tree => tree,
        })
        .collect()
}
