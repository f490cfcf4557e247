//! What a user gives to be called: a path, a closure, or any other expression. In: a value. Out: calls of it.

use super::names::Keyword;
use super::value::{Value, unquoted};
use crate::errors::Errors;
use crate::groups::visible_throughout;
use crate::hygiene::{ours_at, quote_ours};
use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote, quote_spanned};
use syn::{Expr, ExprClosure, Lit, Path, Stmt};

pub(crate) struct Callable {
    tokens: TokenStream,
    kind: Kind,
    /// The place in the source, with the hygiene of the macro.
    span: Span,
}

enum Kind {
    /// `is_retryable`, called as a plain function, so that its argument may still be coerced.
    Path(String),
    /// `|error| error.is_timeout()`, or a macro that may give one: the type of its argument is inferred.
    Closure(Closure),
    /// `self.policy.is_retryable`
    Expression,
}

enum Closure {
    Always(bool),
    /// One that says nothing of its argument's type: what stands before the type, and what stands after it.
    Untyped(TokenStream, TokenStream),
    Other,
}

impl Callable {
    /// Refuses what cannot be called, and names in quotes.
    pub(crate) fn reader(name: Keyword) -> impl FnOnce(&Value, &mut Errors) -> Option<Self> {
        move |value, errors| {
            let expr = value.whole(name, errors)?;
            let tokens = value.tokens();
            let kind = match bare(expr) {
                Expr::Lit(literal) => {
                    let fix = match &literal.lit {
                        Lit::Bool(answer) if matches!(name, Keyword::On | Keyword::Until) => {
                            format!("|_| {}", answer.value)
                        }
                        _ => unquoted(expr).unwrap_or_else(|| name.example().to_owned()),
                    };
                    let (written, name) = (value.tokens(), name.text());
                    errors.at(
                        value,
                        format_args!("`{written}` cannot be called: write a function or a closure, as in `{name} = {fix}`"),
                    );
                    return None;
                }
                Expr::Path(_) => Kind::Path(value.text()),
                Expr::Closure(closure) => {
                    if let (Some(asyncness), true) = (&closure.asyncness, name != Keyword::Sleep) {
                        errors.at(
                            asyncness,
                            format_args!("`{}` is called between two attempts and is not awaited: remove `async`", name.text()),
                        );
                        return None;
                    }
                    Kind::Closure(Closure::of(closure))
                }
                Expr::Macro(_) => Kind::Closure(Closure::Other),
                _ => Kind::Expression,
            };
            Some(Self {
                tokens,
                kind,
                span: ours_at(value.span()),
            })
        }
    }

    pub(crate) fn is_path(&self) -> bool {
        matches!(self.kind, Kind::Path(_))
    }

    fn is_closure(&self) -> bool {
        matches!(self.kind, Kind::Closure(_))
    }

    /// Whether it is `|_| true`.
    pub(crate) fn is_always_true(&self) -> bool {
        matches!(self.kind, Kind::Closure(Closure::Always(true)))
    }

    /// How the docs name it.
    pub(crate) fn text(&self) -> Option<&str> {
        match &self.kind {
            Kind::Path(path) => Some(path),
            _ => None,
        }
    }

    /// The callee's place in the source, with the hygiene of the macro.
    pub(crate) fn span(&self) -> Span {
        self.span
    }

    /// A predicate's answer about `argument`, which is a reference.
    pub(crate) fn judge(&self, argument: &impl ToTokens) -> TokenStream {
        self.given(argument, |span| quote_spanned!(span=> is_some_and(#self)))
    }

    /// An answer about `argument` that may be missing.
    pub(crate) fn ask(&self, argument: &impl ToTokens) -> TokenStream {
        self.given(argument, |span| quote_spanned!(span=> and_then(#self)))
    }

    /// A call that tells of `argument`.
    pub(crate) fn tell(&self, argument: &impl ToTokens, krate: &Path) -> TokenStream {
        let call = self.given(argument, |span| quote_spanned!(span=> map_or((), #self)));
        self.nothing_of(&call, krate)
    }

    /// The statement of a call that gives nothing back: it might give a future, whose body would not run. `krate` is `retry_core`.
    pub(crate) fn nothing_of(&self, call: &TokenStream, krate: &Path) -> TokenStream {
        if self.is_closure() {
            // A future is shown at the key.
            quote_spanned!(self.span()=> let () = #call;)
        } else {
            quote_ours!(#krate::told(#call);)
        }
    }

    /// A closure that is called where it stands has no type for its argument. As the argument of a method it has.
    fn given(
        &self,
        argument: &impl ToTokens,
        method: impl FnOnce(Span) -> TokenStream,
    ) -> TokenStream {
        if !self.is_closure() {
            return self.call(argument);
        }
        let span = self.span();
        let method = method(span);
        quote_spanned!(span=> ::core::option::Option::Some(#argument).#method)
    }

    /// A call with `argument`, which takes the callee's place in the source: that is what to change if it does not fit.
    pub(crate) fn call(&self, argument: &impl ToTokens) -> TokenStream {
        let span = self.span();
        let argument = argument.to_token_stream().into_iter().map(|mut tree| {
            tree.set_span(span);
            tree
        });
        if self.is_path() {
            quote_spanned!(span=> #self(#(#argument)*))
        } else {
            quote_spanned!(span=> (#self)(#(#argument)*))
        }
    }

    /// A call with an argument of that type, so that a closure's body may call the argument's methods.
    pub(crate) fn call_with(&self, argument: &impl ToTokens, ty: &impl ToTokens) -> TokenStream {
        match &self.kind {
            Kind::Closure(Closure::Untyped(before, after)) => {
                let span = self.span();
                quote_spanned!(span=> (#before : #ty #after)(#argument))
            }
            _ => self.call(argument),
        }
    }
}

impl Closure {
    fn of(closure: &ExprClosure) -> Self {
        let inputs: Vec<&syn::Pat> = closure.inputs.iter().collect();
        match (&inputs[..], bare(&closure.body)) {
            ([syn::Pat::Wild(_)], Expr::Lit(literal)) => match &literal.lit {
                Lit::Bool(answer) => Self::Always(answer.value),
                _ => Self::Other,
            },
            ([syn::Pat::Type(_)], _) => Self::Other,
            ([pat], _) => {
                let ExprClosure {
                    capture,
                    asyncness,
                    inputs_begin,
                    inputs_end,
                    output,
                    body,
                    ..
                } = closure;
                Self::Untyped(
                    quote!(#asyncness #capture #inputs_begin #pat),
                    visible_throughout(quote!(#inputs_end #output #body)),
                )
            }
            _ => Self::Other,
        }
    }
}

impl ToTokens for Callable {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        tokens.extend(self.tokens.clone());
    }
}

/// The expression without the parentheses, groups and braces around it.
fn bare(expr: &Expr) -> &Expr {
    match expr {
        Expr::Group(group) => bare(&group.expr),
        Expr::Paren(paren) => bare(&paren.expr),
        Expr::Block(block) if block.label.is_none() => match &block.block.stmts[..] {
            [Stmt::Expr(inner, None)] => bare(inner),
            _ => expr,
        },
        _ => expr,
    }
}
