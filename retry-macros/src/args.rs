//! The keys and their values: `schedule = [1s, 0], on = is_retryable`.

use crate::callable::Callable;
use crate::errors::Errors;
use crate::schedule::{Schedule, as_list, duration, is_literal, text};
use crate::tokens::Tokens;
use crate::types::{Depth, is_punct, visible};
use proc_macro2::{Delimiter, Ident, Punct, TokenStream, TokenTree};
use quote::ToTokens as _;
use retry_schedule::nearest;
use std::time::Duration;

/// The keys, each with an example of its value.
const KEYS: [(&str, &str); 14] = [
    ("schedule", "[1s, 2s, 4s, 0]"),
    ("jitter", "0.2"),
    ("on", "is_retryable"),
    ("until", "|value| value.is_ready()"),
    ("enabled", "flags::backoff()"),
    ("max_wait", "20s"),
    ("max_elapsed", "10s"),
    ("attempt_timeout", "2s"),
    ("retry_after", "|error| error.retry_after()"),
    ("budget", "&BUDGET"),
    ("notify", "log_retry"),
    ("sleep", "tokio::time::sleep"),
    ("name", "\"create_worker\""),
    ("crate", "::my_retry"),
];

/// What other retry libraries call them.
const ELSEWHERE: [(&str, &str); 12] = [
    ("backoff", "schedule"),
    ("delay", "schedule"),
    ("delays", "schedule"),
    ("wait", "schedule"),
    ("waits", "schedule"),
    ("when", "on"),
    ("retry_if", "on"),
    ("condition", "on"),
    ("timeout", "attempt_timeout"),
    ("deadline", "max_elapsed"),
    ("on_retry", "notify"),
    ("before_sleep", "notify"),
];

#[derive(Default)]
pub(crate) struct Args {
    pub(crate) schedule: Key<Schedule>,
    pub(crate) jitter: Key<Jitter>,
    pub(crate) on: Key<Callable>,
    pub(crate) until: Key<Callable>,
    pub(crate) enabled: Key<TokenStream>,
    pub(crate) max_wait: Key<Limit>,
    pub(crate) max_elapsed: Key<Limit>,
    pub(crate) attempt_timeout: Key<Limit>,
    pub(crate) retry_after: Key<Callable>,
    pub(crate) budget: Key<TokenStream>,
    pub(crate) notify: Key<Callable>,
    pub(crate) sleep: Key<Callable>,
    pub(crate) name: Key<TokenStream>,
    pub(crate) krate: Key<TokenStream>,
    /// Which keys have been given, be it by a misspelt name.
    seen: Vec<&'static str>,
}

/// What was given for a key.
pub(crate) struct Key<T> {
    /// The key itself, if it is written at all.
    pub(crate) written: Option<Ident>,
    /// Its value, unless it is wrong, which has then been said.
    pub(crate) value: Option<T>,
}

impl<T> Default for Key<T> {
    fn default() -> Self {
        Self {
            written: None,
            value: None,
        }
    }
}

pub(crate) enum Jitter {
    /// The number as it is to be written in the expansion, and what it means.
    Proportional(TokenStream, retry_schedule::Jitter),
    Full,
    Equal,
    /// An expression of type `Jitter`.
    Expression(TokenStream),
}

impl Jitter {
    /// What is known of it at compile time.
    pub(crate) fn written(&self) -> Option<retry_schedule::Jitter> {
        match self {
            Self::Proportional(_, jitter) => Some(*jitter),
            Self::Full => Some(retry_schedule::Jitter::full()),
            Self::Equal => Some(retry_schedule::Jitter::equal()),
            Self::Expression(_) => None,
        }
    }
}

/// A length of time, written out or worked out at run time.
pub(crate) struct Limit {
    pub(crate) written: Option<Duration>,
    pub(crate) tokens: TokenStream,
}

