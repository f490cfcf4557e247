//! Tests of what not every machine has.

use std::fmt::Display;
use std::io::{self, Write as _};
use std::thread;

/// Says that a test cannot run here, past the test runner, which shows only what failing tests print. With `NO_SKIPS` in
/// the environment, the test fails instead.
pub fn skip(reason: impl Display) {
    assert!(std::env::var_os("NO_SKIPS").is_none(), "{reason}");
    let test = thread::current();
    let test = test.name().unwrap_or("a test");
    let _ = writeln!(io::stderr(), "skipped {test}: {reason}");
}
