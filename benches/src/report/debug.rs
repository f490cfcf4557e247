//! Debug builds, in which tests run: the stack between a caller and the body, and how long a success takes.

use super::generate::{Kind, package};
use super::table::{Column, Table};
use crate::machine::lines;
use std::process::Command;

const ROUNDS: usize = 9;
const NAMES: [&str; 4] = [Kind::BARE, Kind::BY_HAND, Kind::THIS_CRATE, Kind::ATTRIBUTE];

/// The body says where its frame is. That costs all of them the same.
const BODY: &str = "        match id {";
const NOTED: &str =
    "        FRAME.store((&raw const id).addr(), std::sync::atomic::Ordering::Relaxed);
        match id {";

const SYNC_CALL: &str = "let answer = SITES[0](&Client, 1);";
const ASYNC_CALL: &str = "let mut site = SITES[0](&Client, 1);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let answer = loop {
        if let std::task::Poll::Ready(answer) = site.as_mut().poll(&mut context) {
            break answer;
        }
    };";

const MAIN: &str = "
static FRAME: std::sync::atomic::AtomicUsize = std::sync::atomic::AtomicUsize::new(0);

/// The stack between here and the body.
fn call() -> usize {
    let here = 0_u8;
    CALL
    assert!(answer.is_ok());
    (&raw const here).addr() - FRAME.load(std::sync::atomic::Ordering::Relaxed)
}

fn main() {
    let started = std::time::Instant::now();
    let mut stack = 0;
    for _ in 0..100_000 {
        stack = call();
    }
    println!(\"{stack}\\t{}\", started.elapsed().as_nanos() / 100_000);
}
";

pub fn measure() -> Vec<Table> {
    let columns = [
        "sync, bytes of stack",
        "async, bytes of stack",
        "sync, ns of a success",
        "async, ns of a success",
    ]
    .map(|name| Column {
        name,
        decimals: 0,
        ratio: true,
    });
    let mut table = Table::new("debug", columns.to_vec());
    table.against = Some(Kind::BY_HAND);
    for asynchronous in [false, true] {
        let binaries = NAMES.map(|name| {
            let kind = Kind::named(name);
            let package = package("debug", kind.dependencies, &program(kind, asynchronous));
            let built = package.build_debug();
            let binary = built.with_file_name(format!("debug-{}", name.replace(' ', "-")));
            std::fs::copy(built, &binary).expect("a copy");
            binary
        });
        let mut least = [f64::MAX; NAMES.len()];
        for _ in 0..ROUNDS {
            for ((name, binary), least) in NAMES.iter().zip(&binaries).zip(&mut least) {
                let line = lines(&mut Command::new(binary)).remove(0);
                let [stack, nanos]: [f64; 2] =
                    [0, 1].map(|index: usize| line[index].parse().expect("a number"));
                *least = least.min(nanos);
                table.put(name, usize::from(asynchronous), stack);
                table.put(name, 2 + usize::from(asynchronous), *least);
            }
        }
    }
    table.print();
    vec![table]
}

fn program(kind: Kind, asynchronous: bool) -> String {
    let source = kind.program(asynchronous, 1).expect("both exist");
    assert!(source.contains(BODY), "the body is another one");
    let (source, _) = source.split_once("\nfn main()").expect("a `main`");
    let call = if asynchronous { ASYNC_CALL } else { SYNC_CALL };
    source.replace(BODY, NOTED) + &MAIN.replace("CALL", call)
}
