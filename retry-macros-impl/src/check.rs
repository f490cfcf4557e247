//! Everything that can be wrong with the keys and the function together. In: both. Out: the plan of what to write.

use crate::block::Block;
use crate::errors::Errors;
use crate::function::Function;
use crate::hygiene::retry_core;
use crate::keys::callable::Callable;
use crate::keys::jitter::Jitter;
use crate::keys::limit::Limit;
use crate::keys::schedule::Schedule;
use crate::keys::{Key, Keys};
use crate::plan::{Again, Cloned, Hints, Name, Plan, Sleeper, worst_case};
use crate::returns::{self, Returns};
use proc_macro2::{Literal, Span};
use retry_schedule::duration_text;
use std::time::Duration;
use syn::Ident;

/// What one attempt gives, as far as its type says.
struct Given {
    returns: Returns,
    /// Whether an error may be a `Box`.
    boxed_error: bool,
}

pub(crate) fn function(keys: Keys, function: &Function, errors: &mut Errors) -> Option<Plan> {
    let name = &function.name;
    if let Some(constness) = &function.constness {
        errors.at(
            constness,
            "a `const fn` cannot wait between attempts: remove `const`, or `#[retry]`",
        );
    }
    if let Some(lent) = &function.lends_mutably {
        errors.at(
            lent,
            format_args!("`{name}` returns what it borrows mutably, and no loop can do that: a later attempt would borrow it again. Retry a function that returns an owned value, and borrow after it"),
        );
    }
    let given = function.output.as_ref().map(|output| Given {
        returns: output.returns,
        boxed_error: output.boxed_error,
    });
    if given.is_none() {
        errors.at(
            name,
            format_args!("`{name}` returns nothing that tells success from failure: return a `Result` (with `on`), an `Option`, or a value that `until` judges"),
        );
    }
    let is_async = function.kind.is_async();
    let mut plan = plan(keys, is_async, Name::Function, given, errors)?;
    for clone in &mut plan.clones {
        clone.is_mutable = function.mutable.contains(&clone.name);
    }
    Some(plan)
}

/// In a block no type is spelled unless after `->`: `on` then says that it gives a `Result`, and `until` alone judges
/// the value as it is.
pub(crate) fn block(keys: Keys, block: &Block, errors: &mut Errors) -> Option<Plan> {
    let given = match &block.output {
        Some(output) => Given {
            returns: Returns::spelled(output),
            boxed_error: returns::error_may_be_boxed(output),
        },
        None if keys.until.written.is_some() => Given {
            returns: Returns::Other,
            boxed_error: true,
        },
        None => Given {
            returns: Returns::Result,
            boxed_error: true,
        },
    };
    plan(keys, block.is_async(), Name::Block, Some(given), errors)
}

