//! A storm: calls that fail once each, one after another, as fast as they come.

use super::table::{Column, Table};
use crate::machine::{binary, build, lines};
use retry_benches::contenders::BY_HAND;
use std::process::Command;

pub fn measure() -> Vec<Table> {
    build();
    let columns = ["sync", "async"].map(|name| Column {
        name,
        decimals: 0,
        ratio: true,
    });
    let mut table = Table::new("storm", columns.to_vec());
    table.against = Some(BY_HAND);
    for (column, workload) in ["sync-storm", "async-storm"].into_iter().enumerate() {
        for line in lines(Command::new(binary("count")).args(["--time", workload])) {
            let nanos: f64 = line[2].parse().expect("a time");
            table.put(&line[0], column, 1e6 / nanos);
        }
    }
    table.print();
    vec![table]
}
