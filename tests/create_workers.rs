//! The example `create_workers`, against its own server over a real socket.

#[path = "../examples/create_workers/account.rs"]
#[allow(dead_code, reason = "the tests leave the environment alone")]
mod account;
#[path = "../examples/create_workers/bulk.rs"]
mod bulk;
#[path = "../examples/create_workers/choice.rs"]
mod choice;
#[path = "../examples/create_workers/client.rs"]
mod client;
#[path = "../examples/create_workers/clock.rs"]
mod clock;
#[path = "../examples/common/mod.rs"]
mod common;
#[path = "../examples/create_workers/endpoint.rs"]
mod endpoint;
#[path = "../examples/create_workers/history.rs"]
mod history;
#[path = "support/process.rs"]
mod process;
#[path = "../examples/create_workers/progress.rs"]
mod progress;
#[path = "../examples/create_workers/refusal.rs"]
mod refusal;
#[path = "../examples/create_workers/report.rs"]
#[allow(dead_code, reason = "the tests show no progress")]
mod report;
#[path = "../examples/create_workers/runs.rs"]
mod runs;
#[path = "../examples/create_workers/server.rs"]
mod server;
#[cfg(unix)]
#[path = "support/skip.rs"]
mod skip;
#[cfg(unix)]
#[path = "support/terminal.rs"]
mod terminal;
#[path = "../examples/create_workers/visitor.rs"]
mod visitor;
#[path = "../examples/create_workers/web.rs"]
mod web;
#[path = "../examples/create_workers/workers.rs"]
#[allow(dead_code, reason = "only the command writes a file")]
mod workers;

use account::Account;
use anstream::adapter::strip_str;
use bulk::{Outcome, Place, Success, Work};
use choice::{Choice, Retries};
use client::{ApiError, Client, Created};
use clock::Clock;
use history::{History, Lines};
use process::{Ended, Examples, Process};
use progress::{Call, Progress, State, Took};
use rcgen::{CertifiedKey, KeyPair};
use report::{Headline, Report};
use reqwest::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, RETRY_AFTER,
};
use reqwest::{Method, RequestBuilder, Response, StatusCode};
use retry_core::{Jitter, testing};
use runs::{Batch, Runs, Terms};
use rustls::pki_types::PrivateKeyDer;
use serde_json::{Value, json};
use server::{Counts, Limits, Server};
use std::collections::HashSet;
use std::convert::Infallible;
use std::fs;
use std::iter::repeat_n;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};
use textwrap::core::display_width;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::yield_now;
use tokio::time;
use tokio_rustls::TlsAcceptor;
use web::{MAX_BYTES, MAX_ROWS, Web};
use workers::{Malformed, Rows, Worker};

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/data/workers.csv");

const QUIET: fn(&Outcome) = |_| {};

static EXAMPLES: Examples = Examples::new(&["create_workers"]);

/// Threads that do nothing but keep the processors busy.
struct BusyLoops(Arc<AtomicBool>);

impl BusyLoops {
    fn three() -> Self {
        let busy = Arc::new(AtomicBool::new(true));
        for _ in 0..3 {
            let busy = Arc::clone(&busy);
            thread::spawn(move || while busy.load(Relaxed) {});
        }
        Self(busy)
    }
}

impl Drop for BusyLoops {
    fn drop(&mut self) {
        self.0.store(false, Relaxed);
    }
}

/// What the report says.
fn fact<'a>(report: &'a Ended, name: &str) -> &'a str {
    let row = report
        .stdout
        .lines()
        .find_map(|line| line.strip_prefix(name));
    row.unwrap_or_else(|| panic!("{name}: {report:?}")).trim()
}

/// A fifth of the workers, of the rate and of the burst, so that it takes a fifth of the time.
#[tokio::test]
async fn on_a_busy_machine_the_lesson_is_the_same() {
    let sample = fs::read_to_string(SAMPLE).unwrap();
    let hundred: Vec<_> = sample.lines().take(101).collect();
    let csv = file("hundred.csv", &hundred.join("\n"));
    // Built before they are busy.
    EXAMPLES.command("create_workers", &[]);
    let _busy = BusyLoops::three();
    let run = async |arguments: &[&str]| {
        let fifth = ["--csv", &csv, "--rate", "6", "--burst", "4"];
        let arguments = [&fifth[..], &["--speed", "1000000"], arguments].concat();
        EXAMPLES.run("create_workers", &arguments).await
    };
    let five = run(&[]).await;
    assert_eq!(five.status, Some(0), "{five:?}");
    assert_eq!(fact(&five, "created "), "100");

    let three = run(&["--retries", "3"]).await;
    assert_eq!(three.status, Some(1), "{three:?}");
    let created: usize = fact(&three, "created ").parse().unwrap();
    assert!((45..75).contains(&created), "{three:?}");

    // Each time a burst.
    let lockstep = run(&["--jitter", "0"]).await;
    assert_eq!(lockstep.status, Some(1), "{lockstep:?}");
    assert_eq!(fact(&lockstep, "created "), "24");
    let longest = fact(&lockstep, "longest call ");
    assert_eq!(longest, "62.00 s between attempts");
}

#[tokio::test]
async fn the_report_begins_with_the_list_the_jitter_and_how_fast_it_was() {
    let csv = file("one.csv", "friendlyName\nAda\n");
    for (arguments, head) in [
        (
            &["--speed", "1000000"][..],
            "#[retry(schedule = [2s, 4s, 8s, 16s, 32s, 0], jitter = 0.2)]\n\
             1 worker at once, 30 requests a second, 1000000 times faster than real time\n",
        ),
        (
            &["--speed", "1"],
            "#[retry(schedule = [2s, 4s, 8s, 16s, 32s, 0], jitter = 0.2)]\n\
             1 worker at once, 30 requests a second, in real time\n",
        ),
        (
            &["--retries", "3", "--jitter", "full"],
            "#[retry(schedule = [2s, 4s, 8s, 0], jitter = full)]\n\
             1 worker at once, 30 requests a second, 10 times faster than real time\n",
        ),
        (
            &["--real-time", "--rate", "40"],
            "#[retry(schedule = [2s, 4s, 8s, 16s, 32s, 0], jitter = 0.2)]\n\
             1 worker at once, 40 requests a second, in real time\n",
        ),
        (
            &["--hosted"],
            "#[retry(schedule = [1s, 2s, 3s, 0], jitter = 0.2, max_elapsed = 10s)]\n\
             1 worker at once, 30 requests a second, in real time\n",
        ),
    ] {
        let arguments = [&["--csv", &csv], arguments].concat();
        let ended = EXAMPLES.run("create_workers", &arguments).await;
        assert!(ended.stdout.starts_with(head), "{ended:?}");
        assert_eq!(ended.status, Some(0), "{ended:?}");
    }
    let client = include_str!("../examples/create_workers/client.rs");
    for key in [
        "schedule = [1s, 2s, 3s, 0],",
        "jitter = 0.2,",
        "max_elapsed = 10s,",
    ] {
        assert!(client.contains(key), "{key}");
    }
}

/// The command as a server of its page, and the address of that.
async fn serve_page(arguments: &[&str]) -> (Process, String) {
    let page = ["--web", "127.0.0.1:0", "--speed", "1000000"];
    let mut process = EXAMPLES.start("create_workers", &[&page, arguments].concat());
    let line = process.says("shows the page").await;
    let page = line.split(' ').next().unwrap().to_owned();
    (process, page)
}

#[tokio::test]
async fn another_program_has_workers_created_and_the_test_workers_deleted() {
    let test_workers = file("test-workers.csv", "friendlyName\nAda\nGrace\n");
    let (mut process, page) = serve_page(&["--csv", &test_workers]).await;
    let create = async |workers: Value| {
        let request = http().post(format!("{page}/createWorkers"));
        let answer = request
            .header(ORIGIN, "http://localhost:3000")
            .json(&workers);
        let answer = answer.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::OK);
        let allowed = &answer.headers()[ACCESS_CONTROL_ALLOW_ORIGIN];
        assert_eq!(allowed, "http://localhost:3000");
        answer.json::<Value>().await.unwrap()
    };
    let workers = json!([
        { "friendlyName": "Ada", "attributes": { "roles": ["agent"] } },
        { "friendlyName": "Mei", "attributes": r#"{"roles":["lead"]}"# },
    ]);
    assert_eq!(
        create(workers).await,
        json!({
            "message": "2 of 2 workers created, 0 failed",
            "created": 2, "alreadyThere": 0, "failed": [],
        })
    );
    for name in ["Ada", "Mei"] {
        let line = process.says(name).await;
        assert!(line.starts_with(&format!("created {name}, WK")), "{line}");
    }
    let again = create(json!([{ "friendlyName": "Ada" }, { "friendlyName": "Zoe" }])).await;
    assert_eq!(
        again["message"],
        "1 of 2 workers created, 1 already there, 0 failed"
    );
    process.says("already there: Ada").await;

    let delete = async || {
        let request = http().get(format!("{page}/delete-test-workers"));
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    // Mei and Zoe are no test workers.
    assert_eq!(
        delete().await["message"],
        "1 of 1 workers deleted, 0 failed"
    );
    process.says("deleted Ada, 1 attempt").await;
    assert_eq!(
        delete().await["message"],
        "0 of 0 workers deleted, 0 failed"
    );
}

#[tokio::test]
async fn what_another_program_could_not_have_created_is_said_worker_by_worker() {
    let (_server, web, _) = show(1, 1).await;
    let workers: Vec<_> = (0..500)
        .map(|n| json!({ "friendlyName": format!("Ada {n}") }))
        .collect();
    let request = http().post(page_url(&web, "/createWorkers"));
    let answer = request.json(&workers).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::BAD_GATEWAY);
    let body: Value = answer.json().await.unwrap();
    let (created, failed) = (&body["created"], body["failed"].as_array().unwrap());
    assert_eq!(created.as_u64().unwrap() as usize + failed.len(), 500);
    let reason = "the server answers 429 Too Many Requests";
    assert_eq!(
        (&failed[0]["attempts"], &failed[0]["reason"]),
        (&json!(6), &json!(reason))
    );
}

