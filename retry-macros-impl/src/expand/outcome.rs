//! What is worth another attempt. In: the plan. Out: the arms of the `match` that lead to a wait.

use crate::hygiene::{place_of, quote_ours};
use crate::keys::callable::Callable;
use crate::plan::{Again, Plan};
use proc_macro2::TokenStream;
use quote::quote_spanned;

/// An outcome of an attempt that is worth another one, if the condition holds.
pub(super) struct Outcome {
    pattern: TokenStream,
    condition: TokenStream,
    pub(super) is_error: bool,
}

impl Outcome {
    pub(super) fn arm(&self, wait: &TokenStream) -> TokenStream {
        let Self {
            pattern, condition, ..
        } = self;
        quote_ours!(#pattern if #condition => { #wait })
    }
}

pub(super) fn all(plan: &Plan) -> Vec<Outcome> {
    match &plan.again {
        Again::Result { on, until, .. } => {
            let failed = on.as_ref().map(|on| {
                let judged = (!on.is_always_true()).then(|| on.judge(&error(plan, on)));
                // What is no `Result` is shown at the key that says so.
                let failed = quote_spanned!(on.span()=> ::core::result::Result::Err(ref error));
                outcome(plan, failed, judged, true)
            });
            let ok = quote_ours!(::core::result::Result::Ok(ref value));
            let until = until.as_ref().map(|until| not_yet(plan, ok, until));
            failed.into_iter().chain(until).collect()
        }
        Again::ByError => {
            let failed = quote_ours!(::core::result::Result::Err(ref error));
            vec![outcome(plan, failed, None, true)]
        }
        Again::Option { until } => {
            let none = outcome(plan, quote_ours!(::core::option::Option::None), None, false);
            let some = quote_ours!(::core::option::Option::Some(ref value));
            let until = until.as_ref().map(|until| not_yet(plan, some, until));
            [none].into_iter().chain(until).collect()
        }
        Again::Value { until } => vec![not_yet(plan, quote_ours!(ref value), until)],
    }
}

fn not_yet(plan: &Plan, pattern: TokenStream, until: &Callable) -> Outcome {
    let done = until.judge(&quote_ours!(value));
    // What is no `bool` is shown at the key.
    let not = quote_spanned!(until.span()=> !);
    outcome(plan, pattern, Some(quote_ours!(#not #done)), false)
}

/// No predicate is asked when retries are off, or when no wait is left.
fn outcome(
    plan: &Plan,
    pattern: TokenStream,
    judged: Option<TokenStream>,
    is_error: bool,
) -> Outcome {
    // What is no `bool` is shown at the key.
    let enabled = plan.enabled.as_ref().map(|enabled| {
        let enabled = quote_spanned!(place_of(enabled)=> enabled);
        quote_ours!(#enabled &&)
    });
    let judged = judged.map(|judged| quote_ours!(&& #judged));
    Outcome {
        pattern,
        condition: quote_ours!(#enabled backoff != ::core::time::Duration::ZERO #judged),
        is_error,
    }
}

/// The error as a callable wants it: a path may take what is in a box.
pub(super) fn error(plan: &Plan, callable: &Callable) -> TokenStream {
    let krate = &plan.krate;
    match &plan.again {
        Again::Result {
            boxed_error: true, ..
        } if callable.is_path() => quote_ours!(#krate::argument!(#callable, error)),
        _ => quote_ours!(error),
    }
}
