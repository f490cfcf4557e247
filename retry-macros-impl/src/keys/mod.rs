//! Reads `key = value, ..`. In: the tokens of the attribute, or of a block up to its `=>`. Out: typed values, and every mistake.
//!
//! `syn` says where a value ends and what it is. It stops at the first mistake, so finding the next key after one is done here.

pub(crate) mod budget;
pub(crate) mod callable;
mod elsewhere;
pub(crate) mod jitter;
pub(crate) mod limit;
mod names;
pub(crate) mod schedule;
mod value;

use crate::errors::Errors;
use budget::Budget;
use callable::Callable;
pub(crate) use elsewhere::Elsewhere;
use jitter::Jitter;
use limit::Limit;
pub(crate) use names::Keyword;
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use schedule::Schedule;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};
use syn::{Expr, Ident, Lit, Path, Token, token};
use value::{Value, unquoted};

#[derive(Default)]
pub(crate) struct Keys {
    pub(crate) schedule: Key<Schedule>,
    pub(crate) jitter: Key<Jitter>,
    pub(crate) on: Key<Callable>,
    pub(crate) until: Key<Callable>,
    pub(crate) enabled: Key<TokenStream>,
    pub(crate) max_wait: Key<Limit>,
    pub(crate) max_elapsed: Key<Limit>,
    pub(crate) attempt_timeout: Key<Limit>,
    pub(crate) retry_after: Key<Callable>,
    pub(crate) max_retry_after: Key<Limit>,
    pub(crate) reset_after: Key<Limit>,
    pub(crate) clone: Key<Vec<Ident>>,
    pub(crate) attempt: Key<Ident>,
    pub(crate) done: Key<Callable>,
    pub(crate) budget: Key<Budget>,
    pub(crate) notify: Key<Callable>,
    pub(crate) sleep: Key<Callable>,
    pub(crate) name: Key<TokenStream>,
    pub(crate) krate: Key<Path>,
    /// Whether the schedule is one list for each kind of error, right or wrong.
    pub(crate) is_by_error: bool,
    /// Which keys have been given, in the order written, be it by a misspelt name.
    pub(crate) order: Vec<Keyword>,
    /// Which keys are said to be needed in place of what another library has, each with what was written.
    pub(crate) named: Vec<(Keyword, Ident)>,
    /// What was written for each, right or wrong.
    pub(crate) values: Vec<(Keyword, TokenStream)>,
}

/// What was given for a key.
pub(crate) struct Key<T> {
    /// The key itself, if it is written at all.
    pub(crate) written: Option<Ident>,
    /// Its value, unless that is wrong, which has then been said.
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

/// Where keys stand.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    Attribute,
    /// Before the `=>` of `retry_block!`, or before its block if that is missing.
    Block,
}

