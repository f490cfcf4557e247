//! What every example promises as a command: what it says, and with which status it ends.

#[path = "support/process.rs"]
mod process;

use process::{Ended, Examples, LIMIT, Process, folder};
use std::fs;
use std::iter::repeat;
use std::thread;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::time;

const NAMES: [&str; 6] = [
    "create_workers",
    "do_the_thing",
    "flaky_client",
    "flaky_server",
    "price_board",
    "provision_vm",
];
static EXAMPLES: Examples = Examples::new(&NAMES);

/// Any free port.
const FREE: &str = "127.0.0.1:0";

/// How the servers are started, each until Ctrl-C.
const SERVERS: [(&str, &str); 4] = [
    ("create_workers", "--serve-only"),
    ("create_workers", "--web"),
    ("flaky_server", "--addr"),
    ("provision_vm", "--serve-only"),
];

#[tokio::test]
async fn help_names_and_explains_every_flag() {
    for (example, expected) in [
        (
            "create_workers",
            &[
                "--csv",
                "--retries",
                "--jitter",
                "--speed",
                "--real-time",
                "--hosted",
                "--failed",
                "-v,",
                "--web",
                "--serve-only",
                "--url",
                "--rate",
                "--burst",
            ][..],
        ),
        ("do_the_thing", &["--failures", "--speed", "--flags"]),
        ("flaky_client", &["--url", "--failures", "--speed", "-v,"]),
        ("flaky_server", &["--addr", "--failures"]),
        (
            "price_board",
            &["--url", "--listen", "--period", "--speed", "--for"],
        ),
        (
            "provision_vm",
            &[
                "--poll",
                "--takes",
                "--fails",
                "--speed",
                "--serve-only",
                "--url",
            ],
        ),
    ] {
        let ended = EXAMPLES.run(example, &["--help"]).await;
        assert_eq!(ended.status, Some(0), "{ended:?}");
        assert_eq!(ended.stderr, "", "{example}");
        let mut lines = ended.stdout.lines().peekable();
        let mut flags = Vec::new();
        while let Some(line) = lines.next() {
            // What explains a flag is further to the right.
            let flag = line.trim_start_matches(' ');
            if line.len() - flag.len() == 10 || !flag.starts_with(['-', '<']) {
                continue;
            }
            flags.push(flag.split(' ').next().unwrap());
            let text = lines.peek().copied().unwrap_or_default().trim_start();
            let explained = text.starts_with(char::is_alphabetic) && text.contains(' ');
            assert!(explained, "{example} {flag}: {text:?}");
        }
        assert_eq!(flags, [expected, &["-h,"]].concat(), "{example}");
    }
}

#[tokio::test]
async fn what_is_no_argument_is_named_and_ends_with_2() {
    for example in NAMES {
        let line = "error: unexpected argument '--colour' found";
        assert_refused(example, &["--colour"], line).await;
    }
    for (example, arguments, argument) in [
        ("create_workers", &["--retries", "-1"][..], "-1"),
        ("do_the_thing", &["--failures", "-1"], "-1"),
        ("do_the_thing", &["further"], "further"),
        ("flaky_client", &["--failures", "-1"], "-1"),
        ("flaky_server", &["127.0.0.1:0"], "127.0.0.1:0"),
        ("price_board", &["5m"], "5m"),
        ("provision_vm", &["4m"], "4m"),
    ] {
        let line = format!("error: unexpected argument '{argument}' found");
        assert_refused(example, arguments, &line).await;
    }
}

