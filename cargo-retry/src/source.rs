//! One file of source. In: its text. Out: its functions, what is retried in them, what they call, and the modules that it
//! declares; all of it as plain values, so that files can be read in parallel.

use crate::calls::{Call, Callee};
use crate::place::{At, text};
use crate::site::Site;
use proc_macro2::{Span, TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::BTreeSet;
use syn::parse::{ParseStream, Parser as _};
use syn::punctuated::Punctuated;
use syn::visit::{self, Visit};
use syn::{
    Attribute, Block, Expr, File, FnArg, Ident, ImplItemFn, ItemFn, ItemImpl, ItemMacro, ItemMod,
    ItemTrait, Lit, Local, Macro, Meta, Signature, StmtMacro, Token, TraitItemFn, Type,
};

/// What one file holds.
#[derive(Debug, Default)]
pub(crate) struct Source {
    /// Functions and retried blocks, each after the one that it stands in.
    pub(crate) units: Vec<Unit>,
    /// The files that it declares as modules or includes.
    pub(crate) modules: Vec<Declared>,
    /// What could not be seen, and why.
    pub(crate) unseen: Vec<Unseen>,
    /// Every identifier that is one of those asked for.
    pub(crate) mentions: BTreeSet<String>,
}

/// A function, or a block that is retried.
#[derive(Debug, Clone)]
pub(crate) struct Unit {
    /// The name of the function; of a block, that of the function around it, if there is one.
    pub(crate) name: String,
    pub(crate) is_block: bool,
    /// The type or the trait whose method it is.
    pub(crate) owner: Option<String>,
    /// The trait that is implemented.
    pub(crate) of_trait: Option<String>,
    /// Whether it stands in a trait.
    pub(crate) is_declaration: bool,
    /// The inline modules, and the functions, around it in this file.
    pub(crate) modules: Vec<String>,
    /// The unit around it.
    pub(crate) parent: Option<usize>,
    /// What must hold for it to be compiled.
    pub(crate) cfgs: Vec<String>,
    /// The macro whose tokens it was found in.
    pub(crate) in_macro: Option<String>,
    /// Where its name stands; of a block, where the macro's does.
    pub(crate) at: At,
    pub(crate) has_self: bool,
    /// How many arguments it takes besides `self`.
    pub(crate) parameters: usize,
    pub(crate) calls: Vec<Call>,
    pub(crate) site: Option<Site>,
}

/// A module that is another file, or a file that is included.
#[derive(Debug, Clone)]
pub(crate) struct Declared {
    /// The name; nothing for `include!`.
    pub(crate) name: Option<String>,
    /// The inline modules around it, each with its own `#[path]`.
    pub(crate) around: Vec<(String, Option<String>)>,
    /// What `#[path]` says. With `cfg_attr` there may be several, each with its condition.
    pub(crate) paths: Vec<(Option<String>, String)>,
    pub(crate) cfgs: Vec<String>,
    pub(crate) at: At,
}

/// Something that this tool cannot see, and why.
#[derive(Debug, Clone)]
pub(crate) struct Unseen {
    pub(crate) at: At,
    pub(crate) reason: String,
}

impl Source {
    /// Reads a file. `wanted` are the identifiers to look for.
    pub(crate) fn read(text: &str, wanted: &BTreeSet<String>) -> Self {
        let mut reader = Reader::default();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        match syn::parse_file(text) {
            Ok(file) => {
                // `#![cfg(..)]` at the top of the file.
                let inner: Vec<_> = file.attrs.iter().filter_map(cfg_of).collect();
                reader.within_cfgs(inner, |reader| reader.visit_file(&file));
            }
            Err(error) => reader.half_written(text, &error),
        }
        if !wanted.is_empty() {
            let words = text.split(|c: char| !c.is_alphanumeric() && c != '_');
            let words = words.filter(|word| wanted.contains(*word));
            reader.source.mentions = words.map(str::to_owned).collect();
        }
        reader.source
    }
}

#[derive(Default)]
struct Reader {
    source: Source,
    /// Inline modules around, with their `#[path]`.
    modules: Vec<(String, Option<String>)>,
    /// Modules and functions around.
    scopes: Vec<String>,
    owner: Option<Owner>,
    cfgs: Vec<String>,
    in_macro: Option<String>,
    unit: Option<usize>,
}

#[derive(Clone)]
struct Owner {
    name: String,
    of_trait: Option<String>,
    is_trait: bool,
}

impl Reader {
    /// The file does not parse: modules and sites are found by their tokens, where those can be told apart.
    fn half_written(&mut self, text: &str, error: &syn::Error) {
        let at = At::from(error.span().start());
        let Ok(tokens) = text.parse::<TokenStream>() else {
            self.unseen(at, format!("this file cannot be read: {error}"));
            return;
        };
        self.unseen(
            at,
            format!("this file has an error, so only what its tokens say is listed: {error}"),
        );
        let trees: Vec<TokenTree> = tokens.clone().into_iter().collect();
        for window in trees.windows(3) {
            if let [
                TokenTree::Ident(keyword),
                TokenTree::Ident(name),
                TokenTree::Punct(end),
            ] = window
            {
                if keyword == "mod" && end.as_char() == ';' {
                    self.declare(Some(name), &[], name.span());
                }
            }
        }
        self.loose_sites(tokens);
    }

    fn unseen(&mut self, at: At, reason: String) {
        self.source.unseen.push(Unseen { at, reason });
    }

    /// Sites in tokens that are no items, statements or expressions.
    fn loose_sites(&mut self, tokens: TokenStream) {
        for site in retry_macros_impl::sites(tokens) {
            let is_block = site.kind == retry_macros_impl::Kind::Block;
            let at = At::from(site.span.start());
            let name = if is_block {
                self.name_around()
            } else {
                site.name.clone()
            };
            let site = Site::of(&site);
            self.push(name, is_block, at, (false, 0), Some(site));
        }
    }

    /// Sites that `macro_rules!` writes. Where `$` stands in the keys or in the signature, only the compiler sees them.
    fn written_by_rules(&mut self, name: &str, rules: &TokenStream) {
        let trees: Vec<TokenTree> = rules.clone().into_iter().collect();
        for window in trees.windows(3) {
            let [
                TokenTree::Punct(_),
                TokenTree::Punct(arrow),
                TokenTree::Group(body),
            ] = window
            else {
                continue;
            };
            if arrow.as_char() != '>' {
                continue;
            }
            self.in_macro(name, |reader| match syn::parse2::<File>(body.stream()) {
                Ok(file) => reader.visit_file(&file),
                Err(_) => reader.written_by_rule(name, body.stream()),
            });
        }
    }

    fn written_by_rule(&mut self, name: &str, body: TokenStream) {
        for site in retry_macros_impl::sites(body) {
            let at = At::from(site.span.start());
            let is_open = site.keys.iter().any(|(_, value)| has_dollar(value.clone()));
            if is_open || !site.mistakes.is_empty() {
                self.unseen(
                    at,
                    format!(
                        "`{name}!` writes this retry where it is called: it cannot be seen here"
                    ),
                );
                continue;
            }
            let is_block = site.kind == retry_macros_impl::Kind::Block;
            let function = if is_block {
                self.name_around()
            } else {
                site.name.clone()
            };
            self.push(function, is_block, at, (false, 0), Some(Site::of(&site)));
        }
    }

    fn name_around(&self) -> String {
        self.unit
            .map(|unit| self.source.units[unit].name.clone())
            .unwrap_or_default()
    }

    fn in_macro(&mut self, name: &str, read: impl FnOnce(&mut Self)) {
        let before = self.in_macro.replace(name.to_owned());
        read(self);
        self.in_macro = before;
    }

    fn within_cfgs(&mut self, cfgs: Vec<String>, read: impl FnOnce(&mut Self)) {
        let before = self.cfgs.len();
        self.cfgs.extend(cfgs);
        read(self);
        self.cfgs.truncate(before);
    }

    fn within(&mut self, attributes: &[Attribute], read: impl FnOnce(&mut Self)) {
        self.within_cfgs(attributes.iter().filter_map(cfg_of).collect(), read);
    }

    fn declare(&mut self, name: Option<&Ident>, attributes: &[Attribute], span: Span) {
        let declared = Declared {
            name: name.map(unraw),
            around: self.modules.clone(),
            paths: paths_of(attributes),
            cfgs: self.cfgs.clone(),
            at: span.start().into(),
        };
        self.source.modules.push(declared);
    }

    fn push(
        &mut self,
        name: String,
        is_block: bool,
        at: At,
        (has_self, parameters): (bool, usize),
        site: Option<Site>,
    ) -> usize {
        let owner = self.owner.clone();
        let is_declaration = owner.as_ref().is_some_and(|owner| owner.is_trait);
        let (owner, of_trait) =
            owner.map_or((None, None), |owner| (Some(owner.name), owner.of_trait));
        let mut cfgs = self.cfgs.clone();
        cfgs.dedup();
        self.source.units.push(Unit {
            name,
            is_block,
            owner,
            of_trait,
            is_declaration,
            modules: self.scopes.clone(),
            parent: self.unit,
            cfgs,
            in_macro: self.in_macro.clone(),
            at,
            has_self,
            parameters,
            calls: Vec::new(),
            site,
        });
        self.source.units.len() - 1
    }

    /// A function with or without `#[retry]`; `item` are its tokens without that attribute.
    fn function(
        &mut self,
        attributes: &[Attribute],
        signature: &Signature,
        item: &dyn Fn(usize) -> TokenStream,
        read: impl FnOnce(&mut Self),
    ) {
        self.within(attributes, |reader| {
            let found = attributes
                .iter()
                .enumerate()
                .find_map(|(index, attribute)| {
                    let (condition, keys, span) = retry_of(attribute)?;
                    Some((
                        condition,
                        retry_macros_impl::Site::of_function(keys, item(index), span),
                    ))
                });
            let (condition, site) = match found {
                Some((condition, site)) => (condition, Some(Site::of(&site))),
                None => (None, None),
            };
            let name = unraw(&signature.ident);
            let at = At::from(signature.ident.span().start());
            let has_self = matches!(signature.inputs.first(), Some(FnArg::Receiver(_)));
            let parameters = signature.inputs.len() - usize::from(has_self);
            reader.within_cfgs(condition.into_iter().collect(), |reader| {
                let unit = reader.push(name.clone(), false, at, (has_self, parameters), site);
                let around = reader.unit.replace(unit);
                let scope = match &reader.owner {
                    Some(owner) => format!("{}::{name}", owner.name),
                    None => name,
                };
                reader.scopes.push(scope);
                read(reader);
                reader.scopes.pop();
                reader.unit = around;
            });
        });
    }

    fn block(&mut self, input: TokenStream, span: Span) {
        let read = retry_macros_impl::Site::of_block(input, span);
        let site = Site::of(&read);
        let at = At::from(span.start());
        let unit = self.push(self.name_around(), true, at, (false, 0), Some(site));
        let around = self.unit.replace(unit);
        let body = read.body.unwrap_or_default();
        match Block::parse_within.parse2(body.clone()) {
            Ok(statements) => {
                for statement in &statements {
                    self.visit_stmt(statement);
                }
            }
            Err(_) => self.loose(body),
        }
        self.unit = around;
    }

    fn call(&mut self, callee: Callee, arguments: Option<usize>, span: Span) {
        if let Some(unit) = self.unit {
            let at = At::from(span.start());
            self.source.units[unit].calls.push(Call {
                callee,
                arguments,
                at,
            });
        }
    }

    /// What a macro is given: items, statements, expressions, or tokens that only the macro understands.
    fn given_to_macro(&mut self, tokens: &TokenStream) {
        if tokens.is_empty() {
            return;
        }
        if let Ok(file) = syn::parse2::<File>(tokens.clone()) {
            self.visit_file(&file);
        } else if let Ok(statements) = Block::parse_within.parse2(tokens.clone()) {
            for statement in &statements {
                self.visit_stmt(statement);
            }
        } else if let Ok(list) =
            Punctuated::<Expr, Token![,]>::parse_terminated.parse2(tokens.clone())
        {
            for expr in &list {
                self.visit_expr(expr);
            }
        } else {
            self.loose(tokens.clone());
        }
    }

    fn loose(&mut self, tokens: TokenStream) {
        self.loose_sites(tokens.clone());
        self.loose_calls(tokens);
    }

    /// `name(..)` anywhere in tokens.
    fn loose_calls(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, tree) in trees.iter().enumerate() {
            let TokenTree::Group(group) = tree else {
                continue;
            };
            if let (true, Some(TokenTree::Ident(name))) = (
                group.delimiter() == proc_macro2::Delimiter::Parenthesis,
                index.checked_sub(1).map(|before| &trees[before]),
            ) {
                let is_method = index >= 2
                    && matches!(&trees[index - 2], TokenTree::Punct(dot) if dot.as_char() == '.');
                let callee = if is_method {
                    Callee::Method {
                        name: unraw(name),
                        on_self: false,
                    }
                } else {
                    Callee::Path(vec![unraw(name)])
                };
                self.call(callee, None, name.span());
            }
            self.loose_calls(group.stream());
        }
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        self.within(&module.attrs, |reader| {
            let Some((_, items)) = &module.content else {
                reader.declare(Some(&module.ident), &module.attrs, module.ident.span());
                return;
            };
            let path = paths_of(&module.attrs).pop().map(|(_, path)| path);
            let name = unraw(&module.ident);
            reader.modules.push((name.clone(), path));
            reader.scopes.push(name);
            for item in items {
                reader.visit_item(item);
            }
            reader.scopes.pop();
            reader.modules.pop();
        });
    }

    fn visit_item_impl(&mut self, item: &'ast ItemImpl) {
        let owner = Owner {
            name: type_name(&item.self_ty),
            of_trait: item
                .trait_
                .as_ref()
                .and_then(|(path, _)| segments(path).pop()),
            is_trait: false,
        };
        self.within(&item.attrs, |reader| {
            let around = reader.owner.replace(owner);
            visit::visit_item_impl(reader, item);
            reader.owner = around;
        });
    }

    fn visit_item_trait(&mut self, item: &'ast ItemTrait) {
        let owner = Owner {
            name: unraw(&item.ident),
            of_trait: None,
            is_trait: true,
        };
        self.within(&item.attrs, |reader| {
            let around = reader.owner.replace(owner);
            visit::visit_item_trait(reader, item);
            reader.owner = around;
        });
    }

    fn visit_item_fn(&mut self, item: &'ast ItemFn) {
        let without = |attribute| {
            let mut item = item.clone();
            item.attrs.remove(attribute);
            item.into_token_stream()
        };
        // A function in a function's body has no type around it.
        let owner = self.owner.take();
        let read = |reader: &mut Self| visit::visit_block(reader, &item.block);
        self.function(&item.attrs, &item.sig, &without, read);
        self.owner = owner;
    }

    fn visit_impl_item_fn(&mut self, item: &'ast ImplItemFn) {
        let without = |attribute| {
            let mut item = item.clone();
            item.attrs.remove(attribute);
            item.into_token_stream()
        };
        let read = |reader: &mut Self| visit::visit_block(reader, &item.block);
        self.function(&item.attrs, &item.sig, &without, read);
    }

    fn visit_trait_item_fn(&mut self, item: &'ast TraitItemFn) {
        let without = |attribute| {
            let mut item = item.clone();
            item.attrs.remove(attribute);
            item.into_token_stream()
        };
        let read = |reader: &mut Self| {
            if let Some(block) = &item.default {
                visit::visit_block(reader, block);
            }
        };
        self.function(&item.attrs, &item.sig, &without, read);
    }

    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        self.within(&item.attrs, |reader| match &item.ident {
            Some(name) => reader.written_by_rules(&unraw(name), &item.mac.tokens),
            None => reader.visit_macro(&item.mac),
        });
    }

    fn visit_stmt_macro(&mut self, statement: &'ast StmtMacro) {
        self.within(&statement.attrs, |reader| {
            reader.visit_macro(&statement.mac);
        });
    }

    fn visit_local(&mut self, local: &'ast Local) {
        self.within(&local.attrs, |reader| visit::visit_local(reader, local));
    }

    fn visit_macro(&mut self, called: &'ast Macro) {
        let Some(name) = called.path.segments.last() else {
            return;
        };
        if name.ident == "retry_block" {
            self.block(called.tokens.clone(), name.ident.span());
        } else if name.ident == "include" {
            self.include(called);
        } else {
            self.in_macro(&unraw(&name.ident), |reader| {
                reader.given_to_macro(&called.tokens);
            });
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if let Expr::Path(path) = &*call.func {
            let span = path
                .path
                .segments
                .last()
                .map(|segment| segment.ident.span());
            let callee = Callee::Path(segments(&path.path));
            self.call(
                callee,
                Some(call.args.len()),
                span.unwrap_or_else(Span::call_site),
            );
        }
        self.handed_over(&call.args);
        visit::visit_expr_call(self, call);
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        let on_self = matches!(&*call.receiver, Expr::Path(path) if path.path.is_ident("self"));
        let callee = Callee::Method {
            name: unraw(&call.method),
            on_self,
        };
        self.call(callee, Some(call.args.len()), call.method.span());
        self.handed_over(&call.args);
        visit::visit_expr_method_call(self, call);
    }
}

