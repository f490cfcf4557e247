//! Every subset of the keys, against a model of the loop: attempts, waits, and what predicates and hooks see.
//!
//! Each subset is a function, a method of the same body for async code, and a block. A script says what each attempt gives.

use proptest::prelude::*;
use retry_core::{Attempt, End, RetryBudget, RetryDone, RetryEvent, retry, retry_block, testing};
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::time::Duration;

/// What the written schedule says.
const LIST: [u64; 4] = [1, 2, 4, 0];

#[derive(Debug, Clone, PartialEq)]
struct Failure {
    retryable: bool,
    hint: Option<u64>,
}

/// A value that `until` accepts, or one that it does not.
type Value = bool;

#[derive(Debug)]
struct Script {
    outcomes: Vec<Result<Value, Failure>>,
    enabled: bool,
    /// Seconds.
    max_elapsed: u64,
    max_retry_after: u64,
    budget: RetryBudget,
    /// How often something was cloned.
    clones: Cell<usize>,
    next: Cell<usize>,
    heard: RefCell<Vec<Heard>>,
}

/// What is called, in order, and with what.
#[derive(Debug, Clone, PartialEq)]
enum Heard {
    Attempt(usize),
    On(usize),
    Until(Value),
    Hint,
    Notify {
        attempt: usize,
        wait: u64,
        waited: u64,
    },
    Done {
        attempt: usize,
        waited: u64,
        end: End,
    },
}

/// Counts its clones.
#[derive(Debug)]
struct Token<'a>(&'a Cell<usize>);

impl Clone for Token<'_> {
    fn clone(&self) -> Self {
        self.0.set(self.0.get() + 1);
        Self(self.0)
    }
}

impl Script {
    fn hear(&self, heard: Heard) {
        self.heard.borrow_mut().push(heard);
    }

    /// The attempts themselves take a little time, too.
    fn limit(&self) -> Duration {
        Duration::from_secs(self.max_elapsed) + Duration::from_millis(500)
    }

    /// Makes the next attempt.
    fn step(&self) -> Result<Value, Failure> {
        let step = self.next.get();
        self.next.set(step + 1);
        self.hear(Heard::Attempt(step + 1));
        self.outcomes[step.min(self.outcomes.len() - 1)].clone()
    }

    fn on(&self, failure: &Failure) -> bool {
        self.hear(Heard::On(self.next.get()));
        failure.retryable
    }

    fn until(&self, value: Value) -> bool {
        self.hear(Heard::Until(value));
        value
    }

    fn hint(&self, failure: &Failure) -> Option<Duration> {
        self.hear(Heard::Hint);
        failure.hint.map(Duration::from_secs)
    }

    fn notify(&self, event: &RetryEvent<'_, Failure>) {
        assert_eq!(event.attempts, 4);
        assert_eq!(event.backoff.as_secs(), LIST[event.attempt - 1]);
        self.hear(Heard::Notify {
            attempt: event.attempt,
            wait: event.wait.as_secs(),
            waited: event.waited.as_secs(),
        });
    }

    fn done<E: Debug>(&self, done: &RetryDone<'_, E>) {
        assert_eq!(done.attempts, 4);
        self.hear(Heard::Done {
            attempt: done.attempt,
            waited: done.waited.as_secs(),
            end: done.end,
        });
    }
}

/// The keys that may be left out, as bits.
const UNTIL: u32 = 1;
const ENABLED: u32 = 2;
const MAX_ELAPSED: u32 = 4;
const RETRY_AFTER: u32 = 8;
const MAX_RETRY_AFTER: u32 = 16;
const BUDGET: u32 = 32;
const NOTIFY: u32 = 64;
const DONE: u32 = 128;

type Outcome = Result<Value, Failure>;
type Subject = fn(&Script) -> Outcome;

/// Calls `$then!` with every subset of the keys, and its bits.
macro_rules! subsets {
    ($then:ident, $table:ident, $script:ident, $bits:expr, [$($keys:tt)*]) => {
        $then!($table, $script, $bits, [$($keys)*]);
    };
    ($then:ident, $table:ident, $script:ident, $bits:expr, [$($keys:tt)*] ($bit:expr, $($key:tt)*) $($rest:tt)*) => {
        subsets!($then, $table, $script, $bits, [$($keys)*] $($rest)*);
        subsets!($then, $table, $script, $bits | $bit, [$($keys)* $($key)*,] $($rest)*);
    };
}

