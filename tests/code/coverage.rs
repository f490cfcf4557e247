//! The lines of an async body are counted by coverage tools: the block around it has the body's own place in the source.
//!
//! The compiler gives no counters to a block whose place is that of a macro. Which blocks have counters is read from the code that it
//! hands to LLVM, so no tool of LLVM is needed.

use std::path::Path;
use std::process::Command;

#[test]
fn async_bodies_are_counted() {
    let written = Path::new(env!("CARGO_TARGET_TMPDIR")).join("covered.ll");
    let compiled = Command::new(env!("CARGO"))
        .args(["rustc", "--quiet", "--example", "covered", "--"])
        .args(["-C", "instrument-coverage", "-C", "link-dead-code"])
        .args(["-C", "codegen-units=1", "-C", "symbol-mangling-version=v0"])
        .arg(format!("--emit=llvm-ir={}", written.display()))
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status()
        .unwrap();
    assert!(compiled.success());

    let code = std::fs::read_to_string(written).unwrap();
    for name in ["8function", "5block", "6method"] {
        // `00`: the first closure of the first closure, which is the attempt's `async` block in the future of the function.
        let counters = code
            .lines()
            .find(|line| line.starts_with("@__profc_") && line.contains(&format!("{name}00")));
        let counters = counters.unwrap_or_else(|| panic!("no counters: {name}"));
        assert!(
            !counters.contains("[1 x "),
            "its branches are not counted: {counters}"
        );
    }
}
