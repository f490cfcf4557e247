//! The section `# Retries` of the function's documentation.

use crate::args::Jitter;
use crate::callable::Callable;
use crate::check::{Again, Plan, worst_case};
use crate::schedule::Schedule;
use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use retry_schedule::duration_text;
use std::fmt::Write as _;

/// The section, after a blank line where the function has documentation already.
pub(crate) fn section(plan: &Plan, attributes: &TokenStream) -> TokenStream {
    let blank = is_documented(attributes).then(|| quote!(#[doc = ""]));
    let how = format!(" {}", how(plan));
    let what = format!(" {}", what(plan));
    quote! {
        #blank
        #[doc = " # Retries"]
        #[doc = ""]
        #[doc = #how]
        #[doc = #what]
    }
}

fn is_documented(attributes: &TokenStream) -> bool {
    attributes.clone().into_iter().any(|tree| match tree {
        TokenTree::Group(group) => {
            matches!(group.stream().into_iter().next(), Some(TokenTree::Ident(name)) if name == "doc")
        }
        _ => false,
    })
}

/// How many attempts, which waits, which jitter, the worst case.
fn how(plan: &Plan) -> String {
    let Schedule::Written(backoffs) = &plan.schedule else {
        return "The schedule is chosen at run time.".to_owned();
    };
    let Some(waits) = backoffs
        .split_last()
        .map(|(_, waits)| waits)
        .filter(|waits| !waits.is_empty())
    else {
        return "One attempt, without a retry.".to_owned();
    };
    // A long list is told by its beginning and its end.
    let shown: Vec<String> = match waits {
        [first, second, third, .., last] if waits.len() > 8 => {
            let [first, second, third, last] =
                [first, second, third, last].map(|wait| duration_text(*wait).to_string());
            vec![first, second, third, format!("… {last}")]
        }
        _ => waits
            .iter()
            .map(|wait| duration_text(*wait).to_string())
            .collect(),
    };
    let mut text = format!(
        "Up to {} attempts, with waits of {} between them",
        backoffs.len(),
        shown.join(", ")
    );
    text.push_str(match &plan.jitter {
        Jitter::Proportional(_, jitter) if *jitter == retry_schedule::Jitter::none() => "",
        Jitter::Proportional(..) => ", each ",
        Jitter::Full => ", each shortened at random down to 0",
        Jitter::Equal => ", each shortened at random by up to a half",
        Jitter::Expression(_) => ", each with a jitter chosen at run time",
    });
    if let Jitter::Proportional(number, jitter) = &plan.jitter {
        if *jitter != retry_schedule::Jitter::none() {
            let percent = number.to_string().parse::<f64>().unwrap_or_default() * 100.0;
            // Two places, where they are needed.
            let percent = (percent * 100.0).round() / 100.0;
            let _ = write!(text, "±{percent} %");
        }
    }
    if let Some(worst) = worst_case(&plan.schedule, &plan.jitter) {
        let _ = write!(text, ": at worst {} of waiting", duration_text(worst));
    }
    text.push('.');
    text
}

/// What is retried.
fn what(plan: &Plan) -> String {
    let value = |until: &Callable| match until.text() {
        Some(path) => format!("a value for which `{path}` is false"),
        None => "a value that the predicate does not accept yet".to_owned(),
    };
    let (on, until) = match &plan.again {
        Again::Result {
            on: Some(on),
            until,
            ..
        } if on.is_always_true() => (Some("every error".to_owned()), until.as_ref()),
        Again::Result {
            on: Some(on),
            until,
            ..
        } => {
            let errors = match on.text() {
                Some(path) => format!("an error for which `{path}` is true"),
                None => "an error that the predicate accepts".to_owned(),
            };
            (Some(errors), until.as_ref())
        }
        Again::Result {
            on: None, until, ..
        } => (None, until.as_ref()),
        Again::Option { until } => (Some("`None`".to_owned()), until.as_ref()),
        Again::Value { until } => (None, Some(until)),
    };
    let outcomes: Vec<String> = on.into_iter().chain(until.map(value)).collect();
    let enabled = if plan.enabled.is_some() {
        " while retries are enabled"
    } else {
        ""
    };
    format!("Tried again{enabled}: {}.", outcomes.join(", and "))
}