#[tokio::test]
async fn only_pages_of_this_machine_may_have_workers_created() {
    let (server, web, _) = show(1_000, 20).await;
    let local = web.addr().to_string();
    let port = web.addr().port();
    for (host, origin, site, allowed) in [
        (&*local, None, None, true),
        (
            &*format!("localhost:{port}"),
            Some("http://localhost:3000"),
            None,
            true,
        ),
        (
            &local,
            Some("http://127.0.0.1:5173"),
            Some("cross-site"),
            true,
        ),
        (&local, Some("http://[::1]:3000"), None, true),
        (&local, Some("https://example.com"), None, false),
        (&local, Some("http://localhost.example.com"), None, false),
        (&local, Some("null"), None, false),
        (&local, None, Some("same-origin"), true),
        // An image of another page.
        (&local, None, Some("cross-site"), false),
        // A name that its owner lets mean this machine.
        ("example.com", None, None, false),
    ] {
        let request = http().get(page_url(&web, "/delete-test-workers"));
        let mut request = request.header(HOST, host);
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        if let Some(site) = site {
            request = request.header("Sec-Fetch-Site", site);
        }
        let answer = request.send().await.unwrap();
        let expected = if allowed {
            StatusCode::OK
        } else {
            StatusCode::FORBIDDEN
        };
        assert_eq!(answer.status(), expected, "{host} {origin:?} {site:?}");
        let named = answer.headers().get(ACCESS_CONTROL_ALLOW_ORIGIN);
        let named = named.map(|named| named.to_str().unwrap());
        assert_eq!(named, origin.filter(|_| allowed));
    }
    assert_eq!(server.counts(), Counts::default());
}

#[tokio::test]
async fn json_that_is_no_array_of_workers_is_refused_with_the_reason() {
    let (server, web, _) = show(1_000, 20).await;
    for (body, reason) in [
        ("{}", "invalid type: map, expected a sequence"),
        ("[{}]", "missing field `friendlyName`"),
        (
            r#"[{"friendlyName":"Ada","roles":[]}]"#,
            "unknown field `roles`",
        ),
        (
            r#"[{"friendlyName":"Ada"},{"friendlyName":" "}]"#,
            "worker 2: no friendlyName",
        ),
        (
            r#"[{"friendlyName":"Ada","attributes":[]}]"#,
            "worker 1: attributes: no JSON object",
        ),
        (
            r#"[{"friendlyName":"Ada","attributes":"x"}]"#,
            "worker 1: attributes: no JSON object",
        ),
        ("[", "EOF while parsing"),
    ] {
        let request = http().post(page_url(&web, "/createWorkers"));
        let request = request.header(CONTENT_TYPE, "application/json").body(body);
        let answer = request.send().await.unwrap();
        assert!(answer.status().is_client_error(), "{body}");
        let message = message(answer).await;
        assert!(message.contains(reason), "{message}");
    }
    let too_many = vec![json!({ "friendlyName": "Ada" }); MAX_ROWS + 1];
    let request = http()
        .post(page_url(&web, "/createWorkers"))
        .json(&too_many);
    let message = message(request.send().await.unwrap()).await;
    assert_eq!(message, "2001 workers, and at most 2000 are taken");
    assert_eq!(server.counts(), Counts::default());
}

#[tokio::test]
async fn the_account_is_read_from_a_file_unless_the_environment_names_it() {
    let account = Account {
        sid: "AC1".to_owned(),
        token: "secret".to_owned(),
        workspace: "WS1".to_owned(),
    };
    let server = Server::bind("127.0.0.1:0", limits(1_000, 20), &account, Clock::real());
    let server = server.await.unwrap();
    let dotenv =
        "# Ours\nTWILIO_ACCOUNT_SID=AC1\nTWILIO_AUTH_TOKEN='secret'\nTWILIO_WORKSPACE_SID=WS1\n";
    let folder = PathBuf::from(file(".env", dotenv));
    let folder = folder.parent().unwrap();
    let csv = file("ada.csv", "friendlyName\nAda\n");
    let url = url(&server);
    let command = || {
        let mut command = EXAMPLES.command("create_workers", &["--url", &url, "--csv", &csv]);
        command.current_dir(folder);
        command
    };
    let ended = Process::start(&mut command()).end().await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert_eq!(server.counts().created, 1);

    let ended = Process::start(command().env("TWILIO_AUTH_TOKEN", "guessed"))
        .end()
        .await;
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert!(
        ended.stderr.contains("401 Unauthorized: wrong credentials"),
        "{ended:?}"
    );

    fs::write(
        folder.join(".env"),
        "TWILIO_ACCOUNT_SID=AC1\nTWILIO_AUTH_TOKEN=sec ret\n",
    )
    .unwrap();
    let ended = Process::start(&mut command()).end().await;
    assert_eq!(ended.status, Some(2), "{ended:?}");
    let line = "create_workers: cannot read the file .env: entry 2 is not NAME=value\n";
    assert_eq!(ended.stderr, line);
}

#[tokio::test]
async fn a_server_is_addressed_by_https_and_has_to_be_trusted() {
    let server = serve(1_000, 20).await;
    let certified = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let port = serve_tls(&certified, server.addr()).await;
    let trusted = file("trusted.pem", &pem(certified.cert.der()));
    let csv = file("ada.csv", "friendlyName\nAda\n");
    let url = format!("https://localhost:{port}/");
    let command = || EXAMPLES.command("create_workers", &["--url", &url, "--csv", &csv]);
    let stranger = Process::start(&mut command()).end().await;
    assert_eq!(stranger.status, Some(1), "{stranger:?}");
    assert!(stranger.stderr.contains("certificate"), "{stranger:?}");
    let ended = Process::start(command().env("SSL_CERT_FILE", trusted))
        .end()
        .await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert_eq!(server.counts().created, 1);
}

/// A port where connections are decrypted and go on to the server.
async fn serve_tls(certified: &CertifiedKey<KeyPair>, server: SocketAddr) -> u16 {
    // The same that every client installs.
    let _ = http();
    let key = PrivateKeyDer::Pkcs8(certified.signing_key.serialize_der().into());
    let config = rustls::ServerConfig::builder()
        .with_no_client_auth()
        .with_single_cert(vec![certified.cert.der().clone()], key)
        .unwrap();
    let tls = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (connection, _) = listener.accept().await.unwrap();
            let tls = tls.clone();
            tokio::spawn(async move {
                // Whoever does not trust it hangs up.
                if let Ok(mut connection) = tls.accept(connection).await {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    let _ = copy_bidirectional(&mut connection, &mut server).await;
                }
            });
        }
    });
    port
}

fn pem(certificate: &[u8]) -> String {
    let base64 = server::base64(certificate);
    format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n")
}

#[tokio::test]
async fn the_workers_that_failed_are_a_file_that_creates_them() {
    let csv = file(
        "six.csv",
        "friendlyName,roles,location\n1,\"a, b\",\"Austin, \"\"T\"\"\"\n2,,\n3,c,\n4,,\n5,,x\n6,,\n",
    );
    let rest = file(
        "rest.csv",
        "what was here before, and was longer than what is written now, at least by this\n",
    );
    let run = async |arguments: &[&str]| {
        let slow = [
            "--speed",
            "1000000",
            "--rate",
            "1",
            "--burst",
            "2",
            "--retries",
            "0",
        ];
        EXAMPLES
            .run("create_workers", &[&slow, arguments].concat())
            .await
    };
    let all = read_file(&csv).workers;
    let ended = run(&["--csv", &csv, "--failed", &rest]).await;
    assert_eq!(ended.status, Some(1), "{ended:?}");
    let failed = read_file(&rest);
    assert_eq!((failed.workers.len(), failed.malformed.len()), (4, 0));
    assert!(
        failed.workers.iter().all(|worker| all.contains(worker)),
        "{failed:?}"
    );
    for left in [2, 0] {
        // It may be the same file.
        let ended = run(&["--csv", &rest, "--failed", &rest]).await;
        assert_eq!(ended.status, Some(i32::from(left > 0)), "{ended:?}");
        let written = fs::read_to_string(&rest).unwrap();
        assert_eq!(written.lines().count(), 1 + left, "{written}");
    }
    let nowhere = file("nowhere", "");
    let nowhere = format!("{nowhere}/failed.csv");
    let ended = run(&["--csv", &csv, "--failed", &nowhere]).await;
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert!(
        ended
            .stderr
            .starts_with(&format!("create_workers: cannot write {nowhere}: ")),
        "{ended:?}"
    );
}

