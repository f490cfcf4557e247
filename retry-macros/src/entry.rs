//! Parse, check, expand, emit.

use crate::args::Args;
use crate::block::Block;
use crate::check::Features;
use crate::errors::Errors;
use crate::function::Function;
use crate::tokens::Tokens;
use crate::{check, docs, expand};
use proc_macro2::{TokenStream, TokenTree};
use quote::{ToTokens as _, quote};

/// `#[retry(args)] item`. Whatever is wrong, the item itself is emitted too, so that its callers and the editor see it.
pub(crate) fn attribute(args: TokenStream, item: TokenStream, features: Features) -> TokenStream {
    let mut errors = Errors::default();
    let args = Args::read(args, &mut errors);
    let function = Function::read(item.clone(), &mut errors);
    let plan = function
        .as_ref()
        .and_then(|function| check::function(args, function, features, &mut errors));
    match (plan, function) {
        (Some(plan), Some(function)) if errors.is_empty() => {
            let docs = docs::section(&plan, &function.attributes);
            expand::function(&plan, &function, &docs)
        }
        _ => {
            let mut tokens = errors.into_token_stream();
            tokens.extend(item);
            tokens
        }
    }
}

/// `retry_block!(args => body)`.
pub(crate) fn block(input: TokenStream, features: Features) -> TokenStream {
    let mut errors = Errors::default();
    let trees: Vec<TokenTree> = input.into_iter().collect();
    let mut input = Tokens(&trees);
    let args = Args::parse(&mut input, &mut errors);
    let block = Block::parse(input, &mut errors);
    let Some(block) = block else {
        return quote!({ #errors });
    };
    match check::block(args, &block, features, &mut errors) {
        Some(plan) if errors.is_empty() => expand::block(&plan, &block),
        _ => {
            let block = expand::block_alone(&block);
            quote!({ #errors #block })
        }
    }
}
