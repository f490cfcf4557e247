//! Which events there are, and what is in them.

mod log;

use retry_core::{RetryBudget, retry, retry_block, testing};
use std::time::Duration;

/// The lines that are logged while the function runs, with waits skipped and jitter at its longest.
fn logged(run: impl FnOnce()) -> Vec<String> {
    let _waits = testing::skip_waits();
    let _jitter = testing::fix_jitter(1.0);
    log::lines(run)
}

#[retry(schedule = [1s, 2s, 0], on = |error| *error != "forbidden")]
fn fail_with(errors: &mut Vec<&'static str>) -> Result<(), &'static str> {
    errors.pop().map_or(Ok(()), Err)
}

#[test]
fn a_success_at_once_says_nothing() {
    assert_eq!(logged(|| assert!(fail_with(&mut vec![]).is_ok())), [""; 0]);
}

#[test]
fn a_function_that_is_not_enabled_says_nothing() {
    #[retry(schedule = [1s, 0], on = |_| true, enabled = false)]
    fn fail() -> Result<(), &'static str> {
        Err("down")
    }

    assert_eq!(logged(|| assert!(fail().is_err())), [""; 0]);
}

#[test]
fn a_retry_is_a_warning_and_a_recovery_information() {
    let lines = logged(|| assert!(fail_with(&mut vec!["two", "one"]).is_ok()));
    assert_eq!(
        lines,
        [
            r#"WARN retry: retrying function="events::fail_with" attempt=1 attempts=3 wait=1.2s error="one""#,
            r#"WARN retry: retrying function="events::fail_with" attempt=2 attempts=3 wait=2.4s error="two""#,
            r#"INFO retry: recovered function="events::fail_with" attempt=3 attempts=3"#,
        ]
    );
}

#[test]
fn an_attempt_of_a_list_without_end_is_not_one_of_so_many() {
    let mut answers = vec![Ok(()), Err("down")];
    let lines = logged(|| {
        let result: Result<(), &str> = retry_block!(schedule = [1s, ..], jitter = 0, on = |_| true, name = "open" => {
            answers.pop().unwrap()
        });
        assert!(result.is_ok());
    });
    assert_eq!(
        lines,
        [
            r#"WARN retry: retrying function="open" attempt=1 wait=1s error="down""#,
            r#"INFO retry: recovered function="open" attempt=2"#,
        ]
    );
}

#[test]
fn giving_up_says_why() {
    let lines = logged(|| assert!(fail_with(&mut vec!["three", "two", "one"]).is_err()));
    assert_eq!(
        lines.last().unwrap(),
        r#"WARN retry: gave up function="events::fail_with" attempt=3 attempts=3 reason="exhausted" error="three""#
    );
    let lines = logged(|| assert!(fail_with(&mut vec!["forbidden"]).is_err()));
    assert_eq!(
        lines,
        [
            r#"DEBUG retry: gave up function="events::fail_with" attempt=1 attempts=3 reason="not_retryable" error="forbidden""#
        ]
    );
}

