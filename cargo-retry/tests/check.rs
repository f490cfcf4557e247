//! `cargo retry check`: its rules, its notes, its status. `UPDATE_EXPECT=1` writes the files in `tests/golden/` anew.

mod support;

use expect_test::expect_file;
use support::{in_workspace, package, retry};

const SITE: &str = "#[retry(schedule = [1s, 2s, 4s, 0], on = is_busy)]\nfn call() -> Result<(), Error> {\n    Ok(())\n}\n";

#[test]
fn every_rule_and_every_note() {
    let ended = in_workspace(&[
        "check",
        "--max-attempts",
        "6",
        "--max-worst-case",
        "30s",
        "--no-nested",
        "--require-budget",
        "--unique-names",
        "--limiter-window",
        "2s",
    ]);
    assert_eq!((ended.status, &*ended.stderr), (1, ""), "{ended:?}");
    expect_file!["golden/check.txt"].assert_eq(&ended.stdout);
}

#[test]
fn annotations_for_github() {
    let ended = in_workspace(&["check", "--max-attempts", "6", "--github"]);
    assert_eq!(ended.status, 1);
    expect_file!["golden/check.github.txt"].assert_eq(&ended.stdout);
}

#[test]
fn what_keeps_the_rules_ends_with_status_0() {
    let manifest = package("kept", &[("src/lib.rs", SITE)]);
    let ended = retry(&[
        "check",
        "--max-attempts",
        "4",
        "--max-worst-case",
        "8.4s",
        "--manifest-path",
        &manifest,
    ]);
    assert_eq!(
        (ended.status, &*ended.stdout),
        (0, "Nothing to say about 1 retry.\n"),
        "{ended:?}"
    );
}

#[test]
fn one_line_for_each_violation() {
    let manifest = package("broken", &[("src/lib.rs", SITE)]);
    let ended = retry(&[
        "check",
        "--max-attempts",
        "3",
        "--max-worst-case",
        "8.3s",
        "--manifest-path",
        &manifest,
    ]);
    assert_eq!(ended.status, 1);
    assert_eq!(
        ended.stdout,
        "src/lib.rs:1:1: error[max-attempts]: call: makes up to 4 attempts, more than 3\n\
         src/lib.rs:1:1: error[max-worst-case]: call: may wait for 8.4s, more than 8.3s\n"
    );
}

#[test]
fn the_manifest_has_rules_too_and_flags_count_before_them() {
    let manifest = |rules: &str| {
        format!(
            "[package]\nname = \"ruled\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[workspace.metadata.retry]\n{rules}"
        )
    };
    let at = package(
        "ruled",
        &[
            (
                "Cargo.toml",
                &manifest("max-attempts = 3\nrequire-budget = true\n"),
            ),
            ("src/lib.rs", SITE),
        ],
    );
    let ended = retry(&["check", "--manifest-path", &at]);
    assert_eq!(ended.status, 1);
    assert!(
        ended.stdout.contains("error[max-attempts]")
            && ended.stdout.contains("error[require-budget]"),
        "{ended:?}"
    );
    let ended = retry(&["check", "--max-attempts", "4", "--manifest-path", &at]);
    assert!(!ended.stdout.contains("error[max-attempts]"), "{ended:?}");

    let at = package(
        "misspelt",
        &[
            ("Cargo.toml", &manifest("max-atempts = 3\n")),
            ("src/lib.rs", SITE),
        ],
    );
    let ended = retry(&["check", "--manifest-path", &at]);
    assert_eq!(ended.status, 2);
    assert!(
        ended.stderr.starts_with("cargo retry: [workspace.metadata.retry] cannot be read: unknown field `max-atempts`, expected one of"),
        "{ended:?}"
    );
}

#[test]
fn a_limit_without_a_unit_is_refused() {
    let ended = in_workspace(&["check", "--max-worst-case", "30"]);
    assert_eq!(ended.status, 2);
    assert_eq!(
        ended.stderr,
        "cargo retry: cannot read --max-worst-case: `30` has no unit: write `30s` for seconds, or another of `ns`, `us`, `ms`, `s`, `m`, `h`, `d`\n"
    );
}

#[test]
fn max_elapsed_bounds_the_worst_case() {
    let site = SITE.replace("on = is_busy", "on = is_busy, max_elapsed = 6s");
    let manifest = package("bounded", &[("src/lib.rs", &site)]);
    let ended = retry(&[
        "check",
        "--max-worst-case",
        "6s",
        "--manifest-path",
        &manifest,
    ]);
    assert_eq!(ended.status, 0, "{ended:?}");
}

#[test]
fn every_error_of_something_that_posts_deserves_a_second_look() {
    let posting = |body: &str| SITE.replace("is_busy", "|_| true").replace("Ok(())", body);
    for (body, is_noted) in [
        ("client.post(url).send()", true),
        ("create_worker(client)", true),
        ("client.get(url).read()", false),
    ] {
        let manifest = package("posting", &[("src/lib.rs", &posting(body))]);
        let ended = retry(&["check", "--manifest-path", &manifest]);
        assert_eq!(ended.status, 0, "a note is no violation");
        assert_eq!(
            ended.stdout.contains("note: call: retries every error"),
            is_noted,
            "{body}: {ended:?}"
        );
    }
}

#[test]
fn the_same_name_twice_is_a_note_and_with_the_rule_a_violation() {
    let named = SITE.replace("on =", "name = \"call_api\", on =");
    let source = format!("{named}{}", named.replace("fn call", "fn other"));
    let manifest = package("named", &[("src/lib.rs", &source)]);
    let ended = retry(&["check", "--manifest-path", &manifest]);
    assert_eq!(ended.status, 0);
    assert_eq!(
        ended.stdout,
        "src/lib.rs:5:1: note: other: is also called \"call_api\", as the one at src/lib.rs:1 is\n"
    );
    let ended = retry(&["check", "--unique-names", "--manifest-path", &manifest]);
    assert_eq!(ended.status, 1, "{ended:?}");
}

#[test]
fn tests_are_checked_where_that_is_asked_for() {
    let source = format!("#[cfg(test)]\nmod tests {{\n{SITE}}}\n");
    let manifest = package(
        "tested",
        &[("src/lib.rs", &source), ("tests/whole.rs", SITE)],
    );
    let check = |args: &[&str]| {
        retry(
            &[
                &["check", "--max-attempts", "1", "--manifest-path", &manifest],
                args,
            ]
            .concat(),
        )
    };
    assert_eq!(check(&[]).status, 0);
    let ended = check(&["--tests"]);
    assert_eq!(
        (ended.status, ended.stdout.lines().count()),
        (1, 2),
        "{ended:?}"
    );
}
