//! Switching retries while a program runs. One process, one set of switches: the tests take turns.

use retry_core::__private::{Backoffs, Function, Site};
use retry_core::control::{self, SetError, Setting};
use retry_core::{RetryBudget, ScheduleError, retry, retry_block, schedule, testing};
use std::collections::HashMap;
use std::ffi::OsStr;
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
fn a_failure_takes_no_token_while_retries_are_off() {
    #[retry(schedule = [1s, 0], on = |()| true, budget = budget)]
    fn counted(budget: &RetryBudget) -> Result<(), ()> {
        Err(())
    }

    let _turn = turn();
    let budget = RetryBudget::grpc(10, 0.1);
    control::disable();
    assert_eq!(waits(|| counted(&budget)), [0; 0]);
    control::enable();
    assert!(budget.try_take(10.0), "{budget:?}");
}

/// All else that a call costs without a switch is one load.
#[test]
fn a_call_looks_its_name_up_only_at_first_and_while_it_is_switched() {
    static FIRST: Site = Site::named("looked up");
    static SECOND: Site = Site::named("looked up");
    let call = |site| Backoffs::of_call(Function::Site(site), schedule![1s, 0], true, None);
    let asks = || [&FIRST, &SECOND].map(|site| format!("{site:?}").contains("asks: true"));

    let _turn = turn();
    assert_eq!(asks(), [true, true]);
    call(&FIRST);
    assert_eq!(asks(), [false, true]);
    call(&SECOND);
    assert_eq!(asks(), [false, false]);
    assert_eq!(control::set("looked up", "2s, 0"), Ok(Setting::InForce));
    assert_eq!(asks(), [true, true]);
    control::reset("looked up");
    assert_eq!(asks(), [false, false]);
    control::disable();
    assert_eq!(asks(), [true, true]);
    control::enable();
    assert_eq!(asks(), [false, false]);
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
    let _ = control::set("list", "exponential(1s, max = 5s, attempts = 5)").unwrap();
    let _ = control::set("shape", "10s, 20s, 0").unwrap();
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
    let _ = control::set("by_error", "10s, 20s, 30s, 0").unwrap();
    assert_eq!(
        by_error([1, 2, 1, 2]),
        (vec![12_000, 24_000, 36_000], Err(2))
    );
    assert_eq!(by_error([2, 3, 1, 1]), (vec![12_000], Err(3)));
    let _ = control::set("by_error", "10s, 0").unwrap();
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
        Err(SetError::Schedule(ScheduleError::NoTrailingZero { .. }))
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
            control::set("switches::other", "4s, 0"),
            Ok(Setting::Pending)
        );
        assert_eq!(waits(sync), [1, 2]);
        assert_eq!(control::pending(), ["switches::other"]);
        control::reset("switches::other");
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
    fn a_variable_is_spelled_as_the_docs_say() {
        for (name, variable) in [
            ("app::create", "app__create"),
            ("app::create_worker", "app__create_worker"),
            (
                "<app::Client as app::Api>::create",
                "app__Client__as__app__Api____create",
            ),
            ("<a_1::C as b>::c::d", "a_1__C__as__b____c__d"),
            // A `_` that is not between two letters or digits.
            ("_app::create_", "___5f_app__create___5f_"),
            ("app::a__b", "app__a___5f____5f_b"),
            // A module that is called `as`, and not one whose name begins so.
            ("as::create", "___61_s__create"),
            ("asset::as_is::alias", "asset__as_is__alias"),
            // What is no implementation of a plain type.
            (
                "<app::Page<u8> as app::Api>::create",
                "___3c_app__Page___3c_u8___3e____20_as___20_app__Api___3e___create",
            ),
            (
                "<app as Api<u8>>::create",
                "___3c_app___20_as___20_Api___3c_u8___3e____3e___create",
            ),
            (
                "<::app as Api>::create",
                "___3c___app___20_as___20_Api___3e___create",
            ),
            (
                "<app as Api>::create<u8>::run",
                "app__as__Api____create___3c_u8___3e___run",
            ),
            ("app::legacy:12:15", "app__legacy___3a_12___3a_15"),
            ("größe", "gr___f6____df_e"),
        ] {
            assert_eq!(control::variable(name), format!("RETRY_{variable}"));
        }
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

mod limits {
    use super::*;

    /// The error of a schedule that is too long.
    fn too_long(worst_case: u64, max_wait: u64) -> Result<Setting, SetError> {
        let [worst_case, max_wait] = [worst_case, max_wait].map(Duration::from_millis);
        Err(SetError::TooLong {
            worst_case,
            max_wait,
        })
    }

    #[retry(schedule = [1s, 0], on = |_| true, max_wait = 12s, name = "limited")]
    fn limited() -> Result<(), ()> {
        Err(())
    }

    #[test]
    fn a_schedule_whose_worst_case_exceeds_max_wait_is_refused() {
        let _turn = turn();
        let _jitter = testing::fix_jitter(1.0);
        assert_eq!(waits(limited).len(), 1);
        assert_eq!(control::set("limited", "10s, 0"), Ok(Setting::InForce));
        assert_eq!(control::set("limited", "11s, 0"), too_long(13_200, 12_000));
        assert_eq!(waits(limited), [12], "what was set before stays");
        let error = control::set("limited", "1s, ..").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the schedule has no end, and the function's `max_wait` is 12s: write a list that ends in `0`"
        );
        let error = control::set("limited", "5s, 20s, 0").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the worst case, every wait at its longest, is 30s, more than the function's `max_wait` of 12s: write shorter waits, or fewer"
        );
        control::reset("limited");
    }

    #[test]
    fn hints_count_as_they_do_in_the_source() {
        #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, max_wait = 12s, retry_after = |()| None, name = "by the sum")]
        fn by_the_sum() -> Result<(), ()> {
            Err(())
        }
        #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, max_wait = 12s, retry_after = |()| None, max_retry_after = 5s, name = "by a limit")]
        fn by_a_limit() -> Result<(), ()> {
            Err(())
        }
        let _turn = turn();
        assert_eq!((waits(by_the_sum), waits(by_a_limit)), (vec![1], vec![1]));
        assert_eq!(
            control::set("by the sum", "3s, 4s, 0"),
            too_long(14_000, 12_000)
        );
        assert_eq!(
            control::set("by the sum", "3s, 3s, 0"),
            Ok(Setting::InForce)
        );
        assert_eq!(
            control::set("by a limit", "1s, 1s, 1s, 0"),
            too_long(15_000, 12_000)
        );
        assert_eq!(
            control::set("by a limit", "1s, 7s, 0"),
            Ok(Setting::InForce)
        );
        control::reset("by the sum");
        control::reset("by a limit");
    }

    #[test]
    fn jitter_makes_hints_longer_as_it_does_in_the_source() {
        #[retry(schedule = [1s, 0], jitter = 0.5, on = |_| true, max_wait = 12s, retry_after = |()| None, name = "jittered sum")]
        fn by_the_sum() -> Result<(), ()> {
            Err(())
        }
        #[retry(schedule = [1s, 0], jitter = 0.5, on = |_| true, max_wait = 12s, retry_after = |()| None, max_retry_after = 5s, name = "jittered limit")]
        fn by_a_limit() -> Result<(), ()> {
            Err(())
        }
        let _turn = turn();
        assert_eq!((waits(by_the_sum).len(), waits(by_a_limit).len()), (1, 1));
        assert_eq!(
            control::set("jittered sum", "3s, 3s, 0"),
            too_long(18_000, 12_000)
        );
        assert_eq!(
            control::set("jittered limit", "1s, 1s, 0"),
            too_long(15_000, 12_000)
        );
    }

    #[test]
    fn a_block_has_its_own() {
        fn block() -> Result<(), ()> {
            retry_block!(schedule = [1s, 0], jitter = 0, on = |_| true, max_wait = 3s => { Err(()) })
        }
        let _turn = turn();
        assert_eq!(waits(block), [1]);
        let known = control::functions();
        let is_block =
            |name: &&&str| name.starts_with("switches::limits::a_block_has_its_own::block:");
        let name = known.iter().find(is_block).expect("it was called");
        assert_eq!(control::set(name, "9s, 0"), too_long(9_000, 3_000));
    }

    #[test]
    fn a_name_that_is_worked_out_has_that_of_every_place() {
        struct Tenant(&'static str);

        impl Tenant {
            #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, name = self.0)]
            fn lax(&self) -> Result<(), ()> {
                Err(())
            }

            #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, max_wait = 3s, name = self.0)]
            fn strict(&self) -> Result<(), ()> {
                Err(())
            }
        }

        let _turn = turn();
        let tenant = Tenant("tenants/bronze");
        assert_eq!(waits(|| tenant.lax()), [1]);
        assert_eq!(control::set(tenant.0, "9s, 0"), Ok(Setting::InForce));
        assert_eq!(waits(|| tenant.lax()), [9]);
        assert_eq!(waits(|| tenant.strict()), [1]);
        assert_eq!(waits(|| tenant.lax()), [1], "one name, one schedule");
        assert_eq!(control::set(tenant.0, "9s, 0"), too_long(9_000, 3_000));
    }

    #[test]
    fn what_reports_that_one_is_refused_may_be_retried_itself() {
        #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, max_wait = 12s, name = "refused")]
        fn refused() -> Result<(), ()> {
            Err(())
        }
        #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, name = "sends reports")]
        fn send() -> Result<(), ()> {
            Err(())
        }
        let _turn = turn();
        assert_eq!(control::set("refused", "20s, 0"), Ok(Setting::Pending));
        let subscriber = tracing_subscriber::fmt()
            .with_max_level(tracing::Level::ERROR)
            .with_writer(|| {
                assert_eq!(waits(send), [1]);
                std::io::sink()
            })
            .finish();
        tracing::subscriber::with_default(subscriber, || assert_eq!(waits(refused), [1]));
        assert!(control::functions().contains(&"sends reports"));
    }

    #[test]
    fn before_the_first_call_it_is_refused_at_that_call() {
        #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, max_wait = 12s, name = "limited later")]
        fn later() -> Result<(), ()> {
            Err(())
        }
        let _turn = turn();
        assert_eq!(
            control::set("limited later", "20s, 0"),
            Ok(Setting::Pending)
        );
        assert_eq!(waits(later), [1]);
        assert_eq!(control::pending(), [""; 0], "it is dropped");
    }

    #[test]
    fn of_two_places_with_one_name_the_stricter_counts() {
        #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, max_wait = 3s, name = "shared")]
        fn strict() -> Result<(), ()> {
            Err(())
        }
        #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, name = "shared")]
        fn lax() -> Result<(), ()> {
            Err(())
        }
        let _turn = turn();
        assert_eq!(waits(lax), [1]);
        assert_eq!(control::set("shared", "9s, 0"), Ok(Setting::InForce));
        assert_eq!(waits(lax), [9]);
        assert_eq!(waits(strict), [1]);
        assert_eq!(waits(lax), [1], "one name, one schedule");
        assert_eq!(control::set("shared", "9s, 0"), too_long(9_000, 3_000));
    }
}