impl Keys {
    /// The arguments of the attribute.
    pub(crate) fn of_attribute(tokens: TokenStream, errors: &mut Errors) -> Self {
        let parse = |input: ParseStream<'_>| {
            let keys = Self::parse(input, Place::Attribute, errors);
            let rest: TokenStream = input.parse()?;
            if !rest.is_empty() {
                errors.at(&rest, "`#[retry]` takes keys and their values: remove this");
            }
            Ok(keys)
        };
        // All of the input is read, so there is nothing that the parser could refuse.
        parse.parse2(tokens).unwrap_or_default()
    }

    pub(crate) fn parse(input: ParseStream<'_>, place: Place, errors: &mut Errors) -> Self {
        let mut keys = Self::default();
        while !keys_end(input, place) {
            if let Some(separator) = separator(input) {
                errors.at(&separator, "there is a comma too many: remove it");
                continue;
            }
            if peeks_key(input) || peeks_broken_key(input) {
                keys.key(input, place, errors);
            } else {
                let value = value(input, place);
                keys.value_without_key(&value, errors);
            }
            let next = input.fork();
            match separator(input) {
                Some(Separator::Semicolon(semicolon)) => errors.at(
                    &semicolon,
                    "keys are separated by commas: write `,` in place of `;`",
                ),
                None if !keys_end(input, place) => {
                    if let Ok(next) = next.parse::<TokenTree>() {
                        errors.at(&next, format_args!("a comma is missing before `{next}`"));
                    }
                }
                _ => {}
            }
        }
        // They are not said to be missing as well.
        for (name, written) in std::mem::take(&mut keys.named) {
            if !keys.order.contains(&name) {
                keys.order.push(name);
                keys.set(name, written, None, errors);
            }
        }
        keys
    }

    fn key(&mut self, input: ParseStream<'_>, place: Place, errors: &mut Errors) {
        let Ok(key) = Ident::parse_any(input) else {
            return;
        };
        let link = link(input);
        // What `key(..)` has in its parentheses need not be a value.
        let is_call = link.is_empty() && input.peek(token::Paren);
        let value = value(input, place);
        let Some(name) = self.known_key(&key, &value, errors) else {
            return;
        };
        let is_misspelt = Keyword::of(&key).is_none();
        if self.order.contains(&name) {
            if !is_misspelt {
                errors.at(&key, format_args!("`{key}` is written twice: remove one"));
            }
            return;
        }
        self.order.push(name);
        let example = name.example();
        if value.is_empty() {
            if !is_misspelt {
                errors.at(
                    &key,
                    format_args!("`{key}` has no value: write one, as in `{key} = {example}`"),
                );
            }
        } else if link.is_empty() {
            let name = name.text();
            errors.at(
                &key,
                format_args!("`=` is missing after `{key}`: write it as in `{name} = {example}`"),
            );
        } else if syn::parse2::<Token![=]>(link.clone()).is_err() {
            errors.at(&link, format_args!("write `=` in place of `{link}`"));
        }
        // A closure written as in other languages: `on = error => error.is_timeout()`.
        if place == Place::Attribute && input.peek(Token![=>]) {
            let parameter = value.text();
            let arrow: TokenStream = input.parse().unwrap_or_default();
            let body: TokenStream = arrow.clone().into_iter().skip(2).collect();
            errors.at(
                &arrow,
                format_args!(
                    "the argument of a closure stands between bars: write `|{parameter}| {body}`"
                ),
            );
        }
        let value = (!value.is_empty() && !is_call).then_some(value);
        self.set(name, key, value.as_ref(), errors);
    }

    /// The key of that name, or the one that was meant.
    fn known_key(&mut self, key: &Ident, value: &Value, errors: &mut Errors) -> Option<Keyword> {
        if let Some(name) = Keyword::of(key) {
            return Some(name);
        }
        let written = key.to_string();
        let is_count = ["attempts", "retries", "tries", "times"]
            .iter()
            .any(|count| written.contains(count));
        let elsewhere = Elsewhere::of(&written).or(is_count.then_some(Elsewhere::Attempts));
        let meant = match elsewhere {
            Some(elsewhere) => elsewhere.key(),
            None => Keyword::nearest(&written),
        };
        let meant = meant.or(Schedule::is_spelled(value).then_some(Keyword::Schedule));
        if let Some(answer) = meant.map(Elsewhere::Key).or(elsewhere) {
            errors.at(key, format_args!("there is no key `{key}`{answer}"));
            self.named
                .extend(answer.about().map(|name| (name, key.clone())));
        } else {
            let names: Vec<&str> = Keyword::ALL.into_iter().map(Keyword::text).collect();
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

    fn set(&mut self, name: Keyword, key: Ident, value: Option<&Value>, errors: &mut Errors) {
        if let Some(value) = value {
            self.values.push((name, value.tokens()));
        }
        match name {
            Keyword::Schedule => {
                self.is_by_error = value.is_some_and(Schedule::is_by_error);
                self.schedule.set(key, value, errors, Schedule::read);
            }
            Keyword::Jitter => self.jitter.set(key, value, errors, Jitter::read),
            Keyword::On => self.on.set(key, value, errors, Callable::reader(name)),
            Keyword::Until => self.until.set(key, value, errors, Callable::reader(name)),
            Keyword::Enabled => self.enabled.set(key, value, errors, expression(name)),
            Keyword::MaxWait => self.max_wait.set(key, value, errors, Limit::read_written),
            Keyword::MaxElapsed => self
                .max_elapsed
                .set(key, value, errors, Limit::reader(name)),
            Keyword::AttemptTimeout => {
                self.attempt_timeout
                    .set(key, value, errors, Limit::reader(name));
            }
            Keyword::RetryAfter => self
                .retry_after
                .set(key, value, errors, Callable::reader(name)),
            Keyword::MaxRetryAfter => {
                self.max_retry_after
                    .set(key, value, errors, Limit::reader(name));
            }
            Keyword::ResetAfter => {
                self.reset_after
                    .set(key, value, errors, Limit::reader(name));
            }
            Keyword::Clone => self.clone.set(key, value, errors, names),
            Keyword::Attempt => self.attempt.set(key, value, errors, variable),
            Keyword::Done => self.done.set(key, value, errors, Callable::reader(name)),
            Keyword::Budget => self.budget.set(key, value, errors, Budget::read),
            Keyword::Notify => self.notify.set(key, value, errors, Callable::reader(name)),
            Keyword::Sleep => self.sleep.set(key, value, errors, Callable::reader(name)),
            Keyword::Name => self.name.set(key, value, errors, log_name),
            Keyword::Crate => self.krate.set(key, value, errors, krate),
        }
    }

    /// Takes a value that stands alone for that of the key it looks like, which then is not said to be missing.
    fn value_without_key(&mut self, value: &Value, errors: &mut Errors) {
        let Some(first) = value.trees().first() else {
            return;
        };
        let (name, shown) = if value.is_literal() {
            (
                Keyword::Schedule,
                schedule::as_list(&value.tokens().to_string()),
            )
        } else if Schedule::is_spelled(value) {
            (Keyword::Schedule, value.tokens().to_string())
        } else {
            let path = value.path().map(|_| value.text());
            (
                Keyword::On,
                path.unwrap_or_else(|| Keyword::On.example().to_owned()),
            )
        };
        let text = name.text();
        errors.at(
            value,
            format_args!("this value has no key: write one before it, as in `{text} = {shown}`"),
        );
        if !self.order.contains(&name) {
            self.order.push(name);
            let key = Ident::new(text, first.span());
            self.set(name, key, None, errors);
        }
    }
}

impl<T> Key<T> {
    fn set(
        &mut self,
        key: Ident,
        value: Option<&Value>,
        errors: &mut Errors,
        read: impl FnOnce(&Value, &mut Errors) -> Option<T>,
    ) {
        self.value = value.and_then(|value| read(value, errors));
        self.written = Some(key);
    }
}

fn keys_end(input: ParseStream<'_>, place: Place) -> bool {
    at_end(input) || (place == Place::Block && peeks_block(input))
}

fn at_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![=>])
}