/// The table of all subsets, each with the function that `$then!` makes of it.
macro_rules! table {
    ($then:ident) => {{
        let mut table: Vec<(u32, Subject)> = Vec::new();
        subsets!(
            $then,
            table,
            script,
            0,
            [](UNTIL, until = |value| script.until(*value))(ENABLED, enabled = script.enabled)(
                MAX_ELAPSED,
                max_elapsed = script.limit()
            )(RETRY_AFTER, retry_after = |failure| script.hint(failure))(
                BUDGET,
                budget = &script.budget
            )(NOTIFY, notify = |event| script.notify(event))(
                DONE, done = |done| script.done(done)
            )
        );
        table
    }};
}

macro_rules! function {
    ($table:ident, $script:ident, $bits:expr, [$($keys:tt)*]) => {{
        #[retry(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |failure| $script.on(failure), $($keys)*)]
        fn subject($script: &Script) -> Outcome {
            $script.step()
        }
        $table.push(($bits, subject));
    }};
}

macro_rules! asynchronous {
    ($table:ident, $script:ident, $bits:expr, [$($keys:tt)*]) => {{
        #[retry(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |failure| $script.on(failure), $($keys)*)]
        async fn subject($script: &Script) -> Outcome {
            std::future::ready(()).await;
            $script.step()
        }
        $table.push(($bits, |script| block_on(subject(script))));
    }};
}

macro_rules! block {
    ($table:ident, $script:ident, $bits:expr, [$($keys:tt)*]) => {{
        fn subject($script: &Script) -> Outcome {
            retry_block!(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |failure: &Failure| $script.on(failure), $($keys)* => { $script.step() })
        }
        $table.push(($bits, subject));
    }};
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(future)
}

/// What the loop should do, in as few words as possible.
fn model(keys: u32, script: &Script, tokens: u32) -> (Outcome, Vec<Heard>, Vec<u64>, u32) {
    let has = |key: u32| keys & key != 0;
    let (mut heard, mut waits, mut tokens) = (Vec::new(), Vec::new(), tokens);
    let enabled = !has(ENABLED) || script.enabled;
    for (index, backoff) in LIST.into_iter().enumerate() {
        let attempt = index + 1;
        let outcome = script.outcomes[index.min(script.outcomes.len() - 1)].clone();
        heard.push(Heard::Attempt(attempt));
        let waited: u64 = waits.iter().sum();
        let end = |heard: &mut Vec<Heard>, end| {
            if has(DONE) {
                heard.push(Heard::Done {
                    attempt,
                    waited,
                    end,
                });
            }
        };
        let again = enabled
            && backoff > 0
            && match &outcome {
                Err(failure) => {
                    heard.push(Heard::On(attempt));
                    failure.retryable
                }
                Ok(value) => {
                    has(UNTIL) && {
                        heard.push(Heard::Until(*value));
                        !value
                    }
                }
            };
        if !again {
            let at_end = enabled && backoff == 0;
            let accepted = match &outcome {
                Ok(value) if has(UNTIL) && at_end && (has(DONE) || has(BUDGET)) => {
                    heard.push(Heard::Until(*value));
                    *value
                }
                Ok(_) => true,
                Err(_) => false,
            };
            let how = match &outcome {
                _ if accepted => End::Succeeded,
                _ if at_end => End::Exhausted,
                _ => End::NotRetryable,
            };
            end(&mut heard, how);
            return (outcome, heard, waits, tokens);
        }
        let mut wait = backoff;
        if let (true, Err(failure)) = (has(RETRY_AFTER), &outcome) {
            heard.push(Heard::Hint);
            let longest = if has(MAX_RETRY_AFTER) {
                script.max_retry_after
            } else {
                LIST.iter().sum()
            };
            let hint = failure.hint.unwrap_or(0);
            if hint > longest {
                end(&mut heard, End::RetryAfter);
                return (outcome, heard, waits, tokens);
            }
            wait = wait.max(hint);
        }
        if has(MAX_ELAPSED) && waited + wait > script.max_elapsed {
            end(&mut heard, End::MaxElapsed);
            return (outcome, heard, waits, tokens);
        }
        if has(BUDGET) {
            if tokens == 0 {
                end(&mut heard, End::Budget);
                return (outcome, heard, waits, tokens);
            }
            tokens -= 1;
        }
        if has(NOTIFY) && outcome.is_err() {
            heard.push(Heard::Notify {
                attempt,
                wait,
                waited,
            });
        }
        waits.push(wait);
    }
    unreachable!("the list ends in 0")
}

