//! A storm: calls that fail once each, one after another, as fast as they come.

use super::table::{Column, Table};
use super::times;
use crate::machine::build;
use retry_benches::contenders::BY_HAND;

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
        for (contender, _, nanos) in times(&[workload]) {
            table.put(&contender, column, 1e6 / nanos);
        }
    }
    table.print();
    vec![table]
}
