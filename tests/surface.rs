//! What each published crate offers: everything `pub`, checked in, so that nothing becomes public unseen.
//!
//! The lint `unreachable_pub` sees to it that what is `pub` in a file can be reached from outside. Items of `tests/surface/` that are
//! `#[doc(hidden)]` are written by the macros, and nobody else should.

use expect_test::expect_file;
use quote::ToTokens as _;
use std::fs;
use std::path::{Path, PathBuf};
use syn::{Attribute, Fields, Ident, ImplItem, Item, UseTree, Visibility};

/// The texts of `//!` and `#![doc = ".."]`, whatever they depend on.
fn first_page(file: &syn::File) -> String {
    let texts = file
        .attrs
        .iter()
        .map(|attribute| attribute.meta.to_token_stream().to_string());
    texts
        .filter(|text| text.contains("doc"))
        .collect::<Vec<_>>()
        .join("\n")
}

/// The names that a `use` ends in.
fn names(tree: &UseTree) -> Vec<String> {
    match tree {
        UseTree::Path(path) => names(&path.tree),
        UseTree::Name(name) => vec![name.ident.to_string()],
        UseTree::Rename(rename) => vec![rename.rename.to_string()],
        UseTree::Group(group) => group.items.iter().flat_map(names).collect(),
        UseTree::Glob(_) => panic!("a glob hides what is public"),
    }
}

fn is_hidden(attributes: &[Attribute]) -> bool {
    let texts = attributes
        .iter()
        .map(|attribute| attribute.meta.to_token_stream().to_string());
    texts.into_iter().any(|text| text == "doc (hidden)")
}

/// Traits that rustdoc does not show.
fn hidden_traits(folder: &Path) -> Vec<String> {
    let mut files = Vec::new();
    find(folder, &mut files);
    let items = files.iter().flat_map(|path| {
        syn::parse_file(&fs::read_to_string(path).unwrap())
            .unwrap()
            .items
    });
    let hidden = items.filter_map(|item| match item {
        Item::Trait(item) if is_hidden(&item.attrs) => Some(item.ident.to_string()),
        _ => None,
    });
    hidden.collect()
}

#[test]
fn everything_public_is_found_from_the_first_page() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("retry-core/src");
    let file = syn::parse_file(&fs::read_to_string(root.join("lib.rs")).unwrap()).unwrap();
    let page = first_page(&file);
    let public = file.items.iter().flat_map(|item| match item {
        Item::Use(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => names(&item.tree),
        Item::Mod(item) if is_public(&item.vis) && !is_hidden(&item.attrs) => {
            vec![item.ident.to_string()]
        }
        _ => Vec::new(),
    });
    let hidden = hidden_traits(&root);
    let public: Vec<String> = public.filter(|name| !hidden.contains(name)).collect();
    assert!(public.len() > 25, "only {public:?}");
    for name in public {
        let is_linked = [format!("[`{name}`]"), format!("[`{name}!`]")];
        assert!(
            is_linked.iter().any(|link| page.contains(link)),
            "{name} has no link"
        );
    }
}

/// What `retry-core` re-exports is shown there with its examples, which are to be copied from there.
#[test]
fn examples_of_what_is_re_exported_name_the_crate_that_re_exports() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let file =
        syn::parse_file(&fs::read_to_string(root.join("retry-core/src/lib.rs")).unwrap()).unwrap();
    let re_exported: Vec<String> = file
        .items
        .iter()
        .filter_map(|item| match item {
            Item::Use(item) if is_public(&item.vis) => Some(&item.tree),
            _ => None,
        })
        .filter(|tree| matches!(tree, UseTree::Path(path) if path.ident == "retry_schedule"))
        .flat_map(names)
        .collect();
    assert!(re_exported.iter().any(|name| name == "Schedule"));
    let mut files = Vec::new();
    find(&root.join("retry-schedule/src"), &mut files);
    // The first page is that of the crate itself.
    files.retain(|path| !path.ends_with("lib.rs"));
    for path in files {
        let text = fs::read_to_string(&path).unwrap();
        for line in text
            .lines()
            .filter(|line| line.trim_start().starts_with("/// use retry_schedule::"))
        {
            let names = line.split(|c: char| !c.is_alphanumeric());
            let wrong: Vec<&str> = names
                .filter(|name| re_exported.iter().any(|known| known == name))
                .collect();
            assert!(wrong.is_empty(), "{}: {line}", path.display());
        }
    }
}

/// The public items of a crate, by file, without bodies and docs.
fn surface(package: &str) -> String {
    let source = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join(package)
        .join("src");
    let mut files = Vec::new();
    find(&source, &mut files);
    files.sort();
    let read = |path: &PathBuf| syn::parse_file(&fs::read_to_string(path).unwrap()).unwrap();
    let private: Vec<Ident> = files
        .iter()
        .flat_map(|path| private_types(read(path)))
        .collect();
    let listings = files.iter().filter_map(|path| {
        let mut file = read(path);
        file.attrs.clear();
        let items = file.items.into_iter().filter(|item| match item {
            Item::Impl(item) => !is_one_of(&private, &item.self_ty),
            _ => true,
        });
        file.items = items.filter_map(public).collect();
        let name = path.strip_prefix(&source).unwrap().display();
        let listing = prettyplease::unparse(&file);
        (!listing.is_empty()).then(|| format!("// {name}\n\n{listing}"))
    });
    listings.collect::<Vec<_>>().join("\n")
}