/// Whether a block, `{ .. }` or `async move { .. }`, is all that is left.
fn peeks_block(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    while ahead.peek(Token![async]) || ahead.peek(Token![move]) {
        skip(&ahead);
    }
    let is_block = ahead.peek(token::Brace);
    skip(&ahead);
    separator(&ahead);
    is_block && ahead.is_empty()
}

/// Whether `key =` comes next.
fn peeks_key(input: ParseStream<'_>) -> bool {
    input.peek(Ident::peek_any)
        && input.peek2(Token![=])
        && !input.peek2(Token![==])
        && !input.peek2(Token![=>])
}

/// Whether a key comes next whose `=` is missing or something else: `schedule: [..]`, `schedule [..]`, `schedule`.
fn peeks_broken_key(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    let Ok(key) = Ident::parse_any(&ahead) else {
        return false;
    };
    let is_path = ahead.peek(Token![::]) || ahead.peek(Token![.]) || ahead.peek(Token![!]);
    (Keyword::of(&key).is_some() && !is_path) || !link(&ahead).is_empty()
}

/// Reads the `=` after a key, or what was written in its place.
fn link(input: ParseStream<'_>) -> TokenStream {
    let is_colon = input.peek(Token![:]) && !input.peek(Token![::]);
    let is_arrow = input.peek(Token![=>]);
    let length = if input.peek(Token![==])
        || (is_arrow && !peeks_arrow_of_block(input))
        || (is_colon && input.peek2(Token![=]))
    {
        2
    } else {
        usize::from(is_colon || (input.peek(Token![=]) && !is_arrow))
    };
    (0..length)
        .filter_map(|_| input.parse::<TokenTree>().ok())
        .collect()
}