#[tokio::test]
async fn each_worker_has_a_line_where_that_is_asked_for() {
    let csv = file("two.csv", "friendlyName\nAda\nGrace\nAda\n");
    let fast = [
        "--speed",
        "1000000",
        "--burst",
        "1",
        "--csv",
        &csv,
        "--retries",
        "1",
        "--jitter",
        "0",
    ];
    let ended = EXAMPLES
        .run("create_workers", &[&fast[..], &["-v"]].concat())
        .await;
    let mut lines: Vec<_> = ended
        .stderr
        .lines()
        .map(|line| line.split(", WK").next().unwrap())
        .collect();
    lines.sort_unstable();
    assert_eq!(lines.len(), 4, "{ended:?}");
    assert!(ended.stderr.contains("1 attempt\n"), "{ended:?}");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_report_that_cannot_be_written_is_an_error_and_one_that_nobody_reads_is_none() {
    let csv = file("ada.csv", "friendlyName\nAda\n");
    let command = || EXAMPLES.command("create_workers", &["--csv", &csv]);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let ended = Process::start(command().stdout(full)).end().await;
    assert_eq!(ended.status, Some(1), "{ended:?}");
    let last = ended.stderr.lines().last().unwrap();
    assert!(
        last.starts_with("create_workers: cannot write to standard output: No space left"),
        "{ended:?}"
    );
    let mut closed = Process::start(&mut command());
    closed.close_stdout();
    assert_eq!(closed.end().await.status, Some(0));
}

#[cfg(unix)]
#[tokio::test]
async fn a_port_alone_is_one_of_this_machine() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = free.local_addr().unwrap().port().to_string();
    drop(free);
    for flag in ["--web", "--serve-only"] {
        let mut process = EXAMPLES.start("create_workers", &[flag, &port]);
        process.says(&format!("http://127.0.0.1:{port} ")).await;
        process.interrupt();
        process.end().await;
    }
}

/// The main job as it is shown by default, only faster: the clock does not wait for real time to pass.
async fn create_five_hundred(choice: Choice) -> Counts {
    let clock = fast();
    let server = serve_by(&clock, 30, 20).await;
    let client = client(&server);
    let progress = Arc::new(Progress::new(500, clock));
    let outcomes = bulk::create_all(
        &client,
        Place::Program,
        choice,
        five_hundred(),
        &progress,
        QUIET,
    );
    let outcomes = outcomes.await;
    let counts = server.counts();
    assert_eq!(outcomes.len(), 500);
    assert_eq!(progress.succeeded(), counts.created);
    assert_eq!(progress.failed(), 500 - counts.created);
    assert_eq!(progress.requests(), counts.requests);
    assert_eq!(progress.rate_limited(), counts.rate_limited);
    assert_eq!(progress.retrying(), 0);
    let attempts: usize = outcomes.iter().map(|outcome| outcome.took.attempts).sum();
    assert_eq!(attempts, counts.requests);
    counts
}

/// Moves tokio's paused clock on whenever every request is answered. So requests take no time.
async fn pass_time(progress: &Progress) -> Infallible {
    let started = Instant::now();
    loop {
        let too_long = started.elapsed() > Duration::from_secs(120);
        assert!(!too_long, "a request has no answer: {progress:?}");
        let requests = progress.requests();
        let all_started = requests >= progress.total();
        if all_started && requests == progress.succeeded() + progress.rate_limited() {
            time::advance(Duration::from_millis(5)).await;
        } else {
            yield_now().await;
        }
    }
}

#[tokio::test]
async fn five_retries_create_all_five_hundred() {
    let counts = create_five_hundred(Choice::default()).await;
    assert_eq!(counts.created, 500);
    assert_eq!(counts.requests, 500 + counts.rate_limited);
}

#[tokio::test]
async fn three_retries_leave_a_third_and_more_of_them() {
    let created = create_five_hundred(retries(3)).await.created;
    assert!((250..333).contains(&created), "{created}");
}

#[tokio::test]
async fn without_jitter_all_come_back_at_once_and_each_time_a_burst_is_created() {
    let counts = create_five_hundred(Choice {
        jitter: Jitter::none(),
        ..Choice::default()
    });
    let counts = counts.await;
    assert_eq!(counts.created, 6 * 20);
    assert_eq!(counts.requests, 500 + 480 + 460 + 440 + 420 + 400);
}

#[tokio::test]
async fn without_retries_one_burst_is_created() {
    let counts = create_five_hundred(retries(0)).await;
    assert_eq!(
        counts,
        Counts {
            requests: 500,
            created: 20,
            deleted: 0,
            rate_limited: 480
        }
    );
}

#[tokio::test(start_paused = true)]
async fn a_hosted_function_creates_a_third_and_more_and_ends_within_ten_seconds() {
    let server = serve_by(&Clock::real(), 30, 20).await;
    let client = client(&server);
    let progress = Arc::new(Progress::new(500, Clock::real()));
    let started = time::Instant::now();
    let choice = Choice::default();
    let outcomes = tokio::select! {
        outcomes = bulk::create_all(&client, Place::Hosted, choice, five_hundred(), &progress, QUIET) => outcomes,
        never = pass_time(&progress) => match never {},
    };
    let took = started.elapsed();
    assert!(took > Duration::from_secs(5), "{took:?}");
    assert!(took <= client::HOSTED_LIMIT, "{took:?}");
    for Outcome { took, .. } in &outcomes {
        assert!(took.time <= client::HOSTED_LIMIT, "{took:?}");
        assert!((1..=4).contains(&took.attempts), "{took:?}");
    }
    let created = server.counts().created;
    assert_eq!(created, progress.succeeded());
    assert_eq!(progress.failed(), 500 - created);
    // More than what the bucket holds and gets in ten seconds, nobody can.
    assert!(created <= 20 + 30 * 10, "{created}");
    assert!((167..250).contains(&created), "{created}");
}

#[tokio::test(start_paused = true)]
async fn a_server_that_never_answers_does_not_keep_a_hosted_function() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", silent.local_addr().unwrap());
    let client = Arc::new(Client::new(http(), &url, Account::default()));
    let progress = Arc::new(Progress::new(1, Clock::real()));
    let (choice, ada) = (Choice::default(), vec![worker("Ada")]);
    let outcomes = bulk::create_all(&client, Place::Hosted, choice, ada, &progress, QUIET).await;
    let [outcome] = &outcomes[..] else {
        panic!("{outcomes:?}")
    };
    assert!(
        matches!(outcome.result, Err(ApiError::TimedOut(_))),
        "{outcome:?}"
    );
    assert_eq!(outcome.took.attempts, 1);
    assert!(outcome.took.time < Duration::from_secs(1), "{outcome:?}");
    assert_eq!(progress.failed(), 1);
}

#[tokio::test]
async fn all_that_were_created_are_deleted_through_the_same_limit() {
    let clock = fast();
    let server = serve_by(&clock, 30, 20).await;
    let client = client(&server);
    let progress = Arc::new(Progress::new(500, clock.clone()));
    let (choice, workers) = (Choice::default(), five_hundred());
    bulk::create_all(&client, Place::Program, choice, workers, &progress, QUIET).await;
    let created = server.counts();
    let workers = client.list_workers(&clock.begin_work()).await.unwrap();
    let names: HashSet<_> = workers
        .iter()
        .map(|worker| &*worker.friendly_name)
        .collect();
    assert_eq!(names.len(), 500);
    for worker in five_hundred() {
        assert!(names.contains(&*worker.friendly_name));
    }
    let progress = Arc::new(Progress::new(workers.len(), clock));
    let outcomes = bulk::delete_all(&client, workers, &progress, QUIET).await;
    assert_eq!(outcomes.len(), 500);
    assert!(outcomes.iter().all(|outcome| outcome.result.is_ok()));
    assert_eq!((progress.succeeded(), progress.failed()), (500, 0));
    let counts = server.counts();
    assert_eq!((counts.created, counts.deleted), (500, 500));
    let limited = counts.rate_limited - created.rate_limited;
    assert!(limited > 500, "{limited}");
    assert_eq!(counts.requests - created.requests, 500 + limited);
    assert_eq!(list(&server).await, [] as [Value; 0]);
}

#[tokio::test]
async fn a_server_that_vanishes_leaves_the_rest_failed() {
    let clock = fast();
    let server = serve_by(&clock, 1, 20).await;
    let client = client(&server);
    let progress = Arc::new(Progress::new(500, clock));
    let vanish = async {
        while progress.rate_limited() == 0 {
            yield_now().await;
        }
        server.stop().await;
    };
    let (choice, workers) = (Choice::default(), five_hundred());
    let create = bulk::create_all(&client, Place::Program, choice, workers, &progress, QUIET);
    let (outcomes, ()) = futures::join!(create, vanish);
    assert!(progress.succeeded() >= 20);
    assert_eq!(progress.succeeded() + progress.failed(), 500);
    let lost = outcomes
        .iter()
        .find(|outcome| matches!(outcome.result, Err(ApiError::Transport(_))));
    let error = lost.unwrap().result.as_ref().unwrap_err();
    let line = common::one_line(error);
    assert!(line.starts_with("error sending request"), "{line}");
    assert!(!line.contains('\n'), "{line}");
}

