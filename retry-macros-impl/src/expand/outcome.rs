//! What is worth another attempt. In: the plan. Out: the arms of the `match` that lead to a wait.

use super::piece::{Piece, piece, piece_at};
use crate::hygiene::place_of;
use crate::keys::callable::Callable;
use crate::plan::{Again, Plan};
use quote::quote_spanned;

/// An outcome of an attempt that is worth another one, if the condition holds.
pub(super) struct Outcome<'a> {
    pattern: Piece<'a>,
    condition: Option<Piece<'a>>,
    pub(super) is_error: bool,
}

impl<'a> Outcome<'a> {
    pub(super) fn arm(self, wait: Piece<'a>) -> Piece<'a> {
        let Self {
            pattern, condition, ..
        } = self;
        let condition = condition.map(|condition| piece!(if #condition));
        piece!(#pattern #condition => { #wait })
    }
}

pub(super) fn all(plan: &Plan) -> Vec<Outcome<'_>> {
    match &plan.again {
        Again::Result { on, until, .. } => {
            let failed = on.as_ref().map(|on| {
                let judged = (!on.is_always_true()).then(|| on.judge(&error(plan, on)).into());
                // What is no `Result` is shown at the key that says so.
                let kept = by_reference(plan);
                let failed = piece_at!(on.span()=> ::core::result::Result::Err(#kept error));
                failure(plan, failed, judged)
            });
            let ok = piece!(::core::result::Result::Ok(ref value));
            let until = until.as_ref().map(|until| not_yet(plan, ok, Some(until)));
            failed.into_iter().chain(until).collect()
        }
        Again::ByError => {
            let kept = by_reference(plan);
            let failed = piece!(::core::result::Result::Err(#kept error));
            vec![failure(plan, failed, None)]
        }
        Again::Option { until } => {
            let none = not_yet(plan, piece!(::core::option::Option::None), None);
            let some = piece!(::core::option::Option::Some(ref value));
            let until = until.as_ref().map(|until| not_yet(plan, some, Some(until)));
            [none].into_iter().chain(until).collect()
        }
        Again::Value { until } => vec![not_yet(plan, piece!(ref value), Some(until))],
    }
}

/// An error. No predicate is asked when retries are off, or when no wait is left.
fn failure<'a>(plan: &'a Plan, pattern: Piece<'a>, judged: Option<Piece<'a>>) -> Outcome<'a> {
    let is_left = piece!(backoff != ::core::time::Duration::ZERO);
    Outcome {
        pattern,
        condition: all_of([enabled(plan), Some(is_left), judged]),
        is_error: true,
    }
}

/// A value that is not good yet. `until` is asked about the last one, too: it tells a success from a call that gives up.
fn not_yet<'a>(plan: &'a Plan, pattern: Piece<'a>, until: Option<&'a Callable>) -> Outcome<'a> {
    let refused = until.map(|until| {
        let done = until.judge(&piece!(value));
        // What is no `bool` is shown at the key.
        let not = quote_spanned!(until.span()=> !);
        piece!(#not #done)
    });
    Outcome {
        pattern,
        condition: all_of([enabled(plan), refused]),
        is_error: false,
    }
}

/// What is no `bool` is shown at the key.
fn enabled(plan: &Plan) -> Option<Piece<'_>> {
    let enabled = plan.enabled.as_ref()?;
    Some(piece_at!(place_of(enabled)=> enabled))
}

fn all_of<'a>(conditions: impl IntoIterator<Item = Option<Piece<'a>>>) -> Option<Piece<'a>> {
    conditions
        .into_iter()
        .flatten()
        .reduce(|all, condition| piece!(#all && #condition))
}

/// The error as a callable wants it: a path may take what is in a box.
pub(super) fn error<'a>(plan: &'a Plan, callable: &'a Callable) -> Piece<'a> {
    let (krate, error) = (&plan.krate, borrowed(plan));
    match &plan.again {
        Again::Result {
            boxed_error: true, ..
        } if callable.is_path() => piece!(#krate::argument!(#callable, #error)),
        _ => error,
    }
}

/// The error by reference.
pub(super) fn borrowed(plan: &Plan) -> Piece<'_> {
    if plan.keeps_result() {
        piece!(error)
    } else {
        piece!(&error)
    }
}

/// A result that a limit may still give back is only looked at. Otherwise the error is taken out of it, which spares a success the
/// copy of the whole result.
fn by_reference(plan: &Plan) -> Option<Piece<'_>> {
    plan.keeps_result().then(|| piece!(ref))
}
