//! Tokens that are read from the front. A copy is where to look ahead, or to come back to.

use crate::types::is_punct;
use proc_macro2::{Delimiter, Ident, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _};

#[derive(Clone, Copy, Default)]
pub(crate) struct Tokens<'a>(pub(crate) &'a [TokenTree]);

impl<'a> Tokens<'a> {
    pub(crate) fn is_empty(self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn first(self) -> Option<&'a TokenTree> {
        self.0.first()
    }

    /// What follows the first token.
    pub(crate) fn rest(self) -> Self {
        Self(self.0.get(1..).unwrap_or_default())
    }

    /// Where the next token stands.
    pub(crate) fn span(self) -> Span {
        self.first().map_or_else(Span::call_site, TokenTree::span)
    }

    pub(crate) fn next(&mut self) -> Option<&'a TokenTree> {
        let first = self.first();
        *self = self.rest();
        first
    }

    pub(crate) fn next_ident(&mut self) -> Option<Ident> {
        match self.first() {
            Some(TokenTree::Ident(ident)) => {
                *self = self.rest();
                Some(ident.clone())
            }
            _ => None,
        }
    }

    pub(crate) fn take(&mut self, count: usize) -> TokenStream {
        let (taken, rest) = self.0.split_at(count.min(self.0.len()));
        self.0 = rest;
        taken.iter().cloned().collect()
    }

    /// Whether these characters come next, of which all but the last are joined to what follows.
    pub(crate) fn starts_with(self, punctuation: &str) -> bool {
        punctuation.chars().enumerate().all(|(index, ch)| {
            let joined = index == 0 || is_joint(&self.0[index - 1]);
            joined && self.0.get(index).is_some_and(|tree| is_punct(tree, ch))
        })
    }

    pub(crate) fn starts_with_ident(self) -> bool {
        matches!(self.first(), Some(TokenTree::Ident(_)))
    }

    pub(crate) fn starts_with_word(self, word: &str) -> bool {
        matches!(self.first(), Some(TokenTree::Ident(ident)) if ident == word)
    }

    pub(crate) fn starts_with_group(self, delimiter: Delimiter) -> bool {
        matches!(self.first(), Some(TokenTree::Group(group)) if group.delimiter() == delimiter)
    }
}

impl ToTokens for Tokens<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(self.0);
    }
}

fn is_joint(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.spacing() == proc_macro2::Spacing::Joint)
}
