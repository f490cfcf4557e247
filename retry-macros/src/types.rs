//! What can be read off a type without parsing it: how it is spelled.

use proc_macro2::{Delimiter, Ident, Punct, Spacing, TokenStream, TokenTree};
use quote::{TokenStreamExt as _, quote};

/// What a function returns, as far as retrying it goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Returns {
    /// A `Result`, whose error may be spelled `Box<dyn ..>`.
    Result {
        boxed_error: bool,
    },
    Option,
    Other,
}

impl Returns {
    /// Judged by the name alone: `io::Result<()>` and a `ParseResult<T>` are results, too.
    pub(crate) fn spelled(ty: &TokenStream) -> Self {
        match last_segment(ty).map(|ident| ident.to_string()) {
            Some(name) if name.ends_with("Result") => Self::Result {
                boxed_error: error_is_boxed(ty),
            },
            Some(name) if name == "Option" => Self::Option,
            _ => Self::Other,
        }
    }
}

/// Follows `<` and `>` through a flat run of tokens, in which `->` and `=>` are arrows.
#[derive(Default)]
pub(crate) struct Depth {
    angles: usize,
    arrow: bool,
}

impl Depth {
    /// How many `<` are open before this token, or after it if it closes one.
    pub(crate) fn step(&mut self, tree: &TokenTree) -> usize {
        let before = self.angles;
        let punct = as_punct(tree);
        match punct.map(Punct::as_char) {
            Some('<') => self.angles += 1,
            Some('>') if !self.arrow => self.angles = self.angles.saturating_sub(1),
            _ => {}
        }
        self.arrow = punct.is_some_and(|punct| {
            matches!(punct.as_char(), '-' | '=') && punct.spacing() == Spacing::Joint
        });
        before.min(self.angles)
    }

    pub(crate) fn is_flat(&self) -> bool {
        self.angles == 0
    }
}

/// Without the invisible groups that `macro_rules!` puts around what it was given.
pub(crate) fn visible(tokens: TokenStream) -> TokenStream {
    let mut visible = TokenStream::new();
    for tree in tokens {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
                visible.extend(self::visible(group.stream()));
            }
            tree => visible.append(tree),
        }
    }
    visible
}

/// `Result` of `std::io::Result<()>`; nothing for what is not a path.
fn last_segment(ty: &TokenStream) -> Option<Ident> {
    let mut last = None;
    for tree in ty.clone() {
        match tree {
            TokenTree::Ident(ident) if ident == "impl" || ident == "dyn" => return None,
            TokenTree::Ident(ident) => last = Some(ident),
            TokenTree::Punct(punct) if punct.as_char() == ':' => {}
            TokenTree::Punct(punct) if punct.as_char() == '<' => return last,
            _ => return None,
        }
    }
    last
}

/// What a returned future gives: `R` of `impl Future<Output = R>`, `Pin<Box<dyn Future<Output = R> + Send>>` and
/// `BoxFuture<'_, R>`.
pub(crate) fn future_output(ty: &TokenStream) -> Option<TokenStream> {
    let trees: Vec<TokenTree> = ty.clone().into_iter().collect();
    let name = last_segment(ty).map(|ident| ident.to_string());
    let depth_of_future = match (&trees[..], name.as_deref()) {
        ([TokenTree::Ident(first), ..], _) if first == "impl" => 0,
        (_, Some("Pin")) => 2,
        (_, Some("BoxFuture" | "LocalBoxFuture")) => return second_argument(&trees),
        _ => return None,
    };
    let mut depth = Depth::default();
    for (index, tree) in trees.iter().enumerate() {
        if depth.step(tree) != depth_of_future {
            continue;
        }
        if let [
            TokenTree::Ident(future),
            TokenTree::Punct(open),
            TokenTree::Ident(output),
            TokenTree::Punct(equals),
            output_type @ ..,
        ] = &trees[index..]
        {
            if future == "Future"
                && open.as_char() == '<'
                && output == "Output"
                && equals.as_char() == '='
            {
                return Some(until_closed(output_type));
            }
        }
    }
    None
}

/// `R` of `BoxFuture<'_, R>`
fn second_argument(trees: &[TokenTree]) -> Option<TokenStream> {
    let comma = trees.iter().position(|tree| is_punct(tree, ','))?;
    Some(until_closed(&trees[comma + 1..]))
}

/// Whether the error of a result is spelled `Box<dyn ..>`.
///
/// A reference to such a box is no `&dyn Error` and does not become one by itself: the compiler tries to make the box
/// itself into the trait object, which fails, before it would look inside.
fn error_is_boxed(result: &TokenStream) -> bool {
    let trees: Vec<TokenTree> = result.clone().into_iter().collect();
    let mut depth = Depth::default();
    let comma = trees
        .iter()
        .position(|tree| depth.step(tree) == 1 && is_punct(tree, ','));
    let Some(error) = comma.map(|comma| &trees[comma + 1..]) else {
        return false;
    };
    let open = error
        .iter()
        .position(|tree| is_punct(tree, '<'))
        .unwrap_or(0);
    let named = |index: Option<usize>, name: &str| matches!(index.and_then(|index| error.get(index)), Some(TokenTree::Ident(ident)) if ident == name);
    named(open.checked_sub(1), "Box") && named(Some(open + 1), "dyn")
}

/// The tokens up to the `>` that closes what was open before them.
fn until_closed(trees: &[TokenTree]) -> TokenStream {
    let mut depth = Depth {
        angles: 1,
        arrow: false,
    };
    trees
        .iter()
        .take_while(|tree| depth.step(tree) > 0)
        .cloned()
        .collect()
}

/// The type with each `impl Trait` in it as `_`, for the places where it may not be written but is inferred.
pub(crate) fn nameable(ty: &TokenStream) -> TokenStream {
    let mut named = TokenStream::new();
    let mut depth = Depth::default();
    let mut hidden_at = None;
    for tree in ty.clone() {
        let now = depth.step(&tree);
        if let Some(hidden) = hidden_at {
            let ends = now < hidden || (now == hidden && is_punct(&tree, ','));
            if !ends {
                continue;
            }
            hidden_at = None;
        }
        match tree {
            TokenTree::Ident(ident) if ident == "impl" => {
                hidden_at = Some(now);
                named.extend(quote!(_));
            }
            TokenTree::Group(group) => {
                let mut inner =
                    proc_macro2::Group::new(group.delimiter(), nameable(&group.stream()));
                inner.set_span(group.span());
                named.append(inner);
            }
            tree => named.append(tree),
        }
    }
    named
}

/// Whether there is nothing that could be returned: `()` or `!`.
pub(crate) fn is_unit_or_never(ty: &TokenStream) -> bool {
    matches!(ty.to_string().as_str(), "()" | "( )" | "!")
}

pub(crate) fn is_punct(tree: &TokenTree, ch: char) -> bool {
    as_punct(tree).is_some_and(|punct| punct.as_char() == ch)
}

fn as_punct(tree: &TokenTree) -> Option<&Punct> {
    match tree {
        TokenTree::Punct(punct) => Some(punct),
        _ => None,
    }
}
