//! What the examples write: what they share, by itself, and each of them as a process, on a terminal and elsewhere.

#![cfg(unix)]

#[path = "../examples/common/mod.rs"]
mod common;
#[path = "support/process.rs"]
mod process;
#[path = "support/skip.rs"]
mod skip;
#[path = "support/terminal.rs"]
mod terminal;

use axum::Router;
use axum::extract::Request;
use axum::http::{Method, StatusCode};
use common::terminal::{cell, fit, shown};
use process::{Ended, Examples, Process, folder};
use skip::skip;
use std::fs;
use std::fs::OpenOptions;
use std::path::Path;
use textwrap::core::display_width;
use tokio::net::TcpListener;

static EXAMPLES: Examples = Examples::new(&[
    "do_the_thing",
    "flaky_client",
    "flaky_server",
    "price_board",
    "provision_vm",
]);

/// The examples that tell something and end.
const TELLERS: [(&str, &[&str]); 4] = [
    ("do_the_thing", &["--speed", "1000"]),
    ("flaky_client", &["--speed", "10000"]),
    ("price_board", &["--speed", "1000", "--for", "1500s"]),
    ("provision_vm", &["--speed", "1000"]),
];

#[test]
fn text_of_others_is_shown_without_what_a_terminal_obeys() {
    for (text, expected) in [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Zoë, 名前, Ελλάδα", "Zoë, 名前, Ελλάδα"),
        (r#"{"a":'\'}"#, r#"{"a":'\'}"#),
        ("\u{1b}[2Jgone", r"\u{1b}[2Jgone"),
        ("\u{9b}31m", r"\u{9b}31m"),
        ("two\nlines\r\tand\u{7}", r"two\nlines\r\tand\u{7}"),
        ("\u{202e}evil\u{2066}", r"\u{202e}evil\u{2066}"),
        ("a\u{200f}b\u{61c}c", r"a\u{200f}b\u{61c}c"),
        ("a\u{2028}b\u{2029}c\u{85}", r"a\u{2028}b\u{2029}c\u{85}"),
        (
            "a\u{200b}b\u{feff}c\u{e0041}",
            r"a\u{200b}b\u{feff}c\u{e0041}",
        ),
    ] {
        assert_eq!(shown(text), expected);
    }
}

#[test]
fn letters_that_are_joined_stay_joined() {
    for text in ["می\u{200c}خواهم", "👩\u{200d}🚀", "e\u{301}", "नमस्ते"] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn text_of_others_has_an_end() {
    let all = "x".repeat(300);
    assert_eq!(shown(&all), all);
    let cut = shown(&"x".repeat(1_000_000));
    assert_eq!(cut, "x".repeat(299) + "…");
    assert_eq!(shown(&"\u{1b}".repeat(1_000_000)).chars().count(), 300);
}

#[test]
fn a_text_that_is_too_wide_is_cut_at_a_column() {
    for (text, columns, expected) in [
        ("Alder", 5, "Alder"),
        ("Alder", 4, "Ald…"),
        ("Alder", 1, "…"),
        ("Alder", 0, ""),
        ("名前名前", 8, "名前名前"),
        // Each is two columns wide, so there is one left.
        ("名前名前", 6, "名前…"),
        ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
    ] {
        assert_eq!(fit(text, columns), expected);
    }
}

#[test]
fn a_cell_is_as_wide_as_it_is_said_to_be() {
    for (text, columns, expected) in [
        ("Elm", 5, "Elm  "),
        ("名", 4, "名  "),
        ("名前名前", 6, "名前… "),
        ("Juniper", 4, "Jun…"),
    ] {
        assert_eq!(cell(text, columns), expected);
    }
}

#[tokio::test]
async fn ctrl_c_that_comes_before_anybody_waits_for_it_is_not_lost() {
    let interrupted = common::interrupted();
    // SAFETY: the handler of this signal is tokio's.
    assert_eq!(unsafe { libc::raise(libc::SIGINT) }, 0);
    tokio::time::timeout(process::LIMIT, interrupted)
        .await
        .unwrap();
}

#[tokio::test]
async fn what_cannot_be_written_is_one_clear_line_and_ends_with_1() {
    let full = Path::new("/dev/full");
    if !full.exists() {
        return skip("no /dev/full");
    }
    let flags = folder("full").join("flags.txt").display().to_string();
    fs::write(&flags, "backoff = on\n").unwrap();
    let helps =
        ["do_the_thing", "flaky_client", "flaky_server"].map(|name| (name, &["--help"][..]));
    let endless = [
        // Nobody would wait for what these do, or end them.
        ("do_the_thing", &["--flags", &*flags][..]),
        ("price_board", &["--for", "1d"]),
        ("do_the_thing", &["--failures", "7", "--speed", "1"]),
        ("provision_vm", &["--speed", "1"]),
    ];
    for (example, arguments) in TELLERS.into_iter().chain(helps).chain(endless) {
        let mut command = EXAMPLES.command(example, arguments);
        command.stdout(OpenOptions::new().write(true).open(full).unwrap());
        let ended = Process::start(&mut command).end().await;
        assert_eq!(ended.status, Some(1), "{example} {arguments:?}: {ended:?}");
        let line = format!("{example}: cannot write to standard output: No space left on device");
        let said = ended.stderr.matches(&line).count();
        assert_eq!(said, 1, "{example} {arguments:?}: {ended:?}");
        let last = ended.stderr.lines().last().unwrap_or_default();
        assert!(last.starts_with(&line), "{ended:?}");
    }
}

#[tokio::test]
async fn every_line_fits_the_terminal_and_says_the_same() {
    for (example, arguments) in TELLERS {
        for arguments in [arguments, &["--help"]] {
            for columns in [100, 80, 60, 40] {
                let command = EXAMPLES.command(example, arguments);
                let Some((screen, ended)) = terminal::run(command, columns, |_, _| ()).await else {
                    return skip("no pseudo-terminal");
                };
                assert_eq!(ended.status, Some(0), "{example}: {screen}");
                for line in lasting(&screen).lines() {
                    let width = display_width(line.trim_end());
                    assert!(width <= columns.into(), "{example} {columns}: {line:?}");
                }
            }
        }
    }
    // What is too long goes on in the next line, and nothing of it is lost.
    let command = EXAMPLES.command("flaky_client", &["--speed", "10000", "-v"]);
    let Some((screen, _)) = terminal::run(command, 40, |_, _| ()).await else {
        return skip("no pseudo-terminal");
    };
    let words: Vec<_> = screen.split_whitespace().collect();
    let part = r#"as it failed: 503 {"detail":"Service Unavailable"} (retry 10 of 10, "#;
    assert!(words.join(" ").contains(part), "{screen}");
}

#[tokio::test]
async fn colours_are_for_terminals_that_want_them() {
    for (example, arguments) in TELLERS {
        let ended = EXAMPLES.run(example, arguments).await;
        assert_eq!(styles(&ended.stdout), 0, "{}", ended.stdout);
        assert_eq!(styles(&ended.stderr), 0, "{}", ended.stderr);
        for (wanted, variable) in [
            (true, None),
            (false, Some(("NO_COLOR", "1"))),
            (false, Some(("TERM", "dumb"))),
        ] {
            for arguments in [arguments, &["--help"]] {
                let mut command = EXAMPLES.command(example, arguments);
                command.env_remove("NO_COLOR").env("TERM", "xterm");
                command.envs(variable);
                let Some((screen, _)) = terminal::run(command, 80, |_, _| ()).await else {
                    return skip("no pseudo-terminal");
                };
                let styled = styles(&screen) > 0;
                assert_eq!(styled, wanted, "{example} {variable:?}: {screen:?}");
            }
        }
    }
}

#[tokio::test]
async fn what_a_server_answers_is_not_obeyed_by_the_terminal() {
    for (name, status) in [
        ("busy", StatusCode::SERVICE_UNAVAILABLE),
        ("refuses", StatusCode::BAD_REQUEST),
        ("answers", StatusCode::OK),
    ] {
        let text = if status == StatusCode::OK {
            // As JSON may have it, and as it must.
            format!(r#"{{"id":"vm{OBEYED}\u001b[2J","state":"running"}}"#).replace('\u{1b}', "")
        } else {
            format!("{name} {OBEYED}\r\nand more")
        };
        let url = server(move |_| (status, text.clone())).await;
        for example in ["flaky_client", "provision_vm"] {
            let arguments = ["--speed", "10000", "--url", &url];
            let ended = EXAMPLES.run(example, &arguments).await;
            assert_eq!(
                ended.status,
                Some(i32::from(name != "answers")),
                "{ended:?}"
            );
            assert_obeyed_by_nobody(&ended);
            let shown = [&*ended.stdout, &ended.stderr].concat();
            assert!(shown.contains(r"\u{202e}"), "{example} {name}: {shown}");
        }
    }
    let failed = r#"{"id":"vm-1","state":"failed","reason":"no \u001b]0;room\u0007"}"#;
    let url = server(move |method| match method {
        Method::POST => (
            StatusCode::OK,
            r#"{"id":"vm-1","state":"starting"}"#.to_owned(),
        ),
        _ => (StatusCode::OK, failed.to_owned()),
    });
    let ended = EXAMPLES.run("provision_vm", &["--url", &url.await]).await;
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert_obeyed_by_nobody(&ended);
    assert!(
        ended
            .stderr
            .ends_with("the VM failed: no \\u{1b}]0;room\\u{7}\n"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn what_a_file_says_is_not_obeyed_by_the_terminal() {
    let flags = folder("obeyed").join("flags.txt").display().to_string();
    fs::write(&flags, format!("backoff = {OBEYED}\n")).unwrap();
    let ended = EXAMPLES.run("do_the_thing", &["--flags", &flags]).await;
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert_eq!(ended.stdout, "");
    assert_obeyed_by_nobody(&ended);
    assert!(
        ended.stderr.contains(r": line 1: `backoff = \u{1b}]0;"),
        "{ended:?}"
    );
}

#[tokio::test]
async fn help_says_what_is_scaled() {
    for (example, _) in TELLERS {
        let ended = EXAMPLES.run(example, &["--help"]).await;
        let words: Vec<_> = ended.stdout.split_whitespace().collect();
        let help = words.join(" ");
        assert!(help.contains("scaled, by --speed"), "{help}");
        assert!(
            help.contains("ll times that are shown are those of the "),
            "{help}"
        );
        assert!(help.contains("times faster than real time"), "{help}");
    }
}

#[tokio::test]
async fn a_speed_that_is_none_is_told_what_to_write() {
    for (example, _) in TELLERS {
        for speed in ["0", "fast", "1.5", "4294967296"] {
            let ended = EXAMPLES.run(example, &["--speed", speed]).await;
            assert_eq!(ended.status, Some(2), "{ended:?}");
            let line = format!(
                "error: invalid value '{speed}' for '--speed <N>': write a whole number from 1 to 4294967295\n"
            );
            assert!(ended.stderr.starts_with(&line), "{}", ended.stderr);
        }
    }
}

/// What a terminal obeys: a title, a cleared screen, the same in one byte, a bell, and text that runs backwards.
const OBEYED: &str = "\u{1b}]0;title\u{1b}[2J\u{9b}31m\u{202e}evil";

fn assert_obeyed_by_nobody(ended: &Ended) {
    for shown in [&ended.stdout, &ended.stderr] {
        let obeyed = shown.chars().find(|character| {
            *character != '\n' && (character.is_control() || *character == '\u{202e}')
        });
        assert_eq!(obeyed, None, "{shown:?}");
    }
}

/// A server that gives that answer to everything.
async fn server(
    answer: impl Fn(Method) -> (StatusCode, String) + Clone + Send + Sync + 'static,
) -> String {
    let routes =
        Router::new().fallback(async move |request: Request| answer(request.method().clone()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, routes).await });
    url
}

/// What stays on the screen: after what was drawn and cleared.
fn lasting(screen: &str) -> String {
    let last = screen.rfind("best prices at ").unwrap_or(0);
    anstream::adapter::strip_str(&screen[last..]).to_string()
}

/// How many styles are set or reset, by sequences that end in `m`.
fn styles(screen: &str) -> usize {
    let sequences = screen.split("\u{1b}[").skip(1);
    sequences
        .filter(|sequence| {
            let end = sequence.trim_start_matches(|character: char| {
                character.is_ascii_digit() || character == ';'
            });
            end.starts_with('m')
        })
        .count()
}