fn plan(
    keys: Keys,
    is_async: bool,
    name: Name,
    given: Option<Given>,
    errors: &mut Errors,
) -> Option<Plan> {
    if keys.schedule.written.is_none() {
        errors.push(
            Span::call_site(),
            "`schedule` is missing: write the waits, as in `schedule = [1s, 2s, 4s, 0]`, one entry for each attempt; the `0` at the end says that nothing follows the last",
        );
    }
    let jitter = match (keys.jitter.written, keys.jitter.value) {
        (None, None) => Some(Jitter::Proportional(
            Literal::f64_unsuffixed(0.2),
            retry_schedule::Jitter::default(),
        )),
        (_, given) => given,
    };
    if let (Some(key), None) = (&keys.max_retry_after.written, &keys.retry_after.written) {
        errors.at(
            key,
            "`max_retry_after` limits the hints of `retry_after`, and there are none: add `retry_after`, or remove the key",
        );
    }
    let hints = Hints::of(
        keys.retry_after.written.is_some(),
        keys.max_retry_after.value.as_ref(),
    );
    if let (Some(schedule), Some(jitter)) = (&keys.schedule.value, &jitter) {
        check_max_wait(&keys.max_wait, schedule, jitter, hints, errors);
        if let Some(max_elapsed) = &keys.max_elapsed.value {
            check_reachable(max_elapsed, schedule, jitter, errors);
        }
    }
    if let (Some(key), false) = (&keys.attempt_timeout.written, is_async) {
        errors.at(
            key,
            "`attempt_timeout` needs an async function: a sync attempt cannot be stopped from outside. Give the call inside a timeout of its own, or limit the whole with `max_elapsed`",
        );
    }
    let sleep = sleeper(keys.sleep, is_async, errors);
    let again = if keys.is_by_error {
        again_by_error(given, [&keys.on.written, &keys.until.written], errors)
    } else {
        given.and_then(|given| again(&given, keys.on, keys.until, errors))
    };
    check_errors(
        again.as_ref(),
        [
            (&keys.attempt_timeout.written, false),
            (&keys.retry_after.written, true),
            (&keys.max_retry_after.written, false),
            (&keys.reset_after.written, true),
            (&keys.notify.written, true),
        ],
        errors,
    );
    Some(Plan {
        krate: keys.krate.value.unwrap_or_else(retry_core),
        name: keys.name.value.map_or(name, Name::Given),
        is_async,
        schedule: keys.schedule.value?,
        jitter: jitter?,
        again: again?,
        sleep: sleep?,
        enabled: keys.enabled.value,
        max_wait: keys.max_wait.value,
        max_elapsed: keys.max_elapsed.value,
        attempt_timeout: keys.attempt_timeout.value,
        retry_after: keys.retry_after.value,
        max_retry_after: keys.max_retry_after.value,
        reset_after: keys.reset_after.value,
        clones: keys
            .clone
            .value
            .unwrap_or_default()
            .into_iter()
            .map(|name| Cloned {
                name,
                is_mutable: false,
            })
            .collect(),
        attempt: keys.attempt.value,
        done: keys.done.value,
        budget: keys.budget.value,
        notify: keys.notify.value,
        order: keys.order,
    })
}

fn again(
    given: &Given,
    on: Key<Callable>,
    until: Key<Callable>,
    errors: &mut Errors,
) -> Option<Again> {
    match (given.returns, on.written) {
        (Returns::Option, Some(on)) => {
            errors.at(
                &on,
                "`on` judges errors, and an `Option` has none: `None` always means \"not yet\". Remove `on`, or judge the value with `until`",
            );
            None
        }
        (Returns::Value, Some(on)) => {
            errors.at(
                &on,
                "`on` judges errors, and the return type is no `Result`: return one, or judge the value with `until`",
            );
            None
        }
        // `on` says that it is a `Result`, whatever its type is called.
        (_, Some(_)) => Some(Again::Result {
            on: Some(on.value?),
            until: match until.written {
                Some(_) => Some(until.value?),
                None => None,
            },
            boxed_error: given.boxed_error,
        }),
        (Returns::Result, None) => {
            if until.written.is_none() {
                errors.push(
                    Span::call_site(),
                    "`on` is missing: say which errors are worth another attempt, as in `on = is_retryable` or `on = |e| e.is_timeout()`. \
                     `on = |_| true` retries them all, which is safe only if the operation may be repeated",
                );
                return None;
            }
            Some(Again::Result {
                on: None,
                until: until.value,
                boxed_error: given.boxed_error,
            })
        }
        (Returns::Option, None) => Some(Again::Option { until: until.value }),
        (returns, None) => {
            if until.written.is_none() {
                let by_another_name = match returns {
                    Returns::Other => {
                        ". If it is a `Result` by another name, say which errors are worth another attempt, as in `on = is_retryable`"
                    }
                    _ => "",
                };
                errors.push(
                    Span::call_site(),
                    format_args!("`until` is missing: what is returned is neither a `Result` nor an `Option`, so say which value is good, as in `until = |value| value.is_ready()`{by_another_name}"),
                );
            }
            Some(Again::Value {
                until: until.value?,
            })
        }
    }
}

/// Lists by error say which errors are worth another attempt, and that there are errors.
fn again_by_error(
    given: Option<Given>,
    others: [&Option<Ident>; 2],
    errors: &mut Errors,
) -> Option<Again> {
    for key in others.into_iter().flatten() {
        errors.at(
            key,
            format_args!("the lists by error say what is retried, and so does `{key}`: remove it, or write one list"),
        );
    }
    match given?.returns {
        Returns::Option | Returns::Value => {
            errors.push(
                Span::call_site(),
                "lists by error need errors, and the return type is no `Result`: write one list",
            );
            None
        }
        _ => Some(Again::ByError),
    }
}