fn failure() -> impl Strategy<Value = Failure> {
    let hint = prop::option::weighted(0.5, 0..12_u64);
    (prop::bool::weighted(0.85), hint).prop_map(|(retryable, hint)| Failure { retryable, hint })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    prop_oneof![
        3 => failure().prop_map(Err),
        1 => any::<Value>().prop_map(Ok),
    ]
}

fn check(subjects: &[(u32, Subject)]) {
    let runs = (
        prop::collection::vec(outcome(), 1..6),
        prop::bool::weighted(0.8),
        0..9_u64,
        0..9_u64,
        0..5_u32,
    );
    let config = ProptestConfig {
        failure_persistence: None,
        cases: 64,
        ..ProptestConfig::default()
    };
    proptest!(config, |((outcomes, enabled, max_elapsed, max_retry_after, tokens) in runs)| {
        for (keys, subject) in subjects {
            let script = Script {
                outcomes: outcomes.clone(),
                enabled,
                max_elapsed,
                max_retry_after,
                // Nothing is given back, so that what was taken can be seen.
                budget: RetryBudget::percent(0.0, tokens),
                clones: Cell::new(0),
                next: Cell::new(0),
                heard: RefCell::default(),
            };
            let guard = testing::skip_waits();
            let result = subject(&script);
            let waits: Vec<u64> = guard.waits().iter().map(Duration::as_secs).collect();
            let left = script.budget.available();
            let (expected, heard, expected_waits, expected_left) = model(*keys, &script, tokens);
            prop_assert_eq!(&result, &expected, "keys {:#b}", keys);
            prop_assert_eq!(script.heard.into_inner(), heard, "keys {:#b}", keys);
            prop_assert_eq!(waits, expected_waits, "keys {:#b}", keys);
            prop_assert_eq!(left, f64::from(expected_left), "keys {:#b}", keys);
        }
    });
}

#[test]
fn functions_do_what_the_model_does() {
    check(&table!(function));
}

#[test]
fn async_functions_do_what_the_model_does() {
    check(&table!(asynchronous));
}

#[test]
fn blocks_do_what_the_model_does() {
    check(&table!(block));
}

/// `max_retry_after` needs `retry_after`, so it is no subset of its own.
#[test]
fn a_limit_on_hints_does_what_the_model_does() {
    #[retry(
        schedule = [1s, 2s, 4s, 0],
        jitter = 0,
        on = |failure| script.on(failure),
        retry_after = |failure| script.hint(failure),
        max_retry_after = Duration::from_secs(script.max_retry_after),
        done = |done| script.done(done),
    )]
    fn limited(script: &Script) -> Result<Value, Failure> {
        script.step()
    }

    check(&[(RETRY_AFTER | MAX_RETRY_AFTER | DONE, limited)]);
}

/// What is bound for the body changes nothing else.
#[test]
fn what_the_body_is_given_does_what_the_model_does() {
    #[retry(
        schedule = [1s, 2s, 4s, 0],
        jitter = 0,
        on = |failure| script.on(failure),
        max_elapsed = script.limit(),
        attempt = attempt,
        clone = [token],
        done = |done| script.done(done),
    )]
    fn consuming(script: &Script, token: Token<'_>) -> Result<Value, Failure> {
        consume(token);
        check_attempt(script, attempt);
        script.step()
    }

    fn consume(_: Token<'_>) {}

    fn check_attempt(script: &Script, attempt: Attempt) {
        let number = script.next.get() + 1;
        assert_eq!((attempt.number(), attempt.attempts()), (number, 4));
        assert_eq!(
            (attempt.is_first(), attempt.is_last()),
            (number == 1, number == 4)
        );
        assert!(attempt.remaining().unwrap() <= script.limit());
        assert_eq!(script.clones.get(), number);
    }

    check(&[(MAX_ELAPSED | DONE, |script| {
        consuming(script, Token(&script.clones))
    })]);
}
