//! The invisible groups that `macro_rules!` puts around what it was given. In: tokens. Out: the same tokens, which mean the
//! same when they are written into other code.
//!
//! A proc macro that hands such a group on loses its precedence: `$e * 2` with `1 + 1` becomes `1 + 1 * 2`
//! (rust-lang/rust#67062). Groups inside other groups are handed on untouched, so only the outer ones are looked at.

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Expr, Type};

/// Without invisible groups at the top: what needs its precedence stands in parentheses.
pub(crate) fn visible(tokens: TokenStream) -> TokenStream {
    if !tokens.clone().into_iter().any(|tree| is_invisible(&tree)) {
        return tokens;
    }
    tokens
        .into_iter()
        .flat_map(|tree| match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                let inner = visible(group.stream());
                if is_one_operand(&inner) {
                    inner
                } else {
                    Group::new(Delimiter::Parenthesis, inner).into_token_stream()
                }
            }
            tree => tree.into(),
        })
        .collect()
}

/// The same at every depth, for tokens that were printed from a syntax tree.
pub(crate) fn visible_throughout(tokens: TokenStream) -> TokenStream {
    if !has_invisible(&tokens) {
        return tokens;
    }
    visible(tokens)
        .into_iter()
        .map(|tree| match tree {
            TokenTree::Group(group) => refill(&group, visible_throughout(group.stream())).into(),
            tree => tree,
        })
        .collect()
}

/// The tokens in an invisible group, or in nothing else than one.
pub(crate) fn unwrapped(tokens: TokenStream) -> TokenStream {
    let mut trees = tokens.clone().into_iter();
    match (trees.next(), trees.next()) {
        (Some(TokenTree::Group(group)), None) if group.delimiter() == Delimiter::None => {
            unwrapped(group.stream())
        }
        _ => tokens,
    }
}

/// The inner attributes of a body, `#![allow(..)]`, and the body without them. A body without any stays untouched.
pub(crate) fn split_inner_attributes(body: &Group) -> (TokenStream, Group) {
    let mut begin = body.stream().into_iter();
    let mut begins_with =
        |mark| matches!(begin.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == mark);
    if !(begins_with('#') && begins_with('!')) {
        return (TokenStream::new(), body.clone());
    }
    let read = |input: ParseStream<'_>| {
        let attributes = Attribute::parse_inner(input)?;
        Ok((attributes, input.parse::<TokenStream>()?))
    };
    match read.parse2(body.stream()) {
        Ok((attributes, rest)) if !attributes.is_empty() => {
            (quote!(#(#attributes)*), refill(body, rest))
        }
        _ => (TokenStream::new(), body.clone()),
    }
}

/// A group with the same delimiters, and so the same place in the source, around other tokens.
pub(crate) fn refill(group: &Group, stream: TokenStream) -> Group {
    let mut refilled = Group::new(group.delimiter(), stream);
    refilled.set_span(group.span());
    refilled
}

pub(crate) fn is_invisible(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::None)
}

fn has_invisible(tokens: &TokenStream) -> bool {
    tokens.clone().into_iter().any(|tree| match &tree {
        TokenTree::Group(group) => is_invisible(&tree) || has_invisible(&group.stream()),
        _ => false,
    })
}

/// Whether the tokens mean the same with and without parentheses around them, wherever they stand.
fn is_one_operand(tokens: &TokenStream) -> bool {
    if tokens.clone().into_iter().nth(1).is_none() {
        return true;
    }
    match syn::parse2::<Expr>(tokens.clone()) {
        Ok(expr) => !matches!(
            expr,
            Expr::Assign(_)
                | Expr::Binary(_)
                | Expr::Break(_)
                | Expr::Cast(_)
                | Expr::Closure(_)
                | Expr::Let(_)
                | Expr::Range(_)
                | Expr::Reference(_)
                | Expr::RawAddr(_)
                | Expr::Return(_)
                | Expr::Unary(_)
                | Expr::Yield(_)
        ),
        Err(_) => !matches!(
            syn::parse2::<Type>(tokens.clone()),
            Ok(Type::TraitObject(_) | Type::ImplTrait(_))
        ),
    }
}
