//! The body of `retry_block!`: `=> { .. }`, `=> async { .. }`, each with the type it gives if that must be said.

use crate::errors::Errors;
use crate::tokens::Tokens;
use crate::types::{is_punct, visible};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, TokenStreamExt as _};

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
    pub(crate) fn parse(mut input: Tokens<'_>, errors: &mut Errors) -> Option<Self> {
        let start = input.span();
        let arrow = input.take(if input.starts_with("=>") { 2 } else { 0 });
        let span = input.span();
        // A `$body:block` of a macro stands in an invisible group.
        let mut trees: Vec<TokenTree> = visible(input.to_token_stream()).into_iter().collect();
        if trees.is_empty() {
            let message = "the block to retry is missing: write `=> { .. }` or `=> async { .. }` after the keys";
            if arrow.is_empty() {
                errors.push(start, message);
            } else {
                errors.at(&arrow, message);
            }
            return None;
        }
        if arrow.is_empty() {
            errors.push(start, "`=>` is missing before the block: write `=> { .. }`");
        }
        if trees.last().is_some_and(|tree| is_punct(tree, ',')) {
            trees.pop();
        }
        let is_body = |tree: &TokenTree| matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace);
        let after = trees.iter().rposition(is_body).map_or(0, |body| body + 1);
        if let Some(first) = trees.get(after) {
            if after == 0 {
                let all: TokenStream = trees.into_iter().collect();
                errors.at(&all, "what is retried stands in a block: write `=> { .. }`, or `=> async { .. }` if it awaits");
            } else {
                errors.at(
                    first,
                    format_args!("nothing may follow the block that is retried: remove `{first}`"),
                );
            }
            return None;
        }
        let Some(TokenTree::Group(body)) = trees.pop() else {
            return None;
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
            [..] => {
                let rest: TokenStream = rest.into_iter().collect();
                errors.at(&rest, format_args!("only `async`, `async move` and `-> Type` may stand before the block that is retried: remove `{rest}`, or move it inside"));
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
