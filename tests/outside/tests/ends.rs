//! Every way in which a call can end, as a table: what `done` is told, what is logged, and what is counted.

mod log;

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use retry_core::{AttemptTimeout, RetryBudget, RetryDone, control, retry_block, testing};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq)]
enum Down {
    Busy,
    Forbidden,
    TimedOut,
}

impl From<AttemptTimeout> for Down {
    fn from(_: AttemptTimeout) -> Self {
        Self::TimedOut
    }
}

use Down::{Busy, Forbidden};

/// What the attempts of a call give, one after the other, and what `done` is told.
struct Call {
    outcomes: &'static [Result<u8, Down>],
    next: Cell<usize>,
    told: RefCell<Vec<String>>,
}

impl Call {
    fn get(&self) -> Result<u8, Down> {
        let next = self.next.replace(self.next.get() + 1);
        self.outcomes[next.min(self.outcomes.len() - 1)]
    }

    fn poll(&self) -> Option<u8> {
        self.get().ok()
    }

    fn done<E>(&self, done: &RetryDone<'_, E>) {
        let told = format!("{:?} at {}", done.end, done.attempt);
        self.told.borrow_mut().push(told);
    }
}

/// A call of `retry_block!` with these keys, whose attempts give what the call says.
macro_rules! call {
    ($($keys:tt)*) => {
        |call: &Call| {
            let _ = retry_block!(jitter = 0, name = "call", done = |done| call.done(done), $($keys)* => -> Result<u8, Down> { call.get() });
        }
    };
}

/// The same, for attempts that give an `Option`.
macro_rules! poll {
    ($($keys:tt)*) => {
        |call: &Call| {
            let _ = retry_block!(jitter = 0, name = "call", done = |done| call.done(done), $($keys)* => -> Option<u8> { call.poll() });
        }
    };
}

/// The same, for attempts that give a plain value, 0 if they fail.
macro_rules! value {
    ($($keys:tt)*) => {
        |call: &Call| {
            let _ = retry_block!(jitter = 0, name = "call", done = |done| call.done(done), $($keys)* => { call.poll().unwrap_or(0) });
        }
    };
}

/// The same as `call!`, in async code; each attempt takes this long.
macro_rules! call_async {
    ($takes:expr, $($keys:tt)*) => {
        |call: &Call| {
            let attempt = async || {
                tokio::time::sleep($takes).await;
                call.get()
            };
            let run = async {
                let _ = retry_block!(jitter = 0, name = "call", done = |done| call.done(done), $($keys)* => async -> Result<u8, Down> { attempt().await });
            };
            let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
            runtime.unwrap().block_on(run);
        }
    };
}

fn with_limit(attempts: usize, call: fn(&Call)) -> impl Fn(&Call) {
    move |it| {
        let _limit = testing::limit_attempts(attempts);
        call(it);
    }
}

fn switched_off(call: fn(&Call)) -> impl Fn(&Call) {
    move |it| {
        control::disable();
        call(it);
        control::enable();
    }
}

fn replaced(schedule: &'static str, call: fn(&Call)) -> impl Fn(&Call) {
    move |it| {
        let _ = control::set("call", schedule).unwrap();
        call(it);
        control::reset("call");
    }
}

static EMPTY: RetryBudget = RetryBudget::percent(0.0, 0);

/// One row: the attempts, the call, what `done` is told, what is logged, and what is counted.
type Row = (
    &'static str,
    &'static [Result<u8, Down>],
    Box<dyn Fn(&Call)>,
    &'static str,
    &'static [&'static str],
    &'static str,
);

const RETRY: &str = "WARN retrying";
const POLL: &str = "DEBUG retrying";
const RECOVERED: &str = "INFO recovered";
const REFUSED: &str = "DEBUG gave up not_retryable";
const EXHAUSTED: &str = "WARN gave up exhausted";

