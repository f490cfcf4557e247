//! Writes the tables into docs/performance.md, and draws docs/performance.svg.

use super::root;
use super::table::Table;
use crate::machine::run;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Puts tables where they belong on the page.
pub fn write(tables: &[Table]) {
    let mut text = fs::read_to_string(path()).expect("docs/performance.md");
    for table in tables {
        put(&mut text, table.name, &table.to_markdown());
    }
    put(&mut text, "machine", &format!("{}\n", machine()));
    fs::write(path(), text).expect("docs/performance.md can be written");
}

/// Draws the figure from the page, so that both say the same, whichever sections were measured.
pub fn draw() {
    let text = fs::read_to_string(path()).expect("docs/performance.md");
    let bars = |table: &str, column: usize| {
        let (_, rest) = text
            .split_once(&format!("<!-- {table} -->"))
            .expect("a marker");
        let (table, _) = rest.split_once("<!-- /").expect("an end of the marker");
        table
            .lines()
            .filter(|line| line.starts_with("| "))
            .skip(1)
            .filter_map(|line| {
                let mut cells = line.split('|').skip(1).map(str::trim);
                let name = cells.next()?;
                let number = cells.nth(column)?.split(' ').next()?;
                Some((name.to_owned(), number.replace(',', "").parse().ok()?))
            })
            .collect()
    };
    super::plot::draw(bars, &root().join("docs/performance.svg"));
}

fn path() -> PathBuf {
    root().join("docs/performance.md")
}

/// Replaces what stands between a pair of markers.
fn put(text: &mut String, name: &str, content: &str) {
    let (begin, end) = (format!("<!-- {name} -->\n"), format!("<!-- /{name} -->"));
    let Some(start) = text.find(&begin).map(|at| at + begin.len()) else {
        panic!("docs/performance.md has no marker {begin}");
    };
    let length = text[start..].find(&end).expect("an end of the marker");
    text.replace_range(start..start + length, &format!("\n{content}\n"));
}

/// What all of it was measured with.
fn machine() -> String {
    let version = |program: &str| run(Command::new(program).arg("--version"));
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let cpu = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("an unknown processor", |name| {
            name.trim_start_matches(['\t', ':', ' '])
        });
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let rustc = version("rustc");
    let rustc = rustc.split_whitespace().take(2).collect::<Vec<_>>();
    let mut crates = run(Command::new("cargo").args([
        "tree",
        "--manifest-path",
        concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"),
        "--depth",
        "1",
        "--edges",
        "normal",
        "--prefix",
        "none",
        "--format",
        "{p}",
    ]))
    .lines()
    .filter_map(|line| line.split_once(" v"))
    .map(|(name, version)| format!("{name} {}", version.split(' ').next().unwrap_or_default()))
    .filter(|name| !name.starts_with("retry-") && !name.starts_with("svg"))
    .collect::<Vec<_>>();
    crates.dedup();
    format!(
        "With {}, {}, {cores} cores of {cpu}, and {}.",
        rustc.join(" "),
        version("valgrind").trim(),
        crates.join(", ")
    )
}
