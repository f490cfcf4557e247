//! The body of `retry_block!`. In: `{ .. }` or `async { .. }` after `=>`, each with the type it gives if that must be said. Out:
//! the block, which stays unread.

use crate::errors::Errors;
use crate::groups::{unwrapped, visible};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Token, Type};

pub(crate) struct Block {
    /// `async`, `async move`, or nothing.
    pub(crate) keywords: TokenStream,
    /// `R` of `-> R { .. }`.
    pub(crate) output: Option<Type>,
    pub(crate) body: Group,
    /// Where the block begins.
    pub(crate) span: Span,
}

impl Block {
    pub(crate) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> Option<Self> {
        let start = next_span(input);
        let arrow: Option<Token![=>]> = input.parse().unwrap_or_default();
        let span = next_span(input);
        let rest: TokenStream = input.parse().unwrap_or_default();
        let mut trees: Vec<TokenTree> = visible(unwrapped(rest)).into_iter().collect();
        if trees.is_empty() {
            let message = "the block to retry is missing: write `=> { .. }` or `=> async { .. }` after the keys";
            match arrow {
                Some(arrow) => errors.at(&arrow, message),
                None => errors.push(start, message),
            }
            return None;
        }
        if arrow.is_none() {
            errors.push(start, "`=>` is missing before the block: write `=> { .. }`");
        }
        if matches!(trees.last(), Some(TokenTree::Punct(comma)) if comma.as_char() == ',') {
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
        let before: TokenStream = trees.into_iter().collect();
        let read = |input: ParseStream<'_>| {
            let asyncness: Option<Token![async]> = input.parse()?;
            let capture: Option<Token![move]> = input.parse()?;
            let output = if input.peek(Token![->]) {
                input.parse::<Token![->]>()?;
                Some(input.parse::<Type>()?)
            } else {
                None
            };
            Ok((asyncness, capture, output))
        };
        match read.parse2(before.clone()) {
            Ok((None, Some(capture), _)) => {
                errors.at(&capture, "a block that is retried borrows what it uses: remove `move`, or write `async move`");
                None
            }
            Ok((asyncness, capture, output)) => {
                let mut keywords = asyncness.to_token_stream();
                capture.to_tokens(&mut keywords);
                Some(Self {
                    keywords,
                    output,
                    body,
                    span,
                })
            }
            Err(_) => {
                let keywords = |tree: &TokenTree| matches!(tree, TokenTree::Ident(ident) if ident == "async" || ident == "move");
                let rest: TokenStream = before.into_iter().skip_while(keywords).collect();
                errors.at(&rest, format_args!("only `async`, `async move` and `-> Type` may stand before the block that is retried: remove `{rest}`, or move it inside"));
                None
            }
        }
    }

    pub(crate) fn is_async(&self) -> bool {
        !self.keywords.is_empty()
    }
}

/// Where the next token stands, which may be a whole group.
fn next_span(input: ParseStream<'_>) -> Span {
    let next = input.fork().parse::<TokenTree>();
    next.map_or_else(|_| input.span(), |tree| tree.span())
}