fn peeks_arrow_of_block(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.parse::<Token![=>]>().is_ok()
        && (ahead.is_empty()
            || ahead.peek(token::Brace)
            || ahead.peek(Token![async])
            || ahead.peek(Token![move])
            || ahead.peek(Token![->]))
}

enum Separator {
    Comma(Token![,]),
    Semicolon(Token![;]),
}

impl ToTokens for Separator {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Comma(comma) => comma.to_tokens(tokens),
            Self::Semicolon(semicolon) => semicolon.to_tokens(tokens),
        }
    }
}

/// Reads the comma between two keys, or a semicolon in its place.
fn separator(input: ParseStream<'_>) -> Option<Separator> {
    if input.peek(Token![,]) {
        input.parse().ok().map(Separator::Comma)
    } else if input.peek(Token![;]) {
        input.parse().ok().map(Separator::Semicolon)
    } else {
        None
    }
}

fn skip(input: ParseStream<'_>) {
    // At the end there is nothing to skip.
    let _ = input.parse::<TokenTree>();
}

/// Reads a value: an expression, or, where there is none, what stands before the next key.
fn value(input: ParseStream<'_>, place: Place) -> Value {
    if input.peek(Token![match]) && input.peek2(token::Brace) {
        let trees = (0..2).filter_map(|_| input.parse::<TokenTree>().ok());
        return Value::new(trees.collect(), None);
    }
    if let Some(value) = one_token(input) {
        return value;
    }
    let ahead = input.fork();
    let expr = ahead.parse::<Expr>().ok().filter(|expr| {
        let is_list = matches!(expr, Expr::Lit(_)) && ahead.peek(Token![,]) && ahead.peek2(Lit);
        let ends = at_end(&ahead)
            || ahead.peek(Token![,])
            || ahead.peek(Token![;])
            || peeks_key(&ahead)
            || peeks_broken_key(&ahead);
        ends && !is_list
    });
    let mut trees: Vec<TokenTree> = Vec::new();
    if expr.is_some() {
        while input.cursor() != ahead.cursor() {
            trees.extend(input.parse::<TokenTree>());
        }
    } else {
        while !at_end(input) && !value_ends(&trees, input, place) {
            trees.extend(input.parse::<TokenTree>());
        }
    }
    let expr = expr.or_else(|| syn::parse2(trees.iter().cloned().collect()).ok());
    Value::new(trees, expr)
}

/// Reads a value of one token, if that is all that stands before the next comma.
fn one_token(input: ParseStream<'_>) -> Option<Value> {
    let ahead = input.fork();
    let tree = ahead.parse::<TokenTree>().ok()?;
    let is_list = matches!(tree, TokenTree::Literal(_)) && ahead.peek2(Lit);
    if is_list || !(ahead.is_empty() || ahead.peek(Token![,])) {
        return None;
    }
    let value = Value::of_one(tree)?;
    skip(input);
    Some(value)
}

