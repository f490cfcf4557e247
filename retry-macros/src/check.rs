//! What can be wrong with the keys and the function together; and, if nothing is, the plan of what to write.

use crate::args::{Args, Jitter, Key, Limit};
use crate::block::Block;
use crate::callable::Callable;
use crate::errors::Errors;
use crate::function::Function;
use crate::schedule::Schedule;
use crate::types::Returns;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;
use retry_schedule::duration_text;
use std::time::Duration;

/// What `retry-core` offers to the loop.
#[derive(Clone, Copy)]
#[allow(clippy::struct_excessive_bools, reason = "each is a feature")]
pub(crate) struct Features {
    pub(crate) std: bool,
    pub(crate) tokio: bool,
    /// Tests may limit the attempts of a call.
    pub(crate) test_util: bool,
    /// Retries are reported.
    pub(crate) observe: bool,
    /// Schedules may be replaced while the program runs.
    pub(crate) control: bool,
}

/// What the expansion writes: nothing is left to decide.
pub(crate) struct Plan {
    /// `::retry_core`, or what `crate` says.
    pub(crate) krate: TokenStream,
    pub(crate) schedule: Schedule,
    pub(crate) jitter: Jitter,
    pub(crate) again: Again,
    pub(crate) enabled: Option<TokenStream>,
    pub(crate) sleep: Sleeper,
    pub(crate) limits: Limits,
    pub(crate) features: Features,
    /// The name that events are reported under: an expression.
    pub(crate) name: TokenStream,
}

/// What else decides about a retry, or hears of it.
#[derive(Default)]
pub(crate) struct Limits {
    pub(crate) max_elapsed: Option<(Limit, Clock)>,
    pub(crate) attempt_timeout: Option<Limit>,
    pub(crate) retry_after: Option<Callable>,
    pub(crate) budget: Option<TokenStream>,
    pub(crate) notify: Option<Callable>,
}

/// Which clock a limit on the whole call goes by.
#[derive(Clone, Copy)]
pub(crate) enum Clock {
    Tokio,
    /// `retry_core`'s, which tests can move.
    Blocking,
    /// `std::time::Instant`, where `retry_core` itself is without `std`.
    Std,
}

/// Which outcomes are worth another attempt.
pub(crate) enum Again {
    Result {
        on: Option<Callable>,
        until: Option<Callable>,
        /// The error is a `Box<dyn ..>`: a path is called with what is inside.
        boxed_error: bool,
    },
    Option {
        until: Option<Callable>,
    },
    Value {
        until: Callable,
    },
}

pub(crate) enum Sleeper {
    Given(Callable),
    /// `retry_core::sleep`
    Tokio,
    /// `retry_core::sleep_blocking`
    Blocking,
    /// `std::thread::sleep`, where `retry_core` itself is without `std`.
    Std,
}

