//! Many tasks at once, each of five attempts, on tokio's paused clock and on the real one.

use super::generate::processor_time;
use super::table::{Column, Table};
use super::times;
use crate::machine::{binary, build, instructions, run, works};
use retry_benches::contenders::BY_HAND;
use std::process::Command;

pub fn measure() -> Vec<Table> {
    build();
    let column = |name, decimals, ratio| Column {
        name,
        decimals,
        ratio,
    };
    let mut table = Table::new(
        "tasks",
        vec![
            column("instructions of a task", 0, true),
            column("heap of a task, 100,000", 0, true),
            column("heap of a task, 1,000,000", 0, true),
            column("wall time, 100,000", 2, false),
            column("wall time, 1,000,000", 2, false),
            column("processor seconds, 1,000,000, real clock", 1, true),
        ],
    );
    table.against = Some(BY_HAND);
    let mut works = works("--list");
    works.retain(|(_, workload)| workload == "tasks");
    for ((contender, _), count) in works.iter().zip(instructions(&works)) {
        table.put(contender, 0, count);
        for (column, count) in [(1, "100000"), (2, "1000000")] {
            let bytes = run(Command::new(binary("memory")).args(["tasks", contender, count]));
            table.put(contender, column, bytes.trim().parse().expect("a number"));
        }
    }
    for (column, count, rounds) in [(3, "100000", "5"), (4, "1000000", "3")] {
        for (contender, ratio, _) in times(&["tasks", count, rounds]) {
            table.put(&contender, column, ratio);
        }
    }
    for (contender, _) in &works {
        let mut count = Command::new(binary("count"));
        count.args(["--contender", contender, "--workload", "real-tasks"]);
        let time = processor_time(count.args(["--n", "1000000"]));
        table.put(contender, 5, time.as_secs_f64());
    }
    table.print();
    vec![table]
}
