//! `cargo retry nested`: chains, what they come to, and what they rest on. `UPDATE_EXPECT=1` writes the files in
//! `tests/golden/` anew.

mod support;

use expect_test::expect_file;
use prost::Message;
use serde_json::Value;
use std::fs;
use std::path::Path;
use support::{in_workspace, package, retry, well};

#[test]
fn the_chains_of_a_workspace() {
    expect_file!["golden/nested.txt"].assert_eq(&well(in_workspace(&["nested"])));
    expect_file!["golden/nested.json"].assert_eq(&well(in_workspace(&["nested", "--json"])));
}

#[test]
fn three_times_three_times_three_are_twenty_seven() {
    let retry_of = |name: &str, body: &str| {
        format!(
            "#[retry(schedule = [1s, 2s, 0], on = is_busy)]\npub fn {name}() -> Result<(), Error> {{\n    {body}\n}}\n\n"
        )
    };
    let source = retry_of("outer", "middle()")
        + &retry_of("middle", "plain()")
        + "fn plain() -> Result<(), Error> {\n    inner()\n}\n\n"
        + &retry_of("inner", "Ok(())");
    let text = chains("multiplied", &source);
    assert!(
        text.starts_with(
            "27 = 3 × 3 × 3 attempts, possible\n    3  outer  src/lib.rs:1\n    3  middle  src/lib.rs:6\n    3  inner  src/lib.rs:15  through plain (src/lib.rs:11)\n\n1 chain.\n"
        ),
        "{text}"
    );
}

#[test]
fn a_block_in_a_function_that_retries_is_nested_for_certain() {
    let text = chains(
        "blocks",
        "#[retry(schedule = [1s, 0], on = is_busy)]\nfn outer() -> Result<(), Error> {\n    retry_block!(schedule = [1s, 2s, 0], on = is_busy => { call() })\n}\n",
    );
    assert!(text.starts_with("6 = 2 × 3 attempts, certain\n"), "{text}");
}

#[test]
fn what_comes_back_to_itself_has_no_end() {
    let text = chains(
        "circle",
        "#[retry(schedule = [1s, 0], on = is_busy)]\nfn one() -> Result<(), Error> {\n    two()\n}\nfn two() -> Result<(), Error> {\n    one()\n}\n",
    );
    assert!(
        text.starts_with("without end: the last calls one before it again, possible\n"),
        "{text}"
    );
}

#[test]
fn a_method_with_another_number_of_arguments_is_another_method() {
    let source = |call: &str| {
        format!(
            "impl Store {{\n    #[retry(schedule = [1s, 0], on = is_busy)]\n    fn get(&self, key: Key) -> Result<(), Error> {{\n        Ok(())\n    }}\n}}\n\
             #[retry(schedule = [1s, 0], on = is_busy)]\nfn outer(store: &Store) -> Result<(), Error> {{\n    {call}\n}}\n"
        )
    };
    assert!(chains("fits", &source("store.get(key)")).starts_with("4 = 2 × 2"));
    assert_eq!(
        chains("fits_not", &source("store.get(key, default)")),
        "No function that retries calls another that does.\n"
    );
}

#[test]
fn a_three_attempt_function_over_a_ten_attempt_client_is_thirty() {
    let manifest = "[package]\nname = \"over_a_client\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\ngoogle-cloud-secretmanager-v1 = \"1\"\n";
    let source = "use google_cloud_secretmanager_v1::client::SecretManagerService;\n\n#[retry(schedule = [1s, 2s, 0], on = is_busy)]\nasync fn secret(client: &SecretManagerService) -> Result<(), Error> {\n    client.get_secret().send().await\n}\n";
    let manifest = package(
        "over_a_client",
        &[("Cargo.toml", manifest), ("src/lib.rs", source)],
    );
    let text = well(retry(&["nested", "--manifest-path", &manifest]));
    assert!(
        text.starts_with("30 = 3 × 10 attempts, possible\n"),
        "{text}"
    );
    assert!(
        text.contains("google-cloud (1.0 and later): UNAVAILABLE"),
        "{text}"
    );
}

#[test]
fn the_table_of_clients_has_a_source_for_each() {
    let text = well(retry(&["nested", "--clients"]));
    expect_file!["golden/clients.txt"].assert_eq(&text);
}

