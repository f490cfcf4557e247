//! The value of a key. In: its tokens, and the expression that `syn` reads in them. Out: both, without what stands around them.

use super::names::Keyword;
use crate::errors::Errors;
use crate::groups::{unwrapped, visible};
use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::{Expr, ExprPath, Lit};

/// The tokens of a value, and the expression that they are, if they are one.
pub(crate) struct Value {
    pub(crate) tokens: TokenStream,
    pub(crate) expr: Option<Expr>,
}

impl Value {
    pub(super) fn new(tokens: TokenStream, expr: Option<Expr>) -> Self {
        // A value stands by itself, so it needs neither the invisible groups of `macro_rules!` nor parentheses.
        let mut tokens = visible(unwrapped(tokens));
        let expr = expr.map(|mut expr| {
            loop {
                expr = match expr {
                    Expr::Group(group) => *group.expr,
                    Expr::Paren(paren) => {
                        tokens = within(tokens.clone());
                        *paren.expr
                    }
                    other => break other,
                };
            }
        });
        Self { tokens, expr }
    }

    pub(crate) fn trees(&self) -> Vec<TokenTree> {
        self.tokens.clone().into_iter().collect()
    }

    /// The tokens without the spaces between them.
    pub(crate) fn text(&self) -> String {
        self.tokens
            .clone()
            .into_iter()
            .map(|tree| tree.to_string())
            .collect()
    }

    /// The expression, which has to be one.
    pub(crate) fn whole(&self, name: Keyword, errors: &mut Errors) -> Option<&Expr> {
        if self.expr.is_none() {
            let (name, example) = (name.text(), name.example());
            errors.at(
                self,
                format_args!(
                    "`{}` is not a complete Rust expression: finish it, as in `{name} = {example}`",
                    self.tokens
                ),
            );
        }
        self.expr.as_ref()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.tokens.is_empty()
    }

    pub(super) fn is_literal(&self) -> bool {
        matches!(self.trees().first(), Some(TokenTree::Literal(_)))
    }

    /// The path, where the value is nothing else.
    pub(crate) fn path(&self) -> Option<&ExprPath> {
        match &self.expr {
            Some(Expr::Path(path)) => Some(path),
            _ => None,
        }
    }
}

impl ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.tokens.clone());
    }
}

/// The tokens in a group, if that is all there is.
fn within(tokens: TokenStream) -> TokenStream {
    match tokens.clone().into_iter().next() {
        Some(TokenTree::Group(group)) => visible(unwrapped(group.stream())),
        _ => tokens,
    }
}

/// The path in a string.
pub(crate) fn unquoted(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Lit(literal) => match &literal.lit {
            Lit::Str(text) => text.parse::<syn::Path>().ok().map(|_| text.value()),
            _ => None,
        },
        _ => None,
    }
}
