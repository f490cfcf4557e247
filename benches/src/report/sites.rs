//! Five hundred functions: how much code each is, and how long it takes to check.

use super::generate::{Kind, Package, package, processor_time};
use super::table::{Column, Table};
use crate::machine::run;
use std::process::Command;
use std::time::Duration;

const COUNT: usize = 500;
const ROUNDS: usize = 8;
const NAMES: [&str; 5] = [
    Kind::BARE,
    Kind::BY_HAND,
    Kind::THIS_CRATE,
    Kind::WRITTEN_OUT,
    Kind::ATTRIBUTE,
];

/// All functions, and one: what a single function brings with it is no cost of the next.
struct Site {
    name: &'static str,
    asynchronous: bool,
    many: Package,
    one: Package,
}

pub fn measure() -> Vec<Table> {
    let mut table = Table::new(
        "sites",
        [
            ("sync, bytes of code", 0),
            ("async, bytes of code", 0),
            ("sync, ms to check", 2),
            ("async, ms to check", 2),
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
        .flat_map(|asynchronous| NAMES.map(|name| Site::new(name, asynchronous)))
        .collect();
    #[allow(clippy::cast_precision_loss, reason = "there are few")]
    let more = (COUNT - 1) as f64;
    for site in &sites {
        let bytes = text(&site.many) - text(&site.one);
        table.put(site.name, usize::from(site.asynchronous), bytes / more);
    }
    let mut least = vec![[Duration::MAX; 2]; sites.len()];
    // The first round compiles the dependencies, and does not count.
    for round in 0..=ROUNDS {
        for (site, least) in sites.iter().zip(&mut least) {
            for (package, least) in [&site.many, &site.one].into_iter().zip(least) {
                package.touch();
                let mut cargo = package.cargo("check");
                let time = processor_time(cargo.args(["--quiet", "--offline"]));
                if round > 0 {
                    *least = time.min(*least);
                }
            }
        }
    }
    for (site, [many, one]) in sites.iter().zip(least) {
        let milliseconds = many.saturating_sub(one).as_secs_f64() * 1e3;
        let column = 2 + usize::from(site.asynchronous);
        table.put(site.name, column, milliseconds / more);
    }
    table.print();
    vec![table]
}

impl Site {
    fn new(name: &'static str, asynchronous: bool) -> Self {
        let kind = Kind::named(name);
        let package = |count| {
            let colour = if asynchronous { "async" } else { "sync" };
            let name = name.replace(", ", "-").replace(' ', "-");
            let package_name = format!("sites-{colour}-{name}-{count}");
            let source = kind.program(asynchronous, count).expect("both exist");
            package(&package_name, kind.dependencies, &source)
        };
        Self {
            name,
            asynchronous,
            many: package(COUNT),
            one: package(1),
        }
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
