//! Futures, allocations, binaries.

use super::generate::{KINDS, Kind, Package, package};
use super::table::{Column, Table};
use crate::machine::{binary, build, lines};
use std::process::Command;

pub fn measure() -> Vec<Table> {
    build();
    let column = |name| Column {
        name,
        decimals: 0,
        ratio: false,
    };
    let mut futures = Table::new(
        "futures",
        vec![
            column("trivial body"),
            column("1 KiB returned"),
            column("1 KiB held"),
        ],
    );
    for line in lines(Command::new(binary("memory")).arg("sizes")) {
        for (column, size) in line[1..].iter().enumerate() {
            futures.put(&line[0], column, size.parse().expect("a size"));
        }
    }
    futures.print();

    let cases = [
        "sync-success",
        "async-success",
        "sync-failing",
        "async-failing",
    ];
    let mut allocations = Table::new(
        "allocations",
        vec![
            column("sync, success"),
            column("async, success"),
            column("sync, 4 failures"),
            column("async, 4 failures"),
        ],
    );
    for line in lines(Command::new(binary("memory")).arg("allocations")) {
        let case = cases.iter().position(|case| *case == line[1]);
        let count = line[2].parse().expect("a count");
        allocations.put(&line[0], case.expect("a case"), count);
    }
    allocations.print();

    let mut binaries = Table::new(
        "binaries",
        vec![
            column("bytes over a hello-world"),
            column("over the bare call on tokio"),
        ],
    );
    let hello = stripped(&package(
        "hello",
        &[],
        "fn main() {\n    println!(\"hello\");\n}\n",
    ));
    let mut bare = 0.0;
    for kind in &KINDS {
        let Some(source) = kind.program(true, 1) else {
            continue;
        };
        let size = stripped(&package("binary", kind.dependencies, &source));
        if kind.name == Kind::BARE {
            bare = size;
        }
        binaries.put(kind.name, 0, size - hello);
        binaries.put(kind.name, 1, size - bare);
    }
    binaries.print();
    vec![futures, allocations, binaries]
}

/// The size of the release build, without symbols.
fn stripped(package: &Package) -> f64 {
    let binary = package.build(&[("CARGO_PROFILE_RELEASE_STRIP", "symbols")]);
    let size = std::fs::metadata(binary).expect("a binary").len();
    #[allow(clippy::cast_precision_loss, reason = "a binary is small")]
    let size = size as f64;
    size
}