impl Reader {
    /// Functions that are given to others to call: `items.map(Self::create)`.
    fn handed_over(&mut self, arguments: &Punctuated<Expr, Token![,]>) {
        for argument in arguments {
            if let Expr::Path(path) = argument {
                let span = path
                    .path
                    .segments
                    .last()
                    .map(|segment| segment.ident.span());
                let callee = Callee::Path(segments(&path.path));
                self.call(callee, None, span.unwrap_or_else(Span::call_site));
            }
        }
    }

    fn include(&mut self, called: &Macro) {
        let at = called
            .path
            .segments
            .last()
            .map_or_else(Span::call_site, |segment| segment.ident.span());
        match syn::parse2::<Lit>(called.tokens.clone()) {
            Ok(Lit::Str(path)) => {
                let declared = Declared {
                    name: None,
                    around: Vec::new(),
                    paths: vec![(None, path.value())],
                    cfgs: self.cfgs.clone(),
                    at: at.start().into(),
                };
                self.source.modules.push(declared);
            }
            _ => self.unseen(
                at.start().into(),
                "what `include!` takes in is known only when it is built".to_owned(),
            ),
        }
    }
}

/// What `#[retry(..)]` or `#[cfg_attr(.., retry(..))]` says: the condition, the keys, and where it stands.
fn retry_of(attribute: &Attribute) -> Option<(Option<String>, TokenStream, Span)> {
    let span = attribute.pound_token.spans[0];
    for (condition, meta) in metas(attribute) {
        let is_retry = meta.path().segments.last()?.ident == "retry";
        match meta {
            Meta::List(list) if is_retry => return Some((condition, list.tokens, span)),
            // `#[retry]` without keys: the macro says what is missing.
            Meta::Path(_) if is_retry => return Some((condition, TokenStream::new(), span)),
            _ => {}
        }
    }
    None
}

