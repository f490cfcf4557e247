//! The function: what stands around its body, and where in the body the loop goes. The body itself stays unread.

use crate::errors::Errors;
use crate::types::{Depth, future_output, is_punct, is_unit_or_never, visible};
use proc_macro2::{Delimiter, Group, Ident, Span, TokenStream, TokenTree};
use quote::TokenStreamExt as _;

pub(crate) struct Function {
    pub(crate) attributes: TokenStream,
    /// From the visibility to the end of the `where` clause.
    pub(crate) signature: TokenStream,
    pub(crate) name: Ident,
    /// The `fn` token's.
    pub(crate) span: Span,
    /// The `const` of a `const fn`.
    pub(crate) constness: Option<Ident>,
    /// What one attempt gives: the return type, or the output of the future that is returned.
    pub(crate) output: Option<TokenStream>,
    pub(crate) kind: Kind,
    pub(crate) body: Group,
}

/// Where the attempts are made.
pub(crate) enum Kind {
    Sync,
    Async,
    /// `-> impl Future`, `-> Pin<Box<dyn Future>>`: in the `async` block that the body ends with.
    InAsyncBlock(AsyncBlock),
    /// The same, but the body makes its future in another way: each attempt runs the body and awaits what it gives.
    ReturnsFuture {
        boxed: bool,
        ty: TokenStream,
    },
}

impl Kind {
    pub(crate) fn is_async(&self) -> bool {
        !matches!(self, Self::Sync)
    }
}

/// A body that ends in `async move { .. }`, `Box::pin(async move { .. })` or `async move { .. }.boxed()`.
pub(crate) struct AsyncBlock {
    /// What runs before the future is made, and so once.
    pub(crate) before: Vec<TokenTree>,
    /// `Box::pin`
    pub(crate) pin: Vec<TokenTree>,
    /// `async move`
    pub(crate) keywords: Vec<TokenTree>,
    /// What `#[async_trait]` puts first in the block: the arguments moved into it, once.
    pub(crate) moves: TokenStream,
    /// The rest of the block: one attempt.
    pub(crate) attempt: TokenStream,
    /// `.boxed()`
    pub(crate) after: Vec<TokenTree>,
}

impl Function {
    pub(crate) fn read(item: TokenStream, errors: &mut Errors) -> Option<Self> {
        let trees: Vec<TokenTree> = with_visible_body(item);
        let start = attributes_end(&trees);
        let Some(fn_at) = fn_token(&trees[start..]).map(|index| start + index) else {
            let what = trees[start..].iter().find(|tree| matches!(tree, TokenTree::Ident(ident) if ident != "pub" && ident != "unsafe"));
            let span = what
                .or(trees.get(start))
                .map_or_else(Span::call_site, TokenTree::span);
            let what = what.map_or_else(|| "item".to_owned(), |what| format!("`{what}`"));
            let message = format!(
                "`#[retry]` goes on a function, and this {what} is not one: put it on the function to retry, or write `retry_block!` where that is called"
            );
            errors.push(span, message);
            return None;
        };
        let Some(TokenTree::Ident(name)) = trees.get(fn_at + 1) else {
            return None;
        };
        let span = trees[fn_at].span();
        let Some((TokenTree::Group(body), header)) =
            trees.split_last().filter(|(last, _)| is_brace(last))
        else {
            errors.push(
                span,
                format_args!("`{name}` has no body to retry: put `#[retry]` on the implementations, or give it a default body"),
            );
            return None;
        };
        let qualifiers = &trees[start..fn_at];
        let keyword = |keyword: &str| {
            qualifiers.iter().find_map(|tree| match tree {
                TokenTree::Ident(ident) if ident == keyword => Some(ident.clone()),
                _ => None,
            })
        };
        let returned = return_type(&header[fn_at..]);
        let future = returned.as_ref().and_then(future_output);
        let (kind, output) = match (keyword("async"), returned, future) {
            (Some(_), returned, _) => (Kind::Async, returned),
            (None, Some(ty), Some(output)) => (future_kind(body, ty), Some(output)),
            (None, returned, _) => (Kind::Sync, returned),
        };
        Some(Self {
            attributes: trees[..start].iter().cloned().collect(),
            signature: header[start..].iter().cloned().collect(),
            name: name.clone(),
            span,
            constness: keyword("const"),
            output: output.filter(|ty| !is_unit_or_never(ty)),
            kind,
            body: body.clone(),
        })
    }
}

