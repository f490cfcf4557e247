//! `cargo retry list`: what it finds, and how it writes that. `UPDATE_EXPECT=1` writes the files in `tests/golden/` anew.

mod support;

use expect_test::expect_file;
use serde_json::Value;
use std::fmt::Write as _;
use support::{command, ended, in_workspace, package, retry, well};

#[test]
fn the_table_for_people() {
    let table = well(in_workspace(&["list"]));
    expect_file!["golden/list.txt"].assert_eq(&table);
    assert_eq!(table, well(in_workspace(&[])), "it is the default");
}

#[test]
fn the_table_fits_the_terminal() {
    for width in [40, 80, 200] {
        let mut command = command(&["list", "--manifest-path", support::WORKSPACE]);
        let table = well(ended(command.env("COLUMNS", width.to_string())));
        let drawn = table
            .lines()
            .filter(|line| line.starts_with([' ', '─', '═']));
        for line in drawn {
            assert!(line.chars().count() <= width, "{line}");
        }
    }
}

#[test]
fn colours_are_for_terminals_unless_they_are_asked_for() {
    let esc = '\u{1b}';
    assert!(!well(in_workspace(&["list"])).contains(esc));
    assert!(!well(in_workspace(&["list", "--color", "never"])).contains(esc));
    assert!(well(in_workspace(&["list", "--color", "always"])).contains(esc));
    let mut wished = command(&[
        "list",
        "--color",
        "auto",
        "--manifest-path",
        support::WORKSPACE,
    ]);
    assert!(!well(ended(wished.env("NO_COLOR", "1"))).contains(esc));
}

#[test]
fn json_has_the_form_that_its_schema_describes() {
    let text = well(in_workspace(&["list", "--json"]));
    expect_file!["golden/list.json"].assert_eq(&text);
    valid(&text, include_str!("../docs/list.schema.json"));
}

#[test]
fn markdown_for_a_page() {
    expect_file!["golden/list.md"].assert_eq(&well(in_workspace(&["list", "--markdown"])));
}

#[test]
fn the_table_in_the_readme_is_what_is_written() {
    let readme =
        std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../README.md")).unwrap();
    let written = include_str!("golden/list.md");
    let is_row = |line: &&str| line.contains("](cargo-retry/tests/workspace/");
    let rows: Vec<String> = readme
        .lines()
        .filter(is_row)
        .map(|row| row.replace("cargo-retry/tests/workspace/", ""))
        .collect();
    assert!(rows.len() >= 5, "{rows:?}");
    for row in rows {
        assert!(written.lines().any(|line| line == row), "{row}");
    }
}

#[test]
fn sarif_has_the_form_that_the_standard_describes() {
    let text = well(in_workspace(&["list", "--sarif"]));
    expect_file!["golden/list.sarif"].assert_eq(&text);
    valid(&text, include_str!("sarif-2.1.0.schema.json"));
}

#[test]
fn annotations_for_github() {
    expect_file!["golden/list.github.txt"].assert_eq(&well(in_workspace(&["list", "--github"])));
}

#[test]
fn one_form_at_a_time() {
    let ended = in_workspace(&["list", "--json", "--sarif"]);
    assert_eq!(ended.status, 2, "{ended:?}");
}

#[test]
fn only_the_packages_that_are_asked_for() {
    let table = well(in_workspace(&["-p", "billing"]));
    assert!(
        table.contains("Ledger::charge") && !table.contains("Shop::order"),
        "{table}"
    );
    let ended = in_workspace(&["-p", "biling"]);
    assert_eq!(ended.status, 2);
    assert_eq!(
        ended.stderr,
        "cargo retry: there is no package `biling` in this workspace: did you mean `billing`?\n"
    );
}

#[test]
fn without_a_manifest_it_says_so() {
    let ended = retry(&["list", "--manifest-path", "/nowhere/Cargo.toml"]);
    assert_eq!(ended.status, 2);
    assert!(
        ended
            .stderr
            .starts_with("cargo retry: cargo cannot describe the workspace: "),
        "{ended:?}"
    );
    assert_eq!(ended.stderr.lines().count(), 1);
}

#[test]
fn a_workspace_that_retries_nothing_is_told_so() {
    let manifest = package("nothing", &[("src/lib.rs", "//! Nothing.\n")]);
    assert_eq!(
        well(retry(&["--manifest-path", &manifest])),
        "Nothing retries.\n"
    );
}

