//! Switching retries while a program runs. One process, one set of switches: the tests take turns.

use retry_core::control::{self, Setting};
use retry_core::{ScheduleError, retry, retry_block, testing};
use std::collections::HashMap;
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
    assert_eq!((waits(sync), waits(run_async)), (vec![1, 2], vec![1, 2]));
    assert_eq!(
        control::set("switches::sync", "exponential(3s, retries = 3)"),
        Ok(Setting::InForce)
    );
    assert_eq!(waits(sync), [3, 6, 12]);
    assert_eq!(waits(run_async), [1, 2]);
    assert_eq!(control::set("short", "7s, 0"), Ok(Setting::InForce));
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

mod names {
    use super::*;

    struct Client;
    struct Server;

    impl Client {
        #[retry(schedule = [1s, 0], jitter = 0, on = |_| true)]
        fn create(&self) -> Result<(), ()> {
            Err(())
        }
    }

    impl Server {
        #[retry(schedule = [1s, 0], jitter = 0, on = |_| true)]
        fn create(&self) -> Result<(), ()> {
            Err(())
        }
    }

    #[test]
    fn methods_of_two_types_are_two_functions() {
        let _turn = turn();
        let _ = control::set("switches::names::Client::create", "3s, 0").unwrap();
        assert_eq!(waits(|| Client.create()), [3]);
        assert_eq!(waits(|| Server.create()), [1]);
        control::reset("switches::names::Client::create");
        assert_eq!(waits(|| Client.create()), [1]);
    }

    fn blocks() -> [Vec<u64>; 2] {
        [
            waits(|| retry_block!(schedule = [1s, 0], jitter = 0, on = |_| true => { Err(()) })),
            waits(|| retry_block!(schedule = [2s, 0], jitter = 0, on = |_| true => { Err(()) })),
        ]
    }

    #[test]
    fn two_blocks_are_two_functions() {
        let _turn = turn();
        assert_eq!(blocks(), [[1], [2]]);
        let known = control::functions();
        let is_block = |name: &&&str| name.starts_with("switches::names::blocks:");
        let [first, second] = known.iter().filter(is_block).collect::<Vec<_>>()[..] else {
            panic!("{known:?}")
        };
        assert_eq!(control::set(second, "5s, 0"), Ok(Setting::InForce));
        assert_eq!(blocks(), [[1], [5]]);
        control::reset(second);
        assert_eq!(control::set(first, "0"), Ok(Setting::InForce));
        assert_eq!(blocks(), [vec![], vec![2]]);
        control::reset(first);
    }

    #[retry(schedule = [1s, 0], jitter = 0, on = |_| true)]
    fn later() -> Result<(), ()> {
        Err(())
    }

    #[test]
    fn a_switch_can_be_set_before_the_first_call() {
        let _turn = turn();
        let name = "switches::names::later";
        assert!(!control::functions().contains(&name));
        assert_eq!(control::set(name, "4s, 0"), Ok(Setting::Pending));
        assert_eq!(control::pending(), [name]);
        assert_eq!(waits(later), [4]);
        assert!(control::functions().contains(&name));
        assert_eq!(control::pending(), [""; 0]);
        assert_eq!(control::set(name, "6s, 0"), Ok(Setting::InForce));
        assert_eq!(waits(later), [6]);
        control::reset(name);
    }

    #[test]
    fn a_name_that_is_misspelt_stays_pending() {
        let _turn = turn();
        assert_eq!(waits(sync), [1, 2]);
        assert_eq!(
            control::set("switches::snyc", "4s, 0"),
            Ok(Setting::Pending)
        );
        assert_eq!(waits(sync), [1, 2]);
        assert_eq!(control::pending(), ["switches::snyc"]);
        control::reset("switches::snyc");
    }

    struct Tenant(&'static str);

    impl Tenant {
        #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, name = self.0)]
        fn call(&self) -> Result<(), ()> {
            Err(())
        }
    }

    #[test]
    fn a_name_may_differ_from_call_to_call() {
        let _turn = turn();
        let [gold, silver] = ["tenants/gold", "tenants/silver"];
        assert_eq!(control::set(gold, "9s, 0"), Ok(Setting::Pending));
        assert_eq!(waits(|| Tenant(silver).call()), [1]);
        assert_eq!(waits(|| Tenant(gold).call()), [9]);
        control::reset(gold);
        assert_eq!(waits(|| Tenant(gold).call()), [1]);
        let known = control::functions();
        assert!([gold, silver].iter().all(|name| known.contains(name)));
    }

    #[test]
    fn no_two_names_have_one_variable() {
        let parts = ["a", "as", "9", "_", "::", ":", "<", ">", " as ", "Ä"];
        let mut names = vec![String::new()];
        let mut variables = HashMap::new();
        for _ in 0..5 {
            let longer = |name: &String| parts.map(|part| format!("{name}{part}"));
            names = names.iter().flat_map(longer).collect();
            for name in &names {
                let variable = control::variable(name);
                let is_of_shell = |c: char| c.is_ascii_alphanumeric() || c == '_';
                assert!(variable.chars().all(is_of_shell), "{name}: {variable}");
                let other = variables.insert(variable, name.clone());
                assert!(
                    other.as_ref().is_none_or(|other| other == name),
                    "{name} and {other:?}"
                );
            }
        }
        for name in [
            "<a as b>::c",
            "<a as b::c>::d",
            "<a as b>::c::d",
            "a::as::b::::c",
            "<a as b::>::c",
            "<a as b>::::c",
            "<a as b> as c>::d",
            "<a<u8> as b>::c",
        ] {
            let other = variables.insert(control::variable(name), name.to_owned());
            assert!(
                other.as_ref().is_none_or(|other| other == name),
                "{name} and {other:?}"
            );
        }
    }
}

#[test]
fn a_hint_goes_by_the_schedule_in_force() {
    let _turn = turn();
    let hinted = || {
        let hint = |(): &()| Some(Duration::from_secs(20));
        retry_block!(schedule = [1s, 0], jitter = 0, on = |_| true, retry_after = hint, name = "hinted" => { Err(()) })
    };
    assert_eq!(waits(hinted), [0; 0]);
    assert_eq!(control::set("hinted", "30s, 0"), Ok(Setting::InForce));
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
        with_environment("RETRY_switches__sync", "5s, 0").0,
        "[5] [5]"
    );
}

#[test]
fn what_the_environment_has_wrong_changes_nothing() {
    assert_eq!(
        with_environment("RETRY_switches__sync", "5, 0").0,
        "[1, 2] [1, 2]"
    );
    assert_eq!(with_environment("RETRY_COUNT", "5").0, "[1, 2] [1, 2]");
}
