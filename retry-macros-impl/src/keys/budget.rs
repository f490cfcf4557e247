//! `budget = ..`. In: a value. Out: the budget as an argument.

use super::names::Keyword;
use super::value::Value;
use crate::errors::Errors;
use crate::hygiene::quote_ours;
use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::Expr;

/// Where the tokens of retries are kept.
pub(crate) enum Budget {
    /// `&BUDGET`, `&self.budget`: named where it is used, so that a `&mut self` is not borrowed meanwhile.
    Place(TokenStream),
    /// Any other expression, evaluated once.
    Expression(TokenStream),
}

impl Budget {
    pub(crate) fn read(value: &Value, errors: &mut Errors) -> Option<Self> {
        let expr = value.whole(Keyword::Budget, errors)?;
        let tokens = value.tokens();
        Some(match expr {
            Expr::Reference(reference) if is_place(&reference.expr) => Budget::Place(tokens),
            _ => Budget::Expression(tokens),
        })
    }
}

/// The budget as an argument.
impl ToTokens for Budget {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        match self {
            Self::Place(place) => tokens.extend(place.clone()),
            Self::Expression(_) => tokens.extend(quote_ours!(budget)),
        }
    }
}

/// Whether it only names something, and does nothing.
fn is_place(expr: &Expr) -> bool {
    match expr {
        Expr::Path(_) => true,
        Expr::Field(field) => is_place(&field.base),
        _ => false,
    }
}
