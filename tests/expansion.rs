//! What the macros write, beside what was written: read the files in `tests/expand/` in pairs.
//!
//! `UPDATE_EXPECT=1 cargo test --test expansion` writes them anew.

use expect_test::expect_file;
use proc_macro2::{Group, TokenStream, TokenTree};
use proptest::prelude::*;
use quote::{ToTokens, quote};
use retry_macros_impl::sites;
use std::io::Write as _;
use std::ops::Range;
use std::path::Path;
use std::process::{Command, Stdio};
use syn::spanned::Spanned;
use syn::visit::Visit;

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

#[test]
fn limits_hints_budgets_and_hooks() {
    golden("limits");
}

#[test]
fn attempts_lists_by_error_and_open_lists() {
    golden("attempts");
}

#[test]
fn the_function_of_the_readme() {
    golden("readme");
}

/// The README has the function of `tests/expand/readme.rs`, and its loop as `cargo expand` shows it.
#[test]
fn the_loop_of_the_readme() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = read(&root.join("README.md"));
    let source = read(&root.join("tests/expand/readme.rs"));
    let code = code_blocks(&readme).filter(|(language, _)| *language == "rust");
    let code: Vec<&str> = code.map(|(_, code)| code).collect();
    let [attribute, its_loop] = code[..] else {
        panic!("the README has two blocks of Rust");
    };
    let truth = formatted(&expanded_with(&source, without_features));
    let truth = truth.replace(
        "use retry_core::{retry, transient};",
        "use retry_core::transient;",
    );
    let truth = readme.replace(its_loop, &truth).replace(attribute, &source);
    expect_file![root.join("README.md")].assert_eq(&truth);
}

/// In `retry-core/docs/retry.md`, lines of the loop follow the example that they are of.
#[test]
fn the_loops_of_the_attributes_page() {
    let page = include_str!("../retry-core/docs/retry.md");
    let mut expansion = String::new();
    let mut quoted = 0;
    for (language, code) in code_blocks(page) {
        if language == "rust" {
            let shown = |line: &str| format!("{}\n", line.strip_prefix("# ").unwrap_or(line));
            let code: String = code.lines().map(shown).collect();
            expansion = squeezed(&expanded(&format!("fn example() {{\n{code}}}\n")));
        } else if language == "text" && !code.contains(" retry: ") {
            assert!(
                expansion.contains(&squeezed(code)),
                "{code}\nis not in\n{expansion}"
            );
            quoted += 1;
        }
    }
    assert!(quoted > 20, "only {quoted} are found");
}

#[test]
fn the_example_of_the_idea() {
    example("do_the_thing");
}

#[test]
fn the_example_of_the_main_job() {
    example("create_workers/client");
}