pub(crate) fn function(
    args: Args,
    function: &Function,
    features: Features,
    errors: &mut Errors,
) -> Option<Plan> {
    if let Some(constness) = &function.constness {
        errors.at(
            constness,
            "a `const fn` cannot wait between attempts: remove `const`, or `#[retry]`",
        );
    }
    let path = format!("::{}", function.name);
    let name = quote!(::core::concat!(::core::module_path!(), #path));
    let Some(output) = &function.output else {
        errors.at(
            &function.name,
            format_args!(
                "`{}` returns nothing that tells success from failure: return a `Result` (with `on`), an `Option`, or a value that `until` judges",
                function.name
            ),
        );
        // Whether `on` is missing cannot be known; the other keys are checked all the same.
        let _ = common(
            args,
            function.kind.is_async(),
            features,
            name,
            |_, _, _| None,
            errors,
        );
        return None;
    };
    let returns = Returns::spelled(output);
    common(
        args,
        function.kind.is_async(),
        features,
        name,
        |on, until, errors| again(returns, on, until, errors),
        errors,
    )
}

/// In a block no type is spelled unless after `->`: `on` then says that it gives a `Result`, and `until` alone judges
/// the value as it is.
pub(crate) fn block(
    args: Args,
    block: &Block,
    features: Features,
    errors: &mut Errors,
) -> Option<Plan> {
    let returns = match &block.output {
        Some(output) => Returns::spelled(output),
        None if args.until.written.is_some() && args.on.written.is_none() => Returns::Other,
        None => Returns::Result { boxed_error: false },
    };
    common(
        args,
        block.is_async(),
        features,
        quote!(::core::module_path!()),
        |on, until, errors| again(returns, on, until, errors),
        errors,
    )
}

type Predicate = Key<Callable>;

fn again(returns: Returns, on: Predicate, until: Predicate, errors: &mut Errors) -> Option<Again> {
    match returns {
        Returns::Result { boxed_error } => {
            if on.written.is_none() && until.written.is_none() {
                errors.push(
                    Span::call_site(),
                    "`on` is missing: say which errors are worth another attempt, as in `on = is_retryable` or `on = |e| e.is_timeout()`. \
                     `on = |_| true` retries them all, which is safe only if the operation may be repeated",
                );
                return None;
            }
            Some(Again::Result {
                on: on.value,
                until: until.value,
                boxed_error,
            })
        }
        Returns::Option => {
            refuse_on(
                on.written,
                "`on` judges errors, and an `Option` has none: `None` always means \"not yet\". Remove `on`, or judge the value with `until`",
                errors,
            )?;
            Some(Again::Option { until: until.value })
        }
        Returns::Other => {
            refuse_on(
                on.written,
                "`on` judges errors, and the return type is no `Result`: return one (an alias must end in `Result`), or judge the value with `until`",
                errors,
            )?;
            if until.written.is_none() {
                errors.push(
                    Span::call_site(),
                    "`until` is missing: what is returned is neither a `Result` nor an `Option`, so say which value is good, as in `until = |value| value.is_ready()`",
                );
            }
            Some(Again::Value {
                until: until.value?,
            })
        }
    }
}

fn refuse_on(on: Option<Ident>, message: &str, errors: &mut Errors) -> Option<()> {
    match on {
        Some(on) => {
            errors.at(&on, message);
            None
        }
        None => Some(()),
    }
}

fn common(
    args: Args,
    is_async: bool,
    features: Features,
    name: TokenStream,
    again: impl FnOnce(Predicate, Predicate, &mut Errors) -> Option<Again>,
    errors: &mut Errors,
) -> Option<Plan> {
    if args.schedule.written.is_none() {
        errors.push(
            Span::call_site(),
            "`schedule` is missing: write the waits, as in `schedule = [1s, 2s, 4s, 0]`, one entry for each attempt; the `0` at the end says that nothing follows the last",
        );
    }
    let jitter_given = args.jitter.written.is_some();
    let jitter = match args.jitter.value {
        None if !jitter_given => Some(Jitter::Proportional(
            quote!(0.2),
            retry_schedule::Jitter::default(),
        )),
        given => given,
    };
    check_max_wait(
        &args.max_wait,
        args.schedule.value.as_ref(),
        jitter.as_ref(),
        errors,
    );
    if let (Some(max_elapsed), Some(schedule), Some(jitter)) =
        (&args.max_elapsed.value, &args.schedule.value, &jitter)
    {
        check_reachable(max_elapsed, schedule, jitter, errors);
    }
    if let Some(key) = args
        .attempt_timeout
        .written
        .as_ref()
        .filter(|_| !is_async || !features.tokio)
    {
        errors.at(
            key,
            if is_async {
                "`attempt_timeout` goes by tokio's timer: turn on the `tokio` feature of `retry-core`, or remove the key"
            } else {
                "`attempt_timeout` needs an async function: a sync attempt cannot be stopped from outside. Give the call inside a timeout of its own, or limit the whole with `max_elapsed`"
            },
        );
    }
    let sleep = sleeper(args.sleep, is_async, features, errors);
    let again = again(args.on, args.until, errors);
    if !matches!(again, None | Some(Again::Result { .. })) {
        let keys = [
            &args.attempt_timeout.written,
            &args.retry_after.written,
            &args.notify.written,
        ];
        for key in keys.into_iter().flatten() {
            errors.at(
                key,
                format_args!(
                    "`{key}` is about errors, and what is returned is no `Result`: remove the key"
                ),
            );
        }
    }
    if matches!(again, Some(Again::Result { on: None, .. })) {
        for key in [&args.retry_after.written, &args.notify.written]
            .into_iter()
            .flatten()
        {
            errors.at(
                key,
                format_args!("`{key}` is about errors that are retried, and without `on` none is: add `on`, or remove the key"),
            );
        }
    }
    let clock = match is_async {
        true if features.tokio => Clock::Tokio,
        _ if features.std => Clock::Blocking,
        _ => Clock::Std,
    };
    Some(Plan {
        krate: args.krate.value.unwrap_or_else(|| quote!(::retry_core)),
        schedule: args.schedule.value?,
        jitter: jitter?,
        again: again?,
        enabled: args.enabled.value,
        sleep: sleep?,
        limits: Limits {
            max_elapsed: args.max_elapsed.value.map(|limit| (limit, clock)),
            attempt_timeout: args.attempt_timeout.value,
            retry_after: args.retry_after.value,
            budget: args.budget.value,
            notify: args.notify.value,
        },
        features,
        name: args.name.value.unwrap_or(name),
    })
}

/// The worst case of a written schedule must stay within `max_wait`.
fn check_max_wait(
    key: &Key<Limit>,
    schedule: Option<&Schedule>,
    jitter: Option<&Jitter>,
    errors: &mut Errors,
) {
    if let (Some(max_wait), Some(schedule), Some(jitter)) = (&key.value, schedule, jitter) {
        match worst_case(schedule, jitter) {
            None => {
                let (unknown, fix) = match schedule {
                    Schedule::Written(_) => ("jitter", "a number, `full` or `equal`"),
                    Schedule::Expression(_) => ("schedule", "a list or a shape"),
                };
                errors.at(
                    &key.written,
                    format_args!("`max_wait` is checked at compile time, when this `{unknown}` is not known: write {fix} there, or remove `max_wait`"),
                );
            }
            Some(worst) if max_wait.written.is_some_and(|limit| worst > limit) => {
                let limit = duration_text(max_wait.written.unwrap_or_default());
                let worst = duration_text(worst);
                errors.at(
                    &max_wait.tokens,
                    format_args!("the worst case, every wait at its longest, is {worst}, more than {limit}: shorten the schedule, or write `max_wait = {worst}`"),
                );
            }
            Some(_) => {}
        }
    }
}

/// What waits: the given sleeper, or the one that fits the function and the features.
fn sleeper(
    key: Key<Callable>,
    is_async: bool,
    features: Features,
    errors: &mut Errors,
) -> Option<Sleeper> {
    let sleep_given = key.written.is_some();
    match key.value {
        Some(sleep) => Some(Sleeper::Given(sleep)),
        None if sleep_given => None,
        None if !is_async && features.std => Some(Sleeper::Blocking),
        None if !is_async => Some(Sleeper::Std),
        None if features.tokio => Some(Sleeper::Tokio),
        None => {
            errors.push(
                Span::call_site(),
                "async code needs a timer to wait: turn on the `tokio` feature of `retry-core`, or give a timer of your own with `sleep = path`",
            );
            None
        }
    }
}

/// A wait that starts only when the time is up is never waited for.
fn check_reachable(max_elapsed: &Limit, schedule: &Schedule, jitter: &Jitter, errors: &mut Errors) {
    let (Some(limit), Schedule::Written(backoffs), Some(jitter)) =
        (max_elapsed.written, schedule, jitter.written())
    else {
        return;
    };
    let mut shortest = Duration::ZERO;
    for (index, backoff) in backoffs.iter().enumerate() {
        shortest = shortest.saturating_add(jitter.bounds(*backoff).0);
        if shortest > limit {
            let (backoff, limit) = (duration_text(*backoff), duration_text(limit));
            let (entry, shortest) = (index + 1, duration_text(shortest));
            let all = backoffs.iter().fold(Duration::ZERO, |sum, backoff| {
                sum.saturating_add(jitter.bounds(*backoff).0)
            });
            let all = duration_text(all);
            errors.at(
                &max_elapsed.tokens,
                format_args!(
                    "entry {entry} of the schedule, `{backoff}`, is never waited for: it would end after {shortest} at the earliest, and the limit is {limit}. Shorten the schedule, or write `max_elapsed = {all}` or more"
                ),
            );
            return;
        }
    }
}

/// Every wait at its longest, if schedule and jitter are known at compile time.
pub(crate) fn worst_case(schedule: &Schedule, jitter: &Jitter) -> Option<Duration> {
    let Schedule::Written(backoffs) = schedule else {
        return None;
    };
    let jitter = jitter.written()?;
    Some(backoffs.iter().fold(Duration::ZERO, |sum, wait| {
        sum.saturating_add(jitter.bounds(*wait).1)
    }))
}
