//! `cargo retry simulate` and `cargo retry plot`, as they are run. `UPDATE_EXPECT=1` writes the files in `tests/golden/` anew.

mod support;

use expect_test::expect_file;
use serde_json::Value;
use support::{folder, in_workspace, retry, well};

/// Without jitter nothing is drawn, so every run is alike.
#[test]
fn the_numbers_of_clients_in_lockstep() {
    let text = well(retry(&[
        "simulate",
        "1s, 2s, 4s, 8s, 16s, 0",
        "--jitter",
        "0",
    ]));
    expect_file!["golden/simulate.txt"].assert_eq(&text);
}

#[test]
fn the_numbers_in_the_guide_are_those() {
    let guide = include_str!("../../retry-core/docs/why_retries_hurt.md");
    let numbers = include_str!("golden/simulate.txt");
    assert!(guide.contains(&format!("```text\n{numbers}```")));
}

#[test]
fn with_jitter_all_five_hundred_get_through() {
    let args = [
        "simulate",
        "1s, 2s, 4s, 8s, 16s, 0",
        "--clients",
        "500",
        "--rate",
        "30/s",
        "--burst",
        "20",
        "--jitter",
        "0.2",
        "--json",
    ];
    let json: Value = serde_json::from_str(&well(retry(&args))).unwrap();
    let storm = |case: &str| {
        let storms = json["storm"].as_array().unwrap();
        storms
            .iter()
            .find(|storm| storm["case"] == case)
            .unwrap()
            .clone()
    };
    assert_eq!(storm("as given")["created"], 500);
    assert_eq!(storm("no jitter")["created"], 134);
    assert_eq!(json["outage"][0]["requests"], 3_000);
    assert_eq!(json["outage"][1]["requests"], 510);
    assert_eq!(json["brown_out"][0]["well_again_in_second"], Value::Null);
    assert!(
        json["brown_out"][1]["well_again_in_second"]
            .as_u64()
            .unwrap()
            < 30
    );
}

#[test]
fn a_name_stands_for_the_list_and_the_jitter_of_its_function() {
    let text = well(in_workspace(&[
        "simulate",
        "Ledger::charge",
        "--clients",
        "10",
    ]));
    assert!(
        text.starts_with("Ledger::charge: 3 attempts, jitter full, at worst 5s of waiting."),
        "{text}"
    );
    let picture = folder("named").join("charge.svg");
    let text = well(in_workspace(&[
        "plot",
        "charge",
        "--out",
        picture.to_str().unwrap(),
    ]));
    assert!(
        text.starts_with("charge\n3 calls, the last at 5s\n"),
        "{text}"
    );
    assert!(text.contains('░'), "its jitter is drawn, too: {text}");
    assert!(
        std::fs::read_to_string(picture)
            .unwrap()
            .starts_with("<svg")
    );
}

#[test]
fn what_cannot_be_simulated_is_said() {
    for (args, line) in [
        (
            &["simulate", "1s, 2s"][..],
            "cannot read the schedule `1s, 2s`: ",
        ),
        (&["simulate", "1s, 2s, .."], "an open list never ends, "),
        (
            &["simulate", "1s, 0", "--rate", "30"],
            "cannot read --rate 30: write how many requests ",
        ),
        (
            &["simulate", "1s, 0", "--budget", "grpc(0, 0.1)"],
            "cannot read --budget grpc(0, 0.1): ",
        ),
        (
            &["simulate", "1s, 0", "--jitter", "2"],
            "cannot use the jitter 2: ",
        ),
        (
            &["simulate", "cancel"],
            "the schedule of Shop::cancel (orders/src/shop.rs:26) is not known before run time: ",
        ),
        (
            &["plot", "no_such"],
            "nothing that retries is called `no_such`",
        ),
    ] {
        let ended = in_workspace(args);
        assert_eq!(ended.status, 2, "{ended:?}");
        assert!(
            ended.stderr.starts_with(&format!("cargo retry: {line}")),
            "{ended:?}"
        );
        assert_eq!(ended.stderr.lines().count(), 1, "{ended:?}");
    }
}
