//! `schedule = …`: a list, a shape worked out into one, or an expression for run time.

use crate::errors::Errors;
use crate::tokens::Tokens;
use crate::types::{is_punct, visible};
use proc_macro2::{Delimiter, Group, Ident, TokenStream, TokenTree};
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
    pub(crate) fn read(value: Tokens<'_>, errors: &mut Errors) -> Option<Self> {
        let trees: Vec<TokenTree> = visible(value.to_token_stream()).into_iter().collect();
        match &trees[..] {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
                list(group, errors).map(Self::Written)
            }
            [TokenTree::Ident(name), TokenTree::Group(group)] if is_shape(name, group) => {
                shape(name, group, errors).map(Self::Written)
            }
            _ => match list_in_disguise(&trees) {
                Some(entries) => {
                    let list = as_list(&entries);
                    errors.at(
                        &value,
                        format_args!("a schedule is a list in brackets: write `{list}`"),
                    );
                    None
                }
                None => Some(Self::Expression(value.to_token_stream())),
            },
        }
    }

    /// Whether this is a list or a shape, right or wrong.
    pub(crate) fn is_spelled(value: Tokens<'_>) -> bool {
        let trees: Vec<TokenTree> = visible(value.to_token_stream()).into_iter().collect();
        match &trees[..] {
            [TokenTree::Group(group)] => group.delimiter() == Delimiter::Bracket,
            [TokenTree::Ident(name), TokenTree::Group(group)] => is_shape(name, group),
            _ => false,
        }
    }
}

/// The entries of what would be a list if it stood in brackets: `1s, 0`, `"1s, 0"`, `(1s, 0)`, `&[1s, 0]`, `vec![1s, 0]`.
fn list_in_disguise(trees: &[TokenTree]) -> Option<String> {
    let (last, before) = trees.split_last()?;
    if is_literal(trees.first()) {
        let entries: TokenStream = trees.iter().cloned().collect();
        return Some(entries.to_string().trim_matches('"').to_owned());
    }
    let is_prefix = |tree: &TokenTree| {
        is_punct(tree, '&')
            || is_punct(tree, '!')
            || matches!(tree, TokenTree::Ident(ident) if ident == "vec")
    };
    match last {
        TokenTree::Group(group) if before.iter().all(is_prefix) => {
            let entries = group.stream();
            is_literal(entries.clone().into_iter().next().as_ref()).then(|| entries.to_string())
        }
        _ => None,
    }
}

/// The list of these entries; or some list, where they are no durations.
pub(crate) fn as_list(entries: &str) -> String {
    let mut waits = entries.split(',').map(|entry| parse_duration(entry.trim()));
    match waits.try_fold(Duration::MAX, |_, wait| wait) {
        Ok(Duration::ZERO) => format!("[{entries}]"),
        Ok(_) => format!("[{entries}, 0]"),
        Err(_) => "[1s, 2s, 4s, 0]".to_owned(),
    }
}