impl Args {
    /// The arguments of the attribute.
    pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut input = Tokens(&trees);
        let args = Self::parse(&mut input, errors);
        if !input.is_empty() {
            let rest = input.take(usize::MAX);
            errors.at(&rest, "`#[retry]` takes keys and their values: remove this");
        }
        args
    }

    /// Reads keys up to the end, or up to the `=>` of `retry_block!`, or its block if that is missing.
    pub(crate) fn parse(input: &mut Tokens<'_>, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        while !at_end(*input) && !peeks_block(*input) {
            if let Some(comma) = separator(input) {
                errors.at(&comma, "there is a comma too many: remove it");
                continue;
            }
            if peeks_key(*input) || peeks_broken_key(*input) {
                args.key(input, errors);
            } else {
                args.value_without_key(value_tokens(input), errors);
            }
            match (separator(input), input.first()) {
                (Some(separator), _) if separator.as_char() == ';' => errors.at(
                    &separator,
                    "keys are separated by commas: write `,` in place of `;`",
                ),
                (None, Some(next)) if !at_end(*input) => {
                    errors.at(next, format_args!("a comma is missing before `{next}`"));
                }
                _ => {}
            }
        }
        args
    }

    fn key(&mut self, input: &mut Tokens<'_>, errors: &mut Errors) {
        let Some(key) = input.next_ident() else {
            return;
        };
        let link = link(input);
        // What `key(..)` has in its parentheses need not be a value.
        let is_call = link.is_empty() && input.starts_with_group(Delimiter::Parenthesis);
        let value = value_tokens(input);
        let Some(name) = known_key(&key, value, errors) else {
            return;
        };
        let is_misspelt = key != name;
        if self.seen.contains(&name) {
            if !is_misspelt {
                errors.at(&key, format_args!("`{key}` is written twice: remove one"));
            }
            return;
        }
        self.seen.push(name);
        let example = example(name);
        if value.is_empty() {
            if !is_misspelt {
                errors.at(
                    &key,
                    format_args!("`{key}` has no value: write one, as in `{key} = {example}`"),
                );
            }
        } else if link.is_empty() {
            errors.at(
                &key,
                format_args!("`=` is missing after `{key}`: write it as in `{name} = {example}`"),
            );
        } else if link.to_string() != "=" {
            errors.at(&link, format_args!("write `=` in place of `{link}`"));
        }
        let value = if is_call { Tokens::default() } else { value };
        match name {
            "schedule" => self.schedule.set(key, value, errors, Schedule::read),
            "jitter" => self.jitter.set(key, value, errors, jitter),
            "on" => self.on.set(key, value, errors, callable(name)),
            "until" => self.until.set(key, value, errors, callable(name)),
            "enabled" => self.enabled.set(key, value, errors, expression),
            "max_wait" => self.max_wait.set(key, value, errors, max_wait),
            "max_elapsed" => self.max_elapsed.set(key, value, errors, limit),
            "attempt_timeout" => self.attempt_timeout.set(key, value, errors, limit),
            "retry_after" => self.retry_after.set(key, value, errors, callable(name)),
            "budget" => self.budget.set(key, value, errors, expression),
            "notify" => self.notify.set(key, value, errors, callable(name)),
            "sleep" => self.sleep.set(key, value, errors, callable(name)),
            "name" => self.name.set(key, value, errors, name_in_quotes),
            _ => self.krate.set(key, value, errors, krate),
        }
    }

    /// Takes a value that stands alone for that of the key it looks like, which then is not said to be missing.
    fn value_without_key(&mut self, value: Tokens<'_>, errors: &mut Errors) {
        let Some(first) = value.first() else {
            return;
        };
        let (name, shown) = if is_literal(Some(first)) {
            ("schedule", as_list(&value.to_token_stream().to_string()))
        } else if Schedule::is_spelled(value) {
            ("schedule", value.to_token_stream().to_string())
        } else {
            let path = Some(text(value)).filter(|path| is_path(path));
            ("on", path.unwrap_or_else(|| example("on").to_owned()))
        };
        errors.at(
            &value,
            format_args!("this value has no key: write one before it, as in `{name} = {shown}`"),
        );
        if !self.seen.contains(&name) {
            self.seen.push(name);
            let key = Some(Ident::new(name, first.span()));
            match name {
                "schedule" => self.schedule.written = key,
                _ => self.on.written = key,
            }
        }
    }
}

