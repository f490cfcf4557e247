//! A model of the whole loop, to be read beside the language reference, and what holds the loop against it.
//!
//! A [`Script`] says what each attempt gives and how long it takes. A [`Subject`] is a function or a block with some keys. Both
//! go into [`model`] and into the real loop. Out come two [`Account`]s, which have to be alike: what was read and called, in
//! order and with what, each wait, the tokens left in the budget, how the call ended, and what it returned.
//!
//! Which keys are combined: those that decide about a retry look at what the others have done, so functions are tried with every
//! subset of them. Keys that only look on (`notify`, `done`, `attempt`, `clone`) are written all or none there. Blocks, and
//! schedules of every other kind, are tried with one and two of all keys: they change how the wait is found, and not what
//! is done with it. That makes some eight hundred subjects, which build in about twenty seconds.
//!
//! The waits are hours and the limits lie between them, so that the time which the test itself takes decides nothing.

use proptest::prelude::*;
use retry_core::{
    Attempt, AttemptTimeout, End, Jitter, RetryBudget, RetryDone, RetryEvent, Schedule, retry,
    retry_block, schedule, testing,
};
use std::cell::{Cell, RefCell};
use std::fmt::Debug;
use std::time::Duration;

/// An hour in the model's unit, which is the second.
const HOUR: u64 = 3_600;

/// Half the distance of two sums of waits, whatever jitter makes of them. Limits lie between such sums.
const BETWEEN: u64 = 45;

// What happens.

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Throttled,
    Broken,
    TimedOut,
    Fatal,
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Failure {
    kind: Kind,
    hint: Option<u64>,
}

impl From<AttemptTimeout> for Failure {
    fn from(_: AttemptTimeout) -> Self {
        TIMED_OUT
    }
}

const TIMED_OUT: Failure = Failure {
    kind: Kind::TimedOut,
    hint: None,
};

/// A value that `until` accepts, or one that it does not.
type Value = bool;

/// What an attempt gives. That of a function which returns an `Option` or a plain value is written so, too.
type Outcome = Result<Value, Failure>;

/// What a subject returns.
trait Returns: Sized {
    const TYPE: Type;

    /// The outcome as that type, which may not hold all of it.
    fn of(outcome: Outcome) -> Self;

    fn outcome(self) -> Outcome;
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Type {
    Result,
    Option,
    Value,
}

impl Returns for Outcome {
    const TYPE: Type = Type::Result;

    fn of(outcome: Outcome) -> Self {
        outcome
    }

    fn outcome(self) -> Outcome {
        self
    }
}

impl Returns for Option<Value> {
    const TYPE: Type = Type::Option;

    fn of(outcome: Outcome) -> Self {
        outcome.ok()
    }

    fn outcome(self) -> Outcome {
        self.ok_or(Failure {
            kind: Kind::Fatal,
            hint: None,
        })
    }
}

impl Returns for Value {
    const TYPE: Type = Type::Value;

    fn of(outcome: Outcome) -> Self {
        outcome.unwrap_or(false)
    }

