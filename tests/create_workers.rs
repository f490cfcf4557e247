//! The example `create_workers`, against its own server over a real socket.

#[path = "../examples/create_workers/account.rs"]
#[allow(dead_code, reason = "the tests leave the environment alone")]
mod account;
#[path = "../examples/create_workers/bulk.rs"]
mod bulk;
#[path = "../examples/create_workers/client.rs"]
mod client;
#[path = "../examples/create_workers/progress.rs"]
mod progress;
#[path = "../examples/create_workers/report.rs"]
#[allow(dead_code, reason = "the tests show no progress")]
mod report;
#[path = "../examples/create_workers/server.rs"]
mod server;
#[path = "../examples/create_workers/workers.rs"]
mod workers;

use account::Account;
use bulk::{Outcome, schedule};
use client::{ApiError, Client, CreatedWorker};
use progress::{Call, Progress};
use report::Report;
use reqwest::header::RETRY_AFTER;
use reqwest::{RequestBuilder, StatusCode};
use retry_core::{Jitter, Schedule};
use serde_json::{Value, json};
use server::{Counts, Limits, Server};
use std::collections::HashSet;
use std::convert::Infallible;
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::yield_now;
use tokio::time;
use workers::{CsvError, Malformed, Rows, Worker};

/// The command in real time: five hundred workers, thirty requests a second.
async fn create_five_hundred(retries: usize, jitter: Jitter) -> Counts {
    let server = serve(30, 20).await;
    let client = client(&server, schedule(retries, 1).unwrap(), jitter);
    let progress = Arc::new(Progress::new(500));
    let outcomes = tokio::select! {
        outcomes = bulk::create_all(client, five_hundred(), &progress) => outcomes,
        never = pass_time(&progress) => match never {},
    };
    let counts = server.counts();
    assert_eq!(outcomes.len(), 500);
    assert_eq!(progress.created(), counts.created);
    assert_eq!(progress.failed(), 500 - counts.created);
    assert_eq!(progress.requests(), counts.requests);
    assert_eq!(progress.rate_limited(), counts.rate_limited);
    assert_eq!(progress.waiting(), 0);
    let attempts: usize = outcomes.iter().map(|outcome| outcome.attempts).sum();
    assert_eq!(attempts, counts.requests);
    counts
}

/// Moves the paused clock on whenever every request is answered. So requests take no time, on a slow machine as on a
/// fast one: what is left is what waits and limits make of each other.
async fn pass_time(progress: &Progress) -> Infallible {
    let started = Instant::now();
    loop {
        let too_long = started.elapsed() > Duration::from_secs(120);
        assert!(!too_long, "a request has no answer: {progress:?}");
        let requests = progress.requests();
        let all_started = requests >= progress.total();
        if all_started && requests == progress.created() + progress.rate_limited() {
            time::advance(Duration::from_millis(5)).await;
        } else {
            yield_now().await;
        }
    }
}

#[tokio::test(start_paused = true)]
async fn five_retries_create_all_five_hundred() {
    let counts = create_five_hundred(5, Jitter::default()).await;
    assert_eq!(counts.created, 500);
    assert_eq!(counts.requests, 500 + counts.rate_limited);
}

#[tokio::test(start_paused = true)]
async fn three_retries_leave_a_third_and_more_of_them() {
    let created = create_five_hundred(3, Jitter::default()).await.created;
    assert!((250..333).contains(&created), "{created}");
}

#[tokio::test(start_paused = true)]
async fn without_jitter_all_come_back_at_once_and_each_time_a_burst_is_created() {
    let counts = create_five_hundred(5, Jitter::none()).await;
    assert_eq!(counts.created, 6 * 20);
    assert_eq!(counts.requests, 500 + 480 + 460 + 440 + 420 + 400);
}

#[tokio::test(start_paused = true)]
async fn without_retries_one_burst_is_created() {
    let counts = create_five_hundred(0, Jitter::default()).await;
    assert_eq!(
        counts,
        Counts {
            requests: 500,
            created: 20,
            rate_limited: 480
        }
    );
}

#[tokio::test]
async fn on_the_real_clock_too_five_retries_create_all_five_hundred() {
    const SPEED: u32 = 20;

    let server = serve(30 * SPEED, 20).await;
    let client = client(&server, schedule(5, SPEED).unwrap(), Jitter::default());
    let progress = Arc::new(Progress::new(500));
    let outcomes = bulk::create_all(client, five_hundred(), &progress).await;
    assert_eq!(outcomes.len(), 500);
    assert_eq!(server.counts().created, 500);
    let listed = list(&server).await;
    let names: HashSet<_> = listed
        .iter()
        .map(|worker| worker["friendly_name"].as_str().unwrap())
        .collect();
    assert_eq!(names.len(), 500);
    for worker in five_hundred() {
        assert!(names.contains(&*worker.friendly_name));
    }
}

