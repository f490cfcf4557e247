//! What is exact, compared with what is committed: sizes, allocations, instructions.
//!
//! Instructions depend on the compiler and on libc, so they are compared only where both are those of the recorded
//! numbers. Their ratio to the loop by hand, counted in the same run, must hold everywhere.

use crate::machine::{MANIFEST_DIR, binary, build, instructions, lines, run, works};
use retry_benches::contenders::{BY_HAND, THIS_CRATE};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// By how much a count of instructions may grow unseen.
const TOLERANCE: f64 = 1.02;

/// What the file says: `instructions.sync-success.by-hand` and its number, and texts with their quotes.
type Numbers = BTreeMap<String, String>;

pub fn check() -> ExitCode {
    let Ok(text) = std::fs::read_to_string(path()) else {
        eprintln!(
            "gate: no {}: write it with scripts/gate --update",
            path().display()
        );
        return ExitCode::FAILURE;
    };
    report(&compare(&parse(&text), &measure()))
}

/// Writes what is measured. The limits stay: they are changed by hand or not at all.
pub fn update() -> ExitCode {
    let committed = std::fs::read_to_string(path()).unwrap_or_default();
    let mut numbers = measure();
    for (name, limit) in parse(&committed) {
        if name.starts_with("limit.") {
            numbers.insert(name, limit);
        }
    }
    for (name, limit) in [
        ("limit.success", "1.05"),
        ("limit.failing", "1.25"),
        ("limit.jitter", "2.5"),
    ] {
        numbers
            .entry(name.to_owned())
            .or_insert_with(|| limit.to_owned());
    }
    std::fs::write(path(), to_text(&numbers)).expect("benches/numbers.toml can be written");
    println!("gate: wrote {}", path().display());
    report(&compare(&numbers, &numbers))
}

fn path() -> PathBuf {
    Path::new(MANIFEST_DIR).join("numbers.toml")
}

