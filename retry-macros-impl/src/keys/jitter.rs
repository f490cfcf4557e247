//! `jitter = ..`. In: a value. Out: what is known of it at compile time, and how it is written.

use super::names::Keyword;
use super::value::Value;
use crate::errors::Errors;
use proc_macro2::{Literal, TokenStream};
use syn::{Expr, Lit, UnOp};

pub(crate) enum Jitter {
    /// The number as it is to be written in the loop, and what it means.
    Proportional(Literal, retry_schedule::Jitter),
    Full,
    Equal,
    /// An expression of type `Jitter`.
    Expression(TokenStream),
}

impl Jitter {
    pub(crate) fn read(value: &Value, errors: &mut Errors) -> Option<Self> {
        if let Some(path) = value.path() {
            let named = |name: &str| path.path.is_ident(name);
            if named("full") {
                return Some(Self::Full);
            } else if named("equal") {
                return Some(Self::Equal);
            }
        }
        if value.expr().is_some_and(|expr| !is_number(expr)) {
            return Some(Self::Expression(value.tokens()));
        }
        if value.expr().is_none() && !value.is_literal() {
            value.whole(Keyword::Jitter, errors)?;
        }
        let written = value.text();
        let digits = written.replace('_', "");
        let has_digits = digits.contains(|c: char| c.is_ascii_digit());
        let Some(parsed) = digits.parse::<f64>().ok().filter(|_| has_digits) else {
            errors.at(
                value,
                format_args!("`{written}` is not a jitter: {}", fix(&digits)),
            );
            return None;
        };
        match retry_schedule::Jitter::proportional(parsed) {
            Ok(jitter) => Some(Self::Proportional(Literal::f64_unsuffixed(parsed), jitter)),
            Err(error) => {
                errors.at(value, format_args!("{error}, such as `0.2` for ±20 %"));
                None
            }
        }
    }

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

/// Whether a number was meant, right or wrong, rather than a value of type `Jitter`.
fn is_number(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(literal) => !matches!(literal.lit, Lit::Verbatim(_)),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_number(&unary.expr),
        // `nan`, `none`, `f64::INFINITY`, but not a constant such as `INF`.
        Expr::Path(path) => match path.path.get_ident() {
            Some(ident) => ["nan", "inf", "infinity", "none"]
                .iter()
                .any(|name| ident == name),
            None => path.path.segments.last().is_some_and(|last| {
                ["NAN", "INFINITY", "NEG_INFINITY"]
                    .iter()
                    .any(|name| last.ident == name)
            }),
        },
        _ => false,
    }
}

/// What to write in place of `20%` or `0.2f64`, or of whatever else is no number.
fn fix(digits: &str) -> String {
    let number = |suffix| digits.strip_suffix(suffix)?.parse::<f64>().ok();
    let percent = number("%").map(|percent| percent / 100.0);
    percent
        .or_else(|| number("f64"))
        .or_else(|| number("f32"))
        .filter(|meant| (0.0..=1.0).contains(meant))
        .map_or_else(
            || "write a number from 0 (no jitter) to 1 (±100 %), `full`, `equal`, or an expression of type `Jitter`".to_owned(),
            |meant| format!("write `{meant}`"),
        )
}