/// The tokens of an item, whose body `macro_rules!` may have put into an invisible group.
fn with_visible_body(item: TokenStream) -> Vec<TokenTree> {
    let mut trees: Vec<TokenTree> = item.into_iter().collect();
    if matches!(trees.last(), Some(TokenTree::Group(last)) if last.delimiter() == Delimiter::None) {
        let last = trees.pop().map(TokenStream::from).unwrap_or_default();
        trees.extend(visible(last));
    }
    trees
}

/// Where the outer attributes end.
fn attributes_end(trees: &[TokenTree]) -> usize {
    let mut end = 0;
    while let [TokenTree::Punct(hash), TokenTree::Group(_), ..] = &trees[end..] {
        if hash.as_char() != '#' {
            break;
        }
        end += 2;
    }
    end
}

/// Where the `fn` of a function stands, if only what may stand before it does.
fn fn_token(trees: &[TokenTree]) -> Option<usize> {
    for (index, tree) in trees.iter().enumerate() {
        match tree {
            TokenTree::Ident(ident) if ident == "fn" => {
                return matches!(trees.get(index + 1), Some(TokenTree::Ident(_))).then_some(index);
            }
            TokenTree::Ident(ident) => {
                let qualifiers = [
                    "pub", "default", "const", "async", "unsafe", "safe", "extern", "crate",
                ];
                if !qualifiers.iter().any(|qualifier| ident == qualifier) {
                    return None;
                }
            }
            // `pub(crate)`, `extern "C"`
            TokenTree::Group(_) | TokenTree::Literal(_) => {}
            TokenTree::Punct(_) => return None,
        }
    }
    None
}

/// The type after the arrow that follows the parameters.
fn return_type(trees: &[TokenTree]) -> Option<TokenStream> {
    let mut depth = Depth::default();
    let parameters = trees
        .iter()
        .position(|tree| depth.step(tree) == 0 && is_parenthesis(tree))?;
    match &trees[parameters + 1..] {
        [minus, greater, rest @ ..] if is_punct(minus, '-') && is_punct(greater, '>') => {
            let is_where =
                |tree: &TokenTree| matches!(tree, TokenTree::Ident(ident) if ident == "where");
            Some(visible(
                rest.iter()
                    .take_while(|tree| !is_where(tree))
                    .cloned()
                    .collect(),
            ))
        }
        _ => None,
    }
}

fn future_kind(body: &Group, ty: TokenStream) -> Kind {
    match async_block(body) {
        Some(block) => Kind::InAsyncBlock(block),
        None => Kind::ReturnsFuture {
            boxed: !matches!(ty.clone().into_iter().next(), Some(TokenTree::Ident(first)) if first == "impl"),
            ty,
        },
    }
}

