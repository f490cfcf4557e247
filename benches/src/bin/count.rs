//! Runs one workload of one contender, for callgrind to count; or all of one workload in turn, against the clock.

#![forbid(unsafe_code)]

use retry_benches::contenders::{BY_HAND, Contender};
use retry_benches::work::{Api, Call};
use retry_benches::{all, keys};
use std::hint::black_box;
use std::time::{Duration, Instant};
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinSet;

const USAGE: &str = "count --contender NAME --workload NAME --n COUNT | count --time WORKLOAD [COUNT ROUNDS] | count --list | count --keys";

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["--list"] => list(&all(), &WORKLOADS.map(|(workload, _)| workload)),
        ["--keys"] => list(&keys(), &KEYS),
        ["--time", workload] => {
            let mut workloads = WORKLOADS.into_iter().chain(STORMS);
            let (_, count) = workloads
                .find(|(name, _)| *name == workload)
                .expect("a workload of that name");
            time(workload, count, 15);
        }
        ["--time", workload, count, rounds] => time(
            workload,
            count.parse().expect("a count"),
            rounds.parse().expect("a count of rounds"),
        ),
        [
            "--contender",
            contender,
            "--workload",
            workload,
            "--n",
            count,
        ] => {
            let contender = find(contender);
            let work = Work::new(&contender, workload).expect("the contender cannot do this");
            work.run(count.parse().expect("a count"));
        }
        _ => {
            eprintln!("{USAGE}");
            std::process::exit(2);
        }
    }
}

/// Each workload and how many iterations of it make a round against the clock.
const WORKLOADS: [(&str, u64); 7] = [
    ("sync-success", 2_000_000),
    ("async-success", 2_000_000),
    ("sync-failing", 50_000),
    ("sync-failing-plain", 400_000),
    ("async-failing", 50_000),
    ("async-failing-plain", 400_000),
    ("tasks", 50_000),
];

/// One failure for each call, one call after another. They are only timed: how many draws share a system call is a matter of time.
const STORMS: [(&str, u64); 2] = [("sync-storm", 200_000), ("async-storm", 200_000)];

/// The workloads of a key.
const KEYS: [&str; 4] = [
    "sync-success-plain",
    "async-success-plain",
    "sync-failing-plain",
    "async-failing-plain",
];

/// What there is: a line for each contender and workload.
fn list(contenders: &[Contender], workloads: &[&str]) {
    for contender in contenders {
        for workload in workloads {
            if Work::new(contender, workload).is_some() {
                println!("{}\t{workload}", contender.name);
            }
        }
    }
}

fn find(name: &str) -> Contender {
    let found = all()
        .into_iter()
        .chain(keys())
        .find(|contender| contender.name == name);
    found.expect("a contender of that name")
}

enum Work {
    Calls {
        call: Call,
        failures: u32,
    },
    Tasks {
        spawn: fn(&mut JoinSet<()>),
        runtime: Runtime,
    },
}

impl Work {
    fn new(contender: &Contender, workload: &str) -> Option<Self> {
        let (call, failures) = match workload {
            "sync-success" => (contender.sync.real, 0),
            "sync-success-plain" => (contender.sync.plain, 0),
            "async-success-plain" => (contender.asynchronous.plain, 0),
            "sync-failing" => (contender.sync.jittered, 4),
            "sync-failing-plain" => (contender.sync.plain, 4),
            "sync-storm" => (contender.sync.jittered, 1),
            "async-storm" => (contender.asynchronous.jittered, 1),
            "async-success" => (contender.asynchronous.real, 0),
            "async-failing" => (contender.asynchronous.jittered, 4),
            "async-failing-plain" => (contender.asynchronous.plain, 4),
            "tasks" | "real-tasks" => {
                return contender.asynchronous.spawn.map(|spawn| Self::Tasks {
                    spawn,
                    runtime: runtime(workload == "tasks"),
                });
            }
            _ => panic!("no such workload: {workload}"),
        };
        call.map(|call| Self::Calls { call, failures })
    }

    fn run(&self, count: u64) {
        match self {
            Self::Calls { call, failures } => calls(*call, *failures, count),
            Self::Tasks { spawn, runtime } => runtime.block_on(async {
                let mut tasks = JoinSet::new();
                for _ in 0..count {
                    spawn(&mut tasks);
                }
                while let Some(result) = tasks.join_next().await {
                    result.expect("no task panics");
                }
            }),
        }
    }
}

fn calls(call: Call, failures: u32, count: u64) {
    // A timeout asks for a timer.
    let runtime = runtime(true);
    let _inside = runtime.enter();
    let api = Api::failing(0);
    for id in 0..count {
        api.fail(failures);
        let answer = call(black_box(&api), black_box(id));
        assert!(black_box(answer).is_ok());
    }
}

fn runtime(is_paused: bool) -> Runtime {
    let mut builder = Builder::new_current_thread();
    let runtime = builder.enable_time().start_paused(is_paused).build();
    runtime.expect("a runtime")
}

/// Rounds in which everyone has their turn, one after another, and the median of each one's ratios to the loop by hand
/// in the same round. What slows the machine down for a while so slows down both, where a harness that measures one
/// contender after another would take it for a difference.
fn time(workload: &str, count: u64, rounds: usize) {
    let works: Vec<(&str, Work)> = all()
        .iter()
        .filter_map(|contender| Some((contender.name, Work::new(contender, workload)?)))
        .collect();
    let mut times = vec![Vec::with_capacity(rounds); works.len()];
    for (_, work) in &works {
        work.run(count / 10);
    }
    for round in 0..rounds {
        for turn in 0..works.len() {
            // Nobody is always first, or always behind the same neighbour's garbage.
            let index = (round + turn) % works.len();
            let started = Instant::now();
            works[index].1.run(count);
            times[index].push(started.elapsed());
        }
    }
    let by_hand = works.iter().position(|(name, _)| *name == BY_HAND);
    let by_hand = times[by_hand.expect("the loop by hand takes part")].clone();
    for ((name, _), times) in works.iter().zip(times) {
        let ratios = times
            .iter()
            .zip(&by_hand)
            .map(|(time, by_hand)| time.div_duration_f64(*by_hand));
        let ratio = median(ratios.collect());
        let each = median(times.iter().map(Duration::as_secs_f64).collect());
        #[allow(clippy::cast_precision_loss, reason = "a count of iterations is small")]
        let nanos = each * 1e9 / count as f64;
        println!("{name}\t{ratio:.3}\t{nanos:.1}");
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
