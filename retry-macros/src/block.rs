//! The body of `retry_block!`: `=> { .. }`, `=> async { .. }`, each with the type it gives if that must be said.

use crate::errors::Errors;
use crate::types::is_punct;
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::TokenStreamExt as _;
use syn::Token;
use syn::parse::ParseStream;

pub(crate) struct Block {
    /// `async`, `async move`, or nothing.
    pub(crate) keywords: TokenStream,
    /// `R` of `-> R { .. }`.
    pub(crate) output: Option<TokenStream>,
    pub(crate) body: Group,
    /// Where the block begins.
    pub(crate) span: Span,
}

impl Block {
    pub(crate) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> Option<Self> {
        if !input.peek(Token![=>]) {
            errors.push(input.span(), "the block to retry is missing: write `=> { .. }` or `=> async { .. }` after the keys");
            return None;
        }
        let _: syn::Result<Token![=>]> = input.parse();
        let span = input.span();
        let mut trees: Vec<TokenTree> = input.parse::<TokenStream>().ok()?.into_iter().collect();
        if trees.last().is_some_and(|tree| is_punct(tree, ',')) {
            trees.pop();
        }
        let body = match trees.pop() {
            Some(TokenTree::Group(body)) if body.delimiter() == Delimiter::Brace => body,
            _ => {
                errors.push(span, "what is retried is a block: write it as `{ .. }`, or `async { .. }` if it awaits");
                return None;
            }
        };
        let mut keywords = TokenStream::new();
        let mut rest = trees.into_iter().peekable();
        while let Some(keyword) = rest.next_if(
            |tree| matches!(tree, TokenTree::Ident(ident) if ident == "async" || ident == "move"),
        ) {
            keywords.append(keyword);
        }
        let rest: Vec<TokenTree> = rest.collect();
        if let Some(TokenTree::Ident(first)) = keywords
            .clone()
            .into_iter()
            .next()
            .filter(|first| first.to_string() == "move")
        {
            errors.at(&first, "a block that is retried borrows what it uses: remove `move`, or write `async move`");
            return None;
        }
        let output = match &rest[..] {
            [] => None,
            [minus, greater, ty @ ..]
                if is_punct(minus, '-') && is_punct(greater, '>') && !ty.is_empty() =>
            {
                Some(ty.iter().cloned().collect())
            }
            [first, ..] => {
                errors.at(first, "only `async`, `async move` and `-> Type` may stand before the block that is retried");
                return None;
            }
        };
        Some(Self {
            keywords,
            output,
            body,
            span,
        })
    }

    pub(crate) fn is_async(&self) -> bool {
        !self.keywords.is_empty()
    }
}
