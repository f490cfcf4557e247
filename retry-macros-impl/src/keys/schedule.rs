//! `schedule = ..`: a list, a shape worked out into one, or an expression for run time. In: a value. Out: the waits, or the
//! expression.
//!
//! Units, lists and shapes are no Rust, so they are read here by hand.

use super::names::Keyword;
use super::value::Value;
use crate::errors::Errors;
use crate::groups::unwrapped;
use proc_macro2::{Delimiter, Group, Ident, Literal, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _, quote};
use retry_schedule::{
    DurationError, SHAPES, Schedule as List, ScheduleError, Shape, ShapeArgument, ShapeError,
    nearest, parse_duration,
};
use std::time::Duration;
use syn::parse::{ParseStream, Parser as _};
use syn::{Attribute, Expr, Pat, Token};

pub(crate) enum Schedule {
    /// A list that is known at compile time.
    Written(List),
    /// A list for each kind of error, and the longest entry of each row.
    ByError(Vec<Arm>, List),
    /// An expression of type `Schedule` or `&Schedule`.
    Expression(TokenStream),
}

impl Schedule {
    pub(crate) fn read(value: &Value, errors: &mut Errors) -> Option<Self> {
        let trees = value.trees();
        match trees {
            [_, TokenTree::Group(arms)] if Self::is_by_error(value) => {
                return by_error(arms, errors);
            }
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
                return list(group, errors).map(Self::Written);
            }
            [TokenTree::Ident(name), TokenTree::Group(group)] if is_shape(name, group) => {
                return shape(name, group, errors).map(Self::Written);
            }
            _ => {}
        }
        if let [
            TokenTree::Ident(keyword),
            subject @ ..,
            TokenTree::Group(arms),
        ] = trees
        {
            if keyword == "match" && has_written_arm(arms) {
                errors.at(
                    &Part(subject),
                    "a list for each kind of error has no subject: write `match { .. }`. To choose a schedule at run time, write `schedule![..]` in each arm",
                );
                return None;
            }
        }
        let is_other = value.expr().is_some_and(|expr| !may_be_list(expr));
        if let Some(entries) = list_in_disguise(trees).filter(|_| !is_other) {
            let list = as_list(&entries);
            errors.at(
                value,
                format_args!("a schedule is a list in brackets: write `{list}`"),
            );
            return None;
        }
        value.whole(Keyword::Schedule, errors)?;
        Some(Self::Expression(value.tokens()))
    }

    /// Reads what stands by itself in `schedule![..]`: a list without its brackets, or a shape.
    pub(crate) fn read_alone(input: TokenStream, errors: &mut Errors) -> Option<List> {
        let trees: Vec<TokenTree> = unwrapped(input.clone()).into_iter().collect();
        let is_number = matches!(trees.first(), Some(TokenTree::Literal(literal)) if !literal.to_string().starts_with('"'));
        match (&trees[..], list_in_disguise(&trees)) {
            ([TokenTree::Ident(keyword), ..], _) if keyword == "match" => {
                errors.at(
                    &Part(&trees),
                    "lists by error are no `Schedule`: write them as the key `schedule` of `#[retry]` or `retry_block!`",
                );
                None
            }
            ([TokenTree::Ident(name), TokenTree::Group(group)], _) => shape(name, group, errors),
            (_, Some(entries)) if !is_number => {
                let list = as_list(&entries);
                errors.at(&Part(&trees), format_args!("write `schedule!{list}`"));
                None
            }
            _ => list(&Group::new(Delimiter::Bracket, input), errors),
        }
    }

    /// The lists, where they are known at compile time: one, or one for each kind of error.
    pub(crate) fn lists(&self) -> Option<Vec<&List>> {
        match self {
            Self::Written(list) => Some(vec![list]),
            Self::ByError(arms, _) => Some(arms.iter().map(|arm| &arm.list).collect()),
            Self::Expression(_) => None,
        }
    }

    /// The list, where it is known at compile time.
    pub(crate) fn written(&self) -> Option<&List> {
        match self {
            Self::Written(list) | Self::ByError(_, list) => Some(list),
            Self::Expression(_) => None,
        }
    }

    /// Whether a written list repeats its last wait without end.
    pub(crate) fn is_open(&self) -> bool {
        self.written().is_some_and(List::is_open)
    }

    /// Whether this is `match { .. }`, which is no Rust, for want of something to match on.
    pub(crate) fn is_by_error(value: &Value) -> bool {
        matches!(value.trees(), [TokenTree::Ident(keyword), TokenTree::Group(arms)] if keyword == "match" && arms.delimiter() == Delimiter::Brace)
    }

    /// Whether this is a list or a shape, right or wrong.
    pub(crate) fn is_spelled(value: &Value) -> bool {
        match value.trees() {
            [TokenTree::Group(group)] => group.delimiter() == Delimiter::Bracket,
            [TokenTree::Ident(name), TokenTree::Group(group)] => is_shape(name, group),
            _ => false,
        }
    }
}

