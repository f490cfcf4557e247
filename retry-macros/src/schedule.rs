//! `schedule = …`: a list, a shape worked out into one, or an expression for run time.

use crate::errors::Errors;
use crate::types::visible;
use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _};
use retry_schedule::{
    DurationError, SHAPES, ScheduleError, Shape, ShapeError, check_backoffs, nearest,
    parse_duration,
};
use std::time::Duration;

pub(crate) enum Schedule {
    /// The list, the `0` at its end included.
    Written(Vec<Duration>),
    /// An expression of type `Schedule` or `&Schedule`.
    Expression(TokenStream),
}

impl Schedule {
    pub(crate) fn read(value: TokenStream, errors: &mut Errors) -> Option<Self> {
        let trees: Vec<TokenTree> = visible(value.clone()).into_iter().collect();
        match &trees[..] {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
                list(group, errors).map(Self::Written)
            }
            [TokenTree::Ident(name), TokenTree::Group(group)]
                if group.delimiter() == Delimiter::Parenthesis
                    && is_shape(&name.to_string(), group) =>
            {
                shape(name, group, errors).map(Self::Written)
            }
            [TokenTree::Literal(_), ..] => {
                errors.at(
                    &value,
                    "a schedule is a list: write it in brackets, as `[1s, 2s, 4s, 0]`",
                );
                None
            }
            _ => Some(Self::Expression(value)),
        }
    }
}

/// `[1s, 2s, 0]`
fn list(group: &Group, errors: &mut Errors) -> Option<Vec<Duration>> {
    let parts = Parts::of(group, errors);
    let entries: Vec<Option<Duration>> = parts.all.iter().map(|part| entry(part, errors)).collect();
    let Some((last, waits)) = entries.split_last() else {
        errors.at(group, ScheduleError::Empty);
        return None;
    };
    for (index, wait) in waits.iter().enumerate() {
        if wait.is_some_and(|wait| wait.is_zero()) {
            errors.at(
                &parts.all[index],
                ScheduleError::InteriorZero { entry: index + 1 },
            );
        }
    }
    if let Some(last) = last.filter(|last| !last.is_zero()) {
        errors.at(
            &parts.all[waits.len()],
            ScheduleError::NoTrailingZero {
                entry: entries.len(),
                last,
            },
        );
    }
    // What was wrong with an entry or a comma has been said already.
    let backoffs = entries.into_iter().collect::<Option<Vec<_>>>()?;
    (parts.whole && check_backoffs(&backoffs).is_ok()).then_some(backoffs)
}

fn entry(part: &TokenStream, errors: &mut Errors) -> Option<Duration> {
    match parse_duration(&text(part)) {
        Ok(duration) => Some(duration),
        Err(DurationError::NotANumber(text)) => {
            errors.at(
                part,
                format_args!(
                    "`{text}` is not a duration: a written list holds literals such as `250ms` or `1.5s`. \
                     For values known only at run time, give an expression of type `Schedule` instead of a list"
                ),
            );
            None
        }
        Err(error) => {
            errors.at(part, error);
            None
        }
    }
}

/// Whether a call such as `exponential(1s, attempts = 5)` is meant as a shape: by its name, or because what stands in
/// the parentheses is no argument of a function.
fn is_shape(name: &str, arguments: &Group) -> bool {
    if SHAPES.contains(&name) {
        return true;
    }
    let mut trees = arguments.stream().into_iter().peekable();
    let first_is_duration = trees.peek().is_some_and(
        |tree| matches!(tree, TokenTree::Literal(literal) if has_unit(&literal.to_string())),
    );
    let counts = trees.any(
        |tree| matches!(tree, TokenTree::Ident(ident) if ident == "attempts" || ident == "retries"),
    );
    first_is_duration || (counts && nearest(name, SHAPES).is_some())
}

fn has_unit(literal: &str) -> bool {
    parse_duration(literal).is_ok_and(|duration| !duration.is_zero())
}

/// `exponential(1s, max = 60s, attempts = 10)`
fn shape(name: &syn::Ident, group: &Group, errors: &mut Errors) -> Option<Vec<Duration>> {
    let parts = Parts::of(group, errors);
    let first = parts.all.first().cloned().unwrap_or_default();
    let mut shape = match Shape::parse(&name.to_string(), &text(&first)) {
        Ok(shape) => shape,
        Err(error @ ShapeError::Duration { .. }) => {
            errors.at(&first, error);
            return None;
        }
        Err(error) => {
            errors.at(name, error);
            return None;
        }
    };
    let mut whole = parts.whole;
    for part in parts.all.iter().skip(1) {
        let mut trees = part.clone().into_iter();
        let (argument, equals) = (trees.next(), trees.next());
        let value: TokenStream = trees.collect();
        let named = matches!(&equals, Some(TokenTree::Punct(punct)) if punct.as_char() == '=');
        let (Some(argument), true, false) = (argument, named, value.is_empty()) else {
            errors.at(part, "the first wait is the only argument without a name: write this one as `name = value`");
            whole = false;
            continue;
        };
        if let Err(error) = shape.set(&argument.to_string(), &text(&value)) {
            match error {
                ShapeError::Duration { .. } | ShapeError::OutOfRange { .. } => {
                    errors.at(&value, error);
                }
                error => errors.at(&argument, error),
            }
            whole = false;
        }
    }
    if !whole {
        return None;
    }
    let made = shape
        .backoffs()
        .map_err(ScheduleError::from)
        .and_then(|backoffs| {
            check_backoffs(&backoffs)?;
            Ok(backoffs)
        });
    made.map_err(|error| errors.at(&whole_shape(name, group), error))
        .ok()
}

fn whole_shape(name: &syn::Ident, group: &Group) -> TokenStream {
    let mut tokens = name.to_token_stream();
    tokens.append(group.clone());
    tokens
}

/// The parts of a group between its commas.
struct Parts {
    all: Vec<TokenStream>,
    /// Whether no comma was missing or too many.
    whole: bool,
}

impl Parts {
    fn of(group: &Group, errors: &mut Errors) -> Self {
        let mut parts = Self {
            all: Vec::new(),
            whole: true,
        };
        let mut part = TokenStream::new();
        for tree in group.stream() {
            match &tree {
                TokenTree::Punct(punct) if punct.as_char() == ',' => {
                    if part.is_empty() {
                        errors.at(&tree, "there is a comma too many: remove it");
                        parts.whole = false;
                    } else {
                        parts.all.push(std::mem::take(&mut part));
                    }
                }
                // Two things side by side: `1s 2s`, or `1s max = 5s`.
                TokenTree::Literal(_) | TokenTree::Ident(_) if ends_a_value(&part) => {
                    errors.at(&tree, format_args!("a comma is missing before `{tree}`"));
                    parts.whole = false;
                    parts.all.push(std::mem::take(&mut part));
                    part.append(tree);
                }
                _ => part.append(tree),
            }
        }
        if !part.is_empty() {
            parts.all.push(part);
        }
        parts
    }
}

fn ends_a_value(part: &TokenStream) -> bool {
    matches!(
        part.clone().into_iter().last(),
        Some(TokenTree::Literal(_) | TokenTree::Ident(_))
    )
}

/// The tokens as they would stand in a schedule's text.
pub(crate) fn text(tokens: &TokenStream) -> String {
    tokens
        .clone()
        .into_iter()
        .map(|tree| tree.to_string())
        .collect()
}