#[rustfmt::skip]
fn table() -> Vec<Row> {
    vec![
        // A `Result`, and `on`.
        ("it succeeds at once", &[Ok(1)],
            Box::new(call!(schedule = [1s, 1s, 0], on = |_| true)),
            "Succeeded at 1", &[], ""),
        ("it succeeds after retries", &[Err(Busy), Err(Busy), Ok(1)],
            Box::new(call!(schedule = [1s, 1s, 0], on = |_| true)),
            "Succeeded at 3", &[RETRY, RETRY, RECOVERED], "calls 1, recovered 1, retries 2"),
        ("every attempt fails", &[Err(Busy)],
            Box::new(call!(schedule = [1s, 1s, 0], on = |_| true)),
            "Exhausted at 3", &[RETRY, RETRY, EXHAUSTED], "calls 1, gave up exhausted 1, retries 2"),
        ("there is only one attempt", &[Err(Busy)],
            Box::new(call!(schedule = [0], on = |_| true)),
            "Exhausted at 1", &[EXHAUSTED], "calls 1, gave up exhausted 1"),
        ("the first error is not retryable", &[Err(Forbidden)],
            Box::new(call!(schedule = [1s, 1s, 0], on = |down| *down == Busy)),
            "NotRetryable at 1", &[REFUSED], "calls 1, gave up not_retryable 1"),
        ("a later error is not retryable", &[Err(Busy), Err(Forbidden)],
            Box::new(call!(schedule = [1s, 1s, 0], on = |down| *down == Busy)),
            "NotRetryable at 2", &[RETRY, REFUSED], "calls 1, gave up not_retryable 1, retries 1"),
        ("`on` is not asked about the last error", &[Err(Busy), Err(Forbidden)],
            Box::new(call!(schedule = [1s, 0], on = |down| *down == Busy)),
            "Exhausted at 2", &[RETRY, EXHAUSTED], "calls 1, gave up exhausted 1, retries 1"),
        // Limits.
        ("the time is up", &[Err(Busy)],
            Box::new(call!(schedule = [2s, 2s, 0], on = |_| true, max_elapsed = Duration::from_secs(3))),
            "MaxElapsed at 2", &[RETRY, "WARN gave up max_elapsed"], "calls 1, gave up max_elapsed 1, retries 1"),
        ("the budget is empty", &[Err(Busy)],
            Box::new(call!(schedule = [1s, 1s, 0], on = |_| true, budget = &EMPTY)),
            "Budget at 1", &["WARN gave up budget"], "calls 1, gave up budget 1"),
        ("the server asks for too long a wait", &[Err(Busy)],
            Box::new(call!(schedule = [1s, 1s, 0], on = |_| true, retry_after = |_| Some(Duration::from_secs(60)))),
            "RetryAfter at 1", &["WARN gave up retry_after"], "calls 1, gave up retry_after 1"),
        ("every attempt takes too long", &[Ok(1)],
            Box::new(call_async!(Duration::from_secs(9), schedule = [1s, 0], on = |_| true, attempt_timeout = 1s)),
            "Exhausted at 2", &[RETRY, EXHAUSTED], "calls 1, gave up exhausted 1, retries 1"),
        ("a timeout is not retryable", &[Ok(1)],
            Box::new(call_async!(Duration::from_secs(9), schedule = [1s, 0], on = |down| *down == Busy, attempt_timeout = 1s)),
            "NotRetryable at 1", &[REFUSED], "calls 1, gave up not_retryable 1"),
        // Lists by error.
        ("the list of the error is at its end", &[Err(Busy)],
            Box::new(call!(schedule = match { Busy => [1s, 0], Forbidden => [1s, 1s, 1s, 0] })),
            "Exhausted at 2", &[RETRY, EXHAUSTED], "calls 1, gave up exhausted 1, retries 1"),
        ("the list of another error is too short", &[Err(Forbidden), Err(Forbidden), Err(Busy)],
            Box::new(call!(schedule = match { Busy => [1s, 0], Forbidden => [1s, 1s, 1s, 0] })),
            "Exhausted at 3", &[RETRY, RETRY, EXHAUSTED], "calls 1, gave up exhausted 1, retries 2"),
        ("the error has no list", &[Err(Forbidden)],
            Box::new(call!(schedule = match { Busy => [1s, 0] })),
            "NotRetryable at 1", &[REFUSED], "calls 1, gave up not_retryable 1"),
        ("an error with a list is followed by one without", &[Err(Busy), Err(Forbidden)],
            Box::new(call!(schedule = match { Busy => [1s, 0] })),
            "NotRetryable at 2", &[RETRY, REFUSED], "calls 1, gave up not_retryable 1, retries 1"),
        ("a list by error recovers", &[Err(Busy), Ok(1)],
            Box::new(call!(schedule = match { Busy => [1s, 0] })),
            "Succeeded at 2", &[RETRY, RECOVERED], "calls 1, recovered 1, retries 1"),
        // Lists that begin anew, and lists without end.
        ("a list that begins anew is still one call", &[Err(Busy), Err(Busy), Err(Busy), Ok(1)],
            Box::new(call_async!(Duration::from_secs(9), schedule = [1s, 0], on = |_| true, reset_after = 5s)),
            "Succeeded at 2", &[RETRY, RETRY, RETRY, RECOVERED], "calls 1, recovered 1, retries 3"),
        ("an error ends a list that began anew", &[Err(Busy), Err(Busy), Err(Forbidden)],
            Box::new(call_async!(Duration::from_secs(9), schedule = [1s, 0], on = |down| *down == Busy, reset_after = 5s)),
            "NotRetryable at 1", &[RETRY, RETRY, REFUSED], "calls 1, gave up not_retryable 1, retries 2"),
        ("an open list recovers", &[Err(Busy), Err(Busy), Ok(1)],
            Box::new(call!(schedule = [1s, ..], on = |_| true)),
            "Succeeded at 3", &[RETRY, RETRY, RECOVERED], "calls 1, recovered 1, retries 2"),
        ("an error ends an open list", &[Err(Busy), Err(Busy), Err(Forbidden)],
            Box::new(call!(schedule = [1s, ..], on = |down| *down == Busy)),
            "NotRetryable at 3", &[RETRY, RETRY, REFUSED], "calls 1, gave up not_retryable 1, retries 2"),
        // A `Result` that is polled.
        ("a value is accepted at once", &[Ok(2)],
            Box::new(call!(schedule = [1s, 0], on = |_| true, until = |value: &u8| *value == 2)),
            "Succeeded at 1", &[], ""),
        ("a value is accepted later", &[Ok(1), Ok(2)],
            Box::new(call!(schedule = [1s, 0], on = |_| true, until = |value: &u8| *value == 2)),
            "Succeeded at 2", &[POLL, RECOVERED], "calls 1, recovered 1, retries 1"),
        ("the last value is not accepted", &[Ok(1)],
            Box::new(call!(schedule = [1s, 0], on = |_| true, until = |value: &u8| *value == 2)),
            "Exhausted at 2", &[POLL, EXHAUSTED], "calls 1, gave up exhausted 1, retries 1"),
        ("the last attempt of a poll fails", &[Ok(1), Err(Busy)],
            Box::new(call!(schedule = [1s, 0], on = |_| true, until = |value: &u8| *value == 2)),
            "Exhausted at 2", &[POLL, EXHAUSTED], "calls 1, gave up exhausted 1, retries 1"),
        ("without `on` no error is retryable", &[Err(Busy)],
            Box::new(call!(schedule = [1s, 0], until = |value: &u8| *value == 2)),
            "NotRetryable at 1", &[REFUSED], "calls 1, gave up not_retryable 1"),
        ("nor is the last one", &[Ok(1), Err(Busy)],
            Box::new(call!(schedule = [1s, 0], until = |value: &u8| *value == 2)),
            "NotRetryable at 2", &[POLL, REFUSED], "calls 1, gave up not_retryable 1, retries 1"),
        ("the time is up for a poll", &[Ok(1)],
            Box::new(call!(schedule = [2s, 2s, 0], on = |_| true, until = |value: &u8| *value == 2, max_elapsed = Duration::from_secs(1))),
            "MaxElapsed at 1", &["WARN gave up max_elapsed"], "calls 1, gave up max_elapsed 1"),
        // An `Option`.
        ("there is something at once", &[Ok(1)],
            Box::new(poll!(schedule = [1s, 0])),
            "Succeeded at 1", &[], ""),
        ("there is something later", &[Err(Busy), Ok(1)],
            Box::new(poll!(schedule = [1s, 0])),
            "Succeeded at 2", &[POLL, RECOVERED], "calls 1, recovered 1, retries 1"),
        ("there is never anything", &[Err(Busy)],
            Box::new(poll!(schedule = [1s, 0])),
            "Exhausted at 2", &[POLL, EXHAUSTED], "calls 1, gave up exhausted 1, retries 1"),
        ("there is never the right thing", &[Err(Busy), Ok(1)],
            Box::new(poll!(schedule = [1s, 0], until = |value: &u8| *value == 2)),
            "Exhausted at 2", &[POLL, EXHAUSTED], "calls 1, gave up exhausted 1, retries 1"),
        ("the budget is empty for a poll", &[Err(Busy)],
            Box::new(poll!(schedule = [1s, 0], budget = &EMPTY)),
            "Budget at 1", &["WARN gave up budget"], "calls 1, gave up budget 1"),
        // A plain value.
        ("the value is right at once", &[Ok(2)],
            Box::new(value!(schedule = [1s, 0], until = |value: &u8| *value == 2)),
            "Succeeded at 1", &[], ""),
        ("the value is right later", &[Ok(1), Ok(2)],
            Box::new(value!(schedule = [1s, 0], until = |value: &u8| *value == 2)),
            "Succeeded at 2", &[POLL, RECOVERED], "calls 1, recovered 1, retries 1"),
        ("the value is never right", &[Ok(1)],
            Box::new(value!(schedule = [1s, 1s, 0], until = |value: &u8| *value == 2)),
            "Exhausted at 3", &[POLL, POLL, EXHAUSTED], "calls 1, gave up exhausted 1, retries 2"),
        // `enabled = false`: nothing is judged, and nothing is reported.
        ("an error while it is not enabled", &[Err(Busy)],
            Box::new(call!(schedule = [1s, 0], on = |_| true, enabled = false)),
            "NotRetryable at 1", &[], ""),
        ("an error with a list while it is not enabled", &[Err(Busy)],
            Box::new(call!(schedule = match { Busy => [1s, 0] }, enabled = false)),
            "NotRetryable at 1", &[], ""),
        ("a single attempt while it is not enabled", &[Err(Busy)],
            Box::new(call!(schedule = [0], on = |_| true, enabled = false)),
            "NotRetryable at 1", &[], ""),
        ("nothing while it is not enabled", &[Err(Busy)],
            Box::new(poll!(schedule = [1s, 0], enabled = false)),
            "NotRetryable at 1", &[], ""),
        ("a value while it is not enabled", &[Ok(1)],
            Box::new(value!(schedule = [1s, 0], until = |value: &u8| *value == 2, enabled = false)),
            "Succeeded at 1", &[], ""),
        // Switched off by an operator.
        ("an error while retries are off", &[Err(Busy)],
            Box::new(switched_off(call!(schedule = [1s, 0], on = |_| true))),
            "NotRetryable at 1", &[REFUSED], "calls 1, gave up not_retryable 1"),
        ("an error with a list while retries are off", &[Err(Busy)],
            Box::new(switched_off(call!(schedule = match { Busy => [1s, 0] }))),
            "NotRetryable at 1", &[REFUSED], "calls 1, gave up not_retryable 1"),
        ("nothing while retries are off", &[Err(Busy)],
            Box::new(switched_off(poll!(schedule = [1s, 0]))),
            "NotRetryable at 1", &[REFUSED], "calls 1, gave up not_retryable 1"),
        ("a value while retries are off", &[Ok(1)],
            Box::new(switched_off(value!(schedule = [1s, 0], until = |value: &u8| *value == 2))),
            "NotRetryable at 1", &[REFUSED], "calls 1, gave up not_retryable 1"),
        ("a success while retries are off", &[Ok(1)],
            Box::new(switched_off(call!(schedule = [1s, 0], on = |_| true))),
            "Succeeded at 1", &[], ""),
        ("an operator's schedule is at its end", &[Err(Busy)],
            Box::new(replaced("1s, 0", call!(schedule = [1s, 1s, 1s, 0], on = |_| true))),
            "Exhausted at 2", &[RETRY, EXHAUSTED], "calls 1, gave up exhausted 1, retries 1"),
        // Cut short by a test.
        ("a test allows one attempt", &[Err(Busy)],
            Box::new(with_limit(1, call!(schedule = [1s, 1s, 0], on = |_| true))),
            "Exhausted at 1", &[EXHAUSTED], "calls 1, gave up exhausted 1"),
        ("a test allows two attempts", &[Err(Busy)],
            Box::new(with_limit(2, call!(schedule = [1s, 1s, 0], on = |_| true))),
            "Exhausted at 2", &[RETRY, EXHAUSTED], "calls 1, gave up exhausted 1, retries 1"),
        ("a test allows one attempt of a list by error", &[Err(Busy)],
            Box::new(with_limit(1, call!(schedule = match { Busy => [1s, 0] }))),
            "Exhausted at 1", &[EXHAUSTED], "calls 1, gave up exhausted 1"),
        ("a test allows two attempts of an open list", &[Err(Busy)],
            Box::new(with_limit(2, call!(schedule = [1s, ..], on = |_| true))),
            "Exhausted at 2", &[RETRY, EXHAUSTED], "calls 1, gave up exhausted 1, retries 1"),
        ("a test allows one look", &[Ok(1)],
            Box::new(with_limit(1, value!(schedule = [1s, 0], until = |value: &u8| *value == 2))),
            "Exhausted at 1", &[EXHAUSTED], "calls 1, gave up exhausted 1"),
    ]
}