/// Whether what is no expression ends here.
fn value_ends(value: &[TokenTree], input: ParseStream<'_>, place: Place) -> bool {
    if input.peek(Token![,]) {
        // The comma may stand between the entries of a list without its brackets.
        !(matches!(value.first(), Some(TokenTree::Literal(_))) && input.peek2(Lit))
    } else if input.peek(Token![;]) {
        true
    } else if place == Place::Block && peeks_block(input) {
        !value.is_empty()
    } else {
        match value.last() {
            Some(TokenTree::Group(_) | TokenTree::Literal(_)) => {
                peeks_key(input) || peeks_broken_key(input)
            }
            Some(_) => peeks_key(input),
            None => false,
        }
    }
}

fn expression(name: Keyword) -> impl FnOnce(&Value, &mut Errors) -> Option<TokenStream> {
    move |value, errors| {
        value.whole(name, errors)?;
        Some(value.tokens())
    }
}

/// A name for a variable.
fn variable(value: &Value, errors: &mut Errors) -> Option<Ident> {
    let name = value.expr().and_then(name_of);
    if name.is_none() {
        errors.at(
            value,
            format_args!(
                "`{}` is no name for a variable: write one that the body may use, as in `attempt = attempt`",
                value.tokens()
            ),
        );
    }
    name
}

/// The names of what is cloned for each attempt.
fn names(value: &Value, errors: &mut Errors) -> Option<Vec<Ident>> {
    let listed: Vec<&Expr> = match value.whole(Keyword::Clone, errors)? {
        Expr::Array(array) => array.elems.iter().collect(),
        expr => {
            let tokens = value.tokens();
            errors.at(
                value,
                match name_of(expr) {
                    Some(name) => format!("`clone` takes a list of names: write `clone = [{name}]`"),
                    None => format!("`{tokens}` is no list of names: write those of arguments, as in `clone = [request]`"),
                },
            );
            return None;
        }
    };
    let mut names: Vec<Ident> = Vec::new();
    for expr in &listed {
        match name_of(expr) {
            Some(name) if names.contains(&name) => errors.at(
                expr,
                format_args!("`{name}` is cloned already: remove it here"),
            ),
            Some(name) => names.push(name),
            None => errors.at(
                expr,
                format_args!("`{}` is no name: `clone` takes those of arguments or of variables, as in `clone = [request]`", expr.to_token_stream()),
            ),
        }
    }
    (names.len() == listed.len()).then_some(names)
}

fn name_of(expr: &Expr) -> Option<Ident> {
    match expr {
        Expr::Group(group) => name_of(&group.expr),
        Expr::Path(path) => path
            .path
            .get_ident()
            .filter(|name| *name != "self")
            .cloned(),
        _ => None,
    }
}

/// Text, or what gives it: `"create"`, `concat!(..)`, `NAME`.
fn log_name(value: &Value, errors: &mut Errors) -> Option<TokenStream> {
    let is_text = match value.whole(Keyword::Name, errors)? {
        Expr::Lit(literal) => matches!(&literal.lit, Lit::Str(text) if !text.value().is_empty()),
        // A constant is in capitals; anything else was meant as the name itself.
        Expr::Path(path) => path
            .path
            .get_ident()
            .is_none_or(|ident| !ident.to_string().chars().any(char::is_lowercase)),
        _ => true,
    };
    if !is_text {
        errors.at(
            value,
            format_args!(
                "a name is text: write it in quotes, as in `name = {}`",
                Keyword::Name.example()
            ),
        );
        return None;
    }
    Some(value.tokens())
}

fn krate(value: &Value, errors: &mut Errors) -> Option<Path> {
    if let Ok(path) = Path::parse_mod_style.parse2(value.tokens()) {
        return Some(path);
    }
    let fix = value.expr().and_then(unquoted);
    let fix = fix.as_deref().unwrap_or(Keyword::Crate.example());
    errors.at(
        value,
        format_args!("`{}` is not a path: write `crate = {fix}`", value.tokens()),
    );
    None
}
