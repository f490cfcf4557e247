//! The examples `flaky_client` and `flaky_server`, and the client against FastAPI, over real sockets.

#[path = "../examples/flaky/call_log.rs"]
mod call_log;
#[path = "../examples/flaky/client.rs"]
mod client;
#[path = "../examples/common/mod.rs"]
mod common;
#[path = "support/process.rs"]
mod process;
#[path = "../examples/flaky/server.rs"]
mod server;
#[path = "support/skip.rs"]
mod skip;

use axum::Router;
use call_log::{CallLog, Form};
use client::{ApiError, Client};
use common::{Speed, one_line};
use process::{Examples, LIMIT, Process};
use reqwest::StatusCode;
use retry_core::{retry, testing};
use serde_json::{Value, json};
use server::Server;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, LazyLock, Mutex};
use std::time::Duration;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::time;

/// The waits as listed, in seconds.
const LISTED: [u32; 10] = [1, 2, 4, 8, 16, 32, 60, 60, 60, 60];

static EXAMPLES: Examples = Examples::new(&["flaky_client", "flaky_server"]);

#[tokio::test]
async fn ten_retries_are_eleven_attempts_and_the_eleventh_succeeds() {
    let waits = testing::skip_waits();
    let server = Server::bind("127.0.0.1:0", 10).await.unwrap();
    let answer = call(server.url()).await.unwrap();
    assert_eq!(
        answer,
        json!({ "message": "Request processed successfully" })
    );
    assert_eq!(server.requests(), 11);
    assert_within_jitter(&waits.waits());
}

