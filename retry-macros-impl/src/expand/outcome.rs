//! What is worth another attempt. In: the plan. Out: the arms of the `match` that lead to a wait.

use crate::hygiene::{place_of, quote_ours};
use crate::keys::callable::Callable;
use crate::plan::{Again, Plan};
use proc_macro2::TokenStream;
use quote::quote_spanned;

/// An outcome of an attempt that is worth another one, if the condition holds.
pub(super) struct Outcome {
    pattern: TokenStream,
    condition: Option<TokenStream>,
    pub(super) is_error: bool,
}

impl Outcome {
    pub(super) fn arm(&self, wait: &TokenStream) -> TokenStream {
        let Self {
            pattern, condition, ..
        } = self;
        let condition = condition
            .as_ref()
            .map(|condition| quote_ours!(if #condition));
        quote_ours!(#pattern #condition => { #wait })
    }
}

pub(super) fn all(plan: &Plan) -> Vec<Outcome> {
    match &plan.again {
        Again::Result { on, until, .. } => {
            let failed = on.as_ref().map(|on| {
                let judged = (!on.is_always_true()).then(|| on.judge(&error(plan, on)));
                // What is no `Result` is shown at the key that says so.
                let kept = by_reference(plan);
                let failed = quote_spanned!(on.span()=> ::core::result::Result::Err(#kept error));
                failure(plan, failed, judged)
            });
            let ok = quote_ours!(::core::result::Result::Ok(ref value));
            let until = until.as_ref().map(|until| not_yet(plan, ok, Some(until)));
            failed.into_iter().chain(until).collect()
        }
        Again::ByError => {
            let kept = by_reference(plan);
            let failed = quote_ours!(::core::result::Result::Err(#kept error));
            vec![failure(plan, failed, None)]
        }
        Again::Option { until } => {
            let none = not_yet(plan, quote_ours!(::core::option::Option::None), None);
            let some = quote_ours!(::core::option::Option::Some(ref value));
            let until = until.as_ref().map(|until| not_yet(plan, some, Some(until)));
            [none].into_iter().chain(until).collect()
        }
        Again::Value { until } => vec![not_yet(plan, quote_ours!(ref value), Some(until))],
    }
}

/// An error. No predicate is asked when retries are off, or when no wait is left.
fn failure(plan: &Plan, pattern: TokenStream, judged: Option<TokenStream>) -> Outcome {
    let is_left = quote_ours!(backoff != ::core::time::Duration::ZERO);
    Outcome {
        pattern,
        condition: all_of([enabled(plan), Some(is_left), judged]),
        is_error: true,
    }
}

/// A value that is not good yet. `until` is asked about the last one, too: it tells a success from a call that gives up.
fn not_yet(plan: &Plan, pattern: TokenStream, until: Option<&Callable>) -> Outcome {
    let refused = until.map(|until| {
        let done = until.judge(&quote_ours!(value));
        // What is no `bool` is shown at the key.
        let not = quote_spanned!(until.span()=> !);
        quote_ours!(#not #done)
    });
    Outcome {
        pattern,
        condition: all_of([enabled(plan), refused]),
        is_error: false,
    }
}

/// What is no `bool` is shown at the key.
fn enabled(plan: &Plan) -> Option<TokenStream> {
    let enabled = plan.enabled.as_ref()?;
    Some(quote_spanned!(place_of(enabled)=> enabled))
}

fn all_of(conditions: impl IntoIterator<Item = Option<TokenStream>>) -> Option<TokenStream> {
    conditions
        .into_iter()
        .flatten()
        .reduce(|all, condition| quote_ours!(#all && #condition))
}

/// The error as a callable wants it: a path may take what is in a box.
pub(super) fn error(plan: &Plan, callable: &Callable) -> TokenStream {
    let (krate, error) = (&plan.krate, borrowed(plan));
    match &plan.again {
        Again::Result {
            boxed_error: true, ..
        } if callable.is_path() => quote_ours!(#krate::argument!(#callable, #error)),
        _ => error,
    }
}

/// The error by reference.
pub(super) fn borrowed(plan: &Plan) -> TokenStream {
    if plan.keeps_result() {
        quote_ours!(error)
    } else {
        quote_ours!(&error)
    }
}

/// A result that a limit may still give back is only looked at. Otherwise the error is taken out of it, which spares a success the
/// copy of the whole result.
fn by_reference(plan: &Plan) -> Option<TokenStream> {
    plan.keeps_result().then(|| quote_ours!(ref))
}
