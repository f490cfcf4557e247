//! The value of a key. In: its tokens, and the expression that `syn` reads in them. Out: both, without what stands around them.

use super::names::Keyword;
use crate::errors::Errors;
use crate::groups::{is_invisible, unwrapped, visible};
use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};
use quote::{ToTokens, TokenStreamExt as _};
use std::cell::OnceCell;
use syn::{Expr, ExprLit, ExprPath, Lit};

/// The tokens of a value, and the expression that they are, if they are one.
pub(crate) struct Value {
    trees: Vec<TokenTree>,
    expr: OnceCell<Option<Expr>>,
}

impl Value {
    /// A value stands by itself, so it needs neither the invisible groups of `macro_rules!` nor parentheses.
    pub(super) fn new(mut trees: Vec<TokenTree>, mut expr: Option<Expr>) -> Self {
        if trees.iter().any(is_invisible) {
            trees = visible(unwrapped(trees.into_iter().collect()))
                .into_iter()
                .collect();
        }
        loop {
            expr = match expr {
                Some(Expr::Group(group)) => Some(*group.expr),
                Some(Expr::Paren(paren)) => {
                    if let [TokenTree::Group(group)] = &trees[..] {
                        trees = visible(unwrapped(group.stream())).into_iter().collect();
                    }
                    Some(*paren.expr)
                }
                _ => break,
            };
        }
        Self {
            trees,
            expr: OnceCell::from(expr),
        }
    }

    /// One token, of which it is clear what it is without parsing.
    pub(super) fn of_one(tree: TokenTree) -> Option<Self> {
        let expr = match &tree {
            TokenTree::Ident(ident) if *ident != "true" && *ident != "false" => {
                OnceCell::from(Some(Expr::Path(ExprPath {
                    attrs: Vec::new(),
                    qself: None,
                    path: ident.clone().into(),
                })))
            }
            TokenTree::Literal(literal) => OnceCell::from(Some(Expr::Lit(ExprLit {
                attrs: Vec::new(),
                lit: Lit::new(literal.clone()),
            }))),
            // Most often a list, which is no Rust.
            TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => OnceCell::new(),
            _ => return None,
        };
        Some(Self {
            trees: vec![tree],
            expr,
        })
    }

    pub(crate) fn trees(&self) -> &[TokenTree] {
        &self.trees
    }

    /// The span of the first token.
    pub(crate) fn span(&self) -> Span {
        let first = self.trees.first();
        first.map_or_else(Span::call_site, TokenTree::span)
    }

    pub(crate) fn tokens(&self) -> TokenStream {
        self.trees.iter().cloned().collect()
    }

    pub(crate) fn expr(&self) -> Option<&Expr> {
        self.expr
            .get_or_init(|| syn::parse2(self.tokens()).ok())
            .as_ref()
    }

    /// The tokens without the spaces between them.
    pub(crate) fn text(&self) -> String {
        self.trees.iter().map(TokenTree::to_string).collect()
    }

    /// The expression, which has to be one.
    pub(crate) fn whole(&self, name: Keyword, errors: &mut Errors) -> Option<&Expr> {
        if self.expr().is_none() {
            let (tokens, name, example) = (self.tokens(), name.text(), name.example());
            errors.at(
                self,
                format_args!("`{tokens}` is not a complete Rust expression: finish it, as in `{name} = {example}`"),
            );
        }
        self.expr()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.trees.is_empty()
    }

    pub(super) fn is_literal(&self) -> bool {
        matches!(self.trees.first(), Some(TokenTree::Literal(_)))
    }

    /// The path, where the value is nothing else.
    pub(crate) fn path(&self) -> Option<&ExprPath> {
        match self.expr() {
            Some(Expr::Path(path)) => Some(path),
            _ => None,
        }
    }
}

impl ToTokens for Value {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.append_all(&self.trees);
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
