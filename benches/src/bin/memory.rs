//! Counts allocations, sizes and the heap of many tasks. Apart from `count`, because counting costs instructions.

#![forbid(unsafe_code)]

use allocation_counter::measure;
use retry_benches::all;
use retry_benches::contenders::Contender;
use retry_benches::work::{Api, Call};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["sizes"] => sizes(),
        ["allocations"] => allocations(),
        ["tasks", name, count] => {
            let contenders = all();
            let contender = contenders.iter().find(|contender| contender.name == name);
            tasks(
                contender.expect("a contender of that name"),
                count.parse().expect("a count"),
            );
        }
        _ => {
            eprintln!("memory sizes | memory allocations | memory tasks NAME COUNT");
            std::process::exit(2);
        }
    }
}

/// A line for each contender: its name and three sizes in bytes.
fn sizes() {
    for contender in all() {
        if let Some(sizes) = contender.asynchronous.sizes {
            let [trivial, large, held] = sizes();
            println!("{}\t{trivial}\t{large}\t{held}", contender.name);
        }
    }
}

/// A line for each contender and case: how many allocations a call makes.
fn allocations() {
    for contender in all() {
        let name = contender.name;
        let Contender {
            sync, asynchronous, ..
        } = contender;
        for (case, call, failures) in [
            ("sync-success", sync.real, 0),
            ("async-success", asynchronous.real, 0),
            ("sync-failing", sync.jittered, 4),
        ] {
            if let Some(call) = call {
                println!("{name}\t{case}\t{}", of_call(call, failures));
            }
        }
        // On tokio's own timer, so that those take part whose sleeper is fixed.
        if let Some(task) = asynchronous.task {
            let runtime = paused();
            runtime.block_on(task());
            let task = task();
            let counted = measure(|| runtime.block_on(task));
            // The box that the task came in was allocated before, and only its end is seen.
            println!("{name}\tasync-failing\t{}", counted.count_total);
        }
    }
}

/// The second call: what a thread allocates once is no cost of a call.
fn of_call(call: Call, failures: u32) -> u64 {
    let api = Api::failing(failures);
    assert!(call(&api, 1).is_ok());
    api.fail(failures);
    measure(|| assert!(call(&api, 1).is_ok())).count_total
}

/// How many bytes of heap there are for each task when there are most.
fn tasks(contender: &Contender, count: u64) {
    let spawn = contender
        .asynchronous
        .spawn
        .expect("the contender has tasks");
    let runtime = paused();
    let counted = measure(|| {
        runtime.block_on(async {
            let mut tasks = JoinSet::new();
            for _ in 0..count {
                spawn(&mut tasks);
            }
            while let Some(result) = tasks.join_next().await {
                result.expect("no task panics");
            }
        });
    });
    #[allow(clippy::cast_precision_loss, reason = "a heap is small")]
    let each = counted.bytes_max as f64 / count as f64;
    println!("{each:.1}");
}

fn paused() -> Runtime {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(true).build();
    runtime.expect("a runtime")
}
