//! Instructions and wall time of a call.

use super::table::{Column, Table};
use crate::machine::{build, instructions, works};
use retry_benches::contenders::BY_HAND;

const WORKLOADS: [(&str, &str); 6] = [
    ("sync-success", "sync, success"),
    ("async-success", "async, success"),
    ("sync-failing-plain", "sync, 4 failures, no jitter"),
    ("async-failing-plain", "async, 4 failures, no jitter"),
    ("sync-failing", "sync, 4 failures, jitter"),
    ("async-failing", "async, 4 failures, jitter"),
];

pub fn measure() -> Vec<Table> {
    build();
    let columns = |decimals| {
        WORKLOADS
            .iter()
            .map(|(_, name)| Column {
                name,
                decimals,
                ratio: true,
            })
            .collect()
    };
    let mut counts = Table::new("instructions", columns(0));
    counts.against = Some(BY_HAND);
    let mut works = works("--list");
    works.retain(|(_, workload)| workload != "tasks");
    for ((contender, workload), count) in works.iter().zip(instructions(&works)) {
        counts.put(contender, column(workload), count);
    }
    counts.print();

    let mut times = Table::new("times", columns(0));
    times.against = Some(BY_HAND);
    let mut ratios = times.clone();
    for (workload, _) in WORKLOADS {
        for (contender, ratio, nanos) in super::times(&[workload]) {
            times.put(&contender, column(workload), nanos);
            ratios.put(&contender, column(workload), ratio);
        }
    }
    // The ratio is the median of ratios, not the ratio of medians: the round's noise is in both of its parts.
    let mut ratios = Table {
        name: "wall time",
        against: None,
        ..ratios
    };
    for column in &mut ratios.columns {
        column.decimals = 2;
    }
    ratios.print();
    let mut nanoseconds = times;
    nanoseconds.name = "nanoseconds";
    nanoseconds.against = None;
    nanoseconds.print();
    vec![counts, ratios, nanoseconds]
}

fn column(workload: &str) -> usize {
    let index = WORKLOADS.iter().position(|(name, _)| *name == workload);
    index.expect("a workload of that name")
}
