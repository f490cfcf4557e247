//! What a cold release build of each crate costs.

use super::generate::{Package, RETRY_CORE, package, processor_time};
use super::table::{Column, Table};
use crate::machine::{run, target};
use std::collections::BTreeSet;
use std::fs;
use std::time::Duration;

const TIMER: &str = "tokio = { version = \"1\", features = [\"time\"] }";

/// The dependencies that this crate cannot do without, and nothing over them. Macros run on the host, so theirs are build
/// dependencies. `thiserror` asks for the default features of `syn`.
const DEPENDENCIES: [&str; 7] = [
    TIMER,
    "rand = { version = \"0.10\", default-features = false, features = [\"sys_rng\"] }",
    "thiserror = { version = \"2\", default-features = false }",
    "[build-dependencies]",
    "proc-macro2 = \"1\"",
    "quote = \"1\"",
    "syn = { version = \"3\", features = [\"full\"] }",
];

/// With default features, and with what each needs to wait in async code and to jitter.
const SETS: [(&str, &[&str]); 10] = [
    ("this crate", &[RETRY_CORE]),
    ("the dependencies of this crate alone", &DEPENDENCIES),
    ("tokio's timer alone", &[TIMER]),
    ("backon", &["backon = \"1\""]),
    (
        "backon with macros",
        &["backon = \"1\"", "backon-macros = \"1\""],
    ),
    (
        "tokio-retry2",
        &["tokio-retry2 = { version = \"0.9\", features = [\"jitter\"] }"],
    ),
    ("tryhard", &["tryhard = \"0.5\"", "fastrand = \"2\""]),
    ("again", &["again = \"0.1\""]),
    (
        "backoff",
        &["backoff = { version = \"0.4\", features = [\"tokio\"] }"],
    ),
    (
        "tower",
        &[
            "tower = { version = \"0.5\", features = [\"retry\", \"util\"] }",
            TIMER,
            "fastrand = \"2\"",
        ],
    ),
];

const ROUNDS: usize = 3;

pub fn measure() -> Vec<Table> {
    let packages: Vec<(&str, Package)> = SETS
        .iter()
        .enumerate()
        .map(|(index, (name, dependencies))| {
            let package = package(&format!("cold-{index}"), dependencies, "fn main() {}\n");
            (*name, package)
        })
        .collect();
    let mut least = vec![Duration::MAX; packages.len()];
    let cold = target().join("generated/cold");
    for _ in 0..ROUNDS {
        for ((_, package), least) in packages.iter().zip(&mut least) {
            if cold.exists() {
                fs::remove_dir_all(&cold).expect("a directory");
            }
            let mut cargo = package.cargo("build");
            cargo.args(["--release", "--quiet", "--offline"]);
            cargo.env("CARGO_TARGET_DIR", &cold);
            *least = processor_time(&mut cargo).min(*least);
        }
    }
    let mut table = Table::new(
        "build",
        vec![
            Column {
                name: "crates",
                decimals: 0,
                ratio: false,
            },
            Column {
                name: "processor seconds",
                decimals: 1,
                ratio: true,
            },
        ],
    );
    table.against = Some("backon with macros");
    for ((name, package), least) in packages.iter().zip(least) {
        table.put(name, 0, crates(package));
        table.put(name, 1, least.as_secs_f64());
    }
    table.print();
    vec![table]
}

/// How many are compiled besides the package itself.
fn crates(package: &Package) -> f64 {
    let mut cargo = package.cargo("tree");
    cargo.args(["--offline", "--edges", "normal,build", "--prefix", "none"]);
    cargo.args(["--format", "{p}"]);
    let tree = run(&mut cargo);
    let crates: BTreeSet<&str> = tree
        .lines()
        .map(|line| line.trim_end_matches(" (*)"))
        .collect();
    #[allow(clippy::cast_precision_loss, reason = "there are few")]
    let count = (crates.len() - 1) as f64;
    count
}