/// `ApiError::Throttled { .. } if is_peak() => [5s, 30s, 0]`
pub(crate) struct Arm {
    pub(crate) pattern: TokenStream,
    pub(crate) list: List,
}

fn by_error(group: &Group, errors: &mut Errors) -> Option<Schedule> {
    let (mut arms, mut has_attribute) = (Vec::new(), false);
    let read = |input: ParseStream<'_>| {
        while !input.is_empty() {
            if let Some(attribute) = Attribute::parse_outer(input)?.first() {
                has_attribute = true;
                errors.at(
                    attribute,
                    "an attribute may not stand here: for lists that depend on a `cfg`, write `#[cfg_attr(.., retry(..))]` on the function",
                );
            }
            let pattern = Pat::parse_multi_with_leading_vert(input)?.into_token_stream();
            let guard = if input.peek(Token![if]) {
                let token: Token![if] = input.parse()?;
                let guard: Expr = input.parse()?;
                quote!(#token #guard)
            } else {
                TokenStream::new()
            };
            let arrow: Token![=>] = input.parse()?;
            let mut list = TokenStream::new();
            while !input.is_empty() && !input.peek(Token![,]) {
                list.extend(input.parse::<TokenTree>()?.into_token_stream());
            }
            input.parse::<Option<Token![,]>>()?;
            if list.is_empty() {
                errors.at(&arrow, "the list of this kind of error is missing: write the waits after it, as in `=> [1s, 2s, 0]`");
            }
            arms.push((quote!(#pattern #guard), list));
        }
        Ok(())
    };
    let read = read.parse2(group.stream());
    if arms.is_empty() && read.is_ok() {
        errors.at(
            group,
            "no kind of error has a list: write one, as in `match { ApiError::Busy => [1s, 2s, 0] }`",
        );
        return None;
    }
    let arms: Vec<Option<Arm>> = arms
        .into_iter()
        .map(|(pattern, list)| {
            let list = arm_list(&list, errors)?;
            Some(Arm { pattern, list })
        })
        .collect();
    let arms: Vec<Arm> = arms.into_iter().collect::<Option<_>>()?;
    // An arm that is no arm may come of a list that is none.
    if let Err(error) = read {
        errors.push(error.span(), format_args!("{error}: a list for each kind of error is written as in `match {{ ApiError::Busy => [1s, 2s, 0] }}`"));
        return None;
    }
    if has_attribute {
        return None;
    }
    let lists = || arms.iter().map(|arm| arm.list.backoffs());
    let rows = (0..lists().map(<[_]>::len).max().unwrap_or(1)).map(|entry| {
        let entries = lists().filter_map(|list| list.get(entry));
        entries.max().copied().unwrap_or_default()
    });
    match List::try_from(rows.collect::<Vec<Duration>>()) {
        Ok(rows) => Some(Schedule::ByError(arms, rows)),
        Err(error) => {
            errors.push(Span::call_site(), error);
            None
        }
    }
}

/// The list of one kind of error, or the shape of one. It has to be written out, and it has an end.
fn arm_list(tokens: &TokenStream, errors: &mut Errors) -> Option<List> {
    let trees: Vec<TokenTree> = unwrapped(tokens.clone()).into_iter().collect();
    let (list, end) = match &trees[..] {
        [] => return None,
        [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
            (list(group, errors)?, "0")
        }
        [TokenTree::Ident(name), TokenTree::Group(group)] if is_shape(name, group) => {
            (shape(name, group, errors)?, "attempts = 5")
        }
        trees => {
            match after_list(trees) {
                Some(semicolon) if is_punct(semicolon, ';') => {
                    errors.at(semicolon, "write `,` in place of `;`");
                }
                Some(next) => {
                    errors.at(next, format_args!("a comma is missing before `{next}`"));
                }
                None => errors.at(
                    tokens,
                    "this kind of error needs a list or a shape that is written out, such as `[1s, 2s, 0]`",
                ),
            }
            return None;
        }
    };
    if list.is_open() {
        errors.at(
            tokens,
            format_args!("the list of a kind of error has an end: write `{end}` in place of `..`"),
        );
        return None;
    }
    Some(list)
}

/// What follows a list or a shape.
fn after_list(trees: &[TokenTree]) -> Option<&TokenTree> {
    match trees {
        [TokenTree::Group(group), next, ..] if group.delimiter() == Delimiter::Bracket => {
            Some(next)
        }
        [TokenTree::Ident(name), TokenTree::Group(group), next, ..] if is_shape(name, group) => {
            Some(next)
        }
        _ => None,
    }
}

/// Whether an arm has a list or a shape that is written out, which is no Rust.
fn has_written_arm(arms: &Group) -> bool {
    let trees: Vec<TokenTree> = arms.stream().into_iter().collect();
    trees.windows(2).any(|pair| match pair {
        [TokenTree::Punct(arrow), TokenTree::Group(group)] if arrow.as_char() == '>' => {
            let first = group.stream().into_iter().next();
            group.delimiter() == Delimiter::Bracket
                && matches!(first, Some(TokenTree::Literal(literal)) if has_unit(&literal))
        }
        [TokenTree::Ident(name), TokenTree::Group(group)] => is_shape(name, group),
        _ => false,
    })
}

fn may_be_list(expr: &Expr) -> bool {
    matches!(
        expr,
        Expr::Lit(_) | Expr::Macro(_) | Expr::Paren(_) | Expr::Reference(_) | Expr::Tuple(_)
    )
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
fn list(group: &Group, errors: &mut Errors) -> Option<List> {
    if let Some(fix) = no_list(group) {
        errors.at(group, fix);
        return None;
    }
    let trees: Vec<TokenTree> = group.stream().into_iter().collect();
    let mut parts = Parts::of(&trees, errors);
    let were_whole = parts.whole;
    let is_open = parts.take_end(errors);
    let is_misplaced = were_whole && !parts.whole;
    let entries: Vec<Option<Duration>> = parts
        .all
        .iter()
        .map(|part| duration(part, "for waits known only at run time, give an expression of type `Schedule` in place of the list", errors))
        .collect();
    let Some((last, waits)) = entries.split_last() else {
        if is_open {
            errors.at(
                group,
                "`..` repeats the wait before it, and there is none: write one, as in `[1s, ..]`",
            );
        } else if parts.whole {
            errors.at(group, ScheduleError::Empty);
        }
        return None;
    };
    for (index, wait) in waits.iter().enumerate() {
        if wait.is_some_and(|wait| wait.is_zero()) {
            errors.at(
                &Part(parts.all[index]),
                ScheduleError::InteriorZero { entry: index + 1 },
            );
        }
    }
    let end = &Part(parts.all[waits.len()]);
    match last {
        Some(Duration::ZERO) if is_open => errors.at(
            end,
            "`..` repeats the wait before it, and `0` is none: remove the `0`, or the `..`",
        ),
        Some(last) if !is_open && !is_misplaced && !last.is_zero() => errors.at(
            end,
            ScheduleError::NoTrailingZero {
                entry: entries.len(),
                last: *last,
            },
        ),
        _ => {}
    }
    // What is wrong with an entry, a comma or the end has been said already.
    let backoffs = entries.into_iter().collect::<Option<Vec<_>>>()?;
    let checked = if is_open {
        List::try_open(backoffs)
    } else {
        List::try_from(backoffs)
    };
    checked.ok().filter(|_| parts.whole)
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
pub(crate) fn duration(
    trees: &[TokenTree],
    otherwise: &str,
    errors: &mut Errors,
) -> Option<Duration> {
    let (part, text) = (&Part(trees), text(trees));
    match (parse_duration(&text), trees) {
        (Ok(duration), [] | [_]) => return Some(duration),
        (Ok(_), _) => errors.at(
            part,
            format_args!("a duration has no space before its unit: write `{text}`"),
        ),
        (Err(_), _) if parse_duration(text.trim_matches('"')).is_ok() => {
            let fix = text.trim_matches('"');
            errors.at(
                part,
                format_args!("`{text}` is text, not a duration: write `{fix}`, without quotes"),
            );
        }
        // `...`, `..=`
        (Err(_), trees) if trees.len() > 1 && is_open_end(&trees[..2]) => errors.at(
            part,
            "a list ends in `0`, or in `..` where its last wait is repeated without end: write one of them",
        ),
        // `2 * 1s`, `1s..5s`
        (Err(_), trees) if trees.len() > 2 && trees.iter().any(|tree| is_literal(Some(tree))) => {
            let part = part.to_token_stream();
            errors.at(
                &part,
                format_args!("`{part}` is not a duration such as `250ms` or `1.5s`: write the result of a calculation as one number with its unit"),
            );
        }
        (Err(DurationError::NotANumber(_)), [first, ..]) if !is_punct(first, '.') => errors.at(
            part,
            format_args!("`{text}` is not a duration such as `250ms` or `1.5s`: {otherwise}"),
        ),
        (Err(error), _) => errors.at(part, error),
    }
    None
}

/// Whether a call such as `exponential(1s, attempts = 5)` is meant as a shape: by its name, and because what stands in the
/// parentheses is no argument of a function. `linear(base)` calls a function of the user's.
fn is_shape(name: &Ident, arguments: &Group) -> bool {
    if arguments.delimiter() != Delimiter::Parenthesis {
        return false;
    }
    let trees: Vec<TokenTree> = arguments.stream().into_iter().collect();
    let starts_with_wait =
        matches!(trees.first(), Some(TokenTree::Literal(literal)) if has_unit(literal));
    let is_named = trees
        .windows(2)
        .any(|pair| matches!(pair, [TokenTree::Ident(_), equals] if is_punct(equals, '=')));
    let name = name.to_string();
    starts_with_wait
        || (is_named && nearest(&name, SHAPES).is_some())
        || (trees.is_empty() && SHAPES.contains(&name.as_str()))
}

/// Whether a number is followed by a unit, right or wrong. The suffixes of Rust's own numbers end in digits or in `size`.
pub(crate) fn has_unit(literal: &Literal) -> bool {
    let text = literal.to_string();
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_alphabetic())
        && !text.starts_with("0x")
        && !text.ends_with("size")
}

/// `exponential(1s, max = 60s, attempts = 10)`
fn shape(name: &Ident, group: &Group, errors: &mut Errors) -> Option<List> {
    let trees: Vec<TokenTree> = group.stream().into_iter().collect();
    let mut parts = Parts::of(&trees, errors);
    let is_open = parts.take_end(errors);
    let first = parts.all.first().copied().unwrap_or_default();
    if let [TokenTree::Ident(argument), equals, wait @ ..] = first {
        if is_punct(equals, '=') && !ShapeArgument::NAMES.iter().any(|name| argument == name) {
            let wait = text(wait);
            errors.at(
                &Part(first),
                format_args!("the first wait has no name: write `{name}({wait}, ..)`"),
            );
            return None;
        }
    }
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
        let Some(argument) = Argument::read(part, errors) else {
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
    if is_open {
        shape.set_open().ok()?;
    }
    loop {
        let error = match List::try_from(shape.clone()) {
            Ok(list) => return whole.then_some(list),
            Err(ScheduleError::Shape(error)) => error,
            // Of the rules of a list, only that on zeros can be broken by a shape.
            Err(_) => {
                let zero = argument("max")
                    .filter(|max| parse_duration(&text(max.value)) == Ok(Duration::ZERO));
                errors.at(
                    &Part(zero.map_or(first, |max| max.value)),
                    "the waits of a shape are longer than 0: write a short one such as `1ms`",
                );
                return None;
            }
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
                Some(found) => errors.at(&Part(found.value), &error),
                None => errors.at(&tokens, &error),
            },
            _ => errors.at(&tokens, &error),
        }
        whole = false;
        // What is missing is taken as given, to see whether anything else is wrong.
        match error {
            ShapeError::NoAttempts(_) => shape.set("attempts", "1").ok()?,
            ShapeError::Missing { argument, .. } => {
                shape.set(argument.name(), &text(first)).ok()?;
            }
            _ => return None,
        }
    }
}

/// Says what is wrong with a shape's argument, which may be that it is not written out.
fn wrong_argument(value: &[TokenTree], name: &str, error: ShapeError, errors: &mut Errors) {
    if value.iter().any(|tree| is_literal(Some(tree))) {
        errors.at(&Part(value), error);
    } else {
        errors.at(
            &Part(value),
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
    value: &'a [TokenTree],
}

impl<'a> Argument<'a> {
    fn read(part: &'a [TokenTree], errors: &mut Errors) -> Option<Self> {
        match part {
            [TokenTree::Ident(name), equals, value @ ..]
                if is_punct(equals, '=') && !value.is_empty() =>
            {
                return Some(Self { name, value });
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
                &Part(part),
                "only the first wait stands without a name: name this one, as in `attempts = 5`",
            ),
        }
        None
    }
}

/// The parts of a group between its commas.
struct Parts<'a> {
    all: Vec<&'a [TokenTree]>,
    /// Whether no comma was missing or too many.
    whole: bool,
}

impl<'a> Parts<'a> {
    /// Takes the `..` at the end away. Anywhere else it is a mistake.
    fn take_end(&mut self, errors: &mut Errors) -> bool {
        let is_open = self.all.last().is_some_and(|last| is_open_end(last));
        if is_open {
            self.all.pop();
        }
        for part in &self.all {
            if is_open_end(part) {
                errors.at(&Part(part), "`..` repeats the last wait without end, so it stands last: remove what follows");
                self.whole = false;
            }
        }
        self.all.retain(|part| !is_open_end(part));
        is_open
    }

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
                        parts.all.push(part);
                    }
                    start = index + 1;
                }
                // `1s ..`, but not `1s..5s`.
                TokenTree::Punct(_)
                    if is_open_end(trees.get(index..index + 2).unwrap_or_default())
                        && trees.get(index + 2).is_none_or(|next| is_punct(next, ','))
                        && is_literal(part.last()) =>
                {
                    errors.at(tree, "a comma is missing before `..`");
                    parts.whole = false;
                    parts.all.push(part);
                    start = index;
                }
                // Two things side by side: `1s 2s`, or `1s max = 5s`, but not `1 s`.
                TokenTree::Literal(_) | TokenTree::Ident(_)
                    if ends_a_value(part) && !is_unit(part, tree) =>
                {
                    errors.at(tree, format_args!("a comma is missing before `{tree}`"));
                    parts.whole = false;
                    parts.all.push(part);
                    start = index;
                }
                _ => {}
            }
        }
        if start < trees.len() {
            parts.all.push(&trees[start..]);
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
        .is_some_and(|number| parse_duration(&format!("{number}{unit}")).is_ok())
}

fn is_literal(tree: Option<&TokenTree>) -> bool {
    matches!(tree, Some(TokenTree::Literal(_)))
}

/// Whether this is `..`.
fn is_open_end(trees: &[TokenTree]) -> bool {
    trees.len() == 2 && trees.iter().all(|tree| is_punct(tree, '.'))
}

fn is_punct(tree: &TokenTree, ch: char) -> bool {
    matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ch)
}

/// A run of tokens, as a place in the source.
struct Part<'a>(&'a [TokenTree]);

impl ToTokens for Part<'_> {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(self.0);
    }
}

/// The tokens as they would stand in a schedule's text.
fn text(tokens: &[TokenTree]) -> String {
    tokens.iter().map(TokenTree::to_string).collect()
}