#[tokio::test]
async fn a_worker_that_is_there_already_is_no_failure_and_is_not_tried_again() {
    let server = serve(1_000, 20).await;
    let client = client(&server);
    let progress = Arc::new(Progress::new(3, Clock::real()));
    let (choice, twice) = (
        Choice::default(),
        ["Ada", "Grace", "Ada"].map(worker).to_vec(),
    );
    let outcomes = bulk::create_all(&client, Place::Program, choice, twice, &progress, QUIET).await;
    assert_eq!((progress.succeeded(), progress.already_there()), (2, 1));
    assert_eq!((progress.failed(), progress.retrying()), (0, 0));
    let there = outcomes
        .iter()
        .filter(|outcome| matches!(outcome.result, Ok(Success::AlreadyThere)));
    assert_eq!(there.count(), 1);
    let counts = server.counts();
    assert_eq!((counts.requests, counts.created), (3, 2));
    let [call] = calls();
    let again = client.create_worker(&worker("Ada"), &call).await.unwrap();
    assert_eq!(again, Created::Before);
}

#[tokio::test]
async fn wrong_credentials_are_refused_with_401_and_not_tried_again() {
    let server = serve(1_000, 20).await;
    let stranger = Account {
        token: "guessed".to_owned(),
        ..Account::default()
    };
    let client = Client::new(http(), &url(&server), stranger);
    let [call] = calls();
    let error = client.create_worker(&worker("Ada"), &call).await;
    let error = error.unwrap_err();
    assert_eq!(status(&error), Some(StatusCode::UNAUTHORIZED));
    let counts = server.counts();
    assert_eq!((counts.requests, counts.created), (1, 0));
    let anonymous = http().get(workers_url(&server)).send().await.unwrap();
    assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED);
    assert!(anonymous.headers().contains_key("WWW-Authenticate"));
}

#[tokio::test]
async fn strangers_take_no_tokens_from_the_bucket() {
    let server = serve(1, 1).await;
    for _ in 0..3 {
        let strange = http()
            .post(workers_url(&server))
            .basic_auth("AC1", Some("guessed"));
        let answer = strange.form(&worker("Ada")).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    }
    let answer = post(&server).form(&worker("Ada")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
}

#[tokio::test]
async fn what_is_no_worker_is_refused_with_400() {
    let server = serve(1_000, 20).await;
    let forms: [&[(&str, &str)]; 6] = [
        &[],
        &[("FriendlyName", "Ada")],
        &[("Attributes", "{}")],
        &[("FriendlyName", ""), ("Attributes", "{}")],
        &[("FriendlyName", "Ada"), ("Attributes", "[]")],
        &[("FriendlyName", "Ada"), ("Attributes", "{\"roles\":")],
    ];
    for form in forms {
        let answer = post(&server).form(form).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{form:?}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["status"], 400);
        assert!(body["message"].is_string(), "{body}");
    }
    let no_form = post(&server).json(&json!({})).send().await.unwrap();
    assert_eq!(no_form.status(), StatusCode::BAD_REQUEST);
    assert_eq!(server.counts().created, 0);
}

