//! The log lines on the pages of `retry-core/docs/` are those that the functions on these pages log.

mod log;

use retry_core::{RetryBudget, retry, testing, transient};
use std::collections::BTreeSet;
use std::io;
use std::time::Duration;

const PAGES: [&str; 2] = [
    include_str!("../../../retry-core/docs/retry.md"),
    include_str!("../../../retry-core/docs/observing.md"),
];

/// What is logged while the function runs, in a crate called `my_app`.
fn logged(run: impl FnOnce()) -> BTreeSet<String> {
    let lines = log::lines(run).into_iter();
    lines
        .map(|line| line.replace("documented::page::", "my_app::"))
        .collect()
}

/// The functions of `retry.md`, by the names that they have there.
mod page {
    use super::*;

    #[retry(schedule = [500ms, 1s, 2s, 0], jitter = 0, on = |_| true)]
    pub fn fetch() -> Result<u32, &'static str> {
        Err("down")
    }

    #[retry(schedule = [1s, 2s, 0], on = transient::io)]
    pub fn read(path: &str) -> io::Result<String> {
        std::fs::read_to_string(path)
    }

    #[retry(schedule = [30s, 20s, 10s, 0], jitter = 0, until = |load| *load < 50)]
    pub fn load(samples: &mut Vec<u32>) -> u32 {
        samples.pop().unwrap_or(0)
    }

    #[retry(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true, max_elapsed = limit)]
    pub fn fetch_within(limit: Duration) -> Result<(), &'static str> {
        Err("down")
    }

    #[retry(schedule = [100ms, 500ms, 0], jitter = 0, on = |_| true, attempt_timeout = 2s)]
    pub async fn hang() -> io::Result<()> {
        std::future::pending().await
    }

    #[derive(Debug)]
    pub struct Busy {
        pub retry_after: Option<Duration>,
    }

    #[retry(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true, retry_after = |busy| busy.retry_after)]
    pub fn create(busy: &mut Vec<Busy>) -> Result<(), Busy> {
        busy.pop().map_or(Ok(()), Err)
    }

    #[retry(schedule = [1s, 0], on = |_| true, retry_after = |hint| Some(*hint), max_retry_after = 30s)]
    pub fn create_late() -> Result<(), Duration> {
        Err(Duration::from_secs(60))
    }

    #[retry(schedule = [1s, 2s, 5s, ..], jitter = 0, on = |end| *end != "stop", reset_after = 1m)]
    pub async fn stay_connected(lives: &mut Vec<u64>) -> Result<(), &'static str> {
        let Some(seconds) = lives.pop() else {
            return Err("stop");
        };
        tokio::time::sleep(Duration::from_secs(seconds)).await;
        Err("lost")
    }

    static BUDGET: RetryBudget = RetryBudget::percent(0.1, 1);

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true, budget = &BUDGET)]
    pub fn charge() -> Result<(), &'static str> {
        Err("down")
    }

    #[retry(schedule = [1ms, 0], on = |_| true, name = "create_worker")]
    pub fn named() -> Result<(), &'static str> {
        Err("down")
    }

    /// Those of `observing.md`.
    pub mod observing {
        use super::*;

        #[retry(schedule = [1s, 2s, 4s, 0], on = |error| *error != "forbidden")]
        pub fn fetch(errors: &mut Vec<&'static str>) -> Result<(), &'static str> {
            errors.pop().map_or(Ok(()), Err)
        }
    }
}

fn paused(call: impl Future) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime.unwrap().block_on(async {
        call.await;
    });
}

#[test]
fn every_line_on_the_pages_is_logged() {
    let mut lines = logged(|| {
        paused(page::hang());
        paused(page::stay_connected(&mut vec![0, 100, 0, 0]));

        let _waits = testing::skip_waits();
        let _jitter = testing::fix_jitter(1.0);
        page::fetch().unwrap_err();
        page::read("/no/such/file").unwrap_err();
        page::load(&mut vec![20, 70, 90]);
        page::fetch_within(Duration::from_secs(5)).unwrap_err();
        let minute = Some(Duration::from_secs(60));
        page::create(&mut vec![page::Busy {
            retry_after: minute,
        }])
        .unwrap_err();
        page::create_late().unwrap_err();
        page::charge().unwrap_err();
        page::named().unwrap_err();
        page::observing::fetch(&mut vec!["down", "down"]).unwrap();
        page::observing::fetch(&mut vec!["down"; 4]).unwrap_err();
        page::observing::fetch(&mut vec!["forbidden"]).unwrap_err();
    });
    let in_observing = |line: &String| line.replace("my_app::observing::", "my_app::");
    lines = lines.iter().map(in_observing).collect();
    let shown = PAGES.iter().flat_map(|page| page.lines());
    let shown: Vec<_> = shown.filter(|line| line.contains(" retry: ")).collect();
    assert!(shown.len() > 15, "only {shown:?} are found");
    for line in shown {
        assert!(lines.contains(line), "{line}\nis not among {lines:#?}");
    }
}
