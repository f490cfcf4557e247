//! Many functions: how much code each is, and what it costs to check it.

use super::generate::{Kind, Package, package, processor_time};
use super::table::{Column, Table};
use crate::machine::{CALLGRIND, collected, run, target};
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;
use std::time::Duration;

/// How many functions there are for the code, for the compiler's instructions, and for the time to check.
const CODE: usize = 500;
const COUNTED: usize = 51;
const TIMED: usize = 2_000;
const ROUNDS: usize = 2;
const NAMES: [&str; 5] = [
    Kind::BARE,
    Kind::BY_HAND,
    Kind::THIS_CRATE,
    Kind::WRITTEN_OUT,
    Kind::ATTRIBUTE,
];

/// Those that are timed.
const ATTRIBUTES: [&str; 3] = [Kind::BY_HAND, Kind::THIS_CRATE, Kind::ATTRIBUTE];

#[derive(Clone, Copy)]
struct Site {
    name: &'static str,
    asynchronous: bool,
}

pub fn measure() -> Vec<Table> {
    let mut table = Table::new(
        "sites",
        [
            ("sync, bytes of code", 0),
            ("async, bytes of code", 0),
            ("sync, millions of instructions to check", 2),
            ("async, millions of instructions to check", 2),
            ("2,000 sync, seconds to check", 1),
            ("2,000 async, seconds to check", 1),
        ]
        .map(|(name, decimals)| Column {
            name,
            decimals,
            ratio: true,
        })
        .to_vec(),
    );
    table.against = Some(Kind::BY_HAND);
    let sites: Vec<Site> = [false, true]
        .into_iter()
        .flat_map(|asynchronous| NAMES.map(|name| Site { name, asynchronous }))
        .collect();
    for site in &sites {
        let column = usize::from(site.asynchronous);
        table.put(site.name, column, site.each(CODE, text));
        table.put(
            site.name,
            2 + column,
            site.each(COUNTED, instructions) / 1e6,
        );
    }
    let mut timed = sites;
    timed.retain(|site| ATTRIBUTES.contains(&site.name));
    let packages: Vec<Package> = timed.iter().map(|site| site.package(TIMED)).collect();
    let mut least = vec![Duration::MAX; packages.len()];
    for _ in 0..ROUNDS {
        for (package, least) in packages.iter().zip(&mut least) {
            package.touch();
            let mut cargo = package.cargo("check");
            let time = processor_time(cargo.args(["--quiet", "--offline"]));
            *least = time.min(*least);
        }
    }
    for (site, time) in timed.iter().zip(least) {
        let column = 4 + usize::from(site.asynchronous);
        table.put(site.name, column, time.as_secs_f64());
    }
    table.print();
    vec![table]
}

impl Site {
    fn package(&self, count: usize) -> Package {
        let kind = Kind::named(self.name);
        let colour = if self.asynchronous { "async" } else { "sync" };
        let name = self.name.replace(", ", "-").replace(' ', "-");
        let source = kind.program(self.asynchronous, count).expect("both exist");
        package(
            &format!("sites-{colour}-{name}-{count}"),
            kind.dependencies,
            &source,
        )
    }

    /// What one more function costs: the difference between so many and one.
    fn each(&self, count: usize, cost: fn(&Package) -> f64) -> f64 {
        let [many, one] = [count, 1].map(|count| cost(&self.package(count)));
        #[allow(clippy::cast_precision_loss, reason = "there are few")]
        let more = (count - 1) as f64;
        (many - one) / more
    }
}

/// Code and constants of the release binary, as `size` counts them.
fn text(package: &Package) -> f64 {
    let binary = package.build(&[]);
    let output = run(Command::new("size").arg(binary));
    let text = output
        .lines()
        .nth(1)
        .and_then(|line| line.split_whitespace().next());
    text.expect("a table").parse().expect("a number")
}

/// What the compiler takes to check the package, which it is given last, without what it depends on.
fn instructions(package: &Package) -> f64 {
    let logs = target().join("generated/logs");
    run(package.cargo("check").args(["--quiet", "--offline"]));
    fs::remove_dir_all(&logs).ok();
    fs::create_dir_all(&logs).expect("a directory");
    let wrapper = target().join("generated/callgrind");
    let (options, logs_to) = (CALLGRIND.join(" "), logs.display());
    let script = format!("#!/bin/sh\nexec valgrind {options} --log-file='{logs_to}/%p' \"$@\"\n");
    fs::write(&wrapper, script).expect("a script");
    fs::set_permissions(&wrapper, Permissions::from_mode(0o755)).expect("to run it");
    package.touch();
    let mut cargo = package.cargo("check");
    cargo.args(["--quiet", "--offline"]);
    run(cargo.env("RUSTC_WORKSPACE_WRAPPER", wrapper));
    // Cargo also asks the compiler for its version.
    let counts = fs::read_dir(&logs).expect("the logs").filter_map(|log| {
        let text = fs::read_to_string(log.expect("a log").path()).expect("text");
        collected(&text)
    });
    counts.max_by(f64::total_cmp).expect("the compiler ran")
}
