//! Three large public crates, annotated by script: every function that returns a `Result` gets a `#[retry]`, and all of them are
//! listed, at the lines where they were put.
//!
//! The sources are those that cargo has fetched to build this workspace; nothing is fetched for the test.

mod support;

use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use support::{folder, retry, skip, well};

const ATTRIBUTE: &str = "#[retry(schedule = [100ms, 1s, 0], on = |_| true)]";

#[test]
fn tokio() {
    all_are_listed("tokio", 300);
}

#[test]
fn reqwest() {
    all_are_listed("reqwest", 60);
}

#[test]
fn syn() {
    all_are_listed("syn", 290);
}

fn all_are_listed(name: &str, least: usize) {
    let Some(source) = source(name) else {
        return skip(&format!("cargo has not fetched {name}"));
    };
    let copy = folder(name);
    let mut annotated = BTreeSet::new();
    annotate(&source, &copy, &copy, &mut annotated);
    let manifest = copy.join("Cargo.toml");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text + "\n[workspace]\n").unwrap();
    assert!(
        annotated.len() >= least,
        "{} functions of {name}",
        annotated.len()
    );

    let json = well(retry(&[
        "list",
        "--json",
        "--manifest-path",
        manifest.to_str().unwrap(),
    ]));
    let json: Value = serde_json::from_str(&json).unwrap();
    let places = |list: &str| -> BTreeSet<(String, u64)> {
        let place = |entry: &Value| {
            (
                entry["file"].as_str().unwrap().to_owned(),
                entry["line"].as_u64().unwrap(),
            )
        };
        json[list].as_array().unwrap().iter().map(place).collect()
    };
    let listed = places("sites");
    let said = places("unseen");
    let missed: Vec<_> = annotated
        .iter()
        .filter(|place| !listed.contains(place) && !said.contains(place))
        .collect();
    let seen = annotated.len() - missed.len();
    println!(
        "{name}: {seen} of {} listed or said to be unseen, {} of them unseen",
        annotated.len(),
        said.len()
    );
    assert!(missed.is_empty(), "{missed:?}");
    for site in json["sites"].as_array().unwrap() {
        assert_eq!(site["attempts"], 3, "{site}");
        assert_eq!(site["worst_case"]["text"], "1.32s", "{site}");
    }
}

/// Where cargo has put the source of a crate that this workspace is built with.
fn source(name: &str) -> Option<PathBuf> {
    let lock =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock")).ok()?;
    // Of several versions, the last one.
    let mut version = None;
    for line in lock.lines().rev() {
        if let Some(text) = line.strip_prefix("version = ") {
            version = Some(text.trim_matches('"').to_owned());
        }
        if line == format!("name = \"{name}\"") {
            break;
        }
    }
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")))?;
    let registries = fs::read_dir(home.join("registry/src")).ok()?;
    let folder = format!("{name}-{}", version?);
    registries
        .flatten()
        .map(|registry| registry.path().join(&folder))
        .find(|path| path.is_dir())
}

/// Copies a folder. Above each function that has its whole head on one line and gives a `Result` comes the attribute.
fn annotate(from: &Path, to: &Path, root: &Path, annotated: &mut BTreeSet<(String, u64)>) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let copy = to.join(path.file_name().unwrap());
        if path.is_dir() {
            annotate(&path, &copy, root, annotated);
        } else if path.extension().is_some_and(|extension| extension == "rs")
            && is_of_a_target(&copy, root)
        {
            let mut text = String::new();
            let mut number = 0;
            let mut is_comment = false;
            for line in fs::read_to_string(&path).unwrap().lines() {
                is_comment = match line.trim() {
                    "/*" => true,
                    "*/" => false,
                    _ => is_comment,
                };
                if is_head(line) && !is_comment {
                    number += 1;
                    let indent = &line[..line.len() - line.trim_start().len()];
                    text += indent;
                    text += ATTRIBUTE;
                    text += "\n";
                    let file = copy
                        .strip_prefix(root)
                        .unwrap()
                        .to_str()
                        .unwrap()
                        .to_owned();
                    annotated.insert((file, number));
                }
                number += 1;
                text += line;
                text += "\n";
            }
            fs::write(copy, text).unwrap();
        } else {
            fs::copy(&path, copy).unwrap();
        }
    }
}

fn is_of_a_target(path: &Path, root: &Path) -> bool {
    path.strip_prefix(root).unwrap().starts_with("src")
}

fn is_head(line: &str) -> bool {
    let line = line.trim();
    let is_function = [
        "fn ",
        "pub fn ",
        "async fn ",
        "pub async fn ",
        "pub(crate) fn ",
        "pub(super) fn ",
        "pub(crate) async fn ",
        "pub(super) async fn ",
    ];
    let output = line.rsplit_once(" -> ").map_or("", |(_, output)| output);
    let path = output.split(['<', ' ']).next().unwrap_or_default();
    is_function.iter().any(|start| line.starts_with(start))
        && line.ends_with('{')
        && path.rsplit("::").next() == Some("Result")
        && !line.contains('$')
}