    fn outcome(self) -> Outcome {
        Ok(self)
    }
}

#[derive(Debug, Clone)]
struct Step {
    outcome: Outcome,
    /// How long the attempt takes.
    lasts: u64,
}

/// What a call meets.
#[derive(Debug, Clone)]
struct Plot {
    /// Each attempt; those after them succeed.
    steps: Vec<Step>,
    enabled: bool,
    max_elapsed: u64,
    attempt_timeout: u64,
    reset_after: u64,
    max_retry_after: u64,
    tokens: u64,
    /// Where jitter puts each wait between its shortest and its longest, in quarters.
    quarters: u64,
    /// Which of [`AT_RUN_TIME`] and [`SPREADS`] are in force where they are chosen at run time.
    schedule: usize,
    jitter: usize,
}

/// What was heard during a call.
#[derive(Debug, Clone, PartialEq)]
enum Heard {
    /// The expression of that key was read.
    Read(u32),
    Given {
        number: usize,
        attempts: usize,
        remaining: Option<u64>,
    },
    Cloned,
    /// The body runs for the nth time.
    Attempt(usize),
    On(Kind),
    Until(Value),
    RetryAfter,
    Notify {
        attempt: usize,
        attempts: usize,
        kind: Kind,
        backoff: u64,
        wait: u64,
        waited: u64,
    },
    Done {
        attempt: usize,
        attempts: usize,
        waited: u64,
        error: Option<String>,
        end: End,
    },
}

#[derive(Debug, PartialEq)]
struct Account {
    heard: Vec<Heard>,
    waits: Vec<u64>,
    tokens: u64,
    returned: Outcome,
}

// What is written.

// Those before `NOTIFY` have an expression, which is read in this order.
const SCHEDULE: u32 = 1;
const JITTER: u32 = 1 << 1;
const ENABLED: u32 = 1 << 2;
const MAX_ELAPSED: u32 = 1 << 3;
const ATTEMPT_TIMEOUT: u32 = 1 << 4;
const MAX_RETRY_AFTER: u32 = 1 << 5;
const RESET_AFTER: u32 = 1 << 6;
const BUDGET: u32 = 1 << 7;
const NOTIFY: u32 = 1 << 8;
const DONE: u32 = 1 << 9;
const ATTEMPT: u32 = 1 << 10;
const CLONE: u32 = 1 << 11;
const ON: u32 = 1 << 12;
const UNTIL: u32 = 1 << 13;
const RETRY_AFTER: u32 = 1 << 14;

struct Subject {
    keys: u32,
    returns: Type,
    waits: Waits,
    call: fn(&Script) -> Outcome,
}

/// What stands after `schedule =` and after `jitter =`.
#[derive(Clone, Copy)]
struct Waits(Listed, Spread);

#[derive(Clone, Copy)]
enum Listed {
    One(List),
    ByError { throttled: List, broken: List },
    AtRunTime,
}

#[derive(Clone, Copy)]
struct List {
    /// Without the 0.
    waits: &'static [u64],
    is_open: bool,
    max: u64,
}

#[derive(Clone, Copy)]
enum Spread {
    None,
    Fifth,
    Equal,
    AtRunTime,
}

const fn list(waits: &'static [u64]) -> List {
    List {
        waits,
        is_open: false,
        max: u64::MAX,
    }
}

/// `[1h, 2h, 4h, 0]`
const LIST: List = list(&[HOUR, 2 * HOUR, 4 * HOUR]);

/// `[1h, 3h, ..]`
const OPEN: List = List {
    is_open: true,
    ..list(&[HOUR, 3 * HOUR])
};

/// `exponential(1h, max = 3h, attempts = 5)`
const SHAPE: List = List {
    max: 3 * HOUR,
    ..list(&[HOUR, 2 * HOUR, 3 * HOUR, 3 * HOUR])
};

/// `exponential(1h, max = 3h, ..)`
const OPEN_SHAPE: List = List {
    is_open: true,
    max: 3 * HOUR,
    ..list(&[HOUR, 2 * HOUR, 3 * HOUR])
};

/// `match { throttled => [1h, 2h, 4h, 0], broken => linear(2h, step = 2h, max = 3h, attempts = 3) }`
const BY_ERROR: Listed = Listed::ByError {
    throttled: LIST,
    broken: List {
        max: 3 * HOUR,
        ..list(&[2 * HOUR, 3 * HOUR])
    },
};

const AT_RUN_TIME: [(Schedule, List); 5] = [
    (schedule![1h, 2h, 4h, 0], LIST),
    (schedule![0], list(&[])),
    (schedule![1h, 3h, ..], OPEN),
    (schedule!(exponential(1h, max = 3h, attempts = 5)), SHAPE),
    (schedule!(exponential(1h, max = 3h, ..)), OPEN_SHAPE),
];

const SPREADS: [Spread; 3] = [Spread::None, Spread::Fifth, Spread::Equal];

impl Listed {
    /// The list for that kind of error, if there is one.
    fn of(self, plot: &Plot, kind: Option<Kind>) -> Option<List> {
        match (self, kind) {
            (Self::One(list), _) => Some(list),
            (Self::AtRunTime, _) => Some(AT_RUN_TIME[plot.schedule].1),
            (Self::ByError { throttled, .. }, Some(Kind::Throttled | Kind::TimedOut)) => {
                Some(throttled)
            }
            (Self::ByError { broken, .. }, Some(Kind::Broken)) => Some(broken),
            (Self::ByError { .. }, Some(Kind::Fatal) | None) => None,
        }
    }

    fn all(self, plot: &Plot) -> Vec<List> {
        match self {
            Self::ByError { throttled, broken } => vec![throttled, broken],
            _ => self.of(plot, None).into_iter().collect(),
        }
    }

    /// The length of the longest list.
    fn attempts(self, plot: &Plot) -> usize {
        let lists = self.all(plot).into_iter().map(List::attempts);
        lists.max().unwrap_or(1)
    }

    /// The longest waits of all rows together.
    fn sum(self, plot: &Plot) -> u64 {
        let lists = self.all(plot);
        match self.attempts(plot) {
            usize::MAX => u64::MAX,
            attempts => {
                let row = |position| lists.iter().map(move |list| list.backoff(position)).max();
                (0..attempts).filter_map(row).sum()
            }
        }
    }
}

impl List {
    fn attempts(self) -> usize {
        if self.is_open {
            usize::MAX
        } else {
            self.waits.len() + 1
        }
    }

    fn backoff(self, position: usize) -> u64 {
        match self.waits.get(position) {
            Some(backoff) => *backoff,
            None if self.is_open => self.waits[self.waits.len() - 1],
            None => 0,
        }
    }
}

impl Spread {
    fn of(self, plot: &Plot) -> Self {
        match self {
            Self::AtRunTime => SPREADS[plot.jitter],
            spread => spread,
        }
    }

    /// The wait in place of a listed one.
    fn drawn(self, backoff: u64, max: u64, quarters: u64) -> u64 {
        let (shortest, longest) = match self {
            Self::None => (backoff, backoff),
            Self::Equal => (backoff / 2, backoff),
            Self::Fifth | Self::AtRunTime => (backoff - backoff / 5, backoff + backoff / 5),
        };
        between(shortest.min(max), longest.min(max), quarters)
    }

