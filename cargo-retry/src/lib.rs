//! `cargo retry`: every retry of a code base at a glance.
//!
//! The binary is [`main`]. What it does is described by `cargo retry --help` and in `README.md`.
//!
//! A package of 1,111 files with 5,000 functions that retry is listed in 1.1 s of processor time, on two cores of 2026 that both read
//! files. Parsing takes 91 % of the instructions (4.1 of 4.55 billion). The rest, a tenth of a second, makes the list. The test `list`
//! makes that package. To measure:
//!
//! ```text
//! cargo build --release -p cargo-retry && cargo test -p cargo-retry --test list
//! time target/release/cargo-retry retry --json --manifest-path target/tmp/list/large/Cargo.toml >large.json
//! valgrind --tool=callgrind target/release/cargo-retry retry --json --manifest-path target/tmp/list/large/Cargo.toml
//! ```

// Each file uses only files on the lines below its own:
//
//   lib                                           the command that is asked for
//   list  check  expand  play                     each command
//   orphans                                       files that no target has
//   nested  plot  simulate                        chains as text; timelines; storms
//   chains                                        retries in retries
//   graph                                         which function may call which
//   given                                         an argument that is a list, or a function's name
//   inventory                                     every function, and what retries
//   modules                                       every file
//   clients  scip                                 clients that retry by themselves; an index of calls
//   workspace  source                             what cargo says; one file of source
//   site  calls  github                           one retry; one call; an annotation
//   place                                         where something stands in a file, and its text there
//   args  screen  error                           the command line; the terminal; what may go wrong

mod args;
mod calls;
mod chains;
mod check;
mod clients;
mod error;
mod expand;
mod github;
mod given;
mod graph;
mod inventory;
mod list;
mod modules;
mod nested;
mod orphans;
mod place;
mod play;
mod plot;
mod scip;
mod screen;
mod simulate;
mod site;
mod source;
mod workspace;

use args::{Cli, Command};
use clap::Parser as _;
use error::Error;
use std::env;
use std::io::{self, ErrorKind, Write as _};
use std::process::ExitCode;

/// Reads the arguments, writes what is asked for to standard output, and gives the status: 0, or 1 if `check` finds something,
/// or 2 if the command could not begin or its text could not be written.
#[must_use]
pub fn main() -> ExitCode {
    // Cargo calls it with its own name as the first argument.
    let mut args: Vec<_> = env::args_os().collect();
    if args.get(1).is_some_and(|first| first == "retry") {
        args.remove(1);
    }
    match run(&Cli::parse_from(args)) {
        Ok((text, is_well)) => {
            if let Err(error) = write(&text) {
                return failed(&error.into());
            }
            if is_well {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(1)
            }
        }
        Err(error) => failed(&error),
    }
}

fn write(text: &str) -> io::Result<()> {
    let mut stdout = io::stdout();
    let written = stdout
        .write_all(text.as_bytes())
        .and_then(|()| stdout.flush());
    match written {
        // Whoever closes the pipe early has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
        written => written,
    }
}

fn failed(error: &Error) -> ExitCode {
    let _ = writeln!(io::stderr(), "cargo retry: {}", error.one_line());
    ExitCode::from(2)
}

/// What is written, and whether all is well.
fn run(cli: &Cli) -> Result<(String, bool), Error> {
    let text = match &cli.command {
        None => list::run(&cli.list),
        Some(Command::List(args)) => list::run(args),
        Some(Command::Nested(args)) => nested::run(args),
        Some(Command::Check(args)) => return check::run(args),
        Some(Command::Expand(args)) => expand::run(args),
        Some(Command::Plot(args)) => plot::run(args),
        Some(Command::Simulate(args)) => simulate::run(args),
        Some(Command::Play(args)) => play::run(args),
    };
    Ok((text?, true))
}
