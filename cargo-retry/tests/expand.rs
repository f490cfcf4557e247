//! `cargo retry expand`: the loop of one site. `UPDATE_EXPECT=1` writes the files in `tests/golden/` anew.

mod support;

use expect_test::expect_file;
use support::{in_workspace, well};

#[test]
fn the_loop_of_a_function_a_method_and_a_block() {
    for (name, golden) in [
        ("settle", expect_file!["golden/expand-function.txt"]),
        ("Shop::keep", expect_file!["golden/expand-method.txt"]),
        (
            "legacy::old::refresh",
            expect_file!["golden/expand-block.txt"],
        ),
        ("rush", expect_file!["golden/expand-cfg_attr.txt"]),
    ] {
        golden.assert_eq(&well(in_workspace(&["expand", name])));
    }
}

#[test]
fn a_name_that_nothing_has_or_several_have_is_refused() {
    for (name, line) in [
        (
            "Shop::ordr",
            "nothing that retries is called `Shop::ordr`: did you mean `order`?",
        ),
        (
            "open",
            "`open` may be one of several, so write more of its path: gateway::pipes::open (gateway/src/pipes.rs:1), ",
        ),
    ] {
        let ended = in_workspace(&["expand", name]);
        assert_eq!(ended.status, 2);
        assert!(
            ended.stderr.starts_with(&format!("cargo retry: {line}")),
            "{ended:?}"
        );
    }
}

#[test]
fn what_the_macro_refuses_has_no_loop() {
    let ended = in_workspace(&["expand", "listen"]);
    assert_eq!(ended.status, 2);
    assert!(
        ended
            .stderr
            .starts_with("cargo retry: listen has no loop: the schedule does not end in `0`"),
        "{ended:?}"
    );
}