    /// The wait in place of a server's hint.
    fn after_hint(self, hint: u64, quarters: u64) -> u64 {
        match self {
            Self::None => hint,
            _ => between(hint, hint + hint / 5, quarters),
        }
    }
}

fn between(shortest: u64, longest: u64, quarters: u64) -> u64 {
    shortest + (longest - shortest) * quarters / 4
}

/// What the loop should do.
fn model(subject: &Subject, plot: &Plot) -> Account {
    let has = |key: u32| subject.keys & key != 0;
    let Waits(listed, spread) = subject.waits;
    let (by_error, spread) = (matches!(listed, Listed::ByError { .. }), spread.of(plot));
    // Switched off, the schedule is `[0]`, and nothing is asked.
    let enabled = !has(ENABLED) || plot.enabled;
    let attempts = if enabled { listed.attempts(plot) } else { 1 };

    let (mut heard, mut waits, mut tokens) = (Vec::new(), Vec::new(), plot.tokens);
    heard.extend(
        (0..32)
            .map(|bit| 1 << bit)
            .filter(|key| *key < NOTIFY && has(*key))
            .map(Heard::Read),
    );
    let (mut position, mut elapsed, mut spent) = (0, 0, 0);
    let (returned, end) = loop {
        let step = plot.step(waits.len(), subject.returns);
        let left = plot.max_elapsed.saturating_sub(elapsed);
        if has(CLONE) {
            heard.push(Heard::Cloned);
        }
        if has(ATTEMPT) {
            heard.push(Heard::Given {
                number: position + 1,
                attempts,
                remaining: has(MAX_ELAPSED).then_some(left),
            });
        }
        heard.push(Heard::Attempt(waits.len() + 1));

        let limit = match (has(ATTEMPT_TIMEOUT), has(MAX_ELAPSED)) {
            (true, true) => plot.attempt_timeout.min(left),
            (true, false) => plot.attempt_timeout,
            (false, _) => u64::MAX,
        };
        let timed_out = step.lasts > limit;
        let lasted = step.lasts.min(limit);
        let outcome = if timed_out {
            Err(TIMED_OUT)
        } else {
            step.outcome
        };
        elapsed += lasted;
        if has(RESET_AFTER) && outcome.is_err() && lasted >= plot.reset_after {
            position = 0;
        }

        let list = listed.of(plot, outcome.err().map(|failure| failure.kind));
        let backoff = match list {
            Some(list) if enabled => list.backoff(position),
            _ => 0,
        };
        // Without `on`, an error of a `Result` always returns.
        let is_retried = has(ON) || by_error || subject.returns == Type::Option;
        let again = match outcome {
            Err(_) if backoff == 0 || !is_retried => false,
            Err(_) if by_error || subject.returns == Type::Option => true,
            Err(Failure { kind, .. }) => {
                heard.push(Heard::On(kind));
                kind != Kind::Fatal
            }
            // The last value is judged, too.
            Ok(value) => {
                enabled && has(UNTIL) && {
                    heard.push(Heard::Until(value));
                    !value
                }
            }
        };
        if !again || backoff == 0 {
            let end = match outcome {
                Ok(_) if again => End::Exhausted,
                Ok(_) => End::Succeeded,
                // No wait is left in the list.
                Err(_) if enabled && backoff == 0 && list.is_some() && is_retried => End::Exhausted,
                Err(_) => End::NotRetryable,
            };
            if has(BUDGET) && end == End::Succeeded {
                tokens += if spent > 0 { spent } else { 1 };
            }
            break (outcome, end);
        }

        let max = list.map_or(u64::MAX, |list| list.max);
        let mut wait = spread.drawn(backoff, max, plot.quarters);
        if let (true, Err(failure)) = (has(RETRY_AFTER), outcome) {
            heard.push(Heard::RetryAfter);
            let longest = if has(MAX_RETRY_AFTER) {
                plot.max_retry_after
            } else {
                listed.sum(plot)
            };
            match failure.hint {
                Some(hint) if hint > longest => break (outcome, End::RetryAfter),
                Some(hint) => wait = wait.max(spread.after_hint(hint, plot.quarters)),
                None => {}
            }
        }
        if has(MAX_ELAPSED) && elapsed + wait > plot.max_elapsed {
            break (outcome, End::MaxElapsed);
        }
        if has(BUDGET) {
            let cost = if timed_out { 10 } else { 5 };
            if tokens < cost {
                break (outcome, End::Budget);
            }
            tokens -= cost;
            spent = cost;
        }
        if let (true, Err(Failure { kind, .. })) = (has(NOTIFY), outcome) {
            heard.push(Heard::Notify {
                attempt: position + 1,
                attempts,
                kind,
                backoff,
                wait,
                waited: waits.iter().sum(),
            });
        }
        waits.push(wait);
        elapsed += wait;
        position += 1;
    };
    if has(DONE) {
        let error = returned.err().filter(|_| subject.returns == Type::Result);
        heard.push(Heard::Done {
            attempt: position + 1,
            attempts,
            waited: waits.iter().sum(),
            error: error.map(|error| format!("{error:?}")),
            end,
        });
    }
    Account {
        heard,
        waits,
        tokens,
        returned,
    }
}

impl Plot {
    /// The attempt of that index, as far as the type returned can say it.
    fn step(&self, index: usize, returns: Type) -> Step {
        let success = Step {
            outcome: Ok(true),
            lasts: 0,
        };
        let step = self.steps.get(index).cloned().unwrap_or(success);
        let outcome = match returns {
            Type::Result => step.outcome,
            Type::Option => Option::of(step.outcome).outcome(),
            Type::Value => Value::of(step.outcome).outcome(),
        };
        Step { outcome, ..step }
    }
}

// The real loop.

/// What a subject is called with. It plays the plot, and hears what the loop does.
struct Script {
    plot: Plot,
    budget: RetryBudget,
    next: Cell<usize>,
    heard: RefCell<Vec<Heard>>,
}

/// Is heard when it is cloned.
struct Token<'a>(&'a Script);