#[tokio::test]
async fn a_value_that_is_malformed_is_named_and_ends_with_2() {
    for (example, flag, value) in [
        ("create_workers", "--retries <N>", "six"),
        ("create_workers", "--retries <N>", "6"),
        ("create_workers", "--jitter <P>", "1.5"),
        ("create_workers", "--jitter <P>", "-0.1"),
        ("create_workers", "--speed <N>", "0"),
        ("create_workers", "--url <URL>", "ftp://example.com"),
        ("create_workers", "--url <URL>", "nowhere"),
        ("create_workers", "--rate <R>", "0"),
        ("create_workers", "--web [<ADDR>]", "localhost"),
        ("create_workers", "--serve-only <ADDR>", "70000"),
        ("create_workers", "--burst <B>", "many"),
        ("do_the_thing", "--failures <N>", "few"),
        ("do_the_thing", "--speed <N>", "0"),
        ("do_the_thing", "--speed <N>", "fast"),
        ("flaky_client", "--url <URL>", "ftp://example.com"),
        ("flaky_client", "--url <URL>", "nowhere"),
        ("flaky_client", "--failures <N>", "few"),
        ("flaky_client", "--speed <N>", "0"),
        ("flaky_client", "--speed <N>", "fast"),
        ("flaky_server", "--failures <N>", "few"),
        ("price_board", "--url <URL>", "ftp://127.0.0.1/"),
        ("price_board", "--url <URL>", "127.0.0.1"),
        ("price_board", "--period <DURATION>", "5"),
        ("price_board", "--period <DURATION>", "0s"),
        ("price_board", "--speed <N>", "0"),
        ("price_board", "--for <DURATION>", "soon"),
        ("provision_vm", "--poll <POLL>", "often"),
        ("provision_vm", "--takes <DURATION>", "4"),
        ("provision_vm", "--speed <N>", "0"),
        ("provision_vm", "--url <URL>", "ftp://example.com"),
        ("provision_vm", "--url <URL>", "nowhere"),
    ] {
        let name = flag.split(' ').next().unwrap();
        let line = format!("error: invalid value '{value}' for '{flag}'");
        assert_refused(example, &[name, value], &line).await;
    }
}

#[tokio::test]
async fn what_is_missing_or_too_much_is_named_and_ends_with_2() {
    let url = ["--url", "http://127.0.0.1:1"];
    for (example, arguments, line) in [
        (
            "do_the_thing",
            &["--flags"][..],
            "error: a value is required for '--flags <FILE>' ",
        ),
        (
            "create_workers",
            &[url[0], url[1], "--rate", "3"],
            "error: the argument '--url <URL>' cannot be used with '--rate <R>'",
        ),
        (
            "create_workers",
            &["--serve-only", FREE, "--retries", "3"],
            "error: the argument '--serve-only <ADDR>' cannot be used with '--retries <N>'",
        ),
        (
            "flaky_client",
            &[url[0], url[1], "--failures", "3"],
            "error: the argument '--url <URL>' cannot be used with '--failures <N>'",
        ),
        (
            "price_board",
            &[url[0], url[1], "--listen", FREE],
            "error: the argument '--url <URL>' cannot be used with '--listen <ADDR>'",
        ),
        (
            "provision_vm",
            &[url[0], url[1], "--fails"],
            "error: the argument '--url <URL>' cannot be used with '--fails'",
        ),
    ] {
        assert_refused(example, arguments, line).await;
    }
}

#[tokio::test]
async fn a_port_that_is_taken_is_one_clear_line_and_ends_with_2() {
    let taken = TcpListener::bind(FREE).await.unwrap();
    let addr = taken.local_addr().unwrap().to_string();
    for (example, flag) in SERVERS.into_iter().chain([("price_board", "--listen")]) {
        let line = format!("{example}: cannot listen on {addr}: ");
        assert_not_started(example, &[flag, &addr], &line).await;
    }
}

#[tokio::test]
async fn a_file_that_cannot_be_used_is_named_and_ends_with_2() {
    let missing = folder("nowhere").join("missing").display().to_string();
    let unnamed = file("unnamed.csv", "name,roles\nAda,agent\n");
    let perhaps = file("perhaps.txt", "backoff = perhaps");
    for (example, arguments, line) in [
        (
            "create_workers",
            &["--csv", &*missing][..],
            format!("cannot read the workers in {missing}: No such file"),
        ),
        (
            "create_workers",
            &["--web", FREE, "--csv", &missing],
            format!("cannot read the workers in {missing}: No such file"),
        ),
        (
            "create_workers",
            &["--csv", &unnamed],
            format!("cannot read the workers in {unnamed}: there is no column `friendlyName`"),
        ),
        (
            "do_the_thing",
            &["--flags", &missing],
            format!("{missing}: No such file"),
        ),
        (
            "do_the_thing",
            &["--flags", &perhaps],
            format!(
                "{perhaps}: line 1: `backoff = perhaps` is not `backoff = on` or `backoff = off`"
            ),
        ),
    ] {
        let line = format!("{example}: {line}");
        assert_not_started(example, arguments, &line).await;
    }
}