#[tokio::test]
async fn ten_attempts_all_fail_and_the_caller_gets_the_last_503_itself() {
    #[retry(schedule = exponential(1s, max = 60s, attempts = 10), on = ApiError::is_transient)]
    async fn ten_attempts(client: &Client) -> Result<Value, ApiError> {
        client.request().await
    }
    let waits = testing::skip_waits();
    let server = Server::bind("127.0.0.1:0", 10).await.unwrap();
    let client = client(server.url());
    let error = ten_attempts(&client).await.unwrap_err();
    assert_eq!(status(&error), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(error.to_string(), r#"503 {"detail":"Service Unavailable"}"#);
    assert_eq!(server.requests(), 10);
    assert_eq!(waits.waits().len(), 9);
    // The server has recovered by now: one more attempt was all that was missing.
    client.request().await.unwrap();
}

#[tokio::test]
async fn a_server_that_fails_once_more_fails_the_call() {
    let waits = testing::skip_waits();
    let server = Server::bind("127.0.0.1:0", 11).await.unwrap();
    let error = call(server.url()).await.unwrap_err();
    assert_eq!(status(&error), Some(StatusCode::SERVICE_UNAVAILABLE));
    assert_eq!(server.requests(), 11);
    assert_eq!(waits.waits().len(), 10);
}

#[tokio::test(start_paused = true)]
async fn the_long_log_tells_of_all_ten_retries_what_tenacity_would() {
    let server = Server::bind("127.0.0.1:0", 10).await.unwrap();
    let lines = logged(Form::Long, Speed::REAL_TIME, server.url()).await;
    assert_eq!(lines.len(), 11 + 10, "{lines:?}");
    let (mut now, mut last_wait) = (0.0, 0.0);
    for (index, listed) in LISTED.into_iter().enumerate() {
        let retry = index + 1;
        let [after, before_sleep] = [&lines[2 * index], &lines[2 * index + 1]];
        let told = between(after, " after ", "(s)");
        assert!(
            (now - 0.01..now + 0.01 * (retry + 1) as f64).contains(&told),
            "{after}"
        );
        let wait = between(before_sleep, " in ", " seconds");
        let listed = f64::from(listed);
        assert!(
            (0.8 * listed..=1.2 * listed).contains(&wait),
            "{before_sleep}"
        );
        let since = if retry == 1 {
            String::new()
        } else {
            let since = between(before_sleep, " of 10, ", " seconds since the last");
            // Tokio's timer goes by whole milliseconds, and rounds up.
            assert!(
                (last_wait - 0.001..last_wait + 0.01).contains(&since),
                "{before_sleep}"
            );
            format!(", {since:.3} seconds since the last")
        };
        assert_eq!(
            *before_sleep,
            format!(
                "Retrying call_api in {wait:.3} seconds as it failed: 503 {{\"detail\":\"Service Unavailable\"}} \
                 (retry {retry} of 10{since}, initial delay 1s)"
            )
        );
        now += wait;
        last_wait = wait;
    }
    let times: Vec<_> = lines
        .iter()
        .filter(|line| line.starts_with("Finished call to 'call_api' after "))
        .map(|line| line.split_once("this was the ").unwrap().1)
        .collect();
    let expected = [
        "1st", "2nd", "3rd", "4th", "5th", "6th", "7th", "8th", "9th", "10th", "11th",
    ]
    .map(|ordinal| format!("{ordinal} time calling it."));
    assert_eq!(times, expected);
}

#[tokio::test(start_paused = true)]
async fn the_short_log_is_one_line_for_each_retry_however_long_the_answer() {
    let server = Server::bind("127.0.0.1:0", 10).await.unwrap();
    let lines = logged(Form::Short, Speed::REAL_TIME, server.url()).await;
    assert_eq!(lines.len(), 10);
    for (index, line) in lines.iter().enumerate() {
        let wait = between(line, " in ", " s: ");
        let retry = index + 1;
        assert_eq!(
            *line,
            format!(
                r#"retry {retry:2} of 10 in {wait:4.1} s: 503 {{"detail":"Service Unavailable"}}"#
            )
        );
    }
    let page = "<p>\u{1b}]0;renamed\u{7} \u{202e}and so on</p>\n".repeat(1000);
    let (url, _) = always(StatusCode::SERVICE_UNAVAILABLE, page.leak()).await;
    let log = Log::default();
    let client = client(url);
    let log_line = |line| log.lock().unwrap().push(line);
    let call_log = CallLog::new(Form::Short, Speed::REAL_TIME, log_line);
    client.call_api(&call_log).await.unwrap_err();
    for line in log.lock().unwrap().iter() {
        assert!(
            line.contains(r" s: 503 <p>\u{1b}]0;renamed\u{7} \u{202e}"),
            "{line}"
        );
        assert!(line.ends_with('…') && line.chars().count() == 80, "{line}");
    }
}

#[tokio::test]
async fn the_short_log_says_what_the_cause_was() {
    let _waits = testing::skip_waits();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let log = Log::default();
    let log_line = |line| log.lock().unwrap().push(line);
    let call_log = CallLog::new(Form::Short, Speed::REAL_TIME, log_line);
    client(url).call_api(&call_log).await.unwrap_err();
    let lines = log.into_inner().unwrap();
    assert_eq!(lines.len(), 10);
    for line in lines {
        assert!(line.contains(" s: Connection refused"), "{line}");
    }
}

#[tokio::test(start_paused = true)]
async fn speed_changes_how_long_it_takes_and_not_what_the_log_tells() {
    let server = Server::bind("127.0.0.1:0", 2).await.unwrap();
    let started = time::Instant::now();
    let lines = logged(Form::Long, "10".parse().unwrap(), server.url()).await;
    let took = started.elapsed().as_secs_f64();
    assert!((0.24..0.38).contains(&took), "{took}");
    let last = lines.last().unwrap();
    let told = between(last, " after ", "(s)");
    assert!(
        (10.0 * took - 0.01..10.0 * took + 0.01).contains(&told),
        "{took} {last}"
    );
}

#[tokio::test]
async fn only_what_may_be_over_after_a_while_is_tried_again() {
    let _waits = testing::skip_waits();
    for (code, attempts) in [
        (429, 11),
        (502, 11),
        (503, 11),
        (504, 11),
        (400, 1),
        (401, 1),
        (404, 1),
        (500, 1),
        (501, 1),
    ] {
        let code = StatusCode::from_u16(code).unwrap();
        let (url, requests) = always(code, "no").await;
        let error = call(url).await.unwrap_err();
        assert_eq!(status(&error), Some(code));
        assert_eq!(requests.load(Relaxed), attempts, "{code}");
    }
}

#[tokio::test]
async fn a_path_that_is_not_there_is_answered_404_and_not_tried_again() {
    let waits = testing::skip_waits();
    let server = Server::bind("127.0.0.1:0", 10).await.unwrap();
    let error = call(format!("{}/further", server.url())).await.unwrap_err();
    assert_eq!(status(&error), Some(StatusCode::NOT_FOUND));
    assert_eq!(waits.waits(), []);
    assert_eq!(server.requests(), 0);
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_not_tried_again() {
    let waits = testing::skip_waits();
    let (url, requests) = always(StatusCode::OK, "<html>").await;
    let error = call(url).await.unwrap_err();
    let line = one_line(&error);
    assert!(line.starts_with("the answer is no JSON: "), "{line}");
    assert_eq!(requests.load(Relaxed), 1);
    assert_eq!(waits.waits(), []);
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_tried_again() {
    let waits = testing::skip_waits();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        for answer in [
            "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"mess",
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        ] {
            let (mut connection, _) = listener.accept().await.unwrap();
            // What was not read when it closes would reset the connection.
            let mut request = [0; 4096];
            assert!(connection.read(&mut request).await.unwrap() > 0);
            connection.write_all(answer.as_bytes()).await.unwrap();
        }
    });
    assert_eq!(call(url).await.unwrap(), json!({}));
    assert_eq!(waits.waits().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_vanishes_half_way_ends_with_one_clear_line() {
    let server = Server::bind("127.0.0.1:0", 10).await.unwrap();
    let client = client(server.url());
    let log = silent();
    let vanish = async {
        // The third attempt begins after 3.6 s at the latest, the fourth after 5.6 s at the earliest.
        time::sleep(Duration::from_secs(4)).await;
        let requests = server.requests();
        server.stop().await;
        requests
    };
    let (result, requests) = futures::join!(client.call_api(&log), vanish);
    assert_eq!(requests, 3);
    assert_eq!(log.attempts(), 11);
    let line = one_line(&result.unwrap_err());
    assert!(
        line.starts_with("error sending request for url (http://127.0.0.1:"),
        "{line}"
    );
    assert!(!line.contains('\n'), "{line}");
}

#[tokio::test]
async fn the_same_client_gets_through_to_fastapi() {
    let Some(mut uvicorn) = Uvicorn::start().await else {
        return;
    };
    let waits = testing::skip_waits();
    let log = silent();
    let client = client(uvicorn.url.clone());
    let answer = time::timeout(LIMIT, client.call_api(&log)).await.unwrap();
    assert_eq!(
        answer.unwrap(),
        json!({ "message": "Request processed successfully" })
    );
    assert_eq!(log.attempts(), 11);
    assert_within_jitter(&waits.waits());
    for _ in 0..10 {
        let line = uvicorn.answered().await;
        assert!(line.ends_with(" 503 Service Unavailable"), "{line}");
    }
    let line = uvicorn.answered().await;
    assert!(line.ends_with(" 200 OK"), "{line}");
}

#[tokio::test]
async fn the_command_gets_through_to_fastapi() {
    let Some(uvicorn) = Uvicorn::start().await else {
        return;
    };
    let arguments = ["--speed", "10000", "--url", &uvicorn.url];
    let ended = EXAMPLES.run("flaky_client", &arguments).await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert_eq!(
        ended.stdout,
        "API call succeeded: {\"message\":\"Request processed successfully\"}\n"
    );
    assert_eq!(ended.stderr.matches(" of 10 in ").count(), 10);
}

#[tokio::test]
async fn the_command_by_itself_shows_ten_retries_and_the_answer() {
    let ended = EXAMPLES.run("flaky_client", &["--speed", "10000"]).await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert_eq!(
        ended.stdout,
        "API call succeeded: {\"message\":\"Request processed successfully\"}\n"
    );
    let lines: Vec<_> = ended.stderr.lines().collect();
    assert_eq!(
        lines[0],
        "10000 times faster than real time: 10000 s pass in 1 s"
    );
    for (index, listed) in LISTED.into_iter().enumerate() {
        let line = lines[1 + index];
        let wait = between(line, " of 10 in ", " s: ");
        let listed = f64::from(listed);
        // As the list says, not as it takes, and rounded.
        assert!(
            (0.8 * listed - 0.05..=1.2 * listed + 0.05).contains(&wait),
            "{line}"
        );
        assert!(line.chars().count() <= 80, "{line}");
    }
    assert_eq!(lines.len(), 1 + 10);
}

#[tokio::test]
async fn the_command_says_more_when_it_is_asked_to() {
    for flag in ["-v", "--verbose"] {
        let ended = EXAMPLES
            .run("flaky_client", &["--speed", "10000", flag])
            .await;
        assert_eq!(ended.status, Some(0), "{ended:?}");
        let count = |part| ended.stderr.matches(part).count();
        assert_eq!(count("Retrying call_api in "), 10);
        assert_eq!(count(" seconds since the last, initial delay 1s)"), 9);
        assert_eq!(count("Finished call to 'call_api' after "), 11);
        assert_eq!(ended.stderr.lines().count(), 1 + 11 + 10);
    }
}

#[tokio::test]
async fn the_command_ends_with_1_and_what_the_server_answered_last() {
    let arguments = ["--speed", "10000", "--failures", "11"];
    let ended = EXAMPLES.run("flaky_client", &arguments).await;
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert_eq!(ended.stdout, "");
    assert_eq!(
        ended.stderr.lines().last(),
        Some(r#"flaky_client: API call failed: 503 {"detail":"Service Unavailable"}"#)
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_server_that_is_stopped_half_way_says_how_far_it_was_and_the_client_ends_with_1() {
    let mut server = EXAMPLES.start("flaky_server", &["--addr", "127.0.0.1:0"]);
    let first = server.says(" fails 10 times").await;
    let url = first.split_whitespace().next().unwrap();
    let client = EXAMPLES.start("flaky_client", &["--speed", "100", "--url", url]);
    // The waits to come are a third of a second and more.
    server.says("Answering request 6: 503").await;
    server.interrupt();
    let ended = server.end().await;
    assert_eq!(ended.status, Some(130), "{ended:?}");
    assert_eq!(
        ended.stderr.lines().last(),
        Some("stopped: 6 requests, 6 of them answered 503")
    );
    assert_eq!(client.end().await.status, Some(1));
}

async fn call(url: String) -> Result<Value, ApiError> {
    client(url).call_api(&silent()).await
}

fn client(url: String) -> Client {
    Client::new(http(), url, Speed::REAL_TIME)
}

/// Without a timer of its own: a paused clock would jump to it while the answer is still on its way.
fn http() -> reqwest::Client {
    let http = common::http::client().no_proxy();
    http.pool_max_idle_per_host(0).build().unwrap()
}

/// A server that never changes its answer, and how often it was asked.
async fn always(status: StatusCode, answer: &'static str) -> (String, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    let routes = Router::new().fallback(async move || {
        count.fetch_add(1, Relaxed);
        (status, answer)
    });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async { axum::serve(listener, routes).await });
    (url, requests)
}

fn status(error: &ApiError) -> Option<StatusCode> {
    match error {
        ApiError::Status { status, .. } => Some(*status),
        _ => None,
    }
}

fn assert_within_jitter(waits: &[Duration]) {
    assert_eq!(waits.len(), LISTED.len(), "{waits:?}");
    for (wait, listed) in waits.iter().zip(LISTED) {
        let listed = Duration::from_secs(listed.into());
        let bounds = listed * 4 / 5..=listed * 6 / 5;
        assert!(bounds.contains(wait), "{wait:?} in place of {listed:?}");
    }
}

/// The number between two texts.
fn between(line: &str, start: &str, end: &str) -> f64 {
    let (_, rest) = line.split_once(start).expect(line);
    let (number, _) = rest.split_once(end).expect(line);
    number.trim().parse().expect(line)
}

type Log = Mutex<Vec<String>>;

/// What a call that succeeds logs.
async fn logged(form: Form, speed: Speed, url: String) -> Vec<String> {
    let log = Log::default();
    let client = Client::new(http(), url, speed);
    let log_line = |line| log.lock().unwrap().push(line);
    let call_log = CallLog::new(form, speed, log_line);
    client.call_api(&call_log).await.unwrap();
    log.into_inner().unwrap()
}

fn silent() -> CallLog<impl Fn(String)> {
    CallLog::new(Form::Short, Speed::REAL_TIME, drop)
}

/// `examples/flaky/server.py` under uvicorn; killed when it is dropped.
struct Uvicorn {
    url: String,
    process: Process,
}

impl Uvicorn {
    /// Ends by itself when its standard input does, so that it does not outlive a test that was killed.
    const RUN: &str = "
import os, sys, threading, uvicorn

def end_with_the_test():
    sys.stdin.read()
    os._exit(0)

threading.Thread(target=end_with_the_test, daemon=True).start()
uvicorn.main(['server:app', '--port', '0', '--no-use-colors'])
";

    /// None, and said so, where the machine has no Python or cannot reach PyPI.
    async fn start() -> Option<Self> {
        let python = match &*PYTHON {
            Ok(python) => python,
            Err(missing) => {
                skip::skip(missing);
                return None;
            }
        };
        let mut command = tokio::process::Command::new(python);
        command
            .args(["-B", "-c", Self::RUN])
            .current_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/flaky"))
            .env("PYTHONUNBUFFERED", "1")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut process = Process::start(&mut command);
        let line = process.says("Uvicorn running on ").await;
        let (_, rest) = line.split_once("running on ").unwrap();
        let url = rest.split_whitespace().next().unwrap();
        Some(Self {
            url: format!("{url}{}", server::PATH),
            process,
        })
    }

    /// How the next request was answered.
    async fn answered(&mut self) -> String {
        self.process.tells("\"GET /process HTTP/1.1\" ").await
    }
}

/// The Python that has FastAPI, or why there is none.
static PYTHON: LazyLock<Result<PathBuf, String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let directory = root.join("target/fastapi");
    let output = Command::new(root.join("scripts/fastapi"))
        .arg(&directory)
        .output()
        .unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    match output.status.code() {
        Some(0) => Ok(directory.join("bin/python")),
        Some(3) => Err(said.lines().last().unwrap_or_default().to_owned()),
        _ => panic!("scripts/fastapi: {said}"),
    }
});
