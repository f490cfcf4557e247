//! The function that is annotated. In: the tokens of an item. Out: what stands before its body, read by `syn`, and the body,
//! which stays unread.

use crate::errors::Errors;
use crate::future::FutureBody;
use crate::groups::{is_invisible, split_inner_attributes, unwrapped, visible};
use crate::returns::{self, Holder, Returns};
use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens as _, quote};
use syn::parse::{ParseStream, Parser as _};
use syn::{
    Attribute, FnArg, Ident, Lifetime, Meta, Pat, ReceiverKind, Signature, Token, Type, Visibility,
};

pub(crate) struct Function {
    pub(crate) attributes: TokenStream,
    pub(crate) is_documented: bool,
    /// From the visibility to the end of the `where` clause.
    pub(crate) header: TokenStream,
    pub(crate) name: Ident,
    /// The `fn` token's.
    pub(crate) span: Span,
    /// The `const` of a `const fn`.
    pub(crate) constness: Option<Token![const]>,
    /// What one attempt gives; nothing where the function returns nothing.
    pub(crate) output: Option<Output>,
    /// The return type, if it has a `&mut` that borrows from a `&mut` argument.
    pub(crate) lends_mutably: Option<TokenStream>,
    /// The `mut` parameters.
    pub(crate) mutable: Vec<Ident>,
    pub(crate) kind: Kind,
    /// What the body calls `self`, if that is another name.
    pub(crate) this: Option<Ident>,
    pub(crate) body: Group,
}

pub(crate) struct Output {
    pub(crate) returns: Returns,
    /// The type, where it can be written in the body.
    pub(crate) ty: Option<TokenStream>,
    pub(crate) boxed_error: bool,
}

impl Output {
    fn of(ty: &Type) -> Self {
        Self {
            returns: Returns::spelled(ty),
            ty: Some(returns::nameable(ty)),
            boxed_error: returns::error_may_be_boxed(ty),
        }
    }
}

/// Where the attempts are made.
pub(crate) enum Kind {
    Sync,
    Async,
    /// `-> impl Future`, `-> Pin<Box<dyn Future>>`: in each future that the body returns.
    ReturnsFuture {
        holder: Holder,
        /// Nothing for a body that cannot be read.
        body: Option<FutureBody>,
    },
}

impl Kind {
    pub(crate) fn is_async(&self) -> bool {
        !matches!(self, Self::Sync)
    }
}

impl Function {
    pub(crate) fn read(item: TokenStream, errors: &mut Errors) -> Option<Self> {
        let mut trees: Vec<TokenTree> = item.into_iter().collect();
        if let [tree] = &trees[..] {
            if is_invisible(tree) {
                trees = unwrapped(trees.into_iter().collect()).into_iter().collect();
            }
        }
        let has_body = trees.last().is_some_and(is_block);
        let body = if has_body { trees.pop() } else { None };
        if trees.iter().any(is_invisible) {
            trees = visible(trees.into_iter().collect()).into_iter().collect();
        }
        let read = |input: ParseStream<'_>| {
            let attributes = Attribute::parse_outer(input)?;
            let _: Visibility = input.parse()?;
            let _: Option<Token![default]> = input.parse()?;
            if !peeks_function(input) {
                not_a_function(input, errors);
                input.parse::<TokenStream>()?;
                return Ok(None);
            }
            let signature: Signature = input.parse()?;
            if body.is_none() && input.peek(Token![;]) {
                let name = &signature.ident;
                errors.push(
                    signature.fn_token.span,
                    format_args!("`{name}` has no body to retry: put `#[retry]` on the implementations, or give it a default body"),
                );
                input.parse::<TokenStream>()?;
                return Ok(None);
            }
            Ok(Some((attributes, signature)))
        };
        let (attributes, signature) = match read.parse2(trees.iter().cloned().collect()) {
            Ok(read) => read?,
            Err(error) => {
                errors.push(error.span(), error);
                return None;
            }
        };
        let Some(TokenTree::Group(body)) = body else {
            return None;
        };
        // An attribute is two tokens: `#`, and what stands in the brackets.
        let header = trees.split_off(2 * attributes.len());
        let written = trees.into_iter().collect();
        Some(Self::of(
            &attributes,
            written,
            header.into_iter().collect(),
            signature,
            visible_body(&body),
        ))
    }

    fn of(
        attributes: &[Attribute],
        written: TokenStream,
        header: TokenStream,
        signature: Signature,
        body: Group,
    ) -> Self {
        let is_documented = attributes
            .iter()
            .any(|attribute| matches!(&attribute.meta, Meta::NameValue(meta) if meta.path.is_ident("doc")));
        let returned = returns::returned(&signature.output);
        let lends_mutably = lends_mutably(&signature);
        let mutable = mutable_parameters(&signature);
        let (mut kind, output) = kind_and_output(signature.asyncness.is_some(), returned, &body);
        Self {
            attributes: written,
            is_documented,
            header,
            span: signature.fn_token.span,
            constness: signature.constness,
            output,
            lends_mutably,
            mutable,
            this: match &mut kind {
                Kind::ReturnsFuture {
                    body: Some(body), ..
                } => body.this(),
                _ => None,
            },
            kind,
            body,
            name: signature.ident,
        }
    }
}