impl<T> Key<T> {
    fn set(
        &mut self,
        key: Ident,
        value: Tokens<'_>,
        errors: &mut Errors,
        read: impl FnOnce(Tokens<'_>, &mut Errors) -> Option<T>,
    ) {
        if !value.is_empty() {
            self.value = read(value, errors);
        }
        self.written = Some(key);
    }
}

fn names() -> impl Iterator<Item = &'static str> {
    KEYS.into_iter().map(|(name, _)| name)
}

fn example(key: &str) -> &'static str {
    KEYS.into_iter()
        .find(|(name, _)| *name == key)
        .map_or("..", |(_, example)| example)
}

/// The key of that name, or the one that was meant.
fn known_key(key: &Ident, value: Tokens<'_>, errors: &mut Errors) -> Option<&'static str> {
    let written = key.to_string();
    if let Some(name) = names().find(|name| key == name) {
        return Some(name);
    }
    let elsewhere = ELSEWHERE.into_iter().find(|(name, _)| *name == written);
    let meant = elsewhere
        .map(|(_, name)| name)
        .or_else(|| nearest(&written, names()))
        .or(Schedule::is_spelled(value).then_some("schedule"));
    let counts = ["attempt", "retries", "tries", "times"];
    if let Some(name) = meant {
        errors.at(
            key,
            format_args!("there is no key `{key}`, did you mean `{name}`?"),
        );
    } else if counts.iter().any(|count| written.contains(count)) {
        errors.at(
            key,
            format_args!("there is no key `{key}`: `schedule` has one entry for each attempt, so `[1s, 2s, 4s, 0]` makes four"),
        );
    } else {
        let names: Vec<&str> = names().collect();
        errors.at(
            key,
            format_args!(
                "there is no key `{key}`: the keys are `{}`",
                names.join("`, `")
            ),
        );
    }
    meant
}

fn at_end(input: Tokens<'_>) -> bool {
    input.is_empty() || input.starts_with("=>")
}

/// Whether a block, `{ .. }` or `async move { .. }`, is all that is left.
fn peeks_block(mut input: Tokens<'_>) -> bool {
    while input.starts_with_word("async") || input.starts_with_word("move") {
        input.next();
    }
    let is_block = input.starts_with_group(Delimiter::Brace);
    input.next();
    separator(&mut input);
    is_block && input.is_empty()
}

/// Whether `key =` comes next.
fn peeks_key(input: Tokens<'_>) -> bool {
    let link = input.rest();
    input.starts_with_ident()
        && link.starts_with("=")
        && !link.starts_with("==")
        && !link.starts_with("=>")
}

/// Whether `key =` comes next, with a name that is a key's or near to one.
fn peeks_known_key(mut input: Tokens<'_>) -> bool {
    peeks_key(input)
        && input
            .next_ident()
            .is_some_and(|key| nearest(&key.to_string(), names()).is_some())
}

/// Whether a key comes next whose `=` is missing or something else: `schedule: [..]`, `schedule [..]`, `schedule`.
fn peeks_broken_key(mut input: Tokens<'_>) -> bool {
    let Some(key) = input.next_ident() else {
        return false;
    };
    let is_path = ["::", ".", "!"].iter().any(|next| input.starts_with(next));
    let is_known = names().any(|name| key == name);
    (is_known && !is_path) || !link(&mut input).is_empty()
}

/// Reads the `=` after a key, or what was written in its place.
fn link(input: &mut Tokens<'_>) -> TokenStream {
    let is_arrow = input.starts_with("=>");
    let is_colon = input.starts_with(":") && !input.starts_with("::");
    let is_equals = input.starts_with("=");
    let then_equals = input.rest().starts_with("=");
    let length = if (is_equals && then_equals)
        || (is_arrow && !peeks_arrow_of_block(*input))
        || (is_colon && then_equals)
    {
        2
    } else {
        usize::from(is_colon || (is_equals && !is_arrow))
    };
    input.take(length)
}

fn peeks_arrow_of_block(input: Tokens<'_>) -> bool {
    let after = input.rest().rest();
    input.starts_with("=>")
        && (after.is_empty()
            || after.starts_with_group(Delimiter::Brace)
            || after.starts_with_word("async")
            || after.starts_with_word("move")
            || after.starts_with("->"))
}

/// Reads the comma between two keys, or a semicolon in its place.
fn separator(input: &mut Tokens<'_>) -> Option<Punct> {
    match input.first() {
        Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), ',' | ';') => {
            input.next();
            Some(punct.clone())
        }
        _ => None,
    }
}