fn report(faults: &[String]) -> ExitCode {
    for fault in faults {
        eprintln!("gate: {fault}");
    }
    if faults.is_empty() {
        println!("gate: nothing costs more than before");
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn measure() -> Numbers {
    build();
    let mut numbers = Numbers::new();
    numbers.insert("rustc".to_owned(), quoted("rustc"));
    numbers.insert("libc".to_owned(), quoted("ldd"));
    for line in lines(Command::new(binary("memory")).arg("sizes")) {
        for (case, size) in ["trivial", "returned", "held"].iter().zip(&line[1..]) {
            put(&mut numbers, "future", case, &line[0], size.clone());
        }
    }
    for line in lines(Command::new(binary("memory")).arg("allocations")) {
        put(
            &mut numbers,
            "allocations",
            &line[1],
            &line[0],
            line[2].clone(),
        );
    }
    let mut works = works("--list");
    works.retain(|(contender, workload)| {
        [BY_HAND, THIS_CRATE].contains(&contender.as_str()) && workload != "tasks"
    });
    for ((contender, workload), count) in works.iter().zip(instructions(&works)) {
        put(
            &mut numbers,
            "instructions",
            workload,
            contender,
            format!("{count:.1}"),
        );
    }
    numbers
}

/// Keeps a number of one of the two; the others are no matter here.
fn put(numbers: &mut Numbers, kind: &str, case: &str, contender: &str, number: String) {
    if [BY_HAND, THIS_CRATE].contains(&contender) {
        let contender = contender.replace(' ', "-");
        numbers.insert(format!("{kind}.{case}.{contender}"), number);
    }
}

/// The first line of a program's version, in quotes.
fn quoted(program: &str) -> String {
    let version = run(Command::new(program).arg("--version"));
    format!("{:?}", version.lines().next().unwrap_or_default())
}

fn compare(committed: &Numbers, measured: &Numbers) -> Vec<String> {
    let mut faults = Vec::new();
    let is_same = |name: &str| committed.get(name) == measured.get(name);
    let is_same_machine = is_same("rustc") && is_same("libc");
    if !is_same_machine {
        println!(
            "gate: another compiler or libc than recorded: of the instructions, only ratios count"
        );
    }
    for (name, now) in measured {
        let (Some(now), Some(contender)) = (number(now), name.split('.').nth(2)) else {
            continue;
        };
        let Some(was) = committed.get(name).and_then(|number| self::number(number)) else {
            faults.push(format!(
                "{name} is {now}, and not in benches/numbers.toml: add it with scripts/gate --update"
            ));
            continue;
        };
        let is_instructions = name.starts_with("instructions.");
        let limit = if is_instructions {
            was * TOLERANCE
        } else {
            was
        };
        let is_judged = if is_instructions {
            is_same_machine && !is_drawn(name)
        } else {
            is_same_machine || contender == "this-crate"
        };
        if is_judged && now > limit {
            faults.push(format!(
                "{name} was {was}, is {now}: undo that, or accept it with scripts/gate --update"
            ));
        }
        if is_instructions && contender == "this-crate" {
            faults.extend(ratio(committed, measured, name, now));
        }
    }
    faults
}

/// Whether waits are drawn. How many draws share a system call is a matter of time, so that only the ratio counts; and the loop by
/// hand has a generator in memory, which is copied by `fork`, so that the ratio has a limit of its own.
fn is_drawn(name: &str) -> bool {
    [".sync-failing.", ".async-failing."]
        .iter()
        .any(|drawn| name.contains(drawn))
}

/// What is wrong with the ratio to the loop by hand, if anything.
fn ratio(committed: &Numbers, measured: &Numbers, name: &str, now: f64) -> Option<String> {
    let case = name.strip_suffix(".this-crate")?;
    let limit = if case.ends_with("success") {
        "limit.success"
    } else if is_drawn(name) {
        "limit.jitter"
    } else {
        "limit.failing"
    };
    let by_hand = number(measured.get(&format!("{case}.by-hand"))?)?;
    let Some(allowed) = committed.get(limit).and_then(|text| number(text)) else {
        return Some(format!("benches/numbers.toml has no {limit}"));
    };
    let ratio = now / by_hand;
    (ratio > allowed).then(|| {
        format!(
            "{case}: {now} instructions are {ratio:.3} of the {by_hand} by hand, and {limit} is {allowed}: \
             undo that, or raise the limit in benches/numbers.toml"
        )
    })
}

fn number(text: &str) -> Option<f64> {
    text.parse().ok()
}

/// As much of TOML as the file has: sections, keys, numbers and texts on one line each.
fn parse(text: &str) -> Numbers {
    let mut numbers = Numbers::new();
    let mut section = String::new();
    for line in text.lines() {
        if let Some(name) = line
            .strip_prefix('[')
            .and_then(|line| line.strip_suffix(']'))
        {
            section = format!("{name}.");
        } else if !line.starts_with('#')
            && let Some((key, value)) = line.split_once(" = ")
        {
            numbers.insert(format!("{section}{key}"), value.to_owned());
        }
    }
    numbers
}

fn to_text(numbers: &Numbers) -> String {
    let mut text = String::from(
        "# What this crate and the loop by hand cost, of what can be counted exactly. `scripts/gate` compares,\n\
         # `scripts/gate --update` writes. The limits are ratios to the loop by hand, and are changed by hand.\n\n",
    );
    let mut section = "";
    // What stands in no section has to come first.
    let (without, within): (Vec<_>, Vec<_>) =
        numbers.iter().partition(|(name, _)| !name.contains('.'));
    for (name, value) in without.into_iter().chain(within) {
        let (in_section, key) = name.rsplit_once('.').unwrap_or(("", name));
        if in_section != section {
            let _ = write!(text, "\n[{in_section}]\n");
            section = in_section;
        }
        let _ = writeln!(text, "{key} = {value}");
    }
    text
}