#[tokio::test]
async fn a_server_that_vanishes_leaves_the_rest_failed() {
    let server = serve(1, 20).await;
    let client = client(&server, schedule(5, 20).unwrap(), Jitter::default());
    let progress = Arc::new(Progress::new(500));
    let vanish = async {
        while progress.created() + progress.waiting() < 500 {
            yield_now().await;
        }
        server.stop().await;
    };
    let create = bulk::create_all(client, five_hundred(), &progress);
    let (outcomes, ()) = futures::join!(create, vanish);
    assert!(progress.created() >= 20);
    assert_eq!(progress.created() + progress.failed(), 500);
    let lost = outcomes
        .iter()
        .find(|outcome| matches!(outcome.result, Err(ApiError::Transport(_))));
    let error = lost.unwrap().result.as_ref().unwrap_err();
    let line = report::one_line(error);
    assert!(line.starts_with("error sending request"), "{line}");
    assert!(!line.contains('\n'), "{line}");
}

#[tokio::test]
async fn a_name_that_is_taken_is_refused_with_409_and_not_tried_again() {
    let server = serve(1_000, 20).await;
    let client = client(&server, schedule(5, 20).unwrap(), Jitter::default());
    let progress = Progress::new(2);
    let ada = worker("Ada");
    let first = Call::new(&progress);
    client.create_worker(&ada, &first).await.unwrap();
    assert_eq!(first.finish(true), 1);
    let second = Call::new(&progress);
    let error = client.create_worker(&ada, &second).await.unwrap_err();
    assert_eq!(second.finish(false), 1);
    assert_eq!(status(&error), Some(StatusCode::CONFLICT));
    let counts = server.counts();
    assert_eq!((counts.requests, counts.created), (2, 1));
}

#[tokio::test]
async fn wrong_credentials_are_refused_with_401_and_not_tried_again() {
    let server = serve(1_000, 20).await;
    let stranger = Account {
        token: "guessed".to_owned(),
        ..Account::default()
    };
    let schedule = schedule(5, 20).unwrap();
    let client = Client::new(http(), &url(&server), stranger, schedule, Jitter::none());
    let progress = Progress::new(1);
    let error = client
        .create_worker(&worker("Ada"), &Call::new(&progress))
        .await
        .unwrap_err();
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
async fn a_port_that_is_taken_cannot_be_bound() {
    let server = serve(1, 1).await;
    let again = Server::bind(server.addr(), limits(1, 1), &Account::default()).await;
    let error = again.err().unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[test]
fn fewer_retries_are_the_first_waits_of_the_one_schedule() {
    assert_eq!(
        schedule(5, 1).unwrap(),
        client::SCHEDULE.parse::<Schedule>().unwrap()
    );
    assert_eq!(schedule(3, 1).unwrap().to_string(), "2s, 4s, 8s, 0");
    assert_eq!(
        schedule(3, 10).unwrap().to_string(),
        "200ms, 400ms, 800ms, 0"
    );
    assert_eq!(schedule(0, 10).unwrap().to_string(), "0");
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

#[test]
fn a_file_without_names_is_refused() {
    for csv in ["", "name,roles\nAda,agent\n"] {
        let error = workers::read(csv.as_bytes()).unwrap_err();
        assert!(matches!(error, CsvError::NoNameColumn), "{error}");
    }
    let error = workers::read_file(Path::new("/no/such/file.csv")).unwrap_err();
    assert!(matches!(error, CsvError::File(_)), "{error}");
}

#[test]
fn the_report_says_who_was_slowest_and_why_one_failed() {
    let progress = Progress::new(3);
    let outcomes = [
        ("Ada", 1, Ok("WK1")),
        ("Grace", 3, Ok("WK2")),
        ("Mei", 3, Err(StatusCode::BAD_GATEWAY)),
    ]
    .map(|(name, attempts, result)| Outcome {
        name: name.to_owned(),
        attempts,
        took: Duration::from_millis(name.len() as u64),
        result: match result {
            Ok(sid) => Ok(CreatedWorker {
                sid: sid.to_owned(),
            }),
            Err(status) => Err(ApiError::Status {
                status,
                answer: "<html>\r\n<h1>oops</h1>\n".to_owned(),
            }),
        },
    });
    let report = Report {
        progress: &progress,
        outcomes: &outcomes,
        worst_case: Duration::from_millis(7440),
    };
    let report = report.to_string();
    for line in [
        "slowest worker  Grace, WK2",
        "longest call    0.01 s",
        "worst case      7.44 s of waiting",
        "one failure     Mei, after 3 attempts: the server answers 502 Bad Gateway: <html> <h1>oops</h1>",
        "       1        1  ####################",
        "       3        2  ########################################",
    ] {
        assert!(report.lines().any(|written| written == line), "{report}");
    }
}

async fn serve(rate: u32, burst: u32) -> Server {
    Server::bind("127.0.0.1:0", limits(rate, burst), &Account::default())
        .await
        .unwrap()
}

fn limits(rate: u32, burst: u32) -> Limits {
    let [rate, burst] = [rate, burst].map(|limit| NonZeroU32::new(limit).unwrap());
    Limits { rate, burst }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

fn client(server: &Server, schedule: Schedule, jitter: Jitter) -> Client {
    Client::new(http(), &url(server), Account::default(), schedule, jitter)
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
    let csv = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("examples/data/workers.csv");
    let rows = workers::read_file(&csv).unwrap();
    assert_eq!(rows.malformed, []);
    rows.workers
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
