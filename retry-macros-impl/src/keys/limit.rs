//! `max_wait`, `max_elapsed`, `attempt_timeout`. In: a value. Out: a duration, or an expression of that type.

use super::names::Keyword;
use super::schedule::{duration, has_unit};
use super::value::Value;
use crate::errors::Errors;
use proc_macro2::{TokenStream, TokenTree};
use std::time::Duration;
use syn::{Expr, Lit, UnOp};

pub(crate) struct Limit {
    /// The duration, where it is written out.
    pub(crate) written: Option<Duration>,
    pub(crate) tokens: TokenStream,
}

impl Limit {
    /// One that must be written out.
    pub(crate) fn read_written(value: &Value, errors: &mut Errors) -> Option<Self> {
        let otherwise = "`max_wait` is checked at compile time, so write digits and a unit";
        let limit = duration(value.trees(), otherwise, errors)?;
        Some(Self {
            written: Some(limit),
            tokens: value.tokens(),
        })
    }

    pub(crate) fn reader(name: Keyword) -> impl FnOnce(&Value, &mut Errors) -> Option<Self> {
        move |value, errors| {
            let tokens = value.tokens();
            if value.expr().is_some_and(|expr| !is_written(expr)) {
                if let Some(wait) = value.trees().iter().find(|tree| is_wait(tree)) {
                    errors.at(
                        wait,
                        format_args!("`{wait}` is a duration only where it stands alone: write the whole limit as one, such as `{}`, or as an expression of type `Duration`", name.example()),
                    );
                    return None;
                }
                return Some(Self {
                    written: None,
                    tokens,
                });
            }
            if value.expr().is_none() && !value.is_literal() && !starts_with_point(value) {
                value.whole(name, errors)?;
            }
            let otherwise = "write digits and a unit, or an expression of type `Duration`";
            let limit = duration(value.trees(), otherwise, errors)?;
            if limit.is_zero() {
                errors.at(
                    value,
                    "nothing fits a limit of 0: write a longer one, or remove the key",
                );
                return None;
            }
            Some(Self {
                written: Some(limit),
                tokens,
            })
        }
    }
}

/// Whether a duration was meant, right or wrong, rather than an expression.
fn is_written(expr: &Expr) -> bool {
    match expr {
        Expr::Lit(literal) => !matches!(literal.lit, Lit::Bool(_)),
        Expr::Unary(unary) => matches!(unary.op, UnOp::Neg(_)) && is_written(&unary.expr),
        _ => false,
    }
}

fn is_wait(tree: &TokenTree) -> bool {
    matches!(tree, TokenTree::Literal(literal) if has_unit(literal))
}

/// `.5s`
fn starts_with_point(value: &Value) -> bool {
    matches!(value.trees().first(), Some(TokenTree::Punct(punct)) if matches!(punct.as_char(), '.' | '-' | '+'))
}
