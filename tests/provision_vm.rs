//! The example `provision_vm`, against its own server and against worse ones, over real sockets.

#[path = "../examples/provision_vm/checks.rs"]
mod checks;
#[path = "../examples/provision_vm/client.rs"]
mod client;
#[path = "../examples/common/mod.rs"]
mod common;
#[path = "support/process.rs"]
mod process;
#[path = "../examples/provision_vm/provision.rs"]
mod provision;
#[path = "../examples/provision_vm/server.rs"]
mod server;
#[path = "../examples/provision_vm/vm.rs"]
mod vm;

use checks::{Check, Checks, Found, Story};
use client::{ApiError, Client};
use common::{Speed, one_line};
use process::Examples;
use provision::{Poll, ProvisionError, Report};
use reqwest::StatusCode;
use retry_core::testing;
use serde_json::{Value, json};
use server::{Fate, Server};
use std::convert::Infallible;
use std::io::{Read as _, Write as _};
use std::net::{SocketAddr, TcpListener};
use std::thread;
use std::time::{Duration, Instant};
use tokio::task::yield_now;
use tokio::time;
use vm::{State, Vm};

static EXAMPLES: Examples = Examples::new(&["provision_vm"]);

/// Every time at which something happens is a whole number of these.
const STEP: Duration = Duration::from_millis(500);

/// Moves the paused clock on whenever no check is under way. So calls take no time, on a slow machine as on a fast one,
/// and each check is made exactly when its wait is over.
async fn pass_time(checks: &Checks) -> Infallible {
    let started = Instant::now();
    loop {
        let list = checks.list();
        let too_long = started.elapsed() > Duration::from_secs(120);
        assert!(!too_long, "a check has no answer: {list:?}");
        if list.last().is_some_and(|check| check.found.is_some()) {
            time::advance(STEP).await;
        } else {
            yield_now().await;
        }
    }
}

/// Starts a VM at that address and waits for it.
async fn provision_at(addr: SocketAddr, poll: Poll) -> (Result<Vm, ProvisionError>, Vec<Check>) {
    let checks = Checks::new(Story::begin(Speed::REAL_TIME), |_| {});
    let client = client(addr);
    let result = tokio::select! {
        // A wait that is over ends before time passes on.
        biased;
        result = provision::provision(&client, poll, &checks) => result,
        never = pass_time(&checks) => match never {},
    };
    (result, checks.list())
}

/// The same with a server of its own, and a jitter that leaves each wait as it is listed.
async fn provision(fate: Fate, poll: Poll) -> (Result<Vm, ProvisionError>, Vec<Check>) {
    let _jitter = testing::fix_jitter(0.5);
    let server = serve(fate).await;
    provision_at(server.addr(), poll).await
}

#[tokio::test(start_paused = true)]
async fn a_vm_of_four_minutes_is_noticed_after_four_and_a_half() {
    let (result, checks) = provision(takes(240), Poll::Retries).await;
    let vm = result.unwrap();
    assert_eq!((&*vm.id, vm.state), ("vm-1", State::Running));
    assert_eq!(times(&checks), [0.0, 180.0, 270.0]);
    assert_eq!(
        found(&checks),
        [
            Found::Starting,
            Found::Starting,
            Found::Running(Some(Duration::from_secs(240)))
        ]
    );
    let report = Report {
        vm: &vm,
        checks: &checks,
    };
    assert_eq!(
        report.to_string(),
        "vm-1 was running at 240.0 s\nnoticed at 270.0 s, 30.0 s later\nwith 3 status calls"
    );
}

