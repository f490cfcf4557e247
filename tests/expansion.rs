//! What the macros write, beside what was written: read the files in `tests/expand/` in pairs.
//!
//! `UPDATE_EXPECT=1 cargo test --test expansion` writes them anew.

#[path = "../retry-macros/src/args.rs"]
mod args;
#[path = "../retry-macros/src/block.rs"]
mod block;
#[path = "../retry-macros/src/callable.rs"]
mod callable;
#[path = "../retry-macros/src/check.rs"]
mod check;
#[path = "../retry-macros/src/docs.rs"]
mod docs;
#[path = "../retry-macros/src/entry.rs"]
mod entry;
#[path = "../retry-macros/src/errors.rs"]
mod errors;
#[path = "../retry-macros/src/expand.rs"]
mod expand;
#[path = "../retry-macros/src/function.rs"]
mod function;
#[path = "../retry-macros/src/schedule.rs"]
mod schedule;
#[path = "../retry-macros/src/types.rs"]
mod types;

use expect_test::expect_file;
use proc_macro2::TokenStream;
use quote::ToTokens;
use std::ops::Range;
use std::path::Path;
use syn::spanned::Spanned;
use syn::visit::Visit;

const FEATURES: check::Features = check::Features {
    std: true,
    tokio: true,
};

#[test]
fn a_sync_function() {
    golden("sync");
}

#[test]
fn an_async_function() {
    golden("async");
}

#[test]
fn a_method() {
    golden("method");
}

#[test]
fn a_switch() {
    golden("enabled");
}

#[test]
fn polling() {
    golden("until");
}

#[test]
fn a_shape() {
    golden("shape");
}

#[test]
fn a_schedule_chosen_at_run_time() {
    golden("run_time");
}

#[test]
fn blocks() {
    golden("block");
}

#[test]
fn functions_that_return_futures() {
    golden("future");
}

#[test]
fn every_jitter() {
    golden("jitter");
}

#[test]
fn another_sleeper() {
    golden("sleep");
}

/// Compares the expansion of `tests/expand/NAME.rs` with `tests/expand/NAME-expanded.rs`.
fn golden(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand");
    let source = read(&folder.join(format!("{name}.rs")));
    expect_file![folder.join(format!("{name}-expanded.rs"))].assert_eq(&expanded(&source));
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The source with each use of the macros replaced by what it expands to, and nothing else changed.
fn expanded(source: &str) -> String {
    let mut uses = Uses {
        source,
        found: Vec::new(),
    };
    uses.visit_file(&syn::parse_file(source).expect("the source parses"));
    let mut text = source.to_owned();
    // From the end, so that the places found stay where they are.
    uses.found
        .sort_by_key(|(place, _)| std::cmp::Reverse(place.start));
    for (place, expansion) in uses.found {
        let indent = source[..place.start]
            .rsplit('\n')
            .next()
            .unwrap_or_default();
        let indent = &indent[..indent.len() - indent.trim_start().len()];
        text.replace_range(
            place,
            &expansion.trim().replace('\n', &format!("\n{indent}")),
        );
    }
    text.lines()
        .map(|line| format!("{}\n", line.trim_end()))
        .collect()
}

struct Uses<'a> {
    source: &'a str,
    found: Vec<(Range<usize>, String)>,
}

impl Uses<'_> {
    fn function(&mut self, item: &impl ToTokens, attributes: &[syn::Attribute]) {
        let Some(retry) = attributes
            .iter()
            .find(|attribute| attribute.path().is_ident("retry"))
        else {
            return;
        };
        let place = item.span().byte_range();
        let args = retry
            .meta
            .require_list()
            .expect("`#[retry(..)]`")
            .tokens
            .clone();
        // The item without the attribute, as the compiler hands it over.
        let attribute = retry.span().byte_range();
        let without = [
            &self.source[place.start..attribute.start],
            &self.source[attribute.end..place.end],
        ]
        .concat();
        let item: TokenStream = without.parse().expect("the item is made of tokens");
        let expansion = entry::attribute(args, item, FEATURES);
        let item = syn::parse2(expansion).expect("the expansion is an item");
        self.found.push((place, pretty(item)));
    }
}

impl<'ast> Visit<'ast> for Uses<'_> {
    fn visit_item_fn(&mut self, item: &'ast syn::ItemFn) {
        self.function(item, &item.attrs);
        syn::visit::visit_item_fn(self, item);
    }

    fn visit_impl_item_fn(&mut self, item: &'ast syn::ImplItemFn) {
        self.function(item, &item.attrs);
        syn::visit::visit_impl_item_fn(self, item);
    }

    fn visit_expr_macro(&mut self, call: &'ast syn::ExprMacro) {
        if call.mac.path.is_ident("retry_block") {
            let expansion = entry::block(call.mac.tokens.clone(), FEATURES);
            let place = call.span().byte_range();
            // An expression can be printed as the only one of a function.
            let printed = pretty(syn::parse_quote!(fn expression() { #expansion; }));
            let (_, printed) = printed.split_once('\n').expect("a function has lines");
            let (printed, _) = printed
                .trim_end()
                .rsplit_once('\n')
                .expect("a function has lines");
            let printed = printed.replace("\n    ", "\n");
            self.found
                .push((place, printed.trim_end().trim_end_matches(';').to_owned()));
        }
    }
}

fn pretty(item: syn::Item) -> String {
    prettyplease::unparse(&syn::File {
        shebang: None,
        frontmatter: None,
        attrs: Vec::new(),
        items: vec![item],
    })
}