/// The tokens of a value, which ends before a separator, before the next key if the comma is missing, or at the end.
fn value_tokens<'a>(input: &mut Tokens<'a>) -> Tokens<'a> {
    let start = *input;
    let mut length = 0;
    let mut depth = Depth::default();
    while !at_end(*input) && !value_ends(&start.0[..length], depth.is_flat(), *input) {
        let Some(tree) = input.next() else {
            break;
        };
        depth.step(tree);
        length += 1;
    }
    Tokens(&start.0[..length])
}

fn value_ends(value: &[TokenTree], is_flat: bool, input: Tokens<'_>) -> bool {
    if input.starts_with(",") {
        let ahead = input.rest();
        // The comma may stand in `|a, b|`, or between the entries of a list without its brackets.
        let is_inside =
            in_parameters(value) || (is_literal(value.first()) && is_literal(ahead.first()));
        (is_flat && !is_inside) || at_end(ahead) || peeks_known_key(ahead)
    } else if input.starts_with(";") {
        true
    } else if let Some(TokenTree::Group(_) | TokenTree::Literal(_)) = value.last() {
        peeks_key(input) || peeks_broken_key(input)
    } else {
        // `Item = u8` in `Iterator<Item = u8>` is no key.
        ends_value(value.last()) && peeks_key(input) && (is_flat || peeks_known_key(input))
    }
}

fn in_parameters(value: &[TokenTree]) -> bool {
    let is_closure = match value.first() {
        Some(TokenTree::Ident(first)) => first == "move" || first == "async",
        Some(first) => is_punct(first, '|'),
        None => false,
    };
    is_closure && value.iter().filter(|tree| is_punct(tree, '|')).count() == 1
}

/// Whether a value may end with this token; after `let` or `::`, a name goes on with it.
fn ends_value(last: Option<&TokenTree>) -> bool {
    match last {
        Some(TokenTree::Ident(last)) => !["let", "mut", "ref"].iter().any(|word| last == word),
        Some(last) => is_punct(last, '?'),
        None => false,
    }
}

fn jitter(value: Tokens<'_>, errors: &mut Errors) -> Option<Jitter> {
    let written = text(value);
    match written.as_str() {
        "full" => return Some(Jitter::Full),
        "equal" => return Some(Jitter::Equal),
        _ => {}
    }
    let name = written
        .rsplit(':')
        .next()
        .unwrap_or_default()
        .to_ascii_lowercase();
    let no_jitter = ["nan", "inf", "infinity", "neg_infinity"].contains(&name.as_str())
        || ["none", "true", "false"].contains(&written.as_str());
    let is_literal =
        written.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '"'));
    if !is_literal && !no_jitter {
        return Some(Jitter::Expression(value.to_token_stream()));
    }
    let digits = written.replace('_', "");
    let parsed = digits.parse::<f64>().ok().filter(|_| !no_jitter);
    let Some(parsed) = parsed else {
        let number = |suffix| digits.strip_suffix(suffix)?.parse::<f64>().ok();
        let meant = number("%").map(|percent| percent / 100.0);
        let meant = meant.or_else(|| number("f64")).or_else(|| number("f32"));
        let fix = match meant.filter(|meant| (0.0..=1.0).contains(meant)) {
            Some(meant) => format!("write `{meant}`"),
            None => "write a number from 0 (no jitter) to 1 (±100 %), `full`, `equal`, or an expression of type `Jitter`".to_owned(),
        };
        errors.at(&value, format_args!("`{written}` is not a jitter: {fix}"));
        return None;
    };
    match retry_schedule::Jitter::proportional(parsed) {
        Ok(jitter) => {
            let number = proc_macro2::Literal::f64_unsuffixed(parsed);
            Some(Jitter::Proportional(number.into_token_stream(), jitter))
        }
        Err(error) => {
            errors.at(&value, format_args!("{error}, such as `0.2` for ±20 %"));
            None
        }
    }
}