#[test]
fn every_limit_is_a_reason() {
    static EMPTY: RetryBudget = RetryBudget::percent(0.0, 0);

    let reason = |lines: Vec<String>| {
        let [line] = &lines[..] else {
            panic!("one event: {lines:?}")
        };
        line.split("reason=").nth(1).unwrap().to_owned()
    };
    let by_budget = logged(|| {
        let result: Result<(), &str> = retry_block!(schedule = [1s, 0], on = |_| true, budget = &EMPTY, name = "b" => { Err("down") });
        assert!(result.is_err());
    });
    assert_eq!(reason(by_budget), r#""budget" error="down""#);
    let limit = Duration::from_millis(500);
    let by_time = logged(|| {
        let result: Result<(), &str> =
            retry_block!(schedule = [1s, 0], on = |_| true, max_elapsed = limit => { Err("down") });
        assert!(result.is_err());
    });
    assert_eq!(reason(by_time), r#""max_elapsed" error="down""#);
    let by_hint = logged(|| {
        let hint = |_: &&str| Some(Duration::from_secs(60));
        let result: Result<(), &str> =
            retry_block!(schedule = [1s, 0], on = |_| true, retry_after = hint => { Err("down") });
        assert!(result.is_err());
    });
    assert_eq!(reason(by_hint), r#""retry_after" error="down""#);
}

#[test]
fn while_switched_off_nothing_is_said() {
    let lines = logged(|| {
        let result: Result<(), &str> =
            retry_block!(schedule = [1s, 0], on = |_| true, enabled = false => { Err("down") });
        assert!(result.is_err());
    });
    assert_eq!(lines, [""; 0]);
}

#[test]
fn polling_is_said_quietly() {
    let mut answers = vec![Some(1), None];
    let lines = logged(|| {
        let value = retry_block!(schedule = [1s, 0], name = "poll" => -> Option<u8> { answers.pop().flatten() });
        assert_eq!(value, Some(1));
    });
    assert_eq!(
        lines,
        [
            r#"DEBUG retry: retrying function="poll" attempt=1 attempts=2 wait=1.2s"#,
            r#"INFO retry: recovered function="poll" attempt=2 attempts=2"#,
        ]
    );
}

mod errors {
    use super::*;
    use std::fmt;

    struct Silent;

    #[derive(Debug)]
    #[allow(dead_code, reason = "it is shown")]
    struct OnlyDebug(u8);

    fn shown<E>(error: impl Fn() -> E) -> String
    where
        E: fmt::Display,
    {
        let lines = logged(|| {
            let _ =
                retry_block!(schedule = [0], on = |_| true => -> Result<(), E> { Err(error()) });
        });
        lines.concat().split_once("error=").unwrap().1.to_owned()
    }

    #[test]
    fn an_error_need_implement_nothing() {
        let lines = logged(|| {
            let _ = retry_block!(schedule = [0], on = |_| true => -> Result<(), Silent> { Err(Silent) });
        });
        assert!(lines[0].ends_with(r#"reason="exhausted""#), "{lines:?}");
        let lines = logged(|| {
            let _ = retry_block!(schedule = [0], on = |_| true => -> Result<(), OnlyDebug> { Err(OnlyDebug(7)) });
        });
        assert!(lines[0].ends_with(r#"error="OnlyDebug(7)""#), "{lines:?}");
    }

    #[retry(schedule = [0], on = |_| true)]
    fn generic<E>(error: impl Fn() -> E) -> Result<(), E> {
        Err(error())
    }

    #[test]
    fn an_error_of_unknown_type_is_not_shown() {
        let lines = logged(|| assert!(generic(|| "down").is_err()));
        assert!(lines[0].ends_with(r#"reason="exhausted""#), "{lines:?}");
    }

    #[test]
    fn an_error_is_escaped_and_ends_after_a_kibibyte() {
        assert_eq!(shown(|| "a\nb\u{1b}[31mc"), r#""a\nb\u{1b}[31mc""#);
        let long = shown(|| "ä".repeat(10_000));
        assert_eq!(long, format!("\"{}\"…", "ä".repeat(512)));
    }
}

mod in_async_functions {
    use super::*;

    struct Client {
        calls: u32,
    }

    impl Client {
        #[retry(schedule = [1s, 1s, 0], on = |_| true)]
        async fn call(&mut self, token: &str) -> Result<u32, std::io::Error> {
            let _ = token;
            self.calls += 1;
            if self.calls < 3 {
                Err(std::io::ErrorKind::TimedOut.into())
            } else {
                Ok(self.calls)
            }
        }
    }

    #[test]
    fn arguments_are_never_logged() {
        fn assert_send<T: Send>(value: T) -> T {
            value
        }
        let lines = logged(|| {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_time()
                .build()
                .unwrap();
            let mut client = Client { calls: 0 };
            assert!(matches!(
                runtime.block_on(assert_send(client.call("secret"))),
                Ok(3)
            ));
        });
        assert_eq!(lines.len(), 3);
        assert!(
            lines.iter().all(|line| !line.contains("secret")),
            "{lines:?}"
        );
        assert!(lines[0].contains(r#"error="timed out""#), "{lines:?}");
    }
}

mod nested {
    use super::*;

    #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, name = "inner")]
    async fn inner() -> Result<(), &'static str> {
        tokio::task::yield_now().await;
        Err("down")
    }

    #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, name = "outer")]
    async fn outer() -> Result<(), &'static str> {
        tokio::task::yield_now().await;
        inner().await
    }

    #[retry(schedule = [1s, 0], jitter = 0, on = |_| true, name = "sync")]
    fn sync() -> Result<(), &'static str> {
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.unwrap().block_on(inner())
    }

    #[test]
    fn a_retry_inside_a_retry_tells_its_depth() {
        let inner = [
            r#"WARN retry: retrying function="inner" depth=1 attempt=1 attempts=2 wait=1s error="down""#,
            r#"WARN retry: gave up function="inner" depth=1 attempt=2 attempts=2 reason="exhausted" error="down""#,
        ];
        let around = |name: &str| {
            let first = format!(
                r#"WARN retry: retrying function="{name}" attempt=1 attempts=2 wait=1s error="down""#
            );
            let last = format!(
                r#"WARN retry: gave up function="{name}" attempt=2 attempts=2 reason="exhausted" error="down""#
            );
            [&inner[..], &[&first], &inner, &[&last]]
                .concat()
                .iter()
                .map(|line| (*line).to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(logged(|| assert!(sync().is_err())), around("sync"));
        let lines = logged(|| {
            let runtime = tokio::runtime::Builder::new_current_thread().build();
            assert!(runtime.unwrap().block_on(outer()).is_err());
        });
        assert_eq!(lines, around("outer"));
    }
}

/// What the environment has wrong is reported as errors are. It is read once, so each value is tried in a process of its own.
mod refusals {
    use super::*;

    fn call() -> Result<(), &'static str> {
        retry_block!(schedule = [0], on = |_| true, name = "REFUSED" => { Err("down") })
    }

    /// Run by the test below, with an environment.
    #[test]
    fn says_what_is_refused() {
        if std::env::var_os("REPORT").is_some() {
            println!("said {:?}", logged(|| assert!(call().is_err())));
        }
    }

    #[test]
    fn stay_on_their_line() {
        let said = |value: &str| {
            let output = std::process::Command::new(std::env::current_exe().unwrap())
                .args(["refusals::says_what_is_refused", "--exact", "--nocapture"])
                .env("REPORT", "1")
                .env("RETRY_REFUSED", value)
                .output()
                .unwrap();
            let text = String::from_utf8(output.stdout).unwrap();
            let said = text.lines().find_map(|line| line.split_once("said "));
            said.unwrap().1.to_owned()
        };
        // Each backslash is there twice, because the lines are printed as a list of texts.
        let (value, escaped) = ("1\u{1b}[31m\u{202e}\n2", r"1\\u{1b}[31m\\u{202e}\\n2");
        let text = said(value);
        assert_eq!(text.matches(escaped).count(), 2, "{text}");
        let text = said(&"x".repeat(3_000));
        assert_eq!(text.matches(&"x".repeat(1_024)).count(), 2, "{text}");
        assert!(!text.contains(&"x".repeat(1_025)), "{text}");
        assert_eq!(text.matches('…').count(), 2, "{text}");
    }
}
