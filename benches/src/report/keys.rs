//! What each key costs.

use super::table::{Column, Table};
use crate::machine::{build, instructions, works};

const WORKLOADS: [(&str, &str); 4] = [
    ("sync-success-plain", "sync, success"),
    ("async-success-plain", "async, success"),
    ("sync-failing-plain", "sync, 4 failures"),
    ("async-failing-plain", "async, 4 failures"),
];

pub fn measure() -> Vec<Table> {
    build();
    let columns = WORKLOADS.map(|(_, name)| Column {
        name,
        decimals: 0,
        ratio: false,
    });
    let mut table = Table::new("keys", columns.to_vec());
    let works = works("--keys");
    for ((key, workload), count) in works.iter().zip(instructions(&works)) {
        let column = WORKLOADS.iter().position(|(name, _)| name == workload);
        table.put(key, column.expect("one of them"), count);
    }
    table.print();
    vec![table]
}
