//! What a user gives to be called: a path, a closure, or any other expression.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote, quote_spanned};

pub(crate) enum Callable {
    /// `is_retryable`, called as a plain function, so that its argument may still be coerced.
    Path(TokenStream),
    /// `|error| error.is_timeout()`, whose argument must be inferred.
    Closure(TokenStream),
    /// `self.policy.is_retryable`
    Expression(TokenStream),
}

impl Callable {
    pub(crate) fn new(tokens: TokenStream) -> Self {
        let mut trees = tokens.clone().into_iter();
        match trees.next() {
            Some(TokenTree::Punct(punct)) if punct.as_char() == '|' => Self::Closure(tokens),
            Some(TokenTree::Ident(ident)) if ident == "move" => Self::Closure(tokens),
            _ if tokens.clone().into_iter().all(|tree| is_path_part(&tree)) => Self::Path(tokens),
            _ => Self::Expression(tokens),
        }
    }

    /// The callee's place in the source, with the hygiene of the macro.
    pub(crate) fn span(&self) -> Span {
        let tokens = self.to_token_stream();
        let first = tokens
            .into_iter()
            .next()
            .map_or_else(Span::call_site, |tree| tree.span());
        Span::mixed_site().located_at(first)
    }

    /// A predicate's answer about `argument`, which is a reference.
    pub(crate) fn judge(&self, argument: &TokenStream) -> TokenStream {
        match self {
            // A closure that is called where it stands has no type for its argument; as an argument itself it has.
            Self::Closure(closure) => {
                quote_spanned!(self.span()=> ::core::option::Option::Some(#argument).is_some_and(#closure))
            }
            _ => self.call(argument),
        }
    }

    /// An answer about `argument` that may be missing.
    pub(crate) fn ask(&self, argument: &TokenStream) -> TokenStream {
        match self {
            Self::Closure(closure) => {
                quote_spanned!(self.span()=> ::core::option::Option::Some(#argument).and_then(#closure))
            }
            _ => self.call(argument),
        }
    }

    /// A call that gives nothing back.
    pub(crate) fn tell(&self, argument: &TokenStream) -> TokenStream {
        match self {
            Self::Closure(closure) => {
                quote_spanned!(self.span()=> ::core::option::Option::Some(#argument).map_or((), #closure))
            }
            _ => self.call(argument),
        }
    }

    /// A call with `argument`, which takes the callee's place in the source: that is what to change if it does not fit.
    pub(crate) fn call(&self, argument: &TokenStream) -> TokenStream {
        let span = self.span();
        let argument = argument.clone().into_iter().map(|mut tree| {
            tree.set_span(span);
            tree
        });
        match self {
            Self::Path(path) => quote_spanned!(span=> #path(#(#argument)*)),
            Self::Closure(callee) | Self::Expression(callee) => {
                quote_spanned!(span=> (#callee)(#(#argument)*))
            }
        }
    }

    /// Whether it is `|_| true`.
    pub(crate) fn is_always_true(&self) -> bool {
        matches!(self, Self::Closure(closure) if closure.to_string().replace(' ', "") == "|_|true")
    }

    /// How the docs name it.
    pub(crate) fn text(&self) -> Option<String> {
        match self {
            Self::Path(path) => Some(path.to_string().replace(' ', "")),
            _ => None,
        }
    }
}

impl ToTokens for Callable {
    fn to_tokens(&self, tokens: &mut TokenStream) {
        let (Self::Path(callee) | Self::Closure(callee) | Self::Expression(callee)) = self;
        tokens.extend(callee.clone());
    }
}

/// Whether the token may stand in a path: names, `::`, and generic arguments.
fn is_path_part(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Ident(_) => true,
        TokenTree::Punct(punct) => matches!(punct.as_char(), ':' | '<' | '>' | ',' | '\''),
        _ => false,
    }
}

/// `|d| pause(d)` as `|d: T| pause(d)`, so that the body may call the argument's methods.
pub(crate) fn with_argument_type(closure: TokenStream, ty: &TokenStream) -> TokenStream {
    let is_bar =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == '|');
    let is_colon =
        |tree: &TokenTree| matches!(tree, TokenTree::Punct(punct) if punct.as_char() == ':');
    let trees: Vec<TokenTree> = closure.into_iter().collect();
    let mut bars = trees
        .iter()
        .enumerate()
        .filter(|(_, tree)| is_bar(tree))
        .map(|(index, _)| index);
    match (bars.next(), bars.next()) {
        (Some(open), Some(close))
            if close > open + 1 && !trees[open..close].iter().any(is_colon) =>
        {
            let (before, after) = trees.split_at(close);
            quote!(#(#before)* : #ty #(#after)*)
        }
        _ => trees.into_iter().collect(),
    }
}