/// Keys about errors need errors, and some of them need errors that are retried.
fn check_errors(again: Option<&Again>, keys: [(&Option<Ident>, bool); 5], errors: &mut Errors) {
    for (key, is_about_retries) in keys {
        let Some(key) = key else {
            continue;
        };
        match again {
            Some(Again::Option { .. } | Again::Value { .. }) => errors.at(
                key,
                format_args!("`{key}` is about errors, and what is returned is no `Result`: remove the key"),
            ),
            Some(Again::Result { on: None, .. }) if is_about_retries => errors.at(
                key,
                format_args!("`{key}` is about errors that are retried, and without `on` none is: add `on`, or remove the key"),
            ),
            _ => {}
        }
    }
}

fn sleeper(key: Key<Callable>, is_async: bool, errors: &mut Errors) -> Option<Sleeper> {
    let Some(sleep) = key.value else {
        return key.written.is_none().then_some(Sleeper::Own);
    };
    if !is_async && sleep.text() == Some("tokio::time::sleep") {
        errors.at(
            &sleep,
            "`tokio::time::sleep` waits only where it is awaited, and this function is not async: remove `sleep`, or write one that blocks, such as `std::thread::sleep`",
        );
        return None;
    }
    Some(Sleeper::Given(sleep))
}

/// The worst case of a written schedule must stay within `max_wait`.
fn check_max_wait(
    key: &Key<Limit>,
    schedule: &Schedule,
    jitter: &Jitter,
    hints: Hints<'_>,
    errors: &mut Errors,
) {
    let Some(max_wait) = &key.value else {
        return;
    };
    let Some(worst) = worst_case(schedule, jitter, hints) else {
        if schedule.is_open() {
            errors.at(
                &key.written,
                "`max_wait` limits all waits together, and this list never ends: remove the key, or end the call with `max_elapsed`",
            );
            return;
        }
        let (unknown, fix) = if schedule.written().is_none() {
            ("schedule", "a list or a shape")
        } else if jitter.written().is_none() {
            ("jitter", "a number, `full` or `equal`")
        } else {
            ("max_retry_after", "a duration such as `30s`")
        };
        errors.at(
            &key.written,
            format_args!("`max_wait` is checked at compile time, when this `{unknown}` is not known: write {fix} there, or remove `max_wait`"),
        );
        return;
    };
    if let Some(limit) = max_wait.written.filter(|limit| worst > *limit) {
        let (limit, worst) = (duration_text(limit), duration_text(worst));
        errors.at(
            &max_wait.tokens,
            format_args!("the worst case, every wait at its longest, is {worst}, more than {limit}: shorten the schedule, or write `max_wait = {worst}`"),
        );
    }
}

/// A wait that starts only when the time is up is never waited for. Before it, the shortest waits may have come.
fn check_reachable(max_elapsed: &Limit, schedule: &Schedule, jitter: &Jitter, errors: &mut Errors) {
    let (Some(limit), Some(lists), Some(jitter)) =
        (max_elapsed.written, schedule.lists(), jitter.written())
    else {
        return;
    };
    let (mut before, mut all, mut unreached) = (Duration::ZERO, Duration::ZERO, None);
    for row in 0.. {
        let waits: Vec<(Duration, Duration)> = lists
            .iter()
            .filter_map(|list| list.waits().get(row))
            .map(|wait| (before.saturating_add(jitter.bounds(*wait).0), *wait))
            .collect();
        let Some((shortest, _)) = waits.iter().min() else {
            break;
        };
        before = *shortest;
        for (ends, wait) in waits {
            all = all.max(ends);
            if unreached.is_none() && ends > limit {
                unreached = Some((row + 1, wait, ends));
            }
        }
    }
    if let Some((entry, backoff, shortest)) = unreached {
        let [backoff, shortest, limit, all] = [backoff, shortest, limit, all].map(duration_text);
        errors.at(
            &max_elapsed.tokens,
            format_args!("entry {entry} of the schedule, `{backoff}`, is never waited for: it would end after {shortest} at the earliest, and the limit is {limit}. Shorten the schedule, or write `max_elapsed = {all}` or more"),
        );
    }
}
