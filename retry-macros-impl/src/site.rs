//! Places where code is retried, for tools. In: the tokens of a file. Out: what stands there, read as the macros read it.

use crate::errors::{Errors, Mistake};
use crate::keys::Keyword;
use crate::keys::schedule::Schedule;
use crate::plan::{Again, Plan};
use crate::{docs, read};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use std::time::Duration;
use syn::punctuated::Punctuated;
use syn::{Attribute, Meta, Token, parse::Parser as _};

/// A `#[retry]` or a `retry_block!`.
#[derive(Debug)]
pub struct Site {
    /// The name of the function; nothing for a block.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where the attribute, or the macro's name, stands.
    pub span: Span,
    /// The keys that have a value, in the order written, each with what is written for it.
    pub keys: Vec<(&'static str, TokenStream)>,
    /// What a block holds between its braces.
    pub body: Option<TokenStream>,
    /// What is retried, and how; nothing where it cannot be read, for which `mistakes` has the reason.
    pub retry: Option<Retry>,
    /// Everything that the macro would refuse.
    pub mistakes: Vec<Mistake>,
    input: Input,
}

/// What the macro is given.
#[derive(Debug)]
enum Input {
    Function(TokenStream, TokenStream),
    Block(TokenStream),
}

/// What a [`Site`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A function with `#[retry]`.
    Function,
    /// A `retry_block!`.
    Block,
}

/// How something is retried.
#[derive(Debug)]
pub struct Retry {
    /// The list, the `0` at its end included, where it is written; a schedule that is chosen at run time is not. Of lists by error,
    /// the longest entries; of an open list, the waits.
    pub backoffs: Option<Vec<Duration>>,
    /// Whether the last wait of the list is repeated without end.
    pub is_open: bool,
    /// The patterns of lists by error, with the list of each.
    pub by_error: Vec<(TokenStream, Vec<Duration>)>,
    /// The schedule, where it is written.
    pub schedule: Option<retry_schedule::Schedule>,
    /// Whether every error is retried: `on = |_| true`.
    pub retries_every_error: bool,
    /// The jitter, where it is written.
    pub jitter: Option<retry_schedule::Jitter>,
    /// Every wait at its longest, where schedule and jitter are written.
    pub worst_case: Option<Duration>,
    /// Whether it awaits.
    pub is_async: bool,
    /// The two sentences that the section `# Retries` of the documentation has: how, and what.
    pub sentences: [String; 2],
}

impl Site {
    /// How many attempts there are at most, where that is known at compile time.
    #[must_use]
    pub fn attempts(&self) -> Option<usize> {
        let retry = self.retry.as_ref()?;
        let attempts = retry.backoffs.as_ref()?.len();
        Some(if retry.is_open { usize::MAX } else { attempts })
    }

    /// What the macro writes in its place.
    #[must_use]
    pub fn expand(&self) -> TokenStream {
        match &self.input {
            Input::Function(keys, item) => crate::attribute(keys.clone(), item.clone()),
            Input::Block(input) => crate::block(input.clone()),
        }
    }

    /// What `#[retry(keys)]` makes of the item below it, with the attributes that the item has besides. `span` is where the
    /// attribute stands.
    #[must_use]
    pub fn of_function(keys: TokenStream, item: TokenStream, span: Span) -> Self {
        let values = read::values_of_attribute(keys.clone());
        let mut errors = Errors::default();
        let (plan, function) = read::attribute(keys.clone(), item.clone(), &mut errors);
        Self {
            name: function
                .map(|function| function.name.to_string())
                .unwrap_or_default(),
            kind: Kind::Function,
            span,
            keys: named(values),
            body: None,
            retry: plan.as_ref().map(retry),
            mistakes: errors.into_mistakes(),
            input: Input::Function(keys, item),
        }
    }

    /// What `retry_block!(input)` makes of its block. `span` is where the macro's name stands.
    #[must_use]
    pub fn of_block(input: TokenStream, span: Span) -> Self {
        let values = read::values_of_block(input.clone());
        let mut errors = Errors::default();
        let (plan, block) = read::block(input.clone(), &mut errors);
        Self {
            name: String::new(),
            kind: Kind::Block,
            span,
            keys: named(values),
            body: block.map(|block| block.body.stream()),
            retry: plan.as_ref().map(retry),
            mistakes: errors.into_mistakes(),
            input: Input::Block(input),
        }
    }
}

