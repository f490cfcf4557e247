//! Measures what `#[retry]` costs. See ../docs/performance.md.

#![forbid(unsafe_code)]

mod gate;
mod machine;
#[cfg(feature = "peers")]
mod report;

use std::process::ExitCode;

const USAGE: &str = "\
usage: cargo run --release --manifest-path benches/Cargo.toml -- WHAT

  report        everything, and writes docs/performance.md and docs/performance.svg; `report SECTION` writes one section
  instructions  instructions and wall time of a call
  storm         calls that fail once each, as fast as they come
  keys          instructions with each key of `#[retry]`
  tasks         a hundred thousand and a million tasks, on a paused clock and on the real one
  sizes         futures, allocations and binaries
  build         a cold release build of each crate
  sites         many functions: code of each, and what it costs to check it
  debug         a debug build: stack and time of a success
  draw          draws docs/performance.svg anew from docs/performance.md
  gate          compares what is exact with benches/numbers.toml; `gate --update` rewrites it
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["gate"] => gate::check(),
        ["gate", "--update"] => gate::update(),
        #[cfg(feature = "peers")]
        ["report", ref sections @ ..] if report::measure(sections, true) => ExitCode::SUCCESS,
        #[cfg(feature = "peers")]
        ["draw"] => {
            report::draw();
            ExitCode::SUCCESS
        }
        #[cfg(feature = "peers")]
        ref sections if !sections.is_empty() && report::measure(sections, false) => {
            ExitCode::SUCCESS
        }
        _ => usage(),
    }
}

fn usage() -> ExitCode {
    eprint!("{USAGE}");
    ExitCode::from(2)
}