#[retry(schedule = [1s, 0], jitter = 0, on = |_| true, max_wait = 12s)]
fn limited() -> Result<(), ()> {
    Err(())
}

/// Run by the tests below in a process of its own, with their environment.
#[test]
fn reports_its_waits() {
    if std::env::var_os("REPORT").is_some() {
        tracing_subscriber::fmt()
            .with_writer(std::io::stderr)
            .with_ansi(false)
            .without_time()
            .with_max_level(tracing::Level::ERROR)
            .init();
        // The name of this test may stand before it.
        println!(
            "\nwaits {:?} {:?} {:?}",
            waits(sync),
            waits(sync),
            waits(limited)
        );
        println!("pending {:?}", control::pending());
    }
}

/// The waits, what is pending, and what is logged.
fn with_environment(name: &str, value: impl AsRef<OsStr>) -> [String; 3] {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["reports_its_waits", "--exact", "--nocapture"])
        .env("REPORT", "1")
        .env(name, value)
        .output()
        .unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let out = text(output.stdout);
    let line = |about: &str| {
        let mut lines = out.lines();
        lines
            .find_map(|line| line.strip_prefix(about))
            .unwrap()
            .to_owned()
    };
    let logged = text(output.stderr).trim().to_owned();
    [line("waits "), line("pending "), logged]
}

