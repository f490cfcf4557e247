//! `docs/moving.md` and the compiler say the same of the names that other retry libraries have.
//!
//! `UPDATE_EXPECT=1 cargo test --test moving` writes the guide's list of them anew.

use expect_test::expect_file;
use proc_macro2::{TokenStream, TokenTree};
use quote::{format_ident, quote};

const GUIDE: &str = include_str!("../docs/moving.md");
const LIST: &str = "## What the compiler says\n";

#[test]
fn the_guide_lists_every_name_that_the_compiler_knows() {
    let mut answers: Vec<(String, Vec<&str>)> = Vec::new();
    for (name, answer) in retry_macros_impl::foreign_keys() {
        match answers.iter_mut().find(|(known, _)| *known == answer) {
            Some((_, names)) => names.push(name),
            None => answers.push((answer, vec![name])),
        }
    }
    let rows = answers.iter().map(|(answer, names)| {
        let names = names.join("`, `");
        let answer = answer.trim_start_matches([',', ':', ' ']);
        format!("| `{names}` | {} |\n", answer.replace('|', "\\|"))
    });
    let written = GUIDE.find("\n|---|---|\n").unwrap() + "\n|---|---|\n".len();
    let guide = GUIDE[..written].to_owned() + &rows.collect::<String>();
    expect_file!["../docs/moving.md"].assert_eq(&guide);
}

#[test]
fn the_compiler_answers_as_the_list_says() {
    let list = &GUIDE[GUIDE.find(LIST).unwrap()..];
    let mut names = 0;
    for [said_of, answer] in rows::<2>(list) {
        let answer = answer.replace("\\|", "|");
        for name in codes(&said_of) {
            let said = said(&name).expect("a name that is none of ours");
            let said = said.trim_start_matches([',', ':', ' ']);
            assert_eq!(said, answer, "{name}");
            names += 1;
        }
    }
    assert_eq!(names, retry_macros_impl::foreign_keys().count());
}

#[test]
fn each_option_of_another_library_gets_the_key_of_its_row() {
    let libraries = &GUIDE[..GUIDE.find(LIST).unwrap()];
    let mut options = 0;
    for [theirs, here, _] in rows::<3>(libraries) {
        let key = codes(&here).next();
        for option in codes(&theirs).filter(|option| is_option(option)) {
            let name = option.split('(').next().unwrap();
            let said = said(name);
            let is_right = match (&said, &key) {
                // One of our own keys.
                (None, key) => key.as_deref() == Some(name),
                // Nothing is to be written.
                (Some(said), None) => said.contains("the last error"),
                (Some(said), Some(key)) => {
                    said.contains(&format!("`{key}`")) || said.contains(&format!("`{key} = "))
                }
            };
            assert!(
                is_right,
                "{option}: {key:?}, but the compiler says {said:?}"
            );
            options += 1;
        }
    }
    assert!(options > 80, "{options} options were found");
}

/// The rows of all tables with that many columns.
fn rows<const COLUMNS: usize>(text: &str) -> impl Iterator<Item = [String; COLUMNS]> {
    text.lines().filter_map(|line| {
        let row = line.strip_prefix("| ")?.strip_suffix('|')?;
        let cells = row.replace("\\|", "\u{0}");
        let cells = cells
            .split('|')
            .map(|cell| cell.trim().replace('\u{0}', "\\|"));
        cells.collect::<Vec<_>>().try_into().ok()
    })
}

/// What stands in backticks.
fn codes(cell: &str) -> impl Iterator<Item = String> {
    let parts: Vec<String> = cell.split('`').map(str::to_owned).collect();
    parts.into_iter().skip(1).step_by(2)
}

/// Whether it is a name that could be written as a key: no path, no statement.
fn is_option(code: &str) -> bool {
    let name = code.split('(').next().unwrap();
    name.chars().all(|c| c.is_ascii_alphabetic() || c == '_')
}

/// What the compiler says after "there is no key ..", or nothing if there is one.
fn said(name: &str) -> Option<String> {
    let key = format_ident!("{name}");
    let keys = quote!(#key = 1, schedule = [1s, 0], on = |_| true);
    let function = quote!(
        fn create() -> Result<(), ()> {
            Ok(())
        }
    );
    let expanded = retry_macros_impl::attribute(keys, function);
    let start = format!("there is no key `{name}`");
    let mut said = texts(expanded).into_iter();
    said.find_map(|text| Some(text.strip_prefix(&start)?.to_owned()))
}

/// The texts in it, without their quotes.
fn texts(tokens: TokenStream) -> Vec<String> {
    let texts = tokens.into_iter().flat_map(|token| match token {
        TokenTree::Group(group) => texts(group.stream()),
        TokenTree::Literal(literal) => syn::parse_str::<syn::LitStr>(&literal.to_string())
            .map(|text| text.value())
            .into_iter()
            .collect(),
        _ => Vec::new(),
    });
    texts.collect()
}
