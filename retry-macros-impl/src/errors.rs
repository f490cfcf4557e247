//! Mistakes, collected so that all are reported at once. In: a place and a text. Out: `compile_error!`s.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use std::fmt::Display;

/// Something that is wrong in the keys of a retry, or in what they stand on.
#[derive(Debug, Clone)]
pub struct Mistake {
    from: Span,
    to: Span,
    message: String,
}

impl Mistake {
    /// What is wrong, and what to change.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where the tokens to change begin.
    #[must_use]
    pub fn span(&self) -> Span {
        self.from
    }

    /// Where they end: the last of them.
    #[must_use]
    pub fn end(&self) -> Span {
        self.to
    }
}

#[derive(Debug, Default)]
pub(crate) struct Errors(Vec<Mistake>);

impl Errors {
    /// A mistake in these tokens.
    pub(crate) fn at(&mut self, tokens: &impl ToTokens, message: impl Display) {
        let mut spans = tokens.to_token_stream().into_iter().map(|tree| tree.span());
        let from = spans.next().unwrap_or_else(Span::call_site);
        let to = spans.last().unwrap_or(from);
        self.add(from, to, message);
    }

    /// A mistake where there are no tokens to point to, such as a missing key.
    pub(crate) fn push(&mut self, span: Span, message: impl Display) {
        self.add(span, span, message);
    }

    fn add(&mut self, from: Span, to: Span, message: impl Display) {
        let message = message.to_string();
        self.0.push(Mistake { from, to, message });
    }

    pub(crate) fn append(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn into_mistakes(self) -> Vec<Mistake> {
        self.0
    }
}

/// One `compile_error!` for each mistake. The compiler underlines what lies between the two spans.
impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for Mistake { from, to, message } in &self.0 {
            let path = quote_spanned!(*from=> ::core::compile_error);
            tokens.extend(quote_spanned!(*to=> #path! { #message }));
        }
    }
}