fn kind_and_output(
    is_async: bool,
    returned: Option<&Type>,
    body: &Group,
) -> (Kind, Option<Output>) {
    let Some(ty) = returned.filter(|ty| !returns::is_unit_or_never(ty)) else {
        let kind = if is_async { Kind::Async } else { Kind::Sync };
        return (kind, None);
    };
    let value = || Output::of(ty);
    if is_async {
        return (Kind::Async, Some(value()));
    }
    let spelled = returns::future(ty);
    // An alias may stand for a future, and the body then shows it.
    let may_be_alias = || !returns::is_plain(ty) && has_async(body);
    if spelled.is_none() && !may_be_alias() {
        return (Kind::Sync, Some(value()));
    }
    let (_, statements) = split_inner_attributes(body);
    let mut read = FutureBody::read(&statements);
    let (holder, output) = match spelled {
        Some(future) => (future.holder, future.output),
        None if read.as_mut().is_some_and(FutureBody::ends_in_block) => (Holder::PinnedBox, None),
        None => return (Kind::Sync, Some(value())),
    };
    let output = match output {
        Some(output) if returns::is_unit_or_never(output) => None,
        Some(output) => Some(Output::of(output)),
        None => Some(Output {
            returns: Returns::Other,
            ty: (!returns::hides_a_type(ty)).then(|| {
                let ty = returns::nameable(ty);
                quote!(<#ty as ::core::future::IntoFuture>::Output)
            }),
            boxed_error: true,
        }),
    };
    (Kind::ReturnsFuture { holder, body: read }, output)
}

/// Whether `async` stands at the top of the body, or in parentheses there: reading on is worth while.
fn has_async(body: &Group) -> bool {
    body.stream().into_iter().any(|tree| match tree {
        TokenTree::Ident(ident) => ident == "async",
        TokenTree::Group(group) => group.delimiter() != Delimiter::Bracket && has_async(&group),
        _ => false,
    })
}

fn mutable_parameters(signature: &Signature) -> Vec<Ident> {
    let mut found = Vec::new();
    for input in &signature.inputs {
        if let FnArg::Typed(typed) = input {
            each_mutable(&typed.pat, &mut found);
        }
    }
    found
}

/// The `mut` names in a pattern.
fn each_mutable(pat: &Pat, found: &mut Vec<Ident>) {
    match pat {
        Pat::Ident(pat) if pat.mutability.is_some() => found.push(pat.ident.clone()),
        Pat::Paren(pat) => each_mutable(&pat.pat, found),
        Pat::Reference(pat) => each_mutable(&pat.pat, found),
        Pat::Slice(pat) => pat.elems.iter().for_each(|pat| each_mutable(pat, found)),
        Pat::Struct(pat) => pat
            .fields
            .iter()
            .for_each(|field| each_mutable(&field.pat, found)),
        Pat::Tuple(pat) => pat.elems.iter().for_each(|pat| each_mutable(pat, found)),
        Pat::TupleStruct(pat) => pat.elems.iter().for_each(|pat| each_mutable(pat, found)),
        _ => {}
    }
}

/// The return type, if it has a `&mut` that borrows from a `&mut` argument.
fn lends_mutably(signature: &Signature) -> Option<TokenStream> {
    let returned = returns::returned(&signature.output)?;
    let lent = returns::mutable_references(returned);
    let is_lent = |lifetime: Option<&Lifetime>| lent.contains(&lifetime);
    let lends = signature.inputs.iter().any(|input| match input {
        FnArg::Receiver(receiver) => match &receiver.kind {
            ReceiverKind::Reference(_, lifetime, Some(_)) => is_lent(lifetime.as_ref()),
            _ => false,
        },
        FnArg::Typed(typed) => match returns::bare(&typed.ty) {
            Type::Reference(argument) => {
                argument.mutability.is_some() && is_lent(argument.lifetime.as_ref())
            }
            _ => false,
        },
    });
    lends.then(|| returned.to_token_stream())
}

/// `{ .. }`, or what `macro_rules!` hands over as `$body:block`.
fn is_block(tree: &TokenTree) -> bool {
    match tree {
        TokenTree::Group(group) if is_invisible(tree) => {
            let mut trees = group.stream().into_iter();
            let first = trees.next();
            first.is_some_and(|first| is_block(&first)) && trees.next().is_none()
        }
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    }
}

fn visible_body(body: &Group) -> Group {
    if body.delimiter() == Delimiter::Brace {
        return body.clone();
    }
    match unwrapped(body.to_token_stream()).into_iter().next() {
        Some(TokenTree::Group(body)) => body,
        _ => body.clone(),
    }
}

fn peeks_function(input: ParseStream<'_>) -> bool {
    let ahead = input.fork();
    while !ahead.peek(Token![fn]) {
        let is_qualifier = ahead.peek(Token![const])
            || ahead.peek(Token![async])
            || ahead.peek(Token![unsafe])
            || ahead.peek(Token![extern])
            || ahead.peek(syn::Lit);
        if !is_qualifier || ahead.parse::<TokenTree>().is_err() {
            return false;
        }
    }
    ahead.peek2(Ident)
}

fn not_a_function(input: ParseStream<'_>, errors: &mut Errors) {
    let ahead = input.fork();
    let _: Option<Token![unsafe]> = ahead.parse().unwrap_or_default();
    let what = ahead.parse::<TokenTree>().ok();
    let span = what.as_ref().map_or_else(|| input.span(), TokenTree::span);
    let what = what.map_or_else(|| "item".to_owned(), |what| format!("`{what}`"));
    errors.push(
        span,
        format_args!("`#[retry]` goes on a function, and this {what} is not one: put it on the function to retry, or write `retry_block!` where that is called"),
    );
}