/// The types that are not seen from outside, so that what they implement is not, either.
fn private_types(file: syn::File) -> Vec<Ident> {
    let of_macros = |item: &syn::ItemMacro| {
        let tokens = item
            .mac
            .tokens
            .clone()
            .into_iter()
            .map(|tree| tree.to_string());
        let tokens: Vec<String> = tokens.collect();
        let declared = tokens
            .windows(2)
            .find(|pair| pair[0] == "struct" || pair[0] == "enum");
        declared.map(|pair| Ident::new(&pair[1], proc_macro2::Span::call_site()))
    };
    let private = file.items.into_iter().filter_map(|item| match item {
        Item::Struct(item) if !is_public(&item.vis) => Some(item.ident),
        Item::Enum(item) if !is_public(&item.vis) => Some(item.ident),
        // `pin_project! { pub(crate) enum .. }`
        Item::Macro(item) if item.mac.tokens.to_string().contains("pub (crate)") => {
            of_macros(&item)
        }
        _ => None,
    });
    private.collect()
}

fn is_one_of(types: &[Ident], ty: &syn::Type) -> bool {
    match ty {
        syn::Type::Path(path) => {
            let name = path.path.segments.last();
            name.is_some_and(|name| types.contains(&name.ident))
        }
        _ => false,
    }
}

fn find(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            find(&path, files);
        } else {
            files.push(path);
        }
    }
}

/// The item as it is seen from outside, if it is.
fn public(mut item: Item) -> Option<Item> {
    let is_public = match &mut item {
        Item::Const(item) => seen(&mut item.attrs, &item.vis),
        Item::Enum(item) => {
            for variant in &mut item.variants {
                strip(&mut variant.attrs);
                for field in &mut variant.fields {
                    strip(&mut field.attrs);
                }
            }
            seen(&mut item.attrs, &item.vis)
        }
        Item::Fn(item) => {
            item.block.stmts.clear();
            seen(&mut item.attrs, &item.vis)
        }
        Item::Impl(item) => {
            strip(&mut item.attrs);
            if item.trait_.is_some() {
                item.items.clear();
                return Some(Item::Impl(item.clone()));
            }
            item.items.retain_mut(|item| match item {
                ImplItem::Const(item) => seen(&mut item.attrs, &item.vis),
                ImplItem::Fn(item) => {
                    item.block.stmts.clear();
                    seen(&mut item.attrs, &item.vis)
                }
                _ => true,
            });
            !item.items.is_empty()
        }
        Item::Macro(item) => {
            let is_exported = |attr: &Attribute| attr.path().is_ident("macro_export");
            let is_exported = item.attrs.iter().any(is_exported);
            strip(&mut item.attrs);
            item.mac.tokens = Default::default();
            is_exported
        }
        Item::Mod(item) => {
            if let Some((_, items)) = &mut item.content {
                *items = items.drain(..).filter_map(public).collect();
            }
            seen(&mut item.attrs, &item.vis)
        }
        Item::Static(item) => seen(&mut item.attrs, &item.vis),
        Item::Struct(item) => {
            if let Fields::Named(fields) = &mut item.fields {
                let named = std::mem::take(&mut fields.named).into_iter();
                fields.named = named
                    .filter_map(|mut field| seen(&mut field.attrs, &field.vis).then_some(field))
                    .collect();
            }
            seen(&mut item.attrs, &item.vis)
        }
        Item::Trait(item) => {
            for item in &mut item.items {
                if let syn::TraitItem::Fn(item) = item {
                    strip(&mut item.attrs);
                    if let Some(body) = &mut item.default {
                        body.stmts.clear();
                    }
                }
            }
            seen(&mut item.attrs, &item.vis)
        }
        Item::Type(item) => seen(&mut item.attrs, &item.vis),
        Item::Use(item) => seen(&mut item.attrs, &item.vis),
        _ => false,
    };
    is_public.then_some(item)
}

fn seen(attributes: &mut Vec<Attribute>, visibility: &Visibility) -> bool {
    strip(attributes);
    is_public(visibility)
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}

/// Leaves what changes the surface: features, derived traits, and what is hidden.
fn strip(attributes: &mut Vec<Attribute>) {
    attributes.retain(|attribute| {
        let path = attribute.path();
        let is_hidden = || {
            let argument = attribute.parse_args::<syn::Ident>();
            argument.is_ok_and(|argument| argument == "hidden")
        };
        ["cfg", "derive", "non_exhaustive"]
            .iter()
            .any(|name| path.is_ident(name))
            || (path.is_ident("doc") && is_hidden())
    });
}

#[test]
fn of_retry_core() {
    expect_file!["surface/retry-core.txt"].assert_eq(&surface("retry-core"));
}

#[test]
fn of_retry_jetstream() {
    expect_file!["surface/retry-jetstream.txt"].assert_eq(&surface("retry-jetstream"));
}

#[test]
fn of_retry_macros() {
    expect_file!["surface/retry-macros.txt"].assert_eq(&surface("retry-macros"));
}

#[test]
fn of_retry_macros_impl() {
    expect_file!["surface/retry-macros-impl.txt"].assert_eq(&surface("retry-macros-impl"));
}

#[test]
fn of_retry_schedule() {
    expect_file!["surface/retry-schedule.txt"].assert_eq(&surface("retry-schedule"));
}
