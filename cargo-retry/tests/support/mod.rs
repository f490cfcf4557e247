//! The real binary, run as cargo runs it.

#![allow(dead_code, reason = "no test uses all of it")]

use std::fs;
use std::io::{self, ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::thread;

/// The workspace of several crates that most tests look at.
pub(crate) const WORKSPACE: &str =
    concat!(env!("CARGO_MANIFEST_DIR"), "/tests/workspace/Cargo.toml");

/// How it ended, and what it wrote.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// `cargo-retry retry ..`, which is how `cargo retry ..` calls it, in surroundings that do not change what it writes.
pub(crate) fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cargo-retry"));
    command.arg("retry").args(args);
    for name in ["COLUMNS", "NO_COLOR", "GITHUB_ACTIONS"] {
        command.env_remove(name);
    }
    command
}

pub(crate) fn ended(command: &mut Command) -> Ended {
    let Output {
        status,
        stdout,
        stderr,
    } = command.output().unwrap();
    Ended {
        status: status.code().unwrap(),
        stdout: String::from_utf8(stdout).unwrap(),
        stderr: String::from_utf8(stderr).unwrap(),
    }
}

pub(crate) fn retry(args: &[&str]) -> Ended {
    ended(&mut command(args))
}

/// With the workspace of the tests.
pub(crate) fn in_workspace(args: &[&str]) -> Ended {
    let args: Vec<&str> = args
        .iter()
        .copied()
        .chain(["--manifest-path", WORKSPACE])
        .collect();
    retry(&args)
}

/// What it writes where all is well.
pub(crate) fn well(ended: Ended) -> String {
    assert_eq!((ended.status, ended.stderr.as_str()), (0, ""), "{ended:?}");
    ended.stdout
}

/// An empty folder of the test's own.
pub(crate) fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .join(env!("CARGO_CRATE_NAME"))
        .join(name);
    match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != ErrorKind::NotFound => panic!("{error}"),
        _ => fs::create_dir_all(&folder).unwrap(),
    }
    folder
}

/// A package in a folder of its own with these files; gives its manifest.
pub(crate) fn package(name: &str, files: &[(&str, &str)]) -> String {
    let folder = folder(name);
    let manifest = format!(
        "[package]\nname = \"{name}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace]\n"
    );
    let manifest = ("Cargo.toml", &*manifest);
    let has_manifest = files.iter().any(|(path, _)| *path == "Cargo.toml");
    for (path, text) in files.iter().chain((!has_manifest).then_some(&manifest)) {
        let path = folder.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder.join("Cargo.toml").to_str().unwrap().to_owned()
}

/// Says that a test cannot run here, past the test runner. With `NO_SKIPS` in the environment, the test fails instead.
pub(crate) fn skip(reason: &str) {
    assert!(std::env::var_os("NO_SKIPS").is_none(), "{reason}");
    let test = thread::current();
    let test = test.name().unwrap_or("a test");
    let _ = writeln!(io::stderr(), "skipped {test}: {reason}");
}