/// `[1s, 2s, 0]`
fn list(group: &Group, errors: &mut Errors) -> Option<Vec<Duration>> {
    if let Some(fix) = no_list(group) {
        errors.at(group, fix);
        return None;
    }
    let trees: Vec<TokenTree> = group.stream().into_iter().collect();
    let parts = Parts::of(&trees, errors);
    let entries: Vec<Option<Duration>> = parts
        .all
        .iter()
        .map(|part| duration(*part, "for waits known only at run time, give an expression of type `Schedule` in place of the list", errors))
        .collect();
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

/// What to write in place of brackets that hold no list: `[exponential(1s, attempts = 5)]`, `[1s; 3]`.
fn no_list(group: &Group) -> Option<String> {
    let trees: Vec<TokenTree> = group.stream().into_iter().collect();
    match &trees[..] {
        [TokenTree::Ident(name), TokenTree::Group(arguments)] if is_shape(name, arguments) => {
            let shape = group.stream();
            Some(format!(
                "a shape makes the whole list: write `{shape}`, without brackets"
            ))
        }
        [wait, semicolon, count] if is_punct(semicolon, ';') => Some(format!(
            "a schedule has one entry for each attempt: write `constant({wait}, retries = {count})` for waits that are all alike"
        )),
        _ => None,
    }
}

/// A duration as it is written; `otherwise` says what to do about one that cannot be.
pub(crate) fn duration(part: Tokens<'_>, otherwise: &str, errors: &mut Errors) -> Option<Duration> {
    let text = text(part);
    match (parse_duration(&text), part.0) {
        (Ok(duration), [] | [_]) => return Some(duration),
        (Ok(_), _) => errors.at(
            &part,
            format_args!("a duration has no space before its unit: write `{text}`"),
        ),
        (Err(_), _) if parse_duration(text.trim_matches('"')).is_ok() => {
            let fix = text.trim_matches('"');
            errors.at(
                &part,
                format_args!("`{text}` is text, not a duration: write `{fix}`, without quotes"),
            );
        }
        (Err(DurationError::NotANumber(_)), [first, ..]) if !is_punct(first, '.') => errors.at(
            &part,
            format_args!("`{text}` is not a duration such as `250ms` or `1.5s`: {otherwise}"),
        ),
        (Err(error), _) => errors.at(&part, error),
    }
    None
}

/// Whether a call such as `exponential(1s, attempts = 5)` is meant as a shape: by its name, or because what stands in
/// the parentheses is no argument of a function.
fn is_shape(name: &Ident, arguments: &Group) -> bool {
    if arguments.delimiter() != Delimiter::Parenthesis {
        return false;
    }
    let name = name.to_string();
    if SHAPES.contains(&name.as_str()) {
        return true;
    }
    let mut trees = arguments.stream().into_iter().peekable();
    let first_is_duration = trees.peek().is_some_and(
        |tree| matches!(tree, TokenTree::Literal(literal) if has_unit(&literal.to_string())),
    );
    let counts = trees.any(|tree| {
        matches!(tree, TokenTree::Ident(ident) if ["attempts", "retries", "within"].iter().any(|count| ident == count))
    });
    first_is_duration || (counts && nearest(&name, SHAPES).is_some())
}

fn has_unit(literal: &str) -> bool {
    parse_duration(literal).is_ok_and(|duration| !duration.is_zero())
}

/// `exponential(1s, max = 60s, attempts = 10)`
fn shape(name: &Ident, group: &Group, errors: &mut Errors) -> Option<Vec<Duration>> {
    let trees: Vec<TokenTree> = group.stream().into_iter().collect();
    let parts = Parts::of(&trees, errors);
    let first = parts.all.first().copied().unwrap_or_default();
    let mut shape = match Shape::parse(&name.to_string(), &text(first)) {
        Ok(shape) => shape,
        Err(error @ ShapeError::Duration { .. }) => {
            wrong_argument(first, "the first wait", error, errors);
            return None;
        }
        Err(error) => {
            errors.at(name, error);
            return None;
        }
    };
    let mut whole = parts.whole;
    let mut arguments: Vec<Argument<'_>> = Vec::new();
    for part in parts.all.iter().skip(1) {
        let Some(argument) = Argument::read(*part, errors) else {
            whole = false;
            continue;
        };
        let name = argument.name.to_string();
        match shape.set(&name, &text(argument.value)) {
            Ok(()) => arguments.push(argument),
            Err(error) => {
                whole = false;
                match error {
                    ShapeError::Duration { .. } | ShapeError::OutOfRange { .. } => {
                        wrong_argument(argument.value, &format!("`{name}`"), error, errors);
                    }
                    error => errors.at(argument.name, error),
                }
            }
        }
    }
    if !whole {
        return None;
    }
    let tokens = whole_shape(name, group);
    let argument = |name: &str| arguments.iter().rfind(|argument| *argument.name == name);
    loop {
        let error = match shape.backoffs() {
            Ok(backoffs) if check_backoffs(&backoffs).is_ok() => return whole.then_some(backoffs),
            Ok(_) => {
                let zero = argument("max").filter(|max| text(max.value) == "0");
                errors.at(
                    &zero.map_or(first, |max| max.value),
                    "the waits of a shape are longer than 0: write a short one such as `1ms`",
                );
                return None;
            }
            Err(error) => error,
        };
        let counts = ["attempts", "retries", "within"];
        let second_count = arguments
            .iter()
            .rfind(|argument| counts.iter().any(|count| *argument.name == count));
        match (&error, second_count) {
            (ShapeError::AttemptsAndRetries | ShapeError::CountAndWithin(_), Some(second)) => {
                errors.at(second.name, &error);
            }
            (ShapeError::OutOfRange { argument: name, .. }, _) => match argument(name.name()) {
                Some(found) => errors.at(&found.value, &error),
                None => errors.at(&tokens, &error),
            },
            _ => errors.at(&tokens, &error),
        }
        whole = false;
        // What is missing is taken as given, to see whether anything else is wrong.
        match error {
            ShapeError::NoAttempts(_) => shape.set("attempts", "1").ok()?,
            ShapeError::Missing { argument, .. } => shape.set(argument.name(), &text(first)).ok()?,
            _ => return None,
        }
    }
}

/// Says what is wrong with a shape's argument, which may be that it is not written out.
fn wrong_argument(value: Tokens<'_>, name: &str, error: ShapeError, errors: &mut Errors) {
    if value.0.iter().any(|tree| is_literal(Some(tree))) {
        errors.at(&value, error);
    } else {
        errors.at(
            &value,
            format_args!("a shape is worked out at compile time, so {name} must be written out: for a value known only at run time, give an expression of type `Schedule`"),
        );
    }
}

fn whole_shape(name: &Ident, group: &Group) -> TokenStream {
    let mut tokens = name.to_token_stream();
    tokens.append(group.clone());
    tokens
}

/// `max = 60s`
struct Argument<'a> {
    name: &'a Ident,
    value: Tokens<'a>,
}

