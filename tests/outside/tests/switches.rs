//! Switching retries while a program runs. One process, one set of switches: the tests take turns.

use retry_core::{ScheduleError, control, retry, retry_block, testing};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

static TURN: Mutex<()> = Mutex::new(());

fn turn() -> MutexGuard<'static, ()> {
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

#[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true)]
fn sync() -> Result<(), ()> {
    Err(())
}

#[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, name = "short")]
async fn asynchronous() -> Result<(), ()> {
    Err(())
}

fn waits(run: impl FnOnce() -> Result<(), ()>) -> Vec<u64> {
    let waits = testing::skip_waits();
    assert_eq!(run(), Err(()));
    waits.waits().iter().map(Duration::as_secs).collect()
}

fn run_async() -> Result<(), ()> {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(asynchronous())
}

#[test]
fn all_retries_can_be_switched_off_and_on_again() {
    let _turn = turn();
    assert_eq!(waits(sync), [1, 2]);
    control::disable();
    assert_eq!(waits(sync), [0; 0]);
    assert_eq!(waits(run_async), [0; 0]);
    control::enable();
    assert_eq!(waits(sync), [1, 2]);
}

#[test]
fn one_functions_schedule_can_be_replaced() {
    let _turn = turn();
    control::set("switches::sync", "exponential(3s, retries = 3)").unwrap();
    assert_eq!(waits(sync), [3, 6, 12]);
    assert_eq!(waits(run_async), [1, 2]);
    control::set("short", "7s, 0").unwrap();
    assert_eq!(waits(run_async), [7]);
    control::reset("switches::sync");
    control::reset("short");
    assert_eq!(waits(sync), [1, 2]);
    assert_eq!(waits(run_async), [1, 2]);
}

#[test]
fn a_wrong_text_is_refused_and_nothing_changes() {
    let _turn = turn();
    assert!(matches!(
        control::set("switches::sync", "1s"),
        Err(ScheduleError::NoTrailingZero { .. })
    ));
    assert_eq!(waits(sync), [1, 2]);
}

#[test]
fn a_hint_goes_by_the_schedule_in_force() {
    let _turn = turn();
    let hinted = || {
        let hint = |(): &()| Some(Duration::from_secs(20));
        retry_block!(schedule = [1s, 0], jitter = 0, on = |_| true, retry_after = hint, name = "hinted" => { Err(()) })
    };
    assert_eq!(waits(hinted), [0; 0]);
    control::set("hinted", "30s, 0").unwrap();
    assert_eq!(waits(hinted), [30]);
    control::reset("hinted");
}

/// Run by the tests below in a process of its own, with their environment.
#[test]
fn reports_its_waits() {
    if std::env::var_os("REPORT").is_some() {
        println!("waits {:?} {:?}", waits(sync), waits(sync));
    }
}

fn with_environment(name: &str, value: &str) -> (String, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["reports_its_waits", "--exact", "--nocapture"])
        .env("REPORT", "1")
        .env(name, value)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let out = text(output.stdout);
    let line = out
        .lines()
        .find_map(|line| line.split_once("waits "))
        .unwrap()
        .1
        .to_owned();
    (line, text(output.stderr))
}

#[test]
fn the_environment_switches_retries_off() {
    assert_eq!(with_environment("RETRY", "off").0, "[] []");
}

#[test]
fn the_environment_replaces_a_schedule() {
    assert_eq!(
        with_environment("RETRY_SWITCHES_SYNC", "5s, 0").0,
        "[5] [5]"
    );
}

#[test]
fn what_the_environment_has_wrong_changes_nothing() {
    assert_eq!(
        with_environment("RETRY_SWITCHES_SYNC", "5, 0").0,
        "[1, 2] [1, 2]"
    );
    assert_eq!(with_environment("RETRY_COUNT", "5").0, "[1, 2] [1, 2]");
}