/// What an attribute says, and under which condition.
fn metas(attribute: &Attribute) -> Vec<(Option<String>, Meta)> {
    let Meta::List(list) = &attribute.meta else {
        return vec![(None, attribute.meta.clone())];
    };
    if !list.path.is_ident("cfg_attr") {
        return vec![(None, attribute.meta.clone())];
    }
    let read = |input: ParseStream<'_>| {
        let metas = Punctuated::<Meta, Token![,]>::parse_terminated(input)?;
        Ok(metas.into_iter().collect::<Vec<Meta>>())
    };
    let mut metas = read
        .parse2(list.tokens.clone())
        .unwrap_or_default()
        .into_iter();
    let Some(condition) = metas.next() else {
        return Vec::new();
    };
    let condition = text(&condition.into_token_stream());
    metas.map(|meta| (Some(condition.clone()), meta)).collect()
}

fn cfg_of(attribute: &Attribute) -> Option<String> {
    match &attribute.meta {
        Meta::List(list) if list.path.is_ident("cfg") => Some(text(&list.tokens)),
        _ => None,
    }
}

fn paths_of(attributes: &[Attribute]) -> Vec<(Option<String>, String)> {
    let path = |(condition, meta): (Option<String>, Meta)| match meta {
        Meta::NameValue(pair) if pair.path.is_ident("path") => match &pair.value {
            Expr::Lit(literal) => match &literal.lit {
                Lit::Str(path) => Some((condition, path.value())),
                _ => None,
            },
            _ => None,
        },
        _ => None,
    };
    attributes.iter().flat_map(metas).filter_map(path).collect()
}

fn has_dollar(tokens: TokenStream) -> bool {
    tokens.into_iter().any(|tree| match tree {
        TokenTree::Punct(punct) => punct.as_char() == '$',
        TokenTree::Group(group) => has_dollar(group.stream()),
        _ => false,
    })
}

/// `Client` of `crate::api::Client<'a, T>`; whatever is no path as it is written.
fn type_name(ty: &Type) -> String {
    match ty {
        Type::Path(path) => match path.path.segments.last() {
            Some(segment) => unraw(&segment.ident),
            None => text(&ty.to_token_stream()),
        },
        Type::Reference(reference) => type_name(&reference.elem),
        Type::Group(group) => type_name(&group.elem),
        Type::Paren(paren) => type_name(&paren.elem),
        _ => text(&ty.to_token_stream()),
    }
}

fn segments(path: &syn::Path) -> Vec<String> {
    path.segments
        .iter()
        .map(|segment| unraw(&segment.ident))
        .collect()
}

fn unraw(ident: &Ident) -> String {
    use syn::ext::IdentExt as _;
    ident.unraw().to_string()
}