impl<'a> Argument<'a> {
    fn read(part: Tokens<'a>, errors: &mut Errors) -> Option<Self> {
        match part.0 {
            [TokenTree::Ident(name), equals, value @ ..]
                if is_punct(equals, '=') && !value.is_empty() =>
            {
                return Some(Self {
                    name,
                    value: Tokens(value),
                });
            }
            [TokenTree::Ident(name), rest @ ..] if rest.len() < 2 => {
                let example = match name.to_string().as_str() {
                    "max" | "min" | "step" => "1s",
                    "within" => "5m",
                    "factor" => "1.5",
                    _ => "5",
                };
                errors.at(
                    name,
                    format_args!("`{name}` has no value: write one, as in `{name} = {example}`"),
                );
            }
            [TokenTree::Ident(_), colon, ..] if is_punct(colon, ':') => {
                errors.at(colon, "write `=` in place of `:`");
            }
            _ => errors.at(
                &part,
                "only the first wait stands without a name: name this one, as in `attempts = 5`",
            ),
        }
        None
    }
}

/// The parts of a group between its commas.
struct Parts<'a> {
    all: Vec<Tokens<'a>>,
    /// Whether no comma was missing or too many.
    whole: bool,
}

impl<'a> Parts<'a> {
    fn of(trees: &'a [TokenTree], errors: &mut Errors) -> Self {
        let mut parts = Self {
            all: Vec::new(),
            whole: true,
        };
        let mut start = 0;
        for (index, tree) in trees.iter().enumerate() {
            let part = &trees[start..index];
            match tree {
                TokenTree::Punct(punct) if matches!(punct.as_char(), ',' | ';') => {
                    if punct.as_char() == ';' {
                        errors.at(tree, "write `,` in place of `;`");
                        parts.whole = false;
                    }
                    if part.is_empty() {
                        errors.at(tree, "there is a comma too many: remove it");
                        parts.whole = false;
                    } else {
                        parts.all.push(Tokens(part));
                    }
                    start = index + 1;
                }
                // Two things side by side: `1s 2s`, or `1s max = 5s`, but not `1 s`.
                TokenTree::Literal(_) | TokenTree::Ident(_)
                    if ends_a_value(part) && !is_unit(part, tree) =>
                {
                    errors.at(tree, format_args!("a comma is missing before `{tree}`"));
                    parts.whole = false;
                    parts.all.push(Tokens(part));
                    start = index;
                }
                _ => {}
            }
        }
        if start < trees.len() {
            parts.all.push(Tokens(&trees[start..]));
        }
        parts
    }
}

fn ends_a_value(part: &[TokenTree]) -> bool {
    matches!(
        part.last(),
        Some(TokenTree::Literal(_) | TokenTree::Ident(_))
    )
}

/// Whether this is the unit of the number before it, in spite of the space between them.
fn is_unit(part: &[TokenTree], unit: &TokenTree) -> bool {
    part.last()
        .is_some_and(|number| has_unit(&format!("{number}{unit}")))
}

pub(crate) fn is_literal(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Literal(_)))
}

/// The tokens as they would stand in a schedule's text.
pub(crate) fn text(tokens: Tokens<'_>) -> String {
    tokens.0.iter().map(TokenTree::to_string).collect()
}