#[tokio::test(start_paused = true)]
async fn the_longer_it_takes_the_closer_the_checks_and_never_closer_than_fifteen_seconds() {
    let (result, checks) = provision(takes(400), Poll::Retries).await;
    assert!(result.is_ok());
    assert_eq!(
        times(&checks),
        [
            0.0, 180.0, 270.0, 315.0, 337.5, 352.5, 367.5, 382.5, 397.5, 412.5
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_vm_that_runs_at_once_is_checked_once() {
    let (result, checks) = provision(takes(0), Poll::Retries).await;
    assert!(result.is_ok());
    assert_eq!(times(&checks), [0.0]);
}

#[tokio::test(start_paused = true)]
async fn a_vm_that_takes_longer_than_the_list_is_given_up_after_twenty_retries() {
    let (result, checks) = provision(takes(578), Poll::Retries).await;
    let error = result.unwrap_err();
    assert_eq!(
        one_line(&error),
        "vm-1 does not run: it was still starting at 577.5 s, after 21 status calls"
    );
    assert_eq!(checks.len(), 21);
    assert!(found(&checks).iter().all(|found| *found == Found::Starting));
}

#[tokio::test(start_paused = true)]
async fn within_five_minutes_the_last_check_is_made_one_second_before_them() {
    let (result, checks) = provision(takes(299), Poll::Within).await;
    assert!(result.is_ok());
    assert_eq!(times(&checks), [0.0, 180.0, 270.0, 299.0]);
}

#[tokio::test(start_paused = true)]
async fn a_vm_that_takes_longer_than_the_last_check_is_given_up() {
    let (result, checks) = provision(takes(300), Poll::Within).await;
    let error = result.unwrap_err();
    assert_eq!(
        one_line(&error),
        "vm-1 does not run: it was still starting at 299.0 s, after 4 status calls"
    );
    assert_eq!(times(&checks), [0.0, 180.0, 270.0, 299.0]);
}

#[tokio::test(start_paused = true)]
async fn jitter_moves_the_checks_of_the_one_list_and_not_of_the_other() {
    let server = serve(takes(300)).await;
    for (position, second_check) in [(0.0, 144.0), (1.0, 216.0)] {
        let _jitter = testing::fix_jitter(position);
        let (_, checks) = provision_at(server.addr(), Poll::Retries).await;
        assert_eq!(times(&checks)[1], second_check);
        let (_, checks) = provision_at(server.addr(), Poll::Within).await;
        assert_eq!(times(&checks), [0.0, 180.0, 270.0, 299.0]);
    }
}

#[tokio::test(start_paused = true)]
async fn a_vm_that_failed_is_not_asked_for_again() {
    let fate = Fate {
        fails: true,
        ..takes(200)
    };
    let (result, checks) = provision(fate, Poll::Retries).await;
    assert_eq!(
        one_line(&result.unwrap_err()),
        "gave up vm-1 after 3 status calls: the VM failed: no host has room for it"
    );
    assert_eq!(times(&checks), [0.0, 180.0, 270.0]);
}

#[tokio::test(start_paused = true)]
async fn a_vm_that_is_not_there_is_not_asked_for_again() {
    let server = serve(takes(1)).await;
    let checks = Checks::new(Story::begin(Speed::REAL_TIME), |_| {});
    for id in ["vm-1", "vm-0", "vm-x", "x"] {
        let error = client(server.addr()).poll(id, &checks).await.unwrap_err();
        let ApiError::Status { status, .. } = error else {
            panic!("{error}")
        };
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    assert_eq!(times(&checks.list()), [0.0; 4]);
}

#[tokio::test(start_paused = true)]
async fn a_server_that_vanishes_is_asked_until_the_list_ends() {
    let _jitter = testing::fix_jitter(0.5);
    let server = serve(takes(240)).await;
    let addr = server.addr();
    let vanish = async {
        time::sleep(Duration::from_secs(200)).await;
        server.stop().await;
    };
    let ((result, checks), ()) = futures::join!(provision_at(addr, Poll::Retries), vanish);
    let error = result.unwrap_err();
    assert!(matches!(
        error,
        ProvisionError::Check {
            checks: 21,
            source: ApiError::Transport(_),
            ..
        }
    ));
    let line = one_line(&error);
    assert!(
        line.starts_with("gave up vm-1 after 21 status calls: error sending request"),
        "{line}"
    );
    let found = found(&checks);
    assert_eq!(found[..2], [Found::Starting, Found::Starting]);
    for lost in &found[2..] {
        assert!(matches!(lost, Found::Error(_)), "{lost}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_server_that_comes_back_is_asked_on_the_same_schedule() {
    let _jitter = testing::fix_jitter(0.5);
    let addr = answers([
        started(),
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy".to_owned(),
        // It hangs up before it has said anything, then in the middle of a word.
        String::new(),
        "HTTP/1.1 200 OK\r\nContent-Length: 34\r\n\r\n{\"id\":\"vm-1\",\"sta".to_owned(),
        ok(&json!({ "id": "vm-1", "state": "running" })),
    ]);
    let (result, checks) = provision_at(addr, Poll::Retries).await;
    let vm = result.unwrap();
    assert_eq!(times(&checks), [0.0, 180.0, 270.0, 315.0]);
    assert_eq!(
        found(&checks)[0],
        Found::Error("the server answers 503 Service Unavailable: busy".to_owned())
    );
    let report = Report {
        vm: &vm,
        checks: &checks,
    };
    assert_eq!(
        report.to_string(),
        "vm-1 was noticed running at 315.0 s\nwith 4 status calls"
    );
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_makes_no_sense_ends_the_polling() {
    for answer in [
        json!({ "id": "vm-1", "state": "hibernating" }),
        json!("running"),
    ] {
        let addr = answers([started(), ok(&answer)]);
        let (result, checks) = provision_at(addr, Poll::Retries).await;
        let line = one_line(&result.unwrap_err());
        let start = "gave up vm-1 after 1 status call: the server's answer makes no sense: ";
        assert!(line.starts_with(start), "{line}");
        assert_eq!(checks.len(), 1);
    }
}

#[tokio::test]
async fn a_vm_that_was_not_started_is_not_started_twice() {
    let refuses = "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy";
    let addr = answers([refuses.to_owned(), started()]);
    let (result, checks) = provision_at(addr, Poll::Retries).await;
    assert_eq!(
        one_line(&result.unwrap_err()),
        "the VM was not started: the server answers 503 Service Unavailable: busy"
    );
    assert_eq!(checks, []);
}

#[tokio::test]
async fn ten_thousand_times_as_fast_the_story_is_the_same() {
    let speed: Speed = "10000".parse().unwrap();
    let server = serve(Fate {
        takes: speed.scale(Duration::from_secs(240)),
        fails: false,
    })
    .await;
    let checks = Checks::new(Story::begin(speed), |_| {});
    let client = Client::new(http(), &format!("http://{}", server.addr()), speed);
    let started = Instant::now();
    let vm = client.start().await.unwrap();
    let polled = client.poll_within(&vm.id, &checks).await.unwrap();
    // On a slow machine the calls take minutes of the story, and it runs when the second check is made.
    assert!(started.elapsed() >= Duration::from_millis(18));
    assert!(polled.is_running());
    let checks = checks.list();
    assert!(times(&checks)[1] >= 180.0, "{checks:?}");
    assert!(matches!(
        checks.last().unwrap().found,
        Some(Found::Running(Some(_)))
    ));
}

#[tokio::test]
async fn the_command_says_how_fast_it_runs_and_gives_the_times_of_the_schedule() {
    for speed in ["200", "1000"] {
        let arguments = ["--poll", "within", "--takes", "1s", "--speed", speed];
        let ended = EXAMPLES.run("provision_vm", &arguments).await;
        assert_eq!(ended.status, Some(0), "{ended:?}");
        let mut lines = ended.stdout.lines();
        assert_eq!(
            lines.next(),
            Some(&*format!(
                "{speed} times faster than real time: {speed} s pass in 1 s"
            ))
        );
        // What runs after a second is found either at once, on a slow machine, or after the three minutes of the list.
        let check = lines.by_ref().find(|line| line.ends_with("  running"));
        let (at, _) = check.unwrap().split_once(" s  ").unwrap();
        let at: f64 = at.trim().parse().unwrap();
        let first = !ended.stdout.contains("  starting\n");
        assert!(first || at >= 180.0, "{}", ended.stdout);
        let noticed = format!("noticed at {at:.1} s, ");
        assert!(ended.stdout.contains(&noticed), "{}", ended.stdout);
    }
}

#[test]
fn the_story_passes_as_many_times_as_fast_as_the_waits() {
    let minute = Duration::from_secs(60);
    for speed in ["1", "7", "60", "4294967295"] {
        let speed: Speed = speed.parse().unwrap();
        let story = Story::begin(speed);
        let there_and_back = story.stretch(speed.scale(minute));
        let off = there_and_back.abs_diff(minute);
        // What a wait loses to whole nanoseconds is that much longer in the story.
        let nanosecond = story.stretch(Duration::from_nanos(1));
        assert!(off <= nanosecond, "{speed}, {there_and_back:?}");
    }
}

#[tokio::test]
async fn a_started_vm_is_accepted_and_has_an_address() {
    let server = serve(takes(60)).await;
    let url = format!("http://{}/v1/vms", server.addr());
    for id in ["vm-1", "vm-2"] {
        let answer = http().post(&url).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::ACCEPTED);
        assert_eq!(answer.headers()["location"], format!("/v1/vms/{id}"));
        let vm: Value = answer.json().await.unwrap();
        assert_eq!(vm, json!({ "id": id, "state": "starting" }));
    }
}

#[tokio::test]
async fn a_port_that_is_taken_cannot_be_bound() {
    let server = serve(takes(1)).await;
    let error = Server::bind(server.addr(), takes(1)).await.err().unwrap();
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

fn takes(seconds: u64) -> Fate {
    Fate {
        takes: Duration::from_secs(seconds),
        fails: false,
    }
}

async fn serve(fate: Fate) -> Server {
    Server::bind("127.0.0.1:0", fate).await.unwrap()
}

/// A server that gives each connection one of these answers, in their order.
fn answers<const N: usize>(answers: [String; N]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let addr = listener.local_addr().unwrap();
    thread::spawn(move || {
        for answer in answers {
            let (mut connection, _) = listener.accept().unwrap();
            let _ = connection.read(&mut [0; 4096]).unwrap();
            connection.write_all(answer.as_bytes()).unwrap();
        }
    });
    addr
}

fn started() -> String {
    ok(&json!({ "id": "vm-1", "state": "starting" }))
}

fn ok(body: &Value) -> String {
    let body = body.to_string();
    let length = body.len();
    format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}")
}

fn http() -> reqwest::Client {
    common::http::client().no_proxy().build().unwrap()
}

fn client(addr: SocketAddr) -> Client {
    Client::new(http(), &format!("http://{addr}"), Speed::REAL_TIME)
}

fn times(checks: &[Check]) -> Vec<f64> {
    checks.iter().map(|check| check.at.as_secs_f64()).collect()
}

fn found(checks: &[Check]) -> Vec<Found> {
    checks
        .iter()
        .filter_map(|check| check.found.clone())
        .collect()
}
