//! A piece of the loop. In: a template. Out: what writes it straight into the tokens around it. A stream of its own would go
//! through the compiler once more, which takes longer than to write the piece.

use proc_macro2::TokenStream;
use quote::ToTokens;
use std::cell::Cell;

pub(super) struct Piece<'a>(Box<dyn Fn(&mut TokenStream) + 'a>);

impl<'a> Piece<'a> {
    pub(super) fn new(write: impl Fn(&mut TokenStream) + 'a) -> Self {
        Self(Box::new(write))
    }
}

impl From<TokenStream> for Piece<'_> {
    fn from(written: TokenStream) -> Self {
        Self::new(move |tokens| written.to_tokens(tokens))
    }
}

impl ToTokens for Piece<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        (self.0)(tokens);
    }
}

/// What has been written so far, as the beginning of a `quote!`, which is then the whole.
pub(super) struct SoFar(Cell<TokenStream>);

impl SoFar {
    pub(super) fn taken_from(tokens: &mut TokenStream) -> Self {
        Self(Cell::new(std::mem::take(tokens)))
    }
}

impl ToTokens for SoFar {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        *tokens = self.0.take();
    }
}

/// `quote_ours!` as a piece.
macro_rules! piece {
    ($($tokens:tt)*) => { $crate::expand::piece::piece_at!(::proc_macro2::Span::mixed_site()=> $($tokens)*) };
}
pub(super) use piece;

/// `quote_spanned!` as a piece.
macro_rules! piece_at {
    ($span:expr=> $($tokens:tt)*) => {{
        let span = $span;
        $crate::expand::piece::Piece::new(move |tokens| {
            let so_far = $crate::expand::piece::SoFar::taken_from(tokens);
            *tokens = ::quote::quote_spanned!(span=> #so_far $($tokens)*);
        })
    }};
}
pub(super) use piece_at;
