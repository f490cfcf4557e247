//! Reads what the macros are given. In: tokens. Out: the plan and what it is for, each if it can be read, and every mistake.

use crate::block::Block;
use crate::errors::Errors;
use crate::function::Function;
use crate::keys::{Keys, Keyword, Place};
use crate::plan::Plan;
use crate::{check, hygiene};
use proc_macro2::TokenStream;
use syn::parse::{ParseStream, Parser as _};

/// The keys of `#[retry]`, and the function below it.
pub(crate) fn attribute(
    keys: TokenStream,
    item: TokenStream,
    errors: &mut Errors,
) -> (Option<Plan>, Option<Function>) {
    let mut of_item = Errors::default();
    let function = Function::read(item, &mut of_item);
    // In a method of `#[async_trait]`, `self` goes by another name where the loop stands.
    let keys = match function
        .as_ref()
        .and_then(|function| function.this.as_ref())
    {
        Some(this) => hygiene::renamed(keys, this),
        None => keys,
    };
    let keys = Keys::of_attribute(keys, errors);
    errors.append(of_item);
    let plan = function
        .as_ref()
        .and_then(|function| check::function(keys, function, errors));
    (plan, function)
}

/// What is written for each key of `#[retry]`, right or wrong.
pub(crate) fn values_of_attribute(keys: TokenStream) -> Vec<(Keyword, TokenStream)> {
    Keys::of_attribute(keys, &mut Errors::default()).values
}

/// What is written for each key of `retry_block!`, right or wrong.
pub(crate) fn values_of_block(input: TokenStream) -> Vec<(Keyword, TokenStream)> {
    let read = |input: ParseStream<'_>| {
        let keys = Keys::parse(input, Place::Block, &mut Errors::default());
        input.parse::<TokenStream>()?;
        Ok(keys.values)
    };
    // All of the input is read, so there is nothing that the parser could refuse.
    read.parse2(input).unwrap_or_default()
}

/// The keys of `retry_block!`, and its block.
pub(crate) fn block(input: TokenStream, errors: &mut Errors) -> (Option<Plan>, Option<Block>) {
    let read = |input: ParseStream<'_>| {
        let keys = Keys::parse(input, Place::Block, errors);
        let block = Block::parse(input, errors);
        let plan = block
            .as_ref()
            .and_then(|block| check::block(keys, block, errors));
        Ok((plan, block))
    };
    // All of the input is read, so there is nothing that the parser could refuse.
    read.parse2(input).unwrap_or_default()
}