#[test]
fn the_environment_switches_retries_off() {
    assert_eq!(with_environment("RETRY", "off"), ["[] [] []", "[]", ""]);
}

#[test]
fn the_environment_may_say_that_retries_are_on() {
    for on in ["on", ""] {
        assert_eq!(
            with_environment("RETRY", on),
            ["[1, 2] [1, 2] [1]", "[]", ""]
        );
    }
}

#[test]
fn the_environment_replaces_a_schedule() {
    assert_eq!(
        with_environment("RETRY_switches__sync", "5s, 0"),
        ["[5] [5] [1]", "[]", ""]
    );
}

#[test]
fn a_variable_of_no_function_changes_nothing_and_is_pending() {
    assert_eq!(
        with_environment("RETRY_COUNT", "5"),
        ["[1, 2] [1, 2] [1]", r#"["RETRY_COUNT"]"#, ""]
    );
}

/// What is reported, once, of a value that changes nothing.
fn refused(name: &str, value: impl AsRef<OsStr>) -> String {
    let [waits, pending, logged] = with_environment(name, value);
    assert_eq!((&*waits, &*pending), ("[1, 2] [1, 2] [1]", "[]"));
    let (_, refused) = logged.split_once("refused ").unwrap();
    refused.to_owned()
}

#[test]
fn what_the_environment_has_wrong_is_reported_once_and_changes_nothing() {
    assert_eq!(
        refused("RETRY", "no"),
        r#"name="RETRY" value="no" reason=write `off` or `on`"#
    );
    assert_eq!(
        refused("RETRY_switches__sync", "5, 0"),
        r#"name="RETRY_switches__sync" value="5, 0" reason=entry 1: `5` has no unit: write `5s` for seconds, or another of `ns`, `us`, `ms`, `s`, `m`, `h`, `d`"#
    );
    assert_eq!(
        refused("RETRY_switches__limited", "20s, 0"),
        r#"name="RETRY_switches__limited" value="20s, 0" reason=the worst case, every wait at its longest, is 20s, more than the function's `max_wait` of 12s: write shorter waits, or fewer"#
    );
}

#[test]
fn what_the_environment_has_wrong_is_shown_escaped() {
    let refused = refused("RETRY_switches__sync", "\u{1b}[31m5s\u{202e}\n, 0");
    assert!(
        refused.contains(r#"value="\u{1b}[31m5s\u{202e}\n, 0""#),
        "{refused}"
    );
    assert!(!refused.contains(['\u{1b}', '\u{202e}', '\n']), "{refused}");
}

#[cfg(unix)]
#[test]
fn a_value_that_is_not_utf_8_is_reported() {
    use std::os::unix::ffi::OsStrExt as _;

    let value = OsStr::from_bytes(b"5s, \xff0");
    assert_eq!(
        refused("RETRY_switches__sync", value),
        "name=\"RETRY_switches__sync\" value=\"5s, \u{fffd}0\" reason=it is not UTF-8: write it in ASCII, as in `1s, 2s, 0`"
    );
    assert_eq!(
        refused("RETRY", value),
        "name=\"RETRY\" value=\"5s, \u{fffd}0\" reason=write `off` or `on`"
    );
}