impl Clone for Token<'_> {
    fn clone(&self) -> Self {
        self.0.hear(Heard::Cloned);
        Self(self.0)
    }
}

fn consume(_: Token<'_>) {}

impl Script {
    fn of(plot: &Plot) -> Self {
        // 500 tokens, of which a retry takes 5, one after a timeout 10; a success gives back what the last retry took, or 1.
        let budget = RetryBudget::aws_standard();
        while budget.available() >= 5.0 {
            budget.withdraw(&mut 0, false);
        }
        for _ in 0..plot.tokens {
            budget.deposit(0);
        }
        Self {
            plot: plot.clone(),
            budget,
            next: Cell::new(0),
            heard: RefCell::default(),
        }
    }

    fn hear(&self, heard: Heard) {
        self.heard.borrow_mut().push(heard);
    }

    /// The expression of a key.
    fn read<T>(&self, key: u32, value: T) -> T {
        self.hear(Heard::Read(key));
        value
    }

    fn limit(&self, key: u32, seconds: u64) -> Duration {
        self.read(key, Duration::from_secs(seconds))
    }

    fn schedule(&self) -> &'static Schedule {
        const SCHEDULES: &[(Schedule, List)] = &AT_RUN_TIME;
        self.read(SCHEDULE, &SCHEDULES[self.plot.schedule].0)
    }

    fn jitter(&self) -> Jitter {
        let jitter = match SPREADS[self.plot.jitter] {
            Spread::None => Jitter::none(),
            Spread::Equal => Jitter::equal(),
            Spread::Fifth | Spread::AtRunTime => Jitter::default(),
        };
        self.read(JITTER, jitter)
    }

    fn given(&self, attempt: Attempt) {
        let (number, attempts) = (attempt.number(), attempt.attempts());
        assert_eq!(attempt.is_first(), number == 1);
        assert_eq!(attempt.is_last(), number == attempts);
        // Some moments have passed.
        let remaining = |left: Duration| left.as_secs().next_multiple_of(BETWEEN);
        self.hear(Heard::Given {
            number,
            attempts,
            remaining: attempt.remaining().map(remaining),
        });
    }

    fn begin<T: Returns>(&self) -> Step {
        let index = self.next.get();
        self.next.set(index + 1);
        self.hear(Heard::Attempt(index + 1));
        self.plot.step(index, T::TYPE)
    }

    /// The body of what is sync.
    fn attempt<T: Returns>(&self) -> T {
        let step = self.begin::<T>();
        // Clocks move on, and the guard that records the waits of the loop does not hear of it.
        let guard = testing::skip_waits();
        retry_core::sleep_blocking(Duration::from_secs(step.lasts));
        drop(guard);
        T::of(step.outcome)
    }

    /// The body of what is async.
    async fn attempt_async<T: Returns>(&self) -> T {
        let step = self.begin::<T>();
        if step.lasts > 0 {
            tokio::time::sleep(Duration::from_secs(step.lasts)).await;
        }
        T::of(step.outcome)
    }

    fn on(&self, failure: &Failure) -> bool {
        self.hear(Heard::On(failure.kind));
        failure.kind != Kind::Fatal
    }

    fn until(&self, value: Value) -> bool {
        self.hear(Heard::Until(value));
        value
    }

    fn retry_after(&self, failure: &Failure) -> Option<Duration> {
        self.hear(Heard::RetryAfter);
        failure.hint.map(Duration::from_secs)
    }

    fn notify(&self, event: &RetryEvent<'_, Failure>) {
        self.hear(Heard::Notify {
            attempt: event.attempt,
            attempts: event.attempts,
            kind: event.error.kind,
            backoff: event.backoff.as_secs(),
            wait: event.wait.as_secs(),
            waited: event.waited.as_secs(),
        });
    }

    fn done<E: Debug>(&self, done: &RetryDone<'_, E>) {
        self.hear(Heard::Done {
            attempt: done.attempt,
            attempts: done.attempts,
            waited: done.waited.as_secs(),
            error: done.error.map(|error| format!("{error:?}")),
            end: done.end,
        });
    }

    fn tokens(&self) -> u64 {
        (0..)
            .find(|tokens| *tokens as f64 >= self.budget.available())
            .unwrap()
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(future)
}

/// What the loop does.
fn run(subject: &Subject, plot: &Plot) -> Account {
    let script = Script::of(plot);
    let guard = testing::skip_waits();
    let returned = (subject.call)(&script);
    Account {
        waits: guard.waits().iter().map(Duration::as_secs).collect(),
        tokens: script.tokens(),
        heard: script.heard.into_inner(),
        returned,
    }
}

// The subjects.

/// Each form takes the names of a table and of two arguments, the returned type and the waits, the keys as bits and as they are
/// written, and statements with which the body begins.
macro_rules! function {
    ([$table:ident $script:ident $token:ident] [$returns:ty, $waits:expr] [$bits:expr] [$($keys:tt)*] [$($body:tt)*]) => {{
        #[retry($($keys)*)]
        fn subject($script: &Script, $token: Token<'_>) -> $returns {
            let _ = &$token;
            $($body)*
            $script.attempt()
        }
        $table.push(Subject {
            keys: $bits,
            returns: <$returns as Returns>::TYPE,
            waits: $waits,
            call: |script| subject(script, Token(script)).outcome(),
        });
    }};
}

macro_rules! async_function {
    ([$table:ident $script:ident $token:ident] [$returns:ty, $waits:expr] [$bits:expr] [$($keys:tt)*] [$($body:tt)*]) => {{
        #[retry($($keys)*)]
        async fn subject($script: &Script, $token: Token<'_>) -> $returns {
            let _ = &$token;
            $($body)*
            $script.attempt_async().await
        }
        $table.push(Subject {
            keys: $bits,
            returns: <$returns as Returns>::TYPE,
            waits: $waits,
            call: |script| block_on(subject(script, Token(script))).outcome(),
        });
    }};
}

macro_rules! block {
    ([$table:ident $script:ident $token:ident] [$returns:ty, $waits:expr] [$bits:expr] [$($keys:tt)*] [$($body:tt)*]) => {{
        fn subject($script: &Script, $token: Token<'_>) -> $returns {
            retry_block!($($keys)* => -> $returns {
                let _ = &$token;
                $($body)*
                $script.attempt()
            })
        }
        $table.push(Subject {
            keys: $bits,
            returns: <$returns as Returns>::TYPE,
            waits: $waits,
            call: |script| subject(script, Token(script)).outcome(),
        });
    }};
}

macro_rules! async_block {
    ([$table:ident $script:ident $token:ident] [$returns:ty, $waits:expr] [$bits:expr] [$($keys:tt)*] [$($body:tt)*]) => {{
        async fn subject($script: &Script, $token: Token<'_>) -> $returns {
            retry_block!($($keys)* => async -> $returns {
                let _ = &$token;
                $($body)*
                $script.attempt_async().await
            })
        }
        $table.push(Subject {
            keys: $bits,
            returns: <$returns as Returns>::TYPE,
            waits: $waits,
            call: |script| block_on(subject(script, Token(script))).outcome(),
        });
    }};
}

/// The form with each subset of the named keys, of as many keys as there is room for.
macro_rules! subsets {
    ({ $form:ident $names:tt $with:tt $bits:tt $keys:tt $body:tt $room:tt }) => {
        $form!($names $with $bits $keys $body);
    };
    ({ $form:ident [$table:ident $script:ident $token:ident] $($so_far:tt)* } $key:ident $($rest:ident)*) => {
        key!($key $script $token { $form [$table $script $token] $($so_far)* } $($rest)*);
    };
}

/// What is written for a key, and what it adds to the body.
macro_rules! key {
    (ENABLED $script:ident $token:ident $($more:tt)*) => {
        choose!([ENABLED] [enabled = $script.read(ENABLED, $script.plot.enabled)] [] $($more)*);
    };
    (MAX_ELAPSED $script:ident $token:ident $($more:tt)*) => {
        choose!([MAX_ELAPSED] [max_elapsed = $script.limit(MAX_ELAPSED, $script.plot.max_elapsed)] [] $($more)*);
    };
    (ATTEMPT_TIMEOUT $script:ident $token:ident $($more:tt)*) => {
        choose!([ATTEMPT_TIMEOUT] [attempt_timeout = $script.limit(ATTEMPT_TIMEOUT, $script.plot.attempt_timeout)] [] $($more)*);
    };
    (MAX_RETRY_AFTER $script:ident $token:ident $($more:tt)*) => {
        choose!([MAX_RETRY_AFTER] [max_retry_after = $script.limit(MAX_RETRY_AFTER, $script.plot.max_retry_after)] [] $($more)*);
    };
    (RESET_AFTER $script:ident $token:ident $($more:tt)*) => {
        choose!([RESET_AFTER] [reset_after = $script.limit(RESET_AFTER, $script.plot.reset_after)] [] $($more)*);
    };
    (BUDGET $script:ident $token:ident $($more:tt)*) => {
        choose!([BUDGET] [budget = $script.read(BUDGET, &$script.budget)] [] $($more)*);
    };
    (NOTIFY $script:ident $token:ident $($more:tt)*) => {
        choose!([NOTIFY] [notify = |event| $script.notify(event)] [] $($more)*);
    };
    (DONE $script:ident $token:ident $($more:tt)*) => {
        choose!([DONE] [done = |done| $script.done(done)] [] $($more)*);
    };
    (ATTEMPT $script:ident $token:ident $($more:tt)*) => {
        choose!([ATTEMPT] [attempt = attempt] [$script.given(attempt);] $($more)*);
    };
    (CLONE $script:ident $token:ident $($more:tt)*) => {
        choose!([CLONE] [clone = [$token]] [consume($token);] $($more)*);
    };
    (ON $script:ident $token:ident $($more:tt)*) => {
        choose!([ON] [on = |failure| $script.on(failure)] [] $($more)*);
    };
    (UNTIL $script:ident $token:ident $($more:tt)*) => {
        choose!([UNTIL] [until = |value| $script.until(*value)] [] $($more)*);
    };
    (RETRY_AFTER $script:ident $token:ident $($more:tt)*) => {
        choose!([RETRY_AFTER] [retry_after = |failure| $script.retry_after(failure)] [] $($more)*);
    };
    // All that only look on.
    (WATCHED $script:ident $token:ident $($more:tt)*) => {
        choose!(
            [NOTIFY | DONE | ATTEMPT | CLONE]
            [notify = |event| $script.notify(event), done = |done| $script.done(done), attempt = attempt, clone = [$token]]
            [$script.given(attempt); consume($token);]
            $($more)*
        );
    };
    // All of them that need no error.
    (WATCHED_VALUE $script:ident $token:ident $($more:tt)*) => {
        choose!(
            [DONE | ATTEMPT | CLONE]
            [done = |done| $script.done(done), attempt = attempt, clone = [$token]]
            [$script.given(attempt); consume($token);]
            $($more)*
        );
    };
}

/// The subsets of the rest without a key, and with it if there is room.
macro_rules! choose {
    ($bit:tt $key:tt $begin:tt { $form:ident $names:tt $with:tt $bits:tt $keys:tt $body:tt [] } $($rest:ident)*) => {
        subsets!({ $form $names $with $bits $keys $body [] } $($rest)*);
    };
    ([$bit:expr] [$($key:tt)*] [$($begin:tt)*] { $form:ident $names:tt $with:tt [$bits:expr] [$($keys:tt)*] [$($body:tt)*] [+ $($less:tt)*] } $($rest:ident)*) => {
        subsets!({ $form $names $with [$bits] [$($keys)*] [$($body)*] [+ $($less)*] } $($rest)*);
        subsets!({ $form $names $with [$bits | $bit] [$($keys)* $($key)*,] [$($body)* $($begin)*] [$($less)*] } $($rest)*);
    };
}

/// The subjects of a form with keys that are always written, and each subset of the named keys, or those of one and two.
macro_rules! subjects {
    ($script:ident $token:ident: $form:ident $with:tt $bits:tt $keys:tt; every $($name:ident)*) => {{
        let mut table: Vec<Subject> = Vec::new();
        subsets!({ $form [table $script $token] $with $bits $keys [] [+ + + + + + + + + +] } $($name)*);
        table
    }};
    ($script:ident $token:ident: $form:ident $with:tt $bits:tt $keys:tt; pairs $($name:ident)*) => {{
        let mut table: Vec<Subject> = Vec::new();
        subsets!({ $form [table $script $token] $with $bits $keys [] [+ +] } $($name)*);
        table
    }};
}

// The checks.

fn outcome() -> impl Strategy<Value = Outcome> {
    let kind = prop_oneof![
        4 => Just(Kind::Throttled),
        4 => Just(Kind::Broken),
        1 => Just(Kind::Fatal),
    ];
    let hint = prop::option::of((0..12_u64).prop_map(|hours| hours * HOUR));
    prop_oneof![
        4 => (kind, hint).prop_map(|(kind, hint)| Err(Failure { kind, hint })),
        1 => any::<Value>().prop_map(Ok),
    ]
}

fn plot() -> impl Strategy<Value = Plot> {
    let lasts = prop_oneof![2 => Just(0), 1 => (1..5_u64).prop_map(|hours| hours * HOUR)];
    let step = (outcome(), lasts).prop_map(|(outcome, lasts)| Step { outcome, lasts });
    let limit = |hours: u64| (0..hours).prop_map(|hours| hours * HOUR + BETWEEN);
    (
        prop::collection::vec(step, 0..8),
        prop::bool::weighted(0.9),
        (limit(24), limit(5), limit(5), limit(12)),
        prop_oneof![0..40_u64, Just(40)],
        0..=4_u64,
        0..AT_RUN_TIME.len(),
        0..SPREADS.len(),
    )
        .prop_map(
            |(steps, enabled, limits, tokens, quarters, schedule, jitter)| {
                let (max_elapsed, attempt_timeout, reset_after, max_retry_after) = limits;
                Plot {
                    steps,
                    enabled,
                    max_elapsed,
                    attempt_timeout,
                    reset_after,
                    max_retry_after,
                    tokens,
                    quarters,
                    schedule,
                    jitter,
                }
            },
        )
}

#[allow(clippy::cast_precision_loss, reason = "there are four quarters")]
fn check(subjects: &[Subject]) {
    let config = ProptestConfig {
        failure_persistence: None,
        cases: 64,
        ..ProptestConfig::default()
    };
    proptest!(config, |(plot in plot())| {
        for subject in subjects {
            let fixed = testing::fix_jitter(plot.quarters as f64 / 4.0);
            let (done, expected) = (run(subject, &plot), model(subject, &plot));
            drop(fixed);
            prop_assert_eq!(done, expected, "keys {:#017b}", subject.keys);

            // What is drawn at random lies between the bounds. Only `max_elapsed` looks at it.
            if subject.keys & MAX_ELAPSED == 0 {
                let bound = |quarters| model(subject, &Plot { quarters, ..plot.clone() });
                let (drawn, shortest, longest) = (run(subject, &plot), bound(0), bound(4));
                prop_assert_eq!(drawn.waits.len(), shortest.waits.len());
                for ((wait, shortest), longest) in drawn.waits.iter().zip(shortest.waits).zip(longest.waits) {
                    prop_assert!((shortest..=longest).contains(wait), "{wait} is not within {shortest} and {longest}");
                }
            }
        }
    });
}

/// `[1h, 2h, 4h, 0]`, with the jitter that is there unless another is written.
const FIFTH: Waits = Waits(Listed::One(LIST), Spread::Fifth);

const AS_GIVEN: Waits = Waits(Listed::AtRunTime, Spread::AtRunTime);

const LISTS: Waits = Waits(BY_ERROR, Spread::Fifth);

const LISTS_AS_GIVEN: Waits = Waits(BY_ERROR, Spread::AtRunTime);

#[test]
fn functions_with_every_subset_of_keys() {
    check(&subjects!(script token: function [Outcome, FIFTH]
        [ON] [schedule = [1h, 2h, 4h, 0], on = |failure| script.on(failure),];
        every ENABLED MAX_ELAPSED RESET_AFTER BUDGET UNTIL RETRY_AFTER WATCHED));
    check(&subjects!(script token: function [Option<Value>, FIFTH]
        [0] [schedule = [1h, 2h, 4h, 0],];
        every ENABLED MAX_ELAPSED BUDGET UNTIL WATCHED_VALUE));
    check(&subjects!(script token: function [Value, FIFTH]
        [UNTIL] [schedule = [1h, 2h, 4h, 0], until = |value| script.until(*value),];
        every ENABLED MAX_ELAPSED BUDGET WATCHED_VALUE));
}

#[test]
fn async_functions_with_every_subset_of_keys() {
    check(&subjects!(script token: async_function [Outcome, FIFTH]
        [ON] [schedule = [1h, 2h, 4h, 0], on = |failure| script.on(failure),];
        every MAX_ELAPSED ATTEMPT_TIMEOUT RESET_AFTER BUDGET UNTIL RETRY_AFTER WATCHED));
    check(
        &subjects!(script token: async_function [Option<Value>, FIFTH]
        [0] [schedule = [1h, 2h, 4h, 0],];
        every MAX_ELAPSED BUDGET UNTIL WATCHED_VALUE),
    );
    check(&subjects!(script token: async_function [Value, FIFTH]
        [UNTIL] [schedule = [1h, 2h, 4h, 0], until = |value| script.until(*value),];
        every MAX_ELAPSED BUDGET WATCHED_VALUE));
}

#[test]
fn functions_with_schedules_and_jitters_of_run_time() {
    check(&subjects!(script token: function [Outcome, AS_GIVEN]
        [SCHEDULE | JITTER | ON]
        [schedule = script.schedule(), jitter = script.jitter(), on = |failure| script.on(failure),];
        pairs ENABLED MAX_ELAPSED RESET_AFTER BUDGET UNTIL RETRY_AFTER NOTIFY DONE ATTEMPT CLONE));
    check(&subjects!(script token: async_function [Outcome, AS_GIVEN]
        [SCHEDULE | JITTER | ON]
        [schedule = script.schedule(), jitter = script.jitter(), on = |failure| script.on(failure),];
        pairs ENABLED MAX_ELAPSED ATTEMPT_TIMEOUT RESET_AFTER BUDGET UNTIL RETRY_AFTER NOTIFY DONE ATTEMPT CLONE));
}

#[test]
fn blocks() {
    check(&subjects!(script token: block [Outcome, AS_GIVEN]
        [SCHEDULE | JITTER | ON]
        [schedule = script.schedule(), jitter = script.jitter(), on = |failure| script.on(failure),];
        pairs ENABLED MAX_ELAPSED RESET_AFTER BUDGET UNTIL RETRY_AFTER WATCHED));
    check(&subjects!(script token: block [Option<Value>, AS_GIVEN]
        [SCHEDULE | JITTER] [schedule = script.schedule(), jitter = script.jitter(),];
        pairs ENABLED MAX_ELAPSED BUDGET UNTIL WATCHED_VALUE));
    check(&subjects!(script token: block [Value, AS_GIVEN]
        [SCHEDULE | JITTER | UNTIL]
        [schedule = script.schedule(), jitter = script.jitter(), until = |value| script.until(*value),];
        pairs ENABLED MAX_ELAPSED BUDGET WATCHED_VALUE));
}

#[test]
fn async_blocks() {
    check(&subjects!(script token: async_block [Outcome, AS_GIVEN]
        [SCHEDULE | JITTER | ON]
        [schedule = script.schedule(), jitter = script.jitter(), on = |failure| script.on(failure),];
        pairs ENABLED MAX_ELAPSED ATTEMPT_TIMEOUT RESET_AFTER BUDGET UNTIL RETRY_AFTER WATCHED));
    check(
        &subjects!(script token: async_block [Option<Value>, AS_GIVEN]
        [SCHEDULE | JITTER] [schedule = script.schedule(), jitter = script.jitter(),];
        pairs ENABLED MAX_ELAPSED BUDGET UNTIL WATCHED_VALUE),
    );
    check(&subjects!(script token: async_block [Value, AS_GIVEN]
        [SCHEDULE | JITTER | UNTIL]
        [schedule = script.schedule(), jitter = script.jitter(), until = |value| script.until(*value),];
        pairs ENABLED MAX_ELAPSED BUDGET WATCHED_VALUE));
}

#[test]
fn open_lists_and_shapes() {
    const OPEN_LIST: Waits = Waits(Listed::One(OPEN), Spread::None);
    const CAPPED: Waits = Waits(Listed::One(SHAPE), Spread::Fifth);
    const OPEN_CAPPED: Waits = Waits(Listed::One(OPEN_SHAPE), Spread::Equal);

    check(&subjects!(script token: function [Outcome, OPEN_LIST]
        [ON] [schedule = [1h, 3h, ..], jitter = 0, on = |failure| script.on(failure),];
        pairs ENABLED MAX_ELAPSED RESET_AFTER RETRY_AFTER WATCHED));
    check(
        &subjects!(script token: async_function [Option<Value>, OPEN_LIST]
        [0] [schedule = [1h, 3h, ..], jitter = 0,];
        pairs ENABLED MAX_ELAPSED UNTIL WATCHED_VALUE),
    );
    check(&subjects!(script token: function [Outcome, CAPPED]
        [ON] [schedule = exponential(1h, max = 3h, attempts = 5), on = |failure| script.on(failure),];
        pairs MAX_ELAPSED RESET_AFTER RETRY_AFTER WATCHED));
    check(&subjects!(script token: async_function [Outcome, CAPPED]
        [ON] [schedule = exponential(1h, max = 3h, attempts = 5), on = |failure| script.on(failure),];
        pairs MAX_ELAPSED RESET_AFTER RETRY_AFTER WATCHED));
    check(&subjects!(script token: async_block [Outcome, OPEN_CAPPED]
        [ON] [schedule = exponential(1h, max = 3h, ..), jitter = equal, on = |failure| script.on(failure),];
        pairs MAX_ELAPSED RESET_AFTER RETRY_AFTER WATCHED));
}

#[test]
fn lists_by_error() {
    check(&subjects!(script token: function [Outcome, LISTS]
        [0] [schedule = match {
            Failure { kind: Kind::Throttled | Kind::TimedOut, .. } => [1h, 2h, 4h, 0],
            failure if failure.kind == Kind::Broken => linear(2h, step = 2h, max = 3h, attempts = 3),
        },];
        every ENABLED MAX_ELAPSED RESET_AFTER BUDGET RETRY_AFTER WATCHED));
    check(&subjects!(script token: async_function [Outcome, LISTS]
        [0] [schedule = match {
            Failure { kind: Kind::Throttled | Kind::TimedOut, .. } => [1h, 2h, 4h, 0],
            failure if failure.kind == Kind::Broken => linear(2h, step = 2h, max = 3h, attempts = 3),
        },];
        pairs ENABLED MAX_ELAPSED ATTEMPT_TIMEOUT RESET_AFTER BUDGET RETRY_AFTER WATCHED));
    check(&subjects!(script token: async_block [Outcome, LISTS]
        [0] [schedule = match {
            Failure { kind: Kind::Throttled | Kind::TimedOut, .. } => [1h, 2h, 4h, 0],
            failure if failure.kind == Kind::Broken => linear(2h, step = 2h, max = 3h, attempts = 3),
        },];
        pairs MAX_ELAPSED ATTEMPT_TIMEOUT RETRY_AFTER NOTIFY DONE));
}

/// `max_retry_after` needs `retry_after`, so the two are no subset of their own.
#[test]
fn limits_on_hints() {
    check(&subjects!(script token: function [Outcome, FIFTH]
        [ON | RETRY_AFTER]
        [schedule = [1h, 2h, 4h, 0], on = |failure| script.on(failure), retry_after = |failure| script.retry_after(failure),];
        every MAX_ELAPSED MAX_RETRY_AFTER RESET_AFTER BUDGET DONE));
    check(
        &subjects!(script token: async_block [Outcome, LISTS_AS_GIVEN]
        [JITTER | RETRY_AFTER]
        [schedule = match {
            Failure { kind: Kind::Throttled | Kind::TimedOut, .. } => [1h, 2h, 4h, 0],
            failure if failure.kind == Kind::Broken => linear(2h, step = 2h, max = 3h, attempts = 3),
        }, jitter = script.jitter(), retry_after = |failure| script.retry_after(failure),];
        every MAX_ELAPSED ATTEMPT_TIMEOUT MAX_RETRY_AFTER BUDGET),
    );
}

/// Without `on`, every error returns at once.
#[test]
fn polls_of_results() {
    check(
        &subjects!(script token: function [Result<Value, Failure>, FIFTH]
        [UNTIL] [schedule = [1h, 2h, 4h, 0], until = |value| script.until(*value),];
        pairs ENABLED MAX_ELAPSED BUDGET DONE ATTEMPT),
    );
    check(
        &subjects!(script token: async_block [Result<Value, Failure>, FIFTH]
        [UNTIL] [schedule = [1h, 2h, 4h, 0], until = |value| script.until(*value),];
        pairs MAX_ELAPSED ATTEMPT_TIMEOUT BUDGET DONE CLONE),
    );
}
