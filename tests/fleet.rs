//! The example `fleet`, as the processes that it is.

#[path = "../examples/fleet/api.rs"]
#[allow(dead_code, reason = "the tests ask for less")]
mod api;
#[path = "../examples/common/mod.rs"]
mod common;
#[path = "support/nats.rs"]
mod nats;
#[path = "support/process.rs"]
mod process;
#[path = "support/skip.rs"]
mod skip;

use api::Api;
use async_nats::jetstream::consumer::pull;
use axum::http::StatusCode;
use axum::routing::post;
use common::serving::Serving;
use nats::Nats;
use process::{Ended, Examples};
use retry_jetstream::{Limit, Queue};
use std::num::NonZeroU32;
use std::time::Duration;

static EXAMPLES: Examples = Examples::new(&["fleet"]);

/// The number after that text.
fn number(report: &str, text: &str) -> u64 {
    let (_, rest) = report
        .split_once(text)
        .unwrap_or_else(|| panic!("{text}: {report}"));
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

#[tokio::test]
async fn five_hundred_of_five_hundred_are_created_while_processes_and_the_server_are_killed() {
    if nats::program().is_none() {
        return;
    }
    let rate = NonZeroU32::new(100).unwrap();
    let ended = EXAMPLES
        .run("fleet", &["--workers=500", "--rate=100"])
        .await;
    let report = &ended.stdout;
    assert_eq!(ended.status, Some(0), "{ended:?}");
    assert!(
        report.starts_with("created: 500 of 500, each once\n"),
        "{report}"
    );
    assert!(number(report, "killed: ") >= 3, "{report}");
    assert!(report.contains("the server once"), "{report}");
    assert_eq!(number(report, "dead letters: "), 0);
    // Most requests are the first of their job, one in twenty is made again, and a kill repeats those that were under way.
    assert!(
        (500..700).contains(&number(report, "requests: ")),
        "{report}"
    );
    // The API is where the limit matters. What a busy machine takes for a request comes on top.
    let most = Limit::per_second(rate).most_in(Duration::from_millis(1_300));
    assert!(number(report, "at most ") <= most, "{report}");
}

#[tokio::test]
async fn the_parts_run_on_their_own_and_dead_letters_are_listed_and_retried() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    let server = format!("--nats={}", nats.url());
    let run = async |arguments: &[&str]| {
        let ended: Ended = EXAMPLES
            .run("fleet", &[arguments, &[&server]].concat())
            .await;
        assert_eq!(ended.status, Some(0), "{ended:?}");
        ended.stdout
    };
    assert_eq!(
        run(&["enqueue", "--workers=5"]).await,
        "5 jobs published, 0 were there already\n"
    );
    assert_eq!(
        run(&["enqueue", "--workers=6"]).await,
        "1 jobs published, 5 were there already\n"
    );
    assert_eq!(
        run(&["status"]).await,
        "6 new, 0 under way or waiting, 0 without an answer, 0 dead\n"
    );

    // An API that says that the requests are wrong.
    let routes = axum::Router::new().route("/workers", post(|| async { StatusCode::BAD_REQUEST }));
    let wrong = Serving::bind("127.0.0.1:0", routes).await.unwrap();
    work(&server, wrong.addr(), async || {
        run(&["status"]).await.ends_with("6 dead\n")
    })
    .await;
    let dead = run(&["dead", "list"]).await;
    assert_eq!(dead.lines().count(), 12, "{dead}");
    assert!(
        dead.contains(
            "worker-000003: not_retryable after 1 attempts: the API answers 400 Bad Request\n"
        ),
        "{dead}"
    );

    assert_eq!(run(&["dead", "retry"]).await, "6 jobs published anew\n");
    let api = Api::bind("127.0.0.1:0", NonZeroU32::new(30).unwrap())
        .await
        .unwrap();
    work(&server, api.addr(), async || api.counts().created == 6).await;
    assert_eq!(
        run(&["status"]).await,
        "0 new, 0 under way or waiting, 0 without an answer, 0 dead\n"
    );
    assert_eq!(run(&["dead", "list"]).await, "");
}

#[tokio::test]
async fn worker_processes_that_cannot_start_end_the_show_with_the_reason() {
    let Some(nats) = Nats::start().await else {
        return;
    };
    // A consumer that gives up after one attempt: no worker takes it.
    let jetstream = nats.jetstream().await;
    Queue::create(&jetstream, "create").await.unwrap();
    let stream = jetstream.get_stream("create").await.unwrap();
    let config = pull::Config {
        durable_name: Some("create".to_owned()),
        max_deliver: 1,
        ..pull::Config::default()
    };
    stream.create_consumer(config).await.unwrap();
    let server = format!("--nats={}", nats.url());
    let arguments = ["--workers=5", "--processes=2", &server];
    let ended = EXAMPLES.run("fleet", &arguments).await;
    assert_eq!(ended.status, Some(2), "{ended:?}");
    assert_eq!(ended.stdout, "");
    let mut lines = ended.stderr.lines().rev();
    let last = lines.next().unwrap();
    let expected = "fleet: worker process 1 ended by itself 3 times before it had begun a job, the last time with exit status: 2";
    assert!(last.starts_with(expected), "{ended:?}");
    let reason = "fleet: the consumer `create` has `";
    assert!(lines.any(|line| line.starts_with(reason)), "{ended:?}");
}

/// A worker process works until that is so, and is interrupted then.
async fn work(server: &str, api: std::net::SocketAddr, mut until: impl AsyncFnMut() -> bool) {
    let api = format!("--api=http://{api}");
    let process = EXAMPLES.start("fleet", &["work", "--rate=30", &api, server]);
    let waited = async {
        while !until().await {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(process::LIMIT, waited).await.unwrap();
    process.interrupt();
    let ended = process.end().await;
    assert_eq!(ended.status, Some(0), "{ended:?}");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_said_on_one_line() {
    let ended = EXAMPLES
        .run("fleet", &["status", "--nats=nats://127.0.0.1:1"])
        .await;
    assert_eq!(ended.status, Some(2));
    assert_eq!(
        ended.stderr,
        "fleet: no NATS server answers at nats://127.0.0.1:1\n"
    );
}