/// Finds the `async` block that the body ends with.
fn async_block(body: &Group) -> Option<AsyncBlock> {
    let mut trees: Vec<TokenTree> = body.stream().into_iter().collect();
    let mut after = Vec::new();
    if let [.., dot, TokenTree::Ident(method), arguments] = &trees[..] {
        if is_punct(dot, '.')
            && (method == "boxed" || method == "boxed_local")
            && is_parenthesis(arguments)
        {
            after = trees.split_off(trees.len() - 3);
        }
    }
    let mut pin = Vec::new();
    let mut before = Vec::new();
    if let [.., TokenTree::Ident(name), TokenTree::Group(argument)] = &trees[..] {
        if name == "pin" && argument.delimiter() == Delimiter::Parenthesis {
            let argument = argument.stream().into_iter().collect();
            trees.pop();
            let path = trees
                .iter()
                .rposition(|tree| !is_path(tree))
                .map_or(0, |index| index + 1);
            pin = trees.split_off(path);
            before = std::mem::replace(&mut trees, argument);
            if trees.last().is_some_and(|tree| is_punct(tree, ',')) {
                trees.pop();
            }
        }
    }
    let Some(TokenTree::Group(block)) = trees.last().filter(|tree| is_brace(tree)).cloned() else {
        return None;
    };
    trees.pop();
    let is_keyword = |tree: &TokenTree| matches!(tree, TokenTree::Ident(ident) if ident == "async" || ident == "move");
    let start = trees
        .iter()
        .rposition(|tree| !is_keyword(tree))
        .map_or(0, |index| index + 1);
    let keywords = trees.split_off(start);
    if !matches!(keywords.first(), Some(TokenTree::Ident(first)) if first == "async") {
        return None;
    }
    if pin.is_empty() {
        before = trees;
    } else if !trees.is_empty() {
        return None;
    }
    // Only whole statements may stand before the future that is returned.
    if !before
        .last()
        .is_none_or(|tree| is_punct(tree, ';') || is_brace(tree))
    {
        return None;
    }
    let (moves, attempt) = async_trait_moves(block.stream());
    Some(AsyncBlock {
        before,
        pin,
        keywords,
        moves,
        attempt,
        after,
    })
}

/// Splits the block that `#[async_trait]` makes after its own statements:
///
/// ```text
/// if let Some(__ret) = None::<R> { return __ret; }   types the block
/// let __self = self;                                 moves each argument into the block
/// let (a, b) = { let __arg1 = __arg1; __arg1 };
/// let __ret: R = { .. }; __ret                       the attempt
/// ```
fn async_trait_moves(block: TokenStream) -> (TokenStream, TokenStream) {
    let trees: Vec<TokenTree> = block.into_iter().collect();
    let is_if = matches!(trees.first(), Some(TokenTree::Ident(first)) if first == "if");
    let typed = trees.iter().position(is_brace);
    let names_ret = trees.iter().take(typed.unwrap_or(0)).any(
        |tree| matches!(tree, TokenTree::Group(group) if group.stream().to_string() == "__ret"),
    );
    let (true, true, Some(typed)) = (is_if, names_ret, typed) else {
        return (TokenStream::new(), trees.into_iter().collect());
    };
    let mut end = typed + 1;
    while matches!(trees.get(end), Some(TokenTree::Ident(first)) if first == "let") {
        let Some(semicolon) = trees[end..]
            .iter()
            .position(|tree| is_punct(tree, ';'))
            .map(|index| end + index)
        else {
            break;
        };
        match &trees[end..semicolon] {
            [_, TokenTree::Ident(name), ..] if name == "__ret" => break,
            [.., equals, _name_or_block] if is_punct(equals, '=') => end = semicolon + 1,
            _ => break,
        }
    }
    let attempt = trees[end..].iter().cloned().collect();
    (trees[..end].iter().cloned().collect(), attempt)
}

fn is_path(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Ident(_)) || is_punct(tree, ':')
}

fn is_brace(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn is_parenthesis(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Group(group) if group.delimiter() == Delimiter::Parenthesis)
}

/// A group with the same delimiters, and so the same place in the source, around other tokens.
pub(crate) fn refill(group: &Group, stream: TokenStream) -> Group {
    let mut refilled = Group::new(group.delimiter(), stream);
    refilled.set_span(group.span());
    refilled
}

/// The inner attributes of a body, `#![allow(..)]`, and the rest.
pub(crate) fn split_inner_attributes(body: &Group) -> (TokenStream, TokenStream) {
    let trees: Vec<TokenTree> = body.stream().into_iter().collect();
    let mut end = 0;
    while let [hash, bang, TokenTree::Group(_), ..] = &trees[end..] {
        if !(is_punct(hash, '#') && is_punct(bang, '!')) {
            break;
        }
        end += 3;
    }
    let mut attributes = TokenStream::new();
    attributes.append_all(&trees[..end]);
    (attributes, trees[end..].iter().cloned().collect())
}
