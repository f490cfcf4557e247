//! `cargo-retry`, which cargo runs for `cargo retry`.

use std::process::ExitCode;

fn main() -> ExitCode {
    cargo_retry::main()
}
