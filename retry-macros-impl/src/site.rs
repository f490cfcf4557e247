//! Places where code is retried, for tools. In: the tokens of a file. Out: what stands there, read as the macros read it.

use crate::errors::{Errors, Mistake};
use crate::plan::Plan;
use crate::{docs, read};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use std::time::Duration;
use syn::{Attribute, Meta, parse::Parser as _};

/// A `#[retry]` or a `retry_block!`.
#[derive(Debug)]
pub struct Site {
    /// The name of the function; nothing for a block.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where the attribute, or the macro's name, stands.
    pub span: Span,
    /// What is retried, and how; nothing where it cannot be read, for which `mistakes` has the reason.
    pub retry: Option<Retry>,
    /// Everything that the macro would refuse.
    pub mistakes: Vec<Mistake>,
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
                found.push(block(input.stream(), name.span()));
            }
            _ => {}
        }
        if let TokenTree::Group(group) = tree {
            find(group.stream(), found);
        }
    }
}

/// The arguments of `#[retry(..)]`, by whatever path.
fn keys_of(hash: &TokenTree, attribute: &TokenTree) -> Option<TokenStream> {
    let tokens: TokenStream = [hash.clone(), attribute.clone()].into_iter().collect();
    let attributes = Attribute::parse_outer.parse2(tokens).ok()?;
    match &attributes.first()?.meta {
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
    let mut errors = Errors::default();
    let (plan, function) = read::attribute(keys, item, &mut errors);
    Site {
        name: function
            .map(|function| function.name.to_string())
            .unwrap_or_default(),
        kind: Kind::Function,
        span,
        retry: plan.as_ref().map(retry),
        mistakes: errors.into_mistakes(),
    }
}

fn block(input: TokenStream, span: Span) -> Site {
    let mut errors = Errors::default();
    let (plan, _) = read::block(input, &mut errors);
    Site {
        name: String::new(),
        kind: Kind::Block,
        span,
        retry: plan.as_ref().map(retry),
        mistakes: errors.into_mistakes(),
    }
}

fn retry(plan: &Plan) -> Retry {
    Retry {
        backoffs: plan.schedule.written().map(|list| list.backoffs().to_vec()),
        is_open: plan.schedule.is_open(),
        jitter: plan.jitter.written(),
        worst_case: plan.worst_case(),
        is_async: plan.is_async,
        sentences: [docs::how(plan), docs::what(plan)],
    }
}