/// The text of an entry or an argument, right or wrong.
fn entry() -> impl Strategy<Value = String> {
    prop_oneof![
        8 => (1..=5_000_u32, prop::sample::select(&["ns", "us", "ms", "s", "m", "h", "d"][..]))
            .prop_map(|(count, unit)| format!("{count}{unit}")),
        4 => (0..=99_u32, 0..=9_999_u32, prop::sample::select(&["us", "ms", "s", "m"][..]))
            .prop_map(|(whole, fraction, unit)| format!("{whole}.{fraction:04}{unit}")),
        1 => prop::sample::select(
            &["0", "0s", "4", "1sec", "-1s", "1_500ms", "0x10s", "99999999999999999999s", "0.1ns", "nan", "1_s"][..],
        )
        .prop_map(str::to_owned),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_attribute_and_run_time_read_the_same_lists(entries in prop::collection::vec(entry(), 0..6), ends in any::<bool>()) {
        let end = if ends { ", 0" } else { "" };
        same(&format!("[{}{end}]", entries.join(", ")));
    }

    #[test]
    fn the_attribute_and_run_time_read_the_same_shapes(
        shape in prop::sample::select(&["constant", "linear", "exponential", "fibonacci", "inverse", "exponental"][..]),
        first in entry(),
        arguments in prop::collection::vec(
            (prop::sample::select(&["step", "max", "min", "factor", "attempts", "retries", "within", "mx"][..]), entry(), 0..20_u32),
            0..4,
        ),
        retries in prop::option::weighted(0.7, 0..1_200_u32),
    ) {
        let mut text = format!("{shape}({first}");
        for (name, duration, number) in arguments {
            match name {
                "factor" => text += &format!(", {name} = 1.{number}"),
                "attempts" | "retries" => text += &format!(", {name} = {number}"),
                _ => text += &format!(", {name} = {duration}"),
            }
        }
        if let Some(retries) = retries {
            text += &format!(", retries = {retries}");
        }
        same(&(text + ")"));
    }
}

/// Reads the text as the attribute does and as `Schedule` does: the same list, or refused by both.
fn same(text: &str) {
    let source =
        format!("#[retry(schedule = {text}, on = always)] fn sample() -> Result<(), ()> {{}}");
    let sites = sites(source.parse().expect("these are tokens"));
    let written = sites[0].retry.as_ref().map(|retry| &retry.backoffs);
    let at_run_time = text.parse::<retry_core::Schedule>();
    match (written, &at_run_time) {
        (Some(Some(written)), Ok(at_run_time)) => {
            assert_eq!(&written[..], at_run_time.backoffs(), "{text}");
        }
        (None, Err(_)) => assert!(
            !sites[0].mistakes.is_empty(),
            "{text} is refused without a reason"
        ),
        // A call of a function, for all that the attribute can know.
        (Some(None), Err(_)) => assert!(!text.contains('=')),
        _ => panic!("{text} is read in two ways: {at_run_time:?} at run time"),
    }
}

/// Compares the expansion of `examples/NAME.rs` with `examples/NAME-expanded.rs`, which compiles by itself.
fn example(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let file = name.rsplit('/').next().unwrap_or(name);
    let source = read(&folder.join(format!("{name}.rs")));
    let (docs, code): (Vec<&str>, Vec<&str>) =
        source.lines().partition(|line| line.starts_with("//!"));
    assert!(!docs.is_empty(), "an example says what it is");
    let code = expanded(&format!("{}\n", code.join("\n")));
    let code = ["retry", "retry_block"]
        .iter()
        .fold(code.trim_start().to_owned(), |code, name| {
            code.replace(&format!("use retry_core::{name};\n"), "")
        });
    let header = format!(
        "//! What `{file}.rs` is turned into: the same, but for what `#[retry]` wrote.\n\n\
         #![allow(clippy::redundant_closure_call, clippy::unit_arg, unused_variables)]\n\n"
    );
    expect_file![folder.join(format!("{name}-expanded.rs"))]
        .assert_eq(&formatted(&(header + &code)));
}

/// Compares the expansion of `tests/expand/NAME.rs` with `tests/expand/NAME-expanded.rs`.
fn golden(name: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/expand");
    let source = read(&folder.join(format!("{name}.rs")));
    expect_file![folder.join(format!("{name}-expanded.rs"))]
        .assert_eq(&formatted(&expanded(&source)));
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// The code between fences, with what the first fence says.
fn code_blocks(page: &str) -> impl Iterator<Item = (&str, &str)> {
    let blocks = page.split("```").skip(1).step_by(2);
    blocks.map(|block| block.split_once('\n').expect("a fence ends its line"))
}

/// The code without what `rustfmt` may add or take away.
fn squeezed(code: &str) -> String {
    let code: String = code.split_whitespace().collect();
    [")", "]", "}"]
        .iter()
        .fold(code, |code, end| code.replace(&format!(",{end}"), end))
}

/// An expansion in which what the loop calls is expanded as well, as `macro_rules!` of `retry-core` without optional features,
/// and in which nothing is left of what is for rustdoc only.
fn without_features(expansion: TokenStream) -> TokenStream {
    let mut trees: Vec<TokenTree> = Vec::new();
    let mut rest = expansion.into_iter().peekable();
    while let Some(tree) = rest.next() {
        let TokenTree::Group(group) = tree else {
            trees.push(tree);
            continue;
        };
        let inner = without_features(group.stream());
        if inner.to_string().starts_with("cfg_attr (doc ,") {
            trees.pop();
            continue;
        }
        let called = match &trees[..] {
            [.., TokenTree::Ident(name), TokenTree::Punct(bang)] if bang.as_char() == '!' => {
                name.to_string()
            }
            _ => String::new(),
        };
        // `::retry_core::name!`
        let path = trees.len().saturating_sub(7);
        let becomes = match (&called[..], inner.is_empty()) {
            ("retrying" | "gave_up" | "ended", _) | ("nested", true) => {
                trees.truncate(path);
                rest.next();
                continue;
            }
            ("nested", false) => inner,
            ("backoffs", _) => {
                let list = inner.into_iter().next().expect("the list");
                quote!(const { &#list })
            }
            ("sleep", _) => quote!(::retry_core::sleep(#inner)),
            ("jitter", _) => {
                let arguments: TokenStream = inner.into_iter().skip(2).collect();
                quote!(::retry_core::jitter(#arguments))
            }
            ("", _) => {
                trees.push(Group::new(group.delimiter(), inner).into());
                continue;
            }
            _ => panic!("`{called}!` is not expected in the loop of the README"),
        };
        trees.truncate(path);
        trees.extend(becomes);
    }
    trees.into_iter().collect()
}

/// The source with each use of the macros replaced by what it expands to, and nothing else changed.
fn expanded(source: &str) -> String {
    expanded_with(source, std::convert::identity)
}

/// The same, where each expansion is changed before it is written.
fn expanded_with(source: &str, change: fn(TokenStream) -> TokenStream) -> String {
    let mut uses = Uses {
        source,
        change,
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

/// The text as `rustfmt` would have it.
fn formatted(text: &str) -> String {
    let mut rustfmt = Command::new("rustfmt")
        .args(["--edition", "2024"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("`rustfmt` is needed: `rustup component add rustfmt`");
    let mut input = rustfmt.stdin.take().expect("the input is piped");
    input
        .write_all(text.as_bytes())
        .expect("rustfmt reads its input");
    drop(input);
    let output = rustfmt.wait_with_output().expect("rustfmt ends");
    assert!(
        output.status.success(),
        "rustfmt does not understand:\n{text}"
    );
    String::from_utf8(output.stdout).expect("rustfmt writes UTF-8")
}

struct Uses<'a> {
    source: &'a str,
    change: fn(TokenStream) -> TokenStream,
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
        let expansion = (self.change)(retry_macros_impl::attribute(args, item));
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
            let expansion = (self.change)(retry_macros_impl::block(call.mac.tokens.clone()));
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