fn named(values: Vec<(Keyword, TokenStream)>) -> Vec<(&'static str, TokenStream)> {
    let named = |(key, value): (Keyword, _)| (key.text(), value);
    values.into_iter().map(named).collect()
}

/// Every site in the tokens of a file, in the order in which they stand there, those inside the bodies of other macros
/// included.
#[must_use]
pub fn sites(file: TokenStream) -> Vec<Site> {
    let mut found = Vec::new();
    find(file, &mut found);
    found
}

fn find(tokens: TokenStream, found: &mut Vec<Site>) {
    let trees: Vec<TokenTree> = tokens.into_iter().collect();
    for (index, tree) in trees.iter().enumerate() {
        match &trees[index..] {
            [
                TokenTree::Punct(hash),
                attribute @ TokenTree::Group(_),
                rest @ ..,
            ] if hash.as_char() == '#' => {
                if let Some(keys) = keys_of(&trees[index], attribute) {
                    found.push(function(keys, &trees[..index], rest, attribute.span()));
                }
            }
            [
                TokenTree::Ident(name),
                TokenTree::Punct(bang),
                TokenTree::Group(input),
                ..,
            ] if name == "retry_block" && bang.as_char() == '!' => {
                found.push(Site::of_block(input.stream(), name.span()));
            }
            _ => {}
        }
        if let TokenTree::Group(group) = tree {
            find(group.stream(), found);
        }
    }
}

/// The arguments of `#[retry(..)]`, by whatever path, and of `#[cfg_attr(.., retry(..))]`.
fn keys_of(hash: &TokenTree, attribute: &TokenTree) -> Option<TokenStream> {
    let tokens: TokenStream = [hash.clone(), attribute.clone()].into_iter().collect();
    let attributes = Attribute::parse_outer.parse2(tokens).ok()?;
    let meta = &attributes.first()?.meta;
    match meta {
        Meta::List(list) if list.path.is_ident("cfg_attr") => {
            let metas = Punctuated::<Meta, Token![,]>::parse_terminated;
            let metas = metas.parse2(list.tokens.clone()).ok()?;
            metas.iter().skip(1).find_map(keys_of_meta)
        }
        _ => keys_of_meta(meta),
    }
}

fn keys_of_meta(meta: &Meta) -> Option<TokenStream> {
    match meta {
        Meta::List(list) if list.path.segments.last()?.ident == "retry" => {
            Some(list.tokens.clone())
        }
        _ => None,
    }
}

fn function(keys: TokenStream, before: &[TokenTree], rest: &[TokenTree], span: Span) -> Site {
    let is_end = |tree: &TokenTree| match tree {
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        TokenTree::Punct(punct) => punct.as_char() == ';',
        _ => false,
    };
    let end = rest
        .iter()
        .position(is_end)
        .map_or(rest.len(), |end| end + 1);
    // The attributes above belong to the item, too.
    let mut start = before.len();
    while let [.., TokenTree::Punct(hash), TokenTree::Group(group)] = &before[..start] {
        if hash.as_char() != '#' || group.delimiter() != Delimiter::Bracket {
            break;
        }
        start -= 2;
    }
    let item = before[start..]
        .iter()
        .chain(&rest[..end])
        .cloned()
        .collect();
    Site::of_function(keys, item, span)
}

fn retry(plan: &Plan) -> Retry {
    Retry {
        backoffs: plan.schedule.written().map(|list| list.backoffs().to_vec()),
        is_open: plan.schedule.is_open(),
        by_error: match &plan.schedule {
            Schedule::ByError(arms, _) => arms
                .iter()
                .map(|arm| (arm.pattern.clone(), arm.list.backoffs().to_vec()))
                .collect(),
            _ => Vec::new(),
        },
        schedule: plan.schedule.written().cloned(),
        retries_every_error: matches!(&plan.again, Again::Result { on: Some(on), .. } if on.is_always_true()),
        jitter: plan.jitter.written(),
        worst_case: plan.worst_case(),
        is_async: plan.is_async,
        sentences: [docs::how(plan), docs::what(plan)],
    }
}