#[tokio::test]
async fn a_row_that_is_malformed_is_named_by_its_line_and_leads_to_1() {
    let csv = file("malformed.csv", "friendlyName,roles\nAda,agent\nGrace\n");
    let ended = EXAMPLES.run("create_workers", &["--csv", &csv]).await;
    assert_eq!(ended.status, Some(1), "{ended:?}");
    let line = format!("{csv}: line 3: 2 fields expected, 1 found: skipped\n");
    assert!(ended.stderr.starts_with(&line), "{ended:?}");
    assert!(ended.stdout.contains("\ncreated         1\n"), "{ended:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_one_clear_line() {
    // It keeps the port from others, and does not listen.
    let socket = TcpSocket::new_v4().unwrap();
    socket.bind(FREE.parse().unwrap()).unwrap();
    let nobody = format!("http://{}/", socket.local_addr().unwrap());
    let csv = three_workers();
    for (example, arguments, status, line) in [
        (
            "create_workers",
            &["--csv", &*csv][..],
            1,
            "3 of 3 workers were not created: error sending request",
        ),
        (
            "flaky_client",
            &["--speed", "10000"],
            1,
            "API call failed: error sending request",
        ),
        (
            "price_board",
            &["--speed", "10000"],
            2,
            &format!("cannot list the stores of {nobody}: error sending request"),
        ),
        (
            "provision_vm",
            &["--speed", "10000"],
            1,
            "the VM was not started: error sending request",
        ),
    ] {
        assert_fails(example, arguments, &nobody, status, line).await;
    }
}

#[tokio::test]
async fn a_server_that_vanishes_half_way_is_one_clear_line() {
    let created = (201, r#"{"sid":"WK1"}"#);
    let busy = (503, "{}");
    let accepted = (202, r#"{"id":"vm-1","state":"starting"}"#);
    let starting = (200, accepted.1);
    let stores = (200, r#"["Alder"]"#);
    let csv = three_workers();
    for (example, arguments, answers, line) in [
        (
            "create_workers",
            &["--csv", &*csv][..],
            vec![created],
            "2 of 3 workers were not created: error sending request",
        ),
        (
            "flaky_client",
            &["--speed", "10000"],
            vec![busy; 3],
            "API call failed: error sending request",
        ),
        (
            "price_board",
            &["--speed", "10000", "--for", "2000s"],
            vec![stores],
            "no store has a price",
        ),
        (
            "provision_vm",
            &["--speed", "10000"],
            vec![accepted, starting, starting],
            "gave up vm-1 after 21 status calls: error sending request",
        ),
    ] {
        let server = vanishing(answers).await;
        assert_fails(example, arguments, &server, 1, line).await;
    }
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_ends_what_is_under_way_with_130_and_leaves_nothing_behind() {
    // The line before Ctrl-C, on standard output (Ok) or standard error (Err), and the last line.
    for (example, arguments, before, last) in [
        (
            "create_workers",
            &[][..],
            Err(" retrying, "),
            " of 500 workers were created",
        ),
        (
            "do_the_thing",
            &["--speed", "1"],
            Ok("listed  1s, waits "),
            "do_the_thing: interrupted",
        ),
        (
            "flaky_client",
            &["--speed", "1"],
            Err("retry  1 of 10 in "),
            "flaky_client: interrupted after 1 failed attempt",
        ),
        (
            "price_board",
            &["--for", "1d"],
            Ok(": allowed, "),
            " stores have a price",
        ),
        (
            "provision_vm",
            &["--speed", "1"],
            Ok("starting"),
            "interrupted: the VM is left as it is",
        ),
    ] {
        let temporary = folder("interrupted");
        let mut command = EXAMPLES.command(example, arguments);
        let mut process = Process::start(command.env("TMPDIR", &temporary));
        match before {
            Ok(told) => process.tells(told).await,
            Err(said) => process.says(said).await,
        };
        process.interrupt();
        let ended = process.end().await;
        assert_eq!(ended.status, Some(130), "{example}: {ended:?}");
        let line = ended.stderr.lines().last().unwrap_or_default();
        assert!(line.ends_with(last), "{ended:?}");
        assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "{example}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn ctrl_c_right_after_the_first_line_ends_with_130_too() {
    let csv = file("malformed.csv", "friendlyName,roles\nAda,agent\nGrace\n");
    for (example, arguments, first) in [
        ("create_workers", &["--csv", &*csv][..], Err("skipped")),
        ("do_the_thing", &["--speed", "1"], Ok("the list: ")),
        ("flaky_client", &["--speed", "1"], Err("in real time")),
        ("price_board", &["--for", "1d"], Err("the stores are at ")),
        ("provision_vm", &["--speed", "1"], Ok("in real time")),
        ("provision_vm", &["--serve-only", FREE], Err("in real time")),
    ] {
        let mut process = EXAMPLES.start(example, arguments);
        match first {
            Ok(told) => process.tells(told).await,
            Err(said) => process.says(said).await,
        };
        process.interrupt();
        let ended = process.end().await;
        assert_eq!(ended.status, Some(130), "{example}: {ended:?}");
    }
}

#[tokio::test]
async fn what_has_a_part_in_it_that_is_somebody_elses_runs_in_real_time() {
    let url = vanishing(vec![]).await;
    let elsewhere = &["--url", &*url][..];
    for (example, arguments, line) in [
        ("flaky_client", elsewhere, Err("in real time")),
        ("price_board", elsewhere, Ok("in real time")),
        ("provision_vm", elsewhere, Ok("in real time")),
        ("provision_vm", &["--serve-only", FREE], Err("in real time")),
    ] {
        let mut process = EXAMPLES.start(example, arguments);
        let first = match line {
            Ok(told) => process.tells(told).await,
            Err(said) => process.says(said).await,
        };
        assert_eq!(first, "in real time", "{example} {arguments:?}");
        // It may be told otherwise.
        let faster = [arguments, &["--speed", "77"]].concat();
        let mut process = EXAMPLES.start(example, &faster);
        match line {
            Ok(_) => process.tells("77 times faster than real time").await,
            Err(_) => process.says("77 times faster than real time").await,
        };
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_stops_with_130_at_the_ctrl_c_that_it_asks_for() {
    for (example, flag) in SERVERS {
        let mut server = EXAMPLES.start(example, &[flag, FREE]);
        server.says("Ctrl-C stops it").await;
        server.interrupt();
        let ended = server.end().await;
        assert_eq!(ended.status, Some(130), "{example} {flag}: {ended:?}");
        assert!(ended.stderr.lines().count() <= 1, "{ended:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_whose_lines_nobody_reads_goes_on_serving() {
    for (example, flag) in SERVERS {
        let mut server = EXAMPLES.start(example, &[flag, FREE]);
        let line = server.says("Ctrl-C stops it").await;
        server.close_stdout();
        server.close_stderr();
        let (_, addr) = line.split_once("http://").unwrap();
        let addr = addr.split(['/', ' ']).next().unwrap();
        let mut connection = TcpStream::connect(addr).await.unwrap();
        let request = "GET /process HTTP/1.1\r\nHost: it\r\nConnection: close\r\n\r\n";
        connection.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        let read = connection.read_to_string(&mut answer);
        time::timeout(LIMIT, read).await.unwrap().unwrap();
        assert!(
            answer.starts_with("HTTP/1.1 "),
            "{example} {flag}: {answer}"
        );
        server.interrupt();
        let ended = server.end().await;
        assert_eq!(ended.status, Some(130), "{example} {flag}");
    }
}

#[tokio::test]
async fn nobody_reading_is_no_reason_to_panic() {
    let csv = three_workers();
    for (example, arguments, lines) in [
        ("create_workers", &["--csv", &*csv][..], 10),
        ("do_the_thing", &["--speed", "10000"], 0),
        ("flaky_client", &["--speed", "10000"], 11),
        // It has nothing left to do then, and ends long before its time.
        ("price_board", &["--for", "1d"], 1),
        ("provision_vm", &["--speed", "10000"], 0),
    ] {
        let mut process = EXAMPLES.start(example, arguments);
        process.close_stdout();
        let ended = process.end().await;
        assert_eq!(ended.status, Some(0), "{example}: {ended:?}");
        assert!(ended.stderr.lines().count() <= lines, "{ended:?}");
        assert!(!ended.stderr.contains("panicked"), "{ended:?}");

        let mut process = EXAMPLES.start(example, arguments);
        process.close_stdout();
        process.close_stderr();
        let ended = process.end().await;
        assert_eq!(ended.status, Some(0), "{example}");
    }
    for example in NAMES {
        let mut process = EXAMPLES.start(example, &["--help"]);
        process.close_stdout();
        let ended = process.end().await;
        assert_eq!((ended.status, &*ended.stderr), (Some(0), ""), "{example}");
    }
}

/// Status 2, nothing but help after the line, and nothing done.
async fn assert_refused(example: &str, arguments: &[&str], line: &str) {
    let ended = EXAMPLES.run(example, arguments).await;
    assert_eq!(ended.status, Some(2), "{example} {arguments:?}: {ended:?}");
    assert_eq!(ended.stdout, "", "{example} {arguments:?}");
    assert!(ended.stderr.starts_with(line), "{line}: {}", ended.stderr);
    assert!(!ended.stderr.contains("panicked"), "{ended:?}");
}

async fn assert_not_started(example: &str, arguments: &[&str], line: &str) {
    let ended = EXAMPLES.run(example, arguments).await;
    assert_eq!(ended.status, Some(2), "{example} {arguments:?}: {ended:?}");
    assert!(ended.stderr.starts_with(line), "{line}: {}", ended.stderr);
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
}

/// The line stands at the end of what may be a log, and is the only one in the example's own name.
async fn assert_fails(example: &str, arguments: &[&str], server: &str, status: i32, line: &str) {
    let arguments = [arguments, &["--url", server]].concat();
    let Ended {
        status: ended,
        stderr,
        ..
    } = EXAMPLES.run(example, &arguments).await;
    assert_eq!(ended, Some(status), "{example}: {stderr}");
    let name = format!("{example}: ");
    let own = stderr.lines().filter(|line| line.starts_with(&name));
    assert_eq!(own.count(), 1, "{example}: {stderr}");
    let last = stderr.lines().last().unwrap_or_default();
    let expected = format!("{name}{line}");
    assert!(last.starts_with(&expected), "{expected}: {stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
}

/// Gives each of these answers once, and hangs up on whoever asks from then on.
async fn vanishing(answers: Vec<(u16, &'static str)>) -> String {
    let listener = TcpListener::bind(FREE).await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move {
        for answer in answers.into_iter().map(Some).chain(repeat(None)) {
            let (mut connection, _) = listener.accept().await.unwrap();
            connection.read_u8().await.unwrap();
            if let Some((status, body)) = answer {
                let length = body.len();
                let head = format!("HTTP/1.1 {status} \r\nContent-Length: {length}\r\n\r\n");
                let answer = head + body;
                connection.write_all(answer.as_bytes()).await.unwrap();
            }
            connection.shutdown().await.unwrap();
            // What was not read when it closes would reset the connection.
            let _ = connection.read_to_end(&mut Vec::new()).await;
        }
    });
    format!("http://{addr}/")
}

fn three_workers() -> String {
    file(
        "workers.csv",
        "friendlyName,roles\nAda,agent\nGrace,agent\nMei,agent\n",
    )
}

/// A file of the test's own, with that in it.
fn file(name: &str, text: &str) -> String {
    let test = thread::current();
    let path = folder(&format!("{}-{name}", test.name().unwrap())).join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}