/// `mod` as the reference of Rust describes it: each function is in the file that the compiler would take, and in no other.
#[test]
fn files_are_found_where_the_compiler_finds_them() {
    let site = |name: &str| {
        format!(
            "#[retry(schedule = [1s, 0], on = |_| true)] fn {name}() -> Result<(), ()> {{ Ok(()) }}\n"
        )
    };
    let files = [
        ("src/lib.rs", "mod flat; mod nested; mod inline { mod deep; #[path = \"to.rs\"] mod moved; }\n#[path = \"thread\"] mod turned { mod local; }\n".to_owned()),
        ("src/flat.rs", "mod below; mod inline { #[path = \"other.rs\"] mod other; }\n".to_owned() + &site("flat")),
        ("src/flat/below.rs", site("below")),
        ("src/flat/inline/other.rs", site("other")),
        ("src/nested/mod.rs", "mod inner;\n".to_owned() + &site("nested")),
        ("src/nested/inner.rs", site("inner")),
        ("src/inline/deep.rs", site("deep")),
        ("src/inline/to.rs", site("moved")),
        ("src/thread/local.rs", site("local")),
        ("src/not_declared.rs", site("not_declared")),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, &**text)).collect();
    let manifest = package("found", &files);
    let json = well(retry(&["--json", "--manifest-path", &manifest]));
    let json: Value = serde_json::from_str(&json).unwrap();
    let mut paths: Vec<&str> = json["sites"]
        .as_array()
        .unwrap()
        .iter()
        .map(|site| site["path"].as_str().unwrap())
        .collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "found::flat::below::below",
            "found::flat::flat",
            "found::flat::inline::other::other",
            "found::inline::deep::deep",
            "found::inline::moved::moved",
            "found::nested::inner::inner",
            "found::nested::nested",
            "found::turned::local::local",
        ]
    );
    let unseen = json["unseen"].as_array().unwrap();
    let unseen: Vec<_> = unseen.iter().map(|blind| &blind["file"]).collect();
    assert_eq!(unseen, ["src/not_declared.rs"]);
}

#[test]
fn a_file_that_no_target_has_is_told_if_something_retries_in_it() {
    let site = "#[retry(schedule = [1s, 0], on = |_| true)]\nfn call() -> Result<(), ()> {\n    Ok(())\n}\n";
    let other = "[package]\nname = \"other\"\nversion = \"0.0.0\"\n\n[workspace]\n";
    let files = [
        ("src/lib.rs", "#[cfg(unix)]\nmod kept;\n"),
        ("src/kept.rs", site),
        ("src/old.rs", &format!("// Nobody says `mod old;`.\n{site}")),
        ("src/plain.rs", "fn plain() {}\n"),
        ("tests/cases/one.rs", &site.repeat(2)),
        ("tests/cases/two.rs", "fn broken( {\n"),
        ("tests/cases/three.rs", site),
        (".cache/hidden.rs", site),
        ("target/built.rs", site),
        ("other/Cargo.toml", other),
        ("other/src/lib.rs", site),
    ];
    let manifest = package("orphans", &files);
    let json: Value =
        serde_json::from_str(&well(retry(&["--json", "--manifest-path", &manifest]))).unwrap();
    assert_eq!(json["sites"].as_array().unwrap().len(), 1);
    let unseen: Vec<String> = json["unseen"]
        .as_array()
        .unwrap()
        .iter()
        .map(|blind| format!("{}:{}: {}", blind["file"], blind["line"], blind["reason"]))
        .collect();
    assert_eq!(
        unseen,
        [
            r#""src/old.rs":2: "no target has this file, where 1 place retries""#,
            r#""tests/cases/one.rs":1: "no target has this file and another one beside it, where 3 places retry""#,
        ]
    );
}

/// 1,000 files with 5 functions each, as deep as they are wide.
#[test]
fn a_large_workspace_is_listed_whole() {
    let manifest = large();
    let json: Value =
        serde_json::from_str(&well(retry(&["--json", "--manifest-path", &manifest]))).unwrap();
    assert_eq!(json["sites"].as_array().unwrap().len(), 5_000);
    assert_eq!(json["unseen"], Value::Array(Vec::new()));
}

/// Ten modules of ten modules of ten files. It stays in `target/tmp`, for measuring.
fn large() -> String {
    let mut files: Vec<(String, String)> = Vec::new();
    let modules = |names: &str| {
        (0..10).fold(String::new(), |mut text, index| {
            let _ = writeln!(text, "mod {names}{index};");
            text
        })
    };
    files.push(("src/lib.rs".to_owned(), modules("area")));
    for area in 0..10 {
        files.push((format!("src/area{area}.rs"), modules("part")));
        for part in 0..10 {
            files.push((format!("src/area{area}/part{part}.rs"), modules("file")));
            for file in 0..10 {
                let mut text = String::from("use super::*;\n\n");
                for function in 0..5 {
                    let _ = write!(
                        text,
                        "impl Client{function} {{\n    /// Creates a worker.\n    #[retry(schedule = [1s, 2s, 4s, 8s, 0], jitter = 0.2, on = ApiError::is_retryable)]\n    \
                         pub async fn create_{file}_{function}(&self, worker: &Worker) -> Result<Sid, ApiError> {{\n        \
                         let response = self.http.post(\"/Workers\").json(worker).send().await?;\n        \
                         if response.status().is_success() {{\n            return Ok(response.json().await?);\n        }}\n        \
                         Err(ApiError::from(response))\n    }}\n}}\n\n"
                    );
                }
                files.push((format!("src/area{area}/part{part}/file{file}.rs"), text));
            }
        }
    }
    let files: Vec<(&str, &str)> = files
        .iter()
        .map(|(path, text)| (&**path, &**text))
        .collect();
    package("large", &files)
}

fn valid(document: &str, schema: &str) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let document: Value = serde_json::from_str(document).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(&document)
        .map(|error| error.to_string())
        .collect();
    assert_eq!(errors, Vec::<String>::new());
    // A schema that takes everything would prove nothing.
    assert!(!validator.is_valid(&serde_json::json!({ "version": 7 })));
}