fn max_wait(value: Tokens<'_>, errors: &mut Errors) -> Option<Limit> {
    let otherwise = "`max_wait` is checked at compile time, so write digits and a unit";
    let limit = duration(value, otherwise, errors)?;
    Some(Limit {
        written: Some(limit),
        tokens: value.to_token_stream(),
    })
}

/// A duration, or an expression of that type.
fn limit(value: Tokens<'_>, errors: &mut Errors) -> Option<Limit> {
    let trees: Vec<TokenTree> = visible(value.to_token_stream()).into_iter().collect();
    let is_written = match &trees[..] {
        // `2 * LIMIT`, but not `10 s` or `1.5.2s`
        [TokenTree::Literal(_), TokenTree::Punct(operator), ..] => operator.as_char() == '.',
        [first, ..] => is_literal(Some(first)) || is_punct(first, '-') || is_punct(first, '.'),
        [] => false,
    };
    if !is_written {
        return Some(Limit {
            written: None,
            tokens: value.to_token_stream(),
        });
    }
    let otherwise = "write digits and a unit, or an expression of type `Duration`";
    let limit = duration(value, otherwise, errors)?;
    if limit.is_zero() {
        errors.at(
            &value,
            "nothing fits a limit of 0: write a longer one, or remove the key",
        );
        return None;
    }
    Some(Limit {
        written: Some(limit),
        tokens: value.to_token_stream(),
    })
}

#[allow(clippy::unnecessary_wraps, reason = "as all that read a value")]
fn expression(value: Tokens<'_>, _: &mut Errors) -> Option<TokenStream> {
    Some(value.to_token_stream())
}

/// Refuses literals, which cannot be called, and names in quotes.
fn callable(key: &'static str) -> impl FnOnce(Tokens<'_>, &mut Errors) -> Option<Callable> {
    move |value, errors| {
        let trees: Vec<TokenTree> = visible(value.to_token_stream()).into_iter().collect();
        let [literal] = &trees[..] else {
            return Some(Callable::new(value.to_token_stream()));
        };
        let written = literal.to_string();
        if !is_literal(Some(literal)) && written != "true" && written != "false" {
            return Some(Callable::new(value.to_token_stream()));
        }
        let fix = match written.as_str() {
            "true" | "false" if key == "on" || key == "until" => format!("|_| {written}"),
            _ => unquoted(literal).unwrap_or_else(|| example(key).to_owned()),
        };
        errors.at(
            &value,
            format_args!(
                "`{written}` cannot be called: write a function or a closure, as in `{key} = {fix}`"
            ),
        );
        None
    }
}

fn name_in_quotes(value: Tokens<'_>, errors: &mut Errors) -> Option<TokenStream> {
    let written = text(value);
    if written.len() > 2 && written.starts_with('"') && written.ends_with('"') {
        return Some(value.to_token_stream());
    }
    errors.at(
        &value,
        format_args!(
            "a name is text: write it in quotes, as in `name = {}`",
            example("name")
        ),
    );
    None
}

fn krate(value: Tokens<'_>, errors: &mut Errors) -> Option<TokenStream> {
    let trees: Vec<TokenTree> = visible(value.to_token_stream()).into_iter().collect();
    if trees
        .iter()
        .all(|tree| matches!(tree, TokenTree::Ident(_)) || is_punct(tree, ':'))
    {
        return Some(value.to_token_stream());
    }
    let fix = trees.first().and_then(unquoted);
    let fix = fix.as_deref().unwrap_or(example("crate"));
    errors.at(
        &value,
        format_args!(
            "`{}` is not a path: write `crate = {fix}`",
            value.to_token_stream()
        ),
    );
    None
}

/// The path in a string.
fn unquoted(literal: &TokenTree) -> Option<String> {
    let written = literal.to_string();
    let path = written.strip_prefix('"')?.strip_suffix('"')?;
    is_path(path).then(|| path.to_owned())
}

fn is_path(text: &str) -> bool {
    let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | ':');
    !text.is_empty() && text.chars().all(is_part)
}
