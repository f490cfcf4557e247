//! Every mistake is collected, so that all are reported at once.

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote_spanned};
use std::fmt::Display;

#[derive(Default)]
pub(crate) struct Errors(Vec<Mistake>);

struct Mistake {
    /// Where it begins and ends: the compiler underlines what lies between.
    from: Span,
    to: Span,
    message: String,
}

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

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// One `compile_error!` for each mistake.
impl ToTokens for Errors {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        for Mistake { from, to, message } in &self.0 {
            let path = quote_spanned!(*from=> ::core::compile_error);
            tokens.extend(quote_spanned!(*to=> #path! { #message }));
        }
    }
}
