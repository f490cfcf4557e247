//! What the macros say about mistakes: each `fail/*.rs` makes one, and the `.stderr` beside it is what its author reads.
//!
//! `TRYBUILD=overwrite cargo test -p ui-tests` writes the texts anew. Read them as someone who sees `#[retry]` for the
//! first time: does the text say what to change, is that what is underlined, is there one error for each mistake?

use std::process::Command;
use trybuild::TestCases;

#[test]
fn every_mistake_is_explained() {
    TestCases::new().compile_fail("fail/*.rs");
}

/// Where the macros leave it to rustc to find the mistake. Its texts change from one release to the next, so they are
/// compared under the release that they were recorded with.
#[test]
fn what_rustc_finds_points_at_what_was_written() {
    const RECORDED_WITH: &str = "rustc 1.95.";

    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = Command::new(rustc).arg("--version").output().unwrap();
    let version = String::from_utf8(version.stdout).unwrap();
    if version.starts_with(RECORDED_WITH) {
        TestCases::new().compile_fail("fail-rustc/*.rs");
    } else {
        eprintln!(
            "skipped: recorded with {RECORDED_WITH}x, and this is {}",
            version.trim()
        );
    }
}