#[tokio::test]
async fn a_workspace_that_is_not_there_is_refused_with_404() {
    let server = serve(1_000, 20).await;
    let elsewhere = format!("{}/v1/Workspaces/WS1/Workers", url(&server));
    let request = authorised(http().post(elsewhere)).form(&worker("Ada"));
    let answer = request.send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn an_empty_bucket_answers_429_and_when_to_come_back() {
    let server = serve(1, 1).await;
    let (ada, grace) = (worker("Ada"), worker("Grace"));
    let (first, second) = futures::join!(
        post(&server).form(&ada).send(),
        post(&server).form(&grace).send(),
    );
    let (first, second) = (first.unwrap(), second.unwrap());
    let refused = if first.status() == StatusCode::CREATED {
        second
    } else {
        first
    };
    assert_eq!(refused.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(refused.headers()[RETRY_AFTER], "1");
    let body: Value = refused.json().await.unwrap();
    assert_eq!(
        body,
        json!({ "status": 429, "message": "too many requests" })
    );
    assert_eq!(
        server.counts(),
        Counts {
            requests: 2,
            created: 1,
            deleted: 0,
            rate_limited: 1
        }
    );
}

#[tokio::test]
async fn a_created_worker_is_answered_and_listed() {
    let server = serve(1_000, 20).await;
    let answer = post(&server).form(&worker("Ada")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::CREATED);
    let created: Value = answer.json().await.unwrap();
    let sid = created["sid"].as_str().unwrap();
    let digits = sid.strip_prefix("WK").unwrap();
    assert_eq!(digits.len(), 32);
    assert!(digits.chars().all(|digit| digit.is_ascii_hexdigit()));
    assert_eq!(created["friendly_name"], "Ada");
    assert_eq!(created["workspace_sid"], Account::default().workspace);
    let attributes: Value = serde_json::from_str(created["attributes"].as_str().unwrap()).unwrap();
    assert_eq!(attributes, worker("Ada").attributes);
    assert_eq!(list(&server).await, [created]);
}

#[tokio::test]
async fn a_deleted_worker_is_gone_and_its_name_is_free_again() {
    let server = serve(1_000, 20).await;
    let create = async || post(&server).form(&worker("Ada")).send().await.unwrap();
    let first: Value = create().await.json().await.unwrap();
    let sid = first["sid"].as_str().unwrap();
    assert_eq!(remove(&server, sid).await.status(), StatusCode::NO_CONTENT);
    assert_eq!(list(&server).await, [] as [Value; 0]);
    let second: Value = create().await.json().await.unwrap();
    assert_ne!(first["sid"], second["sid"]);
    let counts = server.counts();
    assert_eq!((counts.created, counts.deleted), (2, 1));
}

#[tokio::test]
async fn a_worker_that_is_not_there_is_answered_with_404() {
    let server = serve(1_000, 20).await;
    let answer = remove(&server, "WK1").await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    let body: Value = answer.json().await.unwrap();
    assert_eq!(body, json!({ "status": 404, "message": "no such worker" }));
    assert_eq!(server.counts().deleted, 0);
}

#[tokio::test]
async fn a_worker_that_somebody_else_deleted_is_deleted() {
    let server = serve(1_000, 20).await;
    let [call] = calls();
    let client = client(&server);
    client.delete_worker("WK1", &call).await.unwrap();
    assert_eq!(call.finish(State::Succeeded).attempts, 1);
}

#[tokio::test]
async fn strangers_delete_nothing() {
    let server = serve(1_000, 20).await;
    let answer = post(&server).form(&worker("Ada")).send().await.unwrap();
    let created: Value = answer.json().await.unwrap();
    let sid = created["sid"].as_str().unwrap();
    let worker = format!("{}/{sid}", workers_url(&server));
    let anonymous = http().delete(worker).send().await.unwrap();
    assert_eq!(anonymous.status(), StatusCode::UNAUTHORIZED);
    assert_eq!(list(&server).await, [created]);
}

#[tokio::test]
async fn creating_and_deleting_share_one_limit() {
    let server = serve(1, 2).await;
    let first = post(&server).form(&worker("Ada")).send().await.unwrap();
    assert_eq!(first.status(), StatusCode::CREATED);
    let created: Value = first.json().await.unwrap();
    let sid = created["sid"].as_str().unwrap();
    assert_eq!(remove(&server, sid).await.status(), StatusCode::NO_CONTENT);
    let third = remove(&server, sid).await;
    assert_eq!(third.status(), StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(third.headers()[RETRY_AFTER], "1");
    let fourth = post(&server).form(&worker("Grace")).send().await.unwrap();
    assert_eq!(fourth.status(), StatusCode::TOO_MANY_REQUESTS);
}

#[tokio::test]
async fn a_port_that_is_taken_cannot_be_bound() {
    let server = serve(1, 1).await;
    let account = Account::default();
    let again = Server::bind(server.addr(), limits(1, 1), &account, Clock::real()).await;
    let error = again.err().unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[test]
fn fewer_retries_are_the_first_waits_of_the_one_list() {
    let all = Choice::default().schedule();
    assert_eq!(all.to_string(), "2s, 4s, 8s, 16s, 32s, 0");
    for n in 0..=5 {
        let chosen = retries(n).schedule();
        assert_eq!(chosen.waits(), &all.waits()[..n.into()]);
    }
    assert!(Retries::try_from(6).is_err());
}

#[tokio::test]
async fn the_default_choice_is_what_the_attribute_says() {
    let server = serve(1, 1).await;
    let client = client(&server);
    post(&server).form(&worker("Ada")).send().await.unwrap();
    let (waits, choice) = (testing::skip_waits(), Choice::default());
    for position in [0.0, 1.0] {
        let _jitter = testing::fix_jitter(position);
        let [written, chosen] = calls();
        let error = client.create_worker(&worker("Grace"), &written).await;
        assert!(matches!(error, Err(ApiError::RateLimited)), "{error:?}");
        let error = client
            .create_worker_as(&choice, &worker("Grace"), &chosen)
            .await;
        assert!(matches!(error, Err(ApiError::RateLimited)), "{error:?}");
    }
    let waits = waits.waits();
    assert_eq!(waits.len(), 2 * 2 * 5);
    for pair in waits.chunks(2 * 5) {
        assert_eq!(pair[..5], pair[5..]);
    }
}

#[test]
fn a_page_may_choose_what_was_said_at_the_start_or_what_is_worth_comparing() {
    let usual = Choice::default().or_others();
    assert_eq!(usual.len(), 2 * 4);
    assert!(usual.contains(&Choice::default()));
    let said = Choice {
        retries: Retries::try_from(4).unwrap(),
        jitter: Jitter::proportional(0.5).unwrap(),
    };
    let choices = said.or_others();
    assert_eq!(choices.len(), 3 * 5);
    assert!(usual.iter().all(|choice| choices.contains(choice)));
    assert!(choices.contains(&said));
}

#[test]
fn a_choice_is_read_from_what_a_page_sends() {
    let three = Choice {
        retries: Retries::try_from(3).unwrap(),
        jitter: Jitter::none(),
    };
    let read = serde_json::from_value::<Choice>;
    assert_eq!(read(json!({ "retries": 3, "jitter": "0" })).unwrap(), three);
    assert_eq!(read(json!({})).unwrap(), Choice::default());
    assert_eq!(three.to_string(), "schedule = [2s, 4s, 8s, 0], jitter = 0");
    assert_eq!(three.worst_case(), Duration::from_secs(14));
    assert_eq!(
        Choice::default().worst_case(),
        Duration::from_millis(74_400)
    );
    for wrong in [
        json!({ "retries": 6 }),
        json!({ "jitter": "2" }),
        json!({ "retry": 3 }),
    ] {
        assert!(read(wrong.clone()).is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn the_clock_of_the_demonstration_stands_still_while_anybody_is_at_work() {
    let clock = fast();
    let at_work = clock.begin_work();
    let stopped = clock.now();
    std::thread::sleep(Duration::from_millis(1));
    assert_eq!(clock.now(), stopped);
    drop(at_work);
    while clock.now() == stopped {
        yield_now().await;
    }
}

#[tokio::test]
async fn the_clock_shows_exactly_the_time_at_which_each_was_to_wake_up() {
    let clock = fast();
    let started = clock.begin_work();
    let start = clock.now();
    let sleepers = [3, 1, 2, 1].map(|seconds| {
        let (clock, at_work) = (clock.clone(), clock.begin_work());
        async move {
            at_work.sleep(Duration::from_secs(seconds)).await;
            // Nobody else wakes up meanwhile.
            for _ in 0..100 {
                yield_now().await;
            }
            (clock.now() - start).as_secs()
        }
    });
    drop(started);
    assert_eq!(futures::future::join_all(sleepers).await, [3, 1, 2, 1]);
}

#[tokio::test]
async fn whoever_gives_up_while_asleep_keeps_nobody_from_waking_up() {
    let clock = fast();
    let (early, late) = (clock.begin_work(), clock.begin_work());
    let start = clock.now();
    {
        let sleep = early.sleep(Duration::from_secs(1));
        futures::pin_mut!(sleep);
        assert!(futures::poll!(sleep.as_mut()).is_pending());
    }
    // At work again.
    assert_eq!(clock.now(), start);
    drop(early);
    late.sleep(Duration::from_secs(2)).await;
    assert_eq!(clock.now() - start, Duration::from_secs(2));
}

#[test]
fn the_sample_has_five_hundred_workers_of_different_names() {
    let workers = five_hundred();
    let names: HashSet<_> = workers.iter().map(|worker| &worker.friendly_name).collect();
    assert_eq!((workers.len(), names.len()), (500, 500));
    for worker in &workers {
        for list in ["roles", "skills"] {
            assert!(!worker.attributes[list].as_array().unwrap().is_empty());
        }
    }
}

#[test]
fn roles_and_skills_become_lists_and_other_columns_text() {
    let rows = read(
        "skills,friendlyName,location,roles,shift\n\
         \"billing, returns,\",Ada Kaya,\"Austin, Texas\",agent,2\n\
         ,Kofi \"\"Mensah,Łódź,\"agent,supervisor\",\n",
    );
    assert_eq!(rows.malformed, []);
    let [ada, kofi] = &rows.workers[..] else {
        panic!("{rows:?}")
    };
    assert_eq!(ada.friendly_name, "Ada Kaya");
    assert_eq!(
        ada.attributes,
        json!({
            "roles": ["agent"],
            "skills": ["billing", "returns"],
            "location": "Austin, Texas",
            "shift": "2",
        })
    );
    assert_eq!(
        kofi.attributes,
        json!({
            "roles": ["agent", "supervisor"],
            "skills": [],
            "location": "Łódź",
            "shift": "",
        })
    );
}

#[test]
fn a_malformed_row_is_named_by_its_line_and_the_rest_is_read() {
    let csv = b"friendlyName,roles\n\
        Ada,agent\n\
        Grace\n\
        Kofi,\"agent,\nsupervisor\"\n\
        Mei,agent,billing\n\
        \n\
        ,agent\n\
        Zo\xeb,agent\n\
        Niamh,agent\n";
    let rows = workers::read(csv).unwrap();
    let names: Vec<_> = rows
        .workers
        .iter()
        .map(|worker| &*worker.friendly_name)
        .collect();
    assert_eq!(names, ["Ada", "Kofi", "Niamh"]);
    let malformed: Vec<_> = rows.malformed.iter().map(Malformed::to_string).collect();
    assert_eq!(
        malformed,
        [
            "line 3: 2 fields expected, 1 found",
            "line 6: 2 fields expected, 3 found",
            "line 8: no friendlyName",
            "line 9: field 1 is not UTF-8",
        ]
    );
}

#[test]
fn files_of_other_systems_are_read_alike() {
    let rows = read("\u{feff}friendlyName,roles\r\nAda,agent\r\nGrace\r\n");
    assert_eq!(
        rows.workers,
        [Worker {
            friendly_name: "Ada".to_owned(),
            attributes: json!({ "roles": ["agent"] }),
        }]
    );
    assert_eq!(rows.malformed[0].line, 3);
}

#[tokio::test]
async fn what_is_wrong_with_a_whole_file_is_said_with_what_to_change() {
    let utf16 = "friendlyName\nAda\n".encode_utf16();
    let [little, big] = [u16::to_le_bytes, u16::to_be_bytes]
        .map(|bytes| utf16.clone().flat_map(bytes).collect::<Vec<_>>());
    let marked = [b"\xff\xfe", &little[..]].concat();
    let named = |columns| format!("there is no column `friendlyName`{columns}");
    let semicolon = ", and the separator is `;` where a comma is expected: the column is ";
    let cases: [(&[u8], String); 14] = [
        (b"", "it is empty".to_owned()),
        (b"\n\r\n", "it is empty".to_owned()),
        (
            b"friendlyName,roles\n",
            "it is empty but for its header".to_owned(),
        ),
        (
            b"name,roles\nAda,a\n",
            named(": the columns are `name`, `roles`"),
        ),
        (b"name\nAda\n", named(": the column is `name`")),
        (
            b"friendlyname,roles\nAda,a\n",
            named(", only `friendlyname`: the columns are `friendlyname`, `roles`"),
        ),
        (
            b"friendlyName;roles\nAda;a\n",
            named(&format!("{semicolon}`friendlyName;roles`")),
        ),
        (
            b"friendlyName\troles\nAda\ta\n",
            named(
                ", and the separator is a tab where a comma is expected: the column is `friendlyName roles`",
            ),
        ),
        (
            b"friendlyName,roles,roles\nAda,a,b\n",
            "there are two columns `roles`".to_owned(),
        ),
        (&little, "it is UTF-16: save it as UTF-8".to_owned()),
        (&big, "it is UTF-16: save it as UTF-8".to_owned()),
        (&marked, "it is UTF-16: save it as UTF-8".to_owned()),
        (
            b"friendlyName,roles\nAda,\"a\nb\"\nGrace,\"a \"\"b\nMei,c\n",
            "line 4: a quote that begins here is never closed".to_owned(),
        ),
        (
            b"friendlyName\n\"",
            "line 2: a quote that begins here is never closed".to_owned(),
        ),
    ];
    for (csv, message) in cases {
        let mut command = EXAMPLES.command("create_workers", &["--csv", "-"]);
        let ended = Process::start(command.stdin(file_of("wrong.csv", csv)))
            .end()
            .await;
        assert_eq!(ended.status, Some(2), "{ended:?}");
        let line =
            format!("create_workers: cannot read the workers in standard input: {message}\n");
        assert_eq!(ended.stderr, line);
    }
}

#[test]
fn quotes_that_are_closed_or_stand_in_the_middle_are_no_mistake() {
    let rows =
        read("friendlyName,a\n\"A\"\"\",\"\"\nB \"x,y\"\"\nC, \"z\n\"D\"\"\n\"\"E\",\"\"\"\"");
    let names: Vec<_> = rows
        .workers
        .iter()
        .map(|worker| &*worker.friendly_name)
        .collect();
    assert_eq!(names, ["A\"", "B \"x", "C", "D\"\n\"E"]);
}

#[tokio::test]
async fn workers_are_read_from_standard_input_and_skipped_rows_are_counted() {
    let csv = file_of(
        "in.csv",
        b"friendlyName,roles\nAda,agent\nGrace\n\nMei,lead,more\n",
    );
    let mut command = EXAMPLES.command("create_workers", &["--csv", "-"]);
    let ended = Process::start(command.stdin(csv)).end().await;
    assert_eq!(ended.status, Some(1), "{ended:?}");
    assert_eq!(fact(&ended, "created "), "1");
    assert_eq!(fact(&ended, "rows skipped "), "2");
    let line = "standard input: line 5: 2 fields expected, 3 found: skipped\n";
    assert!(ended.stderr.contains(line), "{ended:?}");
}

#[tokio::test]
async fn of_many_workers_standing_in_line_is_not_counted_as_waiting_to_retry() {
    let many: String = (0..400).map(|n| format!("Ada {n}\n")).collect();
    let csv = file("many.csv", &format!("friendlyName\n{many}"));
    let arguments = [
        "--csv",
        &csv,
        "--real-time",
        "--rate",
        "1000000",
        "--burst",
        "400",
    ];
    let ended = EXAMPLES.run("create_workers", &arguments).await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    let longest = fact(&ended, "longest call ");
    assert!(
        longest.starts_with("0.00 s between attempts, and "),
        "{longest}"
    );
    assert!(longest.ends_with(" s in line and in requests"), "{longest}");
    assert_eq!(fact(&ended, "worst case "), "74.40 s between attempts");
}

#[tokio::test]
async fn nothing_that_a_file_or_a_server_says_is_obeyed_by_the_terminal() {
    let routes = axum::Router::new()
        .fallback(async || (StatusCode::BAD_REQUEST, "no \u{1b}]0;title\u{7} \u{202e}!"));
    let server = common::serving::Serving::bind("127.0.0.1:0", routes)
        .await
        .unwrap();
    let url = format!("http://{}", server.addr());
    let csv = file(
        "odd.csv",
        "friendlyName,roles\n\u{1b}[2JAda,agent\nGrace \u{1b}[3m\n",
    );
    let header = file("header.csv", "name \u{1b}[2J\nAda\n");
    let refused = ["--csv", &csv, "--url", &url];
    let created = ["--csv", &csv, "-v"];
    let malformed = ["--csv", &header];
    for arguments in [&refused[..], &created, &malformed] {
        let ended = EXAMPLES.run("create_workers", arguments).await;
        for written in [&ended.stdout, &ended.stderr] {
            let obeyed = written
                .chars()
                .find(|c| c.is_control() && *c != '\n' || *c == '\u{202e}');
            assert_eq!(obeyed, None, "{ended:?}");
        }
        assert!(ended.stderr.contains(r"\u{1b}"), "{ended:?}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn every_line_fits_the_terminal_and_colours_are_left_out_where_they_are_not_wanted() {
    let two = file(
        "two.csv",
        "friendlyName\nAda Lovelace of the longest name that there is\nGrace\n",
    );
    let sample = ["--speed", "1000000", "--rate", "200", "--retries", "2"];
    let lines = ["--speed", "1000000", "--csv", &two, "-v"];
    for arguments in [&sample[..], &lines] {
        for columns in [100, 80, 60, 40] {
            let command = EXAMPLES.command("create_workers", arguments);
            let Some((screen, _)) = terminal::run(command, columns, |_, _| ()).await else {
                return skip::skip("no pseudo-terminal");
            };
            let text = strip_str(&screen).to_string();
            for line in text.split(['\r', '\n']) {
                let width = display_width(line.trim_end());
                assert!(width <= columns.into(), "{columns}: {line:?}");
            }
            assert!(text.contains("worst case"), "{screen}");
            assert!(screen.contains("\u{1b}[32m"), "{screen}");
        }
    }
    let mut command = EXAMPLES.command("create_workers", &["--csv", &two]);
    command.env("NO_COLOR", "1");
    let (screen, _) = terminal::run(command, 80, |_, _| ()).await.unwrap();
    assert!(!screen.contains("\u{1b}[3"), "{screen}");
}

#[test]
fn the_report_says_who_was_slowest_and_which_failed_and_why() {
    let progress = Progress::new(3, Clock::real());
    let outcomes = [
        ("Ada", 1, Ok(Success::AlreadyThere)),
        ("Grace", 3, Ok(Success::Created("WK2".to_owned()))),
        ("Mei", 3, Err(StatusCode::BAD_GATEWAY)),
    ];
    let outcomes: Vec<_> = (0..)
        .zip(outcomes)
        .map(|(worker, (name, attempts, result))| Outcome {
            worker,
            name: name.to_owned(),
            took: Took {
                attempts,
                time: Duration::from_secs(name.len() as u64),
                waited: Duration::from_millis(3_200),
            },
            result: result.map_err(|status| ApiError::Status {
                status,
                message: "<html>\r\n<h1>oops</h1>\n".to_owned(),
            }),
        })
        .collect();
    let report = Report {
        headline: headline(Work::Create, Place::Program),
        progress: &progress,
        outcomes: &outcomes,
        skipped: 2,
    };
    let report = strip_str(&report.to_string()).to_string();
    for line in [
        "rows skipped    2",
        "slowest worker  Grace, WK2",
        "longest call    3.20 s between attempts, and 1.80 s in line and in requests",
        "worst case      74.40 s between attempts",
        "       1        1  ####################",
        "       3        2  ########################################",
        "attempts  failed",
        "       3  Mei: the server answers 502 Bad Gateway: <html> <h1>oops</h1>",
    ] {
        assert!(report.lines().any(|written| written == line), "{report}");
    }
}

#[tokio::test]
async fn of_many_failures_the_first_are_told_and_the_others_counted() {
    let server = serve(1, 1).await;
    let client = client(&server);
    let progress = Arc::new(Progress::new(500, Clock::real()));
    let workers = five_hundred();
    let names: Vec<_> = workers
        .iter()
        .map(|worker| worker.friendly_name.clone())
        .collect();
    let outcomes = bulk::create_all(
        &client,
        Place::Program,
        retries(0),
        workers,
        &progress,
        QUIET,
    )
    .await;
    let report = Report {
        headline: headline(Work::Create, Place::Program),
        progress: &progress,
        outcomes: &outcomes,
        skipped: 0,
    };
    let failed = progress.failed();
    let text = report.to_string();
    let (_, told) = text.split_once("attempts  failed\n").unwrap();
    let told: Vec<_> = told.lines().collect();
    assert_eq!(told.len(), 11, "{text}");
    let more = format!(
        "          and {} more; --failed FILE writes all of them",
        failed - 10
    );
    assert_eq!(told[10], more);
    // In the order of the file.
    let failures = report.failures();
    assert_eq!(failures.len(), failed);
    assert!(failures.is_sorted_by_key(|failure| failure.worker));
    assert!(
        failures
            .iter()
            .all(|failure| names[failure.worker] == failure.name)
    );
}

#[test]
fn what_a_report_says_of_deleting_is_in_the_same_words() {
    let progress = Progress::new(0, Clock::real());
    let report = Report {
        headline: headline(Work::Delete, Place::Hosted),
        progress: &progress,
        outcomes: &[],
        skipped: 0,
    };
    let report = strip_str(&report.to_string()).to_string();
    assert_eq!(
        report.lines().collect::<Vec<_>>(),
        [
            "#[retry(schedule = [2s, 4s, 8s, 16s, 32s, 0], jitter = 0.2)]",
            "0 workers at once, in real time",
            "",
            "deleted         0",
            "failed          0",
            "requests sent   0",
            "429 answers     0",
            "worst case      74.40 s between attempts",
        ]
    );
}

#[test]
fn a_large_file_of_malformed_rows_is_read_in_the_time_that_its_length_takes() {
    let rows = MAX_BYTES / 4;
    let csv = format!("friendlyName\n{}", "a,b\n".repeat(rows));
    let started = Instant::now();
    let read = read(&csv);
    let took = started.elapsed();
    assert_eq!(read.malformed.len(), rows);
    assert_eq!(read.malformed.last().unwrap().line, rows + 1);
    // A minute and more if every row were looked for from the first byte.
    assert!(took < Duration::from_secs(15), "{took:?}");
}

#[test]
fn each_worker_has_a_letter_for_how_far_it_is() {
    let progress = Arc::new(Progress::new(5, Clock::real()));
    let [_, retrying, created, there, failed]: [Call; 5] = progress.calls().try_into().unwrap();
    for call in [&retrying, &created, &there, &failed] {
        call.count_request();
    }
    retrying.count_rate_limited();
    created.finish(State::Succeeded);
    there.finish(State::AlreadyThere);
    failed.finish(State::Failed);
    let picture = progress.picture();
    assert_eq!(picture.states, "wrsaf");
    assert_eq!((picture.waiting, picture.retrying), (1, 1));
    assert_eq!((picture.succeeded, picture.failed), (1, 1));
    assert_eq!(picture.already_there, 1);
    assert_eq!((picture.requests, picture.rate_limited), (4, 1));
}

#[tokio::test(start_paused = true)]
async fn what_happens_in_the_same_quarter_of_a_second_is_one_point_of_the_chart() {
    let mut history = History::new(Clock::real());
    history.now().requests += 2;
    time::advance(Duration::from_millis(300)).await;
    history.now().requests += 1;
    history.now().rate_limited += 1;
    time::advance(Duration::from_millis(700)).await;
    let lines = |requests: &[usize], rate_limited: &[usize]| Lines {
        seconds: 0.25,
        requests: requests.to_vec(),
        rate_limited: rate_limited.to_vec(),
    };
    let so_far = history.lines(false);
    assert_eq!(so_far, lines(&[2, 1, 0, 0], &[0, 1, 0, 0]));
    history.now().requests += 3;
    let all = history.lines(true);
    assert_eq!(all, lines(&[2, 1, 0, 0, 3], &[0, 1, 0, 0, 0]));
}

#[tokio::test(start_paused = true)]
async fn however_long_it_takes_the_chart_has_no_more_points() {
    let mut history = History::new(Clock::real());
    for _ in 0..1_000 {
        history.now().requests += 1;
        time::advance(Duration::from_secs(1)).await;
    }
    let lines = history.lines(false);
    assert!((240..=480).contains(&lines.requests.len()), "{lines:?}");
    let requests: usize = lines.requests.iter().sum();
    assert_eq!(requests, 1_000);
    assert!(lines.seconds * lines.requests.len() as f64 >= 996.0);
}

#[tokio::test]
async fn the_page_loads_nothing_from_elsewhere_and_is_framed_by_nobody() {
    let (_server, web, _) = show(1_000, 20).await;
    let answer = http().get(page_url(&web, "/")).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    let policy = answer.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
    for directive in ["default-src 'none'", "frame-ancestors 'none'"] {
        assert!(policy.contains(directive), "{policy}");
    }
    let page = answer.text().await.unwrap();
    assert!(page.starts_with("<!DOCTYPE html>"));
    for other in ["<script src", "<link rel=\"stylesheet\"", "https://"] {
        assert!(!page.contains(other), "{other}");
    }
}

#[tokio::test]
async fn the_page_knows_how_large_a_file_may_be() {
    let (_server, web, _) = show(1_000, 20).await;
    let answer = http().get(page_url(&web, "/")).send().await.unwrap();
    let page = answer.text().await.unwrap();
    let limit = format!("data-max-bytes=\"{MAX_BYTES}\"");
    assert!(page.contains(&limit));
}

#[tokio::test]
async fn rows_are_shown_as_they_will_be_sent_and_malformed_ones_with_their_line() {
    let (server, web, _) = show(1_000, 20).await;
    let csv = "friendlyName,roles,location\nAda,\"agent, lead\",Łódź\nGrace\n";
    let answer = send_csv(&web, "/rows", csv).await;
    assert_eq!(answer.status(), StatusCode::OK);
    let rows: Value = answer.json().await.unwrap();
    assert_eq!(
        rows,
        json!({
            "workers": [{
                "FriendlyName": "Ada",
                "Attributes": r#"{"location":"Łódź","roles":["agent","lead"]}"#,
            }],
            "malformed": [{ "line": 3, "reason": "3 fields expected, 1 found" }],
        })
    );
    assert_eq!(server.counts(), Counts::default());
}

#[tokio::test]
async fn a_file_that_is_no_list_of_workers_is_refused_with_the_reason() {
    let (server, web, _) = show(1_000, 20).await;
    let no_name = "name,roles\nAda,agent\n".to_owned();
    let too_many = format!("friendlyName\n{}", "Ada\n".repeat(MAX_ROWS + 1));
    let too_large = format!("friendlyName\n{}", "a".repeat(MAX_BYTES));
    for (csv, status, reason) in [
        (no_name, StatusCode::BAD_REQUEST, "no column `friendlyName`"),
        (
            too_many,
            StatusCode::BAD_REQUEST,
            "2001 rows, and at most 2000",
        ),
        (
            too_large,
            StatusCode::PAYLOAD_TOO_LARGE,
            "larger than 1024 KiB",
        ),
    ] {
        let answer = send_csv(&web, "/rows", &csv).await;
        assert_eq!(answer.status(), status);
        let message = message(answer).await;
        assert!(message.contains(reason), "{message}");
    }
    assert_eq!(server.counts(), Counts::default());
}

#[tokio::test]
async fn what_the_page_would_not_send_is_refused_with_the_reason() {
    let (server, web, _) = show(1_000, 20).await;
    let too_many: Vec<_> = repeat_n("Ada", MAX_ROWS + 1).collect();
    let other = json!({ "choice": { "retries": 6 }, "name": "", "workers": [], "skipped": 0 });
    for (order, status, reason) in [
        (order(&[]), StatusCode::BAD_REQUEST, "no workers"),
        (
            order(&["Ada", " "]),
            StatusCode::BAD_REQUEST,
            "worker 2: no friendlyName",
        ),
        (
            order(&too_many),
            StatusCode::BAD_REQUEST,
            "2001 rows, and at most 2000",
        ),
        (
            other,
            StatusCode::UNPROCESSABLE_ENTITY,
            "there are 0 to 5 retries",
        ),
    ] {
        let answer = send(&web, &order).await;
        assert_eq!(answer.status(), status);
        let message = message(answer).await;
        assert!(message.contains(reason), "{message}");
    }
    assert_eq!(server.counts(), Counts::default());
}

#[tokio::test]
async fn only_the_page_itself_may_ask_for_anything() {
    let (server, web, _) = show(1_000, 20).await;
    let local = &*web.addr().to_string();
    let port = web.addr().port();
    let by_name = &*format!("localhost:{port}");
    let [own, own_by_name] = [local, by_name].map(|host| format!("http://{host}"));
    let get = (Method::GET, "/events");
    let page = (Method::GET, "/");
    let delete = (Method::DELETE, "/workers");
    let from = "the request comes from a page of";
    for ((method, path), host, origin, site, refusal) in [
        (&delete, local, None, None, None),
        (&delete, local, Some(&*own), Some("same-origin"), None),
        (&delete, by_name, Some(&*own_by_name), None, None),
        (&get, local, None, Some("same-origin"), None),
        (&get, "[::1]:4000", None, None, None),
        // A link from elsewhere.
        (&page, local, None, Some("cross-site"), None),
        (
            &delete,
            local,
            Some("https://example.com"),
            None,
            Some(from),
        ),
        (
            &delete,
            local,
            Some("http://localhost:3000"),
            Some("same-site"),
            Some(from),
        ),
        (&delete, local, Some("null"), None, Some(from)),
        (&get, local, None, Some("cross-site"), Some(from)),
        // A name that its owner lets mean this machine.
        (
            &page,
            "example.com",
            None,
            None,
            Some("the header Host must be localhost or an address"),
        ),
        (
            &delete,
            "example.com",
            Some("http://example.com"),
            None,
            Some("it is example.com"),
        ),
        (
            &get,
            "localhost.example.com",
            None,
            None,
            Some("the header Host"),
        ),
    ] {
        let request = http().request(method.clone(), page_url(&web, path));
        let mut request = request.header(HOST, host);
        if let Some(origin) = origin {
            request = request.header(ORIGIN, origin);
        }
        if let Some(site) = site {
            request = request.header("Sec-Fetch-Site", site);
        }
        let answer = request.send().await.unwrap();
        let case = format!("{method} {path} {host} {origin:?} {site:?}");
        match refusal {
            None => {
                assert!(answer.status().is_success(), "{case}");
                Events::of(&web).await.until_the_end().await;
            }
            Some(reason) => {
                assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{case}");
                let message = message(answer).await;
                assert!(message.contains(reason), "{case}: {message}");
            }
        }
    }
    assert_eq!(server.counts(), Counts::default());
}

#[tokio::test]
async fn the_sample_is_the_file_that_was_named() {
    let (_server, web, _) = show(1_000, 20).await;
    let answer = http()
        .get(page_url(&web, "/sample.csv"))
        .send()
        .await
        .unwrap();
    assert_eq!(answer.text().await.unwrap(), "friendlyName\nAda\n");
}

#[tokio::test]
async fn pressing_create_or_delete_twice_begins_one_run() {
    let (server, web, clock) = show(1, 1).await;
    // No token is left after the first, so that the run waits for the clock, which waits for this.
    let at_work = clock.begin_work();
    let begun = send(&web, &order(&["Ada", "Grace"])).await;
    assert_eq!(begun.status(), StatusCode::ACCEPTED);
    let again = send(&web, &order(&["Mei"])).await;
    assert_eq!(again.status(), StatusCode::CONFLICT);
    assert_eq!(message(again).await, "a run is under way already");
    let delete = delete_all(&web).await;
    assert_eq!(delete.status(), StatusCode::CONFLICT);
    drop(at_work);
    let end = Events::of(&web).await.until_the_end().await;
    assert_eq!(end["work"], "create");
    assert_eq!(server.counts().deleted, 0);
}

#[tokio::test]
async fn a_run_goes_on_when_nobody_watches_and_whoever_comes_late_sees_all_of_it() {
    let (server, web, _) = show(20, 1).await;
    let mut watched = Events::of(&web).await;
    let idle = watched.next().await;
    assert_eq!(idle["subject"]["workers"], json!([]));
    assert_eq!(idle["standing"]["stage"], "idle");
    assert_eq!(idle["run"], 0);
    assert_eq!(idle["terms"]["rate"], 20);
    let mut order = order(&["Ada", "Grace", "Mei"]);
    order["workers"][1]["attributes"] = r#"{"roles":["lead"]}"#.into();
    let begun = send(&web, &order).await;
    assert_eq!(begun.status(), StatusCode::ACCEPTED);
    let running = watched.next().await;
    let subject = &running["subject"];
    assert_eq!(running["run"], 1);
    assert_eq!(subject["name"], "three.csv");
    let list = "schedule = [2s, 4s, 8s, 0], jitter = 0";
    assert_eq!(subject["list"], list);
    assert_eq!(subject["workers"][1]["FriendlyName"], "Grace");
    assert_eq!(subject["workers"][1]["Attributes"], r#"{"roles":["lead"]}"#);
    assert_eq!(running["standing"]["stage"], "running");
    drop(watched);
    let end = Events::of(&web).await.until_the_end().await;
    assert_eq!(end["states"], "sss");
    assert_eq!(end["succeeded"], 3);
    assert_eq!(end["stage"]["ended"]["rows"][0], json!(["created", "3"]));
    assert_eq!(server.counts().created, 3);
    let late = Events::of(&web).await.next().await;
    assert_eq!(late["subject"], *subject);
    assert_eq!(late["standing"], end);
}

#[tokio::test]
async fn a_run_that_is_interrupted_says_how_far_it_was() {
    let clock = fast();
    let server = serve_by(&clock, 1, 1).await;
    let runs = Arc::new(runs(&server, clock.clone()));
    let at_work = clock.begin_work();
    let batch = Batch {
        name: "two.csv".to_owned(),
        workers: vec![worker("Ada"), worker("Grace")],
        skipped: 0,
    };
    let mut watched = runs.watch();
    assert_eq!(watched.borrow().interrupted(), None);
    assert!(runs.create(Choice::default(), batch));
    while server.counts().created == 0 {
        yield_now().await;
    }
    let line = watched.borrow().interrupted().unwrap();
    let whichever = [0, 1].map(|n| format!("interrupted: {n} of 2 workers were created"));
    assert!(whichever.contains(&line), "{line}");
    drop(at_work);
    let ended = watched.wait_for(|run| !run.is_running());
    let ended = time::timeout(Duration::from_secs(60), ended).await;
    assert_eq!(ended.unwrap().unwrap().interrupted(), None);
}

#[tokio::test]
async fn deleting_from_the_page_deletes_every_worker_there_is() {
    let (server, web, _) = show(1_000, 20).await;
    for name in ["Ada", "Grace"] {
        post(&server).form(&worker(name)).send().await.unwrap();
    }
    assert_eq!(delete_all(&web).await.status(), StatusCode::ACCEPTED);
    let end = Events::of(&web).await.until_the_end().await;
    assert_eq!(end["work"], "delete");
    assert_eq!(end["states"], "ss");
    assert_eq!(end["stage"]["ended"]["rows"][0], json!(["deleted", "2"]));
    assert_eq!(list(&server).await, [] as [Value; 0]);
    assert_eq!(delete_all(&web).await.status(), StatusCode::ACCEPTED);
    let end = Events::of(&web).await.until_the_end().await;
    assert_eq!(end["states"], "");
}

#[tokio::test]
async fn a_server_that_has_gone_is_the_reason_why_nothing_was_deleted() {
    let (server, web, _) = show(1_000, 20).await;
    server.stop().await;
    assert_eq!(delete_all(&web).await.status(), StatusCode::ACCEPTED);
    let end = Events::of(&web).await.until_the_end().await;
    let reason = end["stage"]["stopped"].as_str().unwrap();
    assert!(reason.starts_with("error sending request"), "{reason}");
    let again = send(&web, &order(&["Ada"])).await;
    assert_eq!(again.status(), StatusCode::ACCEPTED);
}

#[tokio::test]
async fn a_page_that_is_open_does_not_keep_the_server_from_stopping() {
    let (_server, web, _) = show(1_000, 20).await;
    let mut watched = Events::of(&web).await;
    watched.next().await;
    let stopped = time::timeout(Duration::from_secs(20), web.stop()).await;
    assert!(stopped.is_ok());
    assert_eq!(watched.response.chunk().await.unwrap(), None);
}

/// An API, and a page for it whose sample has one worker.
async fn show(rate: u32, burst: u32) -> (Server, Web, Clock) {
    let clock = fast();
    let server = serve_by(&clock, rate, burst).await;
    let runs = Arc::new(runs(&server, clock.clone()));
    let web = Web::bind("127.0.0.1:0", runs, "friendlyName\nAda\n").await;
    (server, web.unwrap(), clock)
}

fn runs(server: &Server, clock: Clock) -> Runs {
    Runs::new(Terms {
        client: client(server),
        place: Place::Program,
        choice: Choice::default(),
        clock,
        rate: NonZeroU32::new(20),
        tell: QUIET,
    })
}

fn page_url(web: &Web, path: &str) -> String {
    format!("http://{}{path}", web.addr())
}

async fn send_csv(web: &Web, path: &str, csv: &str) -> Response {
    let request = http()
        .post(page_url(web, path))
        .header(CONTENT_TYPE, "text/csv");
    request.body(csv.to_owned()).send().await.unwrap()
}

/// What the page sends to create these.
fn order(names: &[&str]) -> Value {
    let worker = |name: &&str| json!({ "friendlyName": name, "attributes": "{}" });
    json!({
        "choice": { "retries": 3, "jitter": "0" },
        "name": "three.csv",
        "workers": names.iter().map(worker).collect::<Vec<_>>(),
        "skipped": 0,
    })
}

async fn send(web: &Web, order: &Value) -> Response {
    let request = http().post(page_url(web, "/workers"));
    request.json(order).send().await.unwrap()
}

async fn delete_all(web: &Web) -> Response {
    let request = http().delete(page_url(web, "/workers"));
    request.send().await.unwrap()
}

async fn message(answer: Response) -> String {
    let body: Value = answer.json().await.unwrap();
    body["message"].as_str().unwrap().to_owned()
}

/// What a page hears.
struct Events {
    response: Response,
    text: String,
}

impl Events {
    async fn of(web: &Web) -> Self {
        let response = http().get(page_url(web, "/events")).send().await.unwrap();
        assert_eq!(response.headers()[CONTENT_TYPE], "text/event-stream");
        Self {
            response,
            text: String::new(),
        }
    }

    async fn next(&mut self) -> Value {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let event = event.strip_prefix("data: ").map(str::to_owned);
                self.text = rest.to_owned();
                if let Some(event) = event {
                    return serde_json::from_str(&event).unwrap();
                }
                continue;
            }
            let chunk = time::timeout(Duration::from_secs(60), self.response.chunk());
            let chunk = chunk.await.expect("an event").unwrap().expect("a stream");
            self.text += std::str::from_utf8(&chunk).unwrap();
        }
    }

    /// How a run stood at its end.
    async fn until_the_end(mut self) -> Value {
        loop {
            let mut event = self.next().await;
            if event["standing"]["stage"].is_object() {
                return event["standing"].take();
            }
        }
    }
}

async fn remove(server: &Server, sid: &str) -> Response {
    let request = http().delete(format!("{}/{sid}", workers_url(server)));
    authorised(request).send().await.unwrap()
}

/// A server whose time stands still: it accepts one burst, however slow the machine is.
async fn serve(rate: u32, burst: u32) -> Server {
    let clock = fast();
    std::mem::forget(clock.begin_work());
    serve_by(&clock, rate, burst).await
}

async fn serve_by(clock: &Clock, rate: u32, burst: u32) -> Server {
    let (limits, account) = (limits(rate, burst), Account::default());
    let server = Server::bind("127.0.0.1:0", limits, &account, clock.clone());
    server.await.unwrap()
}

/// As fast as requests are.
fn fast() -> Clock {
    Clock::demonstration(NonZeroU32::MAX)
}

fn headline(work: Work, place: Place) -> Headline {
    Headline {
        work,
        place,
        choice: Choice::default(),
        rate: None,
        speed: None,
    }
}

/// The path of a file in an empty folder of its own.
fn file(name: &str, text: &str) -> String {
    let test = thread::current();
    let path = process::folder(&format!("{}-{name}", test.name().unwrap())).join(name);
    fs::write(&path, text).unwrap();
    path.display().to_string()
}

/// Such a file, opened.
fn file_of(name: &str, bytes: &[u8]) -> fs::File {
    let path = file(name, "");
    fs::write(&path, bytes).unwrap();
    fs::File::open(path).unwrap()
}

fn retries(retries: u8) -> Choice {
    Choice {
        retries: retries.try_into().unwrap(),
        ..Choice::default()
    }
}

/// Calls in real time.
fn calls<const N: usize>() -> [Call; N] {
    let progress = Arc::new(Progress::new(N, Clock::real()));
    progress.calls().try_into().unwrap()
}

fn limits(rate: u32, burst: u32) -> Limits {
    let [rate, burst] = [rate, burst].map(|limit| NonZeroU32::new(limit).unwrap());
    Limits { rate, burst }
}

fn http() -> reqwest::Client {
    common::http::client().no_proxy().build().unwrap()
}

fn client(server: &Server) -> Arc<Client> {
    Arc::new(Client::new(http(), &url(server), Account::default()))
}

fn url(server: &Server) -> String {
    format!("http://{}", server.addr())
}

fn workers_url(server: &Server) -> String {
    let workspace = Account::default().workspace;
    format!("{}/v1/Workspaces/{workspace}/Workers", url(server))
}

fn authorised(request: RequestBuilder) -> RequestBuilder {
    let account = Account::default();
    request.basic_auth(account.sid, Some(account.token))
}

fn post(server: &Server) -> RequestBuilder {
    authorised(http().post(workers_url(server)))
}

async fn list(server: &Server) -> Vec<Value> {
    let answer = authorised(http().get(workers_url(server))).send().await;
    let mut body: Value = answer.unwrap().json().await.unwrap();
    serde_json::from_value(body["workers"].take()).unwrap()
}

fn worker(name: &str) -> Worker {
    Worker {
        friendly_name: name.to_owned(),
        attributes: json!({ "roles": ["agent"], "location": "Łódź & Lyon" }),
    }
}

fn five_hundred() -> Vec<Worker> {
    let rows = read_file(SAMPLE);
    assert_eq!(rows.malformed, []);
    rows.workers
}

fn read_file(path: &str) -> Rows {
    workers::read(&fs::read(path).unwrap()).unwrap()
}

fn read(csv: &str) -> Rows {
    workers::read(csv.as_bytes()).unwrap()
}

fn status(error: &ApiError) -> Option<StatusCode> {
    match error {
        ApiError::Status { status, .. } => Some(*status),
        _ => None,
    }
}
