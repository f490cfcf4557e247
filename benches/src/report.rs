//! Everything that is measured beside other crates, and where it is written.

mod cold;
mod debug;
mod document;
mod generate;
mod instructions;
mod keys;
mod plot;
mod sites;
mod sizes;
mod storm;
mod table;
mod tasks;

use crate::machine::{MANIFEST_DIR, binary, lines};
use std::path::Path;
use std::process::Command;

/// Measures, prints, and gives what was measured.
type Measure = fn() -> Vec<table::Table>;

const SECTIONS: [(&str, Measure); 8] = [
    ("instructions", instructions::measure),
    ("storm", storm::measure),
    ("keys", keys::measure),
    ("tasks", tasks::measure),
    ("sizes", sizes::measure),
    ("build", cold::measure),
    ("sites", sites::measure),
    ("debug", debug::measure),
];

/// Measures the sections of these names, or all where there is none, and writes them where that is wanted. False where
/// a name is no section's.
pub fn measure(names: &[&str], is_written: bool) -> bool {
    let is_section = |name: &&str| SECTIONS.iter().any(|(known, _)| known == name);
    if !names.iter().all(is_section) {
        return false;
    }
    for (name, measure) in SECTIONS {
        if names.is_empty() || names.contains(&name) {
            let tables = measure();
            if is_written {
                document::write(&tables);
            }
        }
    }
    if is_written {
        draw();
    }
    true
}

/// Draws the figure anew, from the numbers on the page.
pub fn draw() {
    document::draw();
}

/// How long each contender takes for a workload: the ratio to the loop by hand, and nanoseconds. `arguments` are the workload and, if
/// they are not the usual ones, the count and the rounds.
fn times(arguments: &[&str]) -> Vec<(String, f64, f64)> {
    let mut count = Command::new(binary("count"));
    let number = |text: &str| text.parse().expect("a number");
    lines(count.arg("--time").args(arguments))
        .into_iter()
        .map(|line| (line[0].clone(), number(&line[1]), number(&line[2])))
        .collect()
}

/// The repository.
fn root() -> &'static Path {
    Path::new(MANIFEST_DIR).parent().expect("a parent")
}
