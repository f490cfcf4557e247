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
        // A closure of the first closure: the attempt's `async` block in the future of the function. It is `00`, or `0s_0` where
        // a predicate's closure stands before it.
        let is_attempt = |line: &&str| {
            let of_future = format!("{name}0");
            line.starts_with("@__profc_")
                && ["0", "s_0"]
                    .into_iter()
                    .any(|nth| line.contains(&(of_future.clone() + nth)))
        };
        let counters = code.lines().find(is_attempt);
        let counters = counters.unwrap_or_else(|| panic!("no counters: {name}"));
        assert!(
            !counters.contains("[1 x "),
            "its branches are not counted: {counters}"
        );
    }
}
