//! What is run to measure: the two binaries beside this one, valgrind, cargo.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

pub const MANIFEST_DIR: &str = env!("CARGO_MANIFEST_DIR");

/// Cargo's directory that this program was built in.
pub fn target() -> PathBuf {
    let program = std::env::current_exe().expect("a path of this program");
    let target = program.ancestors().nth(2).expect("target/release/");
    target.to_owned()
}

/// Builds the binaries that measure: `cargo run` builds only this one.
pub fn build() {
    let mut cargo = Command::new("cargo");
    cargo.args(["build", "--quiet", "--release", "--locked", "--bins"]);
    cargo.arg("--manifest-path");
    cargo.arg(Path::new(MANIFEST_DIR).join("Cargo.toml"));
    cargo.env("CARGO_TARGET_DIR", target());
    if !cfg!(feature = "peers") {
        cargo.arg("--no-default-features");
    }
    run(&mut cargo);
}

/// One of the binaries.
pub fn binary(name: &str) -> PathBuf {
    target().join("release").join(name)
}

/// Runs to the end, and gives what was written to standard output.
pub fn run(command: &mut Command) -> String {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .unwrap_or_else(|error| panic!("{command:?}: {error}"));
    assert!(output.status.success(), "{command:?}: {}", output.status);
    String::from_utf8(output.stdout).expect("text")
}

/// The lines of a run, cut at tabs.
pub fn lines(command: &mut Command) -> Vec<Vec<String>> {
    run(command)
        .lines()
        .map(|line| line.split('\t').map(str::to_owned).collect())
        .collect()
}

/// What `count` can run, as contenders with their workloads: `--list` or `--keys`.
pub fn works(which: &str) -> Vec<(String, String)> {
    lines(Command::new(binary("count")).arg(which))
        .into_iter()
        .map(|line| (line[0].clone(), line[1].clone()))
        .collect()
}

/// Instructions of one more iteration of each workload: two runs of different lengths, so that the start and the end of
/// the program, which are alike, are not in the difference.
pub fn instructions(works: &[(String, String)]) -> Vec<f64> {
    let next = AtomicUsize::new(0);
    let counts = Mutex::new(vec![0.0; works.len()]);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((contender, workload)) =
                    works.get(next.fetch_add(1, Ordering::Relaxed))
                {
                    let [few, many] = match workload.as_str() {
                        "tasks" => [10_000, 20_000],
                        "sync-failing" | "async-failing" => [500, 2_500],
                        _ => [1_000, 11_000],
                    };
                    let difference =
                        callgrind(contender, workload, many) - callgrind(contender, workload, few);
                    let index = works
                        .iter()
                        .position(|work| (&work.0, &work.1) == (contender, workload))
                        .expect("it is one of them");
                    counts.lock().expect("no panic")[index] = difference / f64::from(many - few);
                }
            });
        }
    });
    counts.into_inner().expect("no panic")
}

/// Valgrind, as it counts instructions.
pub const CALLGRIND: [&str; 2] = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];

fn callgrind(contender: &str, workload: &str, count: u32) -> f64 {
    let mut command = Command::new("valgrind");
    command
        .args(CALLGRIND)
        .arg(binary("count"))
        .args(["--contender", contender, "--workload", workload])
        .args(["--n", &count.to_string()]);
    let output = command
        .output()
        .unwrap_or_else(|error| panic!("valgrind, which counts instructions: {error}"));
    let text = String::from_utf8_lossy(&output.stderr);
    match collected(&text) {
        Some(count) if output.status.success() => count,
        _ => panic!("{command:?}: {}\n{text}", output.status),
    }
}

/// The instructions that valgrind says it has counted.
pub fn collected(text: &str) -> Option<f64> {
    let mut lines = text.lines();
    let (_, count) = lines.find_map(|line| line.split_once("Collected : "))?;
    count.trim().parse().ok()
}
