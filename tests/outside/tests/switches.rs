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

fn waits_in_millis(run: impl FnOnce() -> Result<(), ()>) -> Vec<u128> {
    let waits = testing::skip_waits();
    assert_eq!(run(), Err(()));
    waits.waits().iter().map(Duration::as_millis).collect()
}

fn block_on<F: Future>(future: F) -> F::Output {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .unwrap()
        .block_on(future)
}

fn run_async() -> Result<(), ()> {
    block_on(asynchronous())
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
fn the_longest_wait_is_that_of_the_schedule_in_force() {
    #[retry(schedule = [1s, 2s, 0], on = |()| true, name = "list")]
    fn list() -> Result<(), ()> {
        Err(())
    }

    #[retry(schedule = exponential(1s, max = 2s, attempts = 3), jitter = full, on = |()| true, name = "shape")]
    async fn shape() -> Result<(), ()> {
        Err(())
    }

    let _turn = turn();
    let _longest = testing::fix_jitter(1.0);
    let run_shape = || block_on(shape());
    assert_eq!(waits_in_millis(list), [1_200, 2_400]);
    assert_eq!(waits_in_millis(run_shape), [1_000, 2_000]);
    control::set("list", "exponential(1s, max = 5s, attempts = 5)").unwrap();
    control::set("shape", "10s, 20s, 0").unwrap();
    assert_eq!(waits_in_millis(list), [1_200, 2_400, 4_800, 5_000]);
    assert_eq!(waits_in_millis(run_shape), [10_000, 20_000]);
    control::reset("list");
    control::reset("shape");
    assert_eq!(waits_in_millis(list), [1_200, 2_400]);
    assert_eq!(waits_in_millis(run_shape), [1_000, 2_000]);
}

#[test]
fn a_replacement_takes_the_place_of_every_list_by_error() {
    let by_error = |errors: [u8; 4]| {
        let errors = errors.into_iter();
        let waits = testing::skip_waits();
        let _longest = testing::fix_jitter(1.0);
        let mut errors = errors.map(Err::<(), u8>);
        let result = retry_block!(schedule = match {
            1 => [1s, 0],
            2 => exponential(5s, max = 6s, attempts = 3),
        }, name = "by_error" => -> Result<(), u8> { errors.next().unwrap() });
        let waits = waits
            .waits()
            .iter()
            .map(Duration::as_millis)
            .collect::<Vec<_>>();
        (waits, result)
    };

    let _turn = turn();
    assert_eq!(by_error([2, 2, 2, 2]), (vec![6_000, 6_000], Err(2)));
    assert_eq!(by_error([1, 1, 2, 3]), (vec![1_200], Err(1)));
    control::set("by_error", "10s, 20s, 30s, 0").unwrap();
    assert_eq!(
        by_error([1, 2, 1, 2]),
        (vec![12_000, 24_000, 36_000], Err(2))
    );
    assert_eq!(by_error([2, 3, 1, 1]), (vec![12_000], Err(3)));
    control::set("by_error", "10s, 0").unwrap();
    assert_eq!(by_error([2, 2, 2, 2]), (vec![12_000], Err(2)));
    control::disable();
    assert_eq!(by_error([2, 2, 2, 2]), (vec![], Err(2)));
    control::enable();
    control::reset("by_error");
    assert_eq!(by_error([2, 2, 2, 2]), (vec![6_000, 6_000], Err(2)));
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
