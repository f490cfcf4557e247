//! The keys and their values: `schedule = [1s, 0], on = is_retryable`.

use crate::callable::Callable;
use crate::errors::Errors;
use crate::schedule::{Schedule, text};
use proc_macro2::{Ident, TokenStream, TokenTree};
use quote::{ToTokens as _, TokenStreamExt as _};
use retry_schedule::{nearest, parse_duration};
use std::time::Duration;
use syn::Token;
use syn::ext::IdentExt as _;
use syn::parse::{ParseStream, Parser as _};

const KEYS: [&str; 8] = [
    "schedule", "jitter", "on", "until", "enabled", "max_wait", "sleep", "crate",
];

#[derive(Default)]
pub(crate) struct Args {
    pub(crate) schedule: Key<Schedule>,
    pub(crate) jitter: Key<Jitter>,
    pub(crate) on: Key<Callable>,
    pub(crate) until: Key<Callable>,
    pub(crate) enabled: Key<TokenStream>,
    pub(crate) max_wait: Key<MaxWait>,
    pub(crate) sleep: Key<Callable>,
    pub(crate) krate: Key<TokenStream>,
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

pub(crate) struct MaxWait {
    pub(crate) limit: Duration,
    pub(crate) tokens: TokenStream,
}

impl Args {
    /// The arguments of the attribute.
    pub(crate) fn read(tokens: TokenStream, errors: &mut Errors) -> Self {
        let parser = |input: ParseStream<'_>| Ok(Self::parse(input, errors));
        // What the parser leaves unread, it has reported.
        parser.parse2(tokens).unwrap_or_default()
    }

    /// Reads keys up to the end, or up to the `=>` of `retry_block!`.
    pub(crate) fn parse(input: ParseStream<'_>, errors: &mut Errors) -> Self {
        let mut args = Self::default();
        while !at_end(input) {
            if peeks_key(input) {
                args.key(input, errors);
            } else {
                let wrong = value_tokens(input);
                errors.at(
                    &wrong,
                    "a key and its value are expected here, such as `schedule = [1s, 2s, 4s, 0]`",
                );
            }
            if input.peek(Token![,]) {
                let _: syn::Result<Token![,]> = input.parse();
            } else if !at_end(input) {
                let next = input
                    .cursor()
                    .token_tree()
                    .map_or_else(TokenStream::new, |(tree, _)| tree.into());
                errors.at(&next, format_args!("a comma is missing before `{next}`"));
            }
        }
        args
    }

    fn key(&mut self, input: ParseStream<'_>, errors: &mut Errors) {
        let (Ok(key), Ok(_)) = (Ident::parse_any(input), input.parse::<Token![=]>()) else {
            return;
        };
        let value = value_tokens(input);
        if value.is_empty() {
            errors.at(
                &key,
                format_args!("`{key}` has no value: write `{key} = ..`"),
            );
        }
        match key.to_string().as_str() {
            "schedule" => self.schedule.set(key, value, errors, Schedule::read),
            "jitter" => self.jitter.set(key, value, errors, jitter),
            "on" => self
                .on
                .set(key, value, errors, |value, _| Some(Callable::new(value))),
            "until" => self
                .until
                .set(key, value, errors, |value, _| Some(Callable::new(value))),
            "enabled" => self.enabled.set(key, value, errors, |value, _| Some(value)),
            "max_wait" => self.max_wait.set(key, value, errors, max_wait),
            "sleep" => self
                .sleep
                .set(key, value, errors, |value, _| Some(Callable::new(value))),
            "crate" => self.krate.set(key, value, errors, |value, _| Some(value)),
            unknown => match nearest(unknown, KEYS) {
                Some(known) => errors.at(
                    &key,
                    format_args!("there is no key `{unknown}`, did you mean `{known}`?"),
                ),
                None => errors.at(
                    &key,
                    format_args!(
                        "there is no key `{unknown}`: the keys are `{}`",
                        KEYS.join("`, `")
                    ),
                ),
            },
        }
    }
}

impl<T> Key<T> {
    fn set(
        &mut self,
        key: Ident,
        value: TokenStream,
        errors: &mut Errors,
        read: impl FnOnce(TokenStream, &mut Errors) -> Option<T>,
    ) {
        if self.written.is_some() {
            errors.at(&key, format_args!("`{key}` is written twice: remove one"));
            return;
        }
        if !value.is_empty() {
            self.value = read(value, errors);
        }
        self.written = Some(key);
    }
}

fn at_end(input: ParseStream<'_>) -> bool {
    input.is_empty() || input.peek(Token![=>])
}

/// Whether `key =` comes next.
fn peeks_key(input: ParseStream<'_>) -> bool {
    input.peek(Ident::peek_any)
        && input.peek2(Token![=])
        && !input.peek2(Token![==])
        && !input.peek2(Token![=>])
}

/// The tokens of a value: up to the comma before the next key, the next key itself, or the end. Any other comma ends it
/// too, unless it stands between `<` and `>`.
fn value_tokens(input: ParseStream<'_>) -> TokenStream {
    let mut value = TokenStream::new();
    let mut depth = crate::types::Depth::default();
    while !at_end(input) {
        let ends = if input.peek(Token![,]) {
            depth.is_flat() || comma_before_key(input)
        } else {
            !value.is_empty() && peeks_key(input)
        };
        if ends {
            break;
        }
        let Ok(tree) = input.parse::<TokenTree>() else {
            break;
        };
        depth.step(&tree);
        value.append(tree);
    }
    value
}

fn comma_before_key(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    ahead.parse::<Token![,]>().is_ok() && (at_end(&ahead) || peeks_key(&ahead))
}

fn jitter(value: TokenStream, errors: &mut Errors) -> Option<Jitter> {
    let written = text(&value);
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
    let not_finite = ["nan", "inf", "infinity", "neg_infinity"].contains(&name.as_str());
    let number =
        written.starts_with(|c: char| c.is_ascii_digit() || c == '-' || c == '+') || not_finite;
    if !number {
        return Some(Jitter::Expression(value));
    }
    let parsed = written
        .replace('_', "")
        .parse::<f64>()
        .ok()
        .filter(|_| !not_finite);
    let Some(parsed) = parsed else {
        errors.at(
            &value,
            format_args!("a jitter of `{written}` is none: write a number from 0 to 1, `full`, `equal`, or an expression of type `Jitter`"),
        );
        return None;
    };
    match retry_schedule::Jitter::proportional(parsed) {
        Ok(jitter) => {
            let number = proc_macro2::Literal::f64_unsuffixed(parsed);
            Some(Jitter::Proportional(number.into_token_stream(), jitter))
        }
        Err(error) => {
            errors.at(&value, error);
            None
        }
    }
}

fn max_wait(value: TokenStream, errors: &mut Errors) -> Option<MaxWait> {
    match parse_duration(&text(&value)) {
        Ok(limit) => Some(MaxWait {
            limit,
            tokens: value,
        }),
        Err(error) => {
            errors.at(&value, error);
            None
        }
    }
}