/// The same source with an index: of two methods with one name, only the one that is called counts, and for certain.
#[test]
fn an_index_tells_which_method_is_meant() {
    let source = "impl One {\n    #[retry(schedule = [1s, 0], on = is_busy)]\n    fn load(&self) -> Result<(), Error> {\n        Ok(())\n    }\n}\n\
                  impl Other {\n    #[retry(schedule = [1s, 2s, 4s, 0], on = is_busy)]\n    fn load(&self) -> Result<(), Error> {\n        Ok(())\n    }\n}\n\
                  #[retry(schedule = [1s, 2s, 0], on = is_busy)]\nfn outer(other: &Other) -> Result<(), Error> {\n    other.load()\n}\n";
    let manifest = package("indexed", &[("src/lib.rs", source)]);
    let by_name = well(retry(&["nested", "--manifest-path", &manifest]));
    assert!(
        by_name.contains("12 = 3 × 4 attempts, possible")
            && by_name.contains("6 = 3 × 2 attempts, possible"),
        "{by_name}"
    );

    let index = Path::new(&manifest).with_file_name("index.scip");
    let occurrence = |line, column, symbol: &str, symbol_roles| Occurrence {
        range: vec![line, column, column + 4],
        symbol: format!("rust-analyzer cargo indexed 0.0.0 {symbol}"),
        symbol_roles,
    };
    let document = Document {
        relative_path: "src/lib.rs".to_owned(),
        occurrences: vec![
            occurrence(2, 7, "impl#[One]load().", 1),
            occurrence(8, 7, "impl#[Other]load().", 1),
            occurrence(13, 3, "outer().", 1),
            occurrence(14, 10, "impl#[Other]load().", 0),
        ],
    };
    fs::write(
        &index,
        File {
            documents: vec![document],
        }
        .encode_to_vec(),
    )
    .unwrap();
    let resolved = well(retry(&[
        "nested",
        "--scip",
        index.to_str().unwrap(),
        "--manifest-path",
        &manifest,
    ]));
    assert_eq!(
        resolved,
        "12 = 3 × 4 attempts, certain\n    3  outer  src/lib.rs:13\n    4  Other::load  src/lib.rs:8\n\n1 chain.\n"
    );
}

/// `tests/workspace.scip` is what `rust-analyzer scip . --output ../workspace.scip` (1.96) writes in `tests/workspace`, with another
/// root. There, most types are not known, which an index does not mind: what it says nothing of is matched by name.
#[test]
fn an_index_that_rust_analyzer_wrote_makes_chains_certain() {
    let index = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/workspace.scip");
    let resolved = well(in_workspace(&["nested", "--scip", index]));
    expect_file!["golden/nested.scip.txt"].assert_eq(&resolved);
    assert!(resolved.contains(", certain\n"), "{resolved}");
    // The chains are those that names give, and no others.
    let products = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.contains(" attempts, "));
        let mut products: Vec<_> = lines
            .map(|line| line.split_once(" attempts, ").unwrap().0.to_owned())
            .collect();
        products.sort();
        products
    };
    let by_name = well(in_workspace(&["nested"]));
    assert_eq!(products(&resolved), products(&by_name));
}

#[test]
fn what_is_no_index_is_refused() {
    let manifest = package(
        "no_index",
        &[("src/lib.rs", "\n"), ("index.scip", "this is no index")],
    );
    let index = Path::new(&manifest).with_file_name("index.scip");
    let ended = retry(&[
        "nested",
        "--scip",
        index.to_str().unwrap(),
        "--manifest-path",
        &manifest,
    ]);
    assert_eq!(ended.status, 2);
    assert!(
        ended.stderr.contains("index.scip is no SCIP index: "),
        "{ended:?}"
    );
}

#[test]
fn json_has_the_same_chains() {
    let json: Value = serde_json::from_str(&well(in_workspace(&["nested", "--json"]))).unwrap();
    let text = well(in_workspace(&["nested"]));
    let count = json["chains"].as_array().unwrap().len();
    assert!(text.contains(&format!("{count} chains.")), "{text}");
}

fn chains(name: &str, source: &str) -> String {
    let manifest = package(name, &[("src/lib.rs", source)]);
    well(retry(&["nested", "--manifest-path", &manifest]))
}

/// What of <https://github.com/sourcegraph/scip> an index needs.
#[derive(Message)]
struct File {
    #[prost(message, repeated, tag = "2")]
    documents: Vec<Document>,
}

#[derive(Message)]
struct Document {
    #[prost(string, tag = "1")]
    relative_path: String,
    #[prost(message, repeated, tag = "2")]
    occurrences: Vec<Occurrence>,
}

#[derive(Message)]
struct Occurrence {
    #[prost(int32, repeated, tag = "1")]
    range: Vec<i32>,
    #[prost(string, tag = "2")]
    symbol: String,
    #[prost(int32, tag = "3")]
    symbol_roles: i32,
}