/// The level, the message and the reason of each line that is logged meanwhile.
fn logged(run: impl FnOnce()) -> Vec<String> {
    let short = |line: String| {
        let (said, fields) = line.split_once(" function=").unwrap();
        let reason = fields.split_once("reason=\"").map(|(_, text)| text);
        let reason = reason.and_then(|text| text.split('"').next());
        let said = said.replace(" retry: ", " ");
        reason.map_or(said.clone(), |reason| format!("{said} {reason}"))
    };
    log::lines(run).into_iter().map(short).collect()
}

type Counts = BTreeMap<String, u64>;

/// The counters, by their names without what all have in common, and their reasons.
fn counted(run: impl FnOnce()) -> Counts {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    metrics::with_local_recorder(&recorder, run);
    let mut counts = Counts::new();
    for (key, _, _, value) in snapshots.snapshot().into_vec() {
        let DebugValue::Counter(count) = value else {
            continue;
        };
        let (_, key) = key.into_parts();
        let name = key.name().replace("retry_", "").replace("_total", "");
        let reason = key.labels().find(|label| label.key() == "reason");
        let reason = reason.map_or(String::new(), |label| format!(" {}", label.value()));
        counts.insert(name.replace('_', " ") + &reason, count);
    }
    counts
}

#[test]
fn each_end_is_told_logged_and_counted_alike() {
    let mut wrong = Vec::new();
    for (row, outcomes, run, told, log, counts) in table() {
        let call = Call {
            outcomes,
            next: Cell::new(0),
            told: RefCell::default(),
        };
        let _waits = testing::skip_waits();
        let mut lines = Vec::new();
        let found = counted(|| lines = logged(|| run(&call)));
        let gave_up = found.iter().filter(|(name, _)| name.starts_with("gave up"));
        let gave_up: u64 = gave_up.map(|(_, count)| count).sum();
        let count = |name: &str| found.get(name).copied().unwrap_or_default();
        assert_eq!(count("calls"), count("recovered") + gave_up, "{row}");
        let found: Vec<String> = found
            .iter()
            .map(|(name, count)| format!("{name} {count}"))
            .collect();
        let found = (call.told.take(), lines, found.join(", "));
        let log: Vec<String> = log.iter().map(|line| (*line).to_owned()).collect();
        let expected = (vec![told.to_owned()], log, counts.to_owned());
        if found != expected {
            wrong.push(format!(
                "{row}:\n  expected {expected:?}\n     found {found:?}"
            ));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

/// A call that has not ended is in no sum, so that the sums agree at any time.
#[test]
fn a_call_is_counted_when_it_ends() {
    let counts = counted(|| {
        let mut call = Box::pin(async {
            let _: Result<u8, Down> = retry_block!(
                schedule = [1s, 0], jitter = 0, on = |_| true, name = "call",
                sleep = |_| std::future::pending::<()>() => async { Err(Busy) }
            );
        });
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(call.as_mut().poll(&mut context).is_pending());
    });
    assert_eq!(counts, Counts::from([("retries".to_owned(), 1)]));
}
