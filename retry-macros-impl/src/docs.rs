//! The section `# Retries` of the function's documentation. In: the plan. Out: attributes, or plain text.

use crate::hygiene::quote_ours;
use crate::keys::callable::Callable;
use crate::keys::jitter::Jitter;
use crate::keys::limit::Limit;
use crate::plan::{Again, Plan};
use proc_macro2::TokenStream;
use retry_schedule::duration_text;
use std::fmt::Write as _;
use std::time::Duration;

/// The section, after a blank line where the function has documentation already. Where it has none, the section is there for
/// `rustdoc` only: the lint `missing_docs` still asks for what the user has to say.
pub(crate) fn section(plan: &Plan, is_documented: bool) -> TokenStream {
    let (how, what) = (how(plan), what(plan));
    if is_documented {
        let lines = [String::new(), format!(" {how}"), format!(" {what}")];
        quote_ours!(#[doc = ""] #[doc = " # Retries"] #(#[doc = #lines])*)
    } else {
        let section = format!("# Retries\n\n{how}\n{what}");
        quote_ours!(#[cfg_attr(doc, doc = #section)])
    }
}

/// How many attempts, which waits, which jitter, the worst case, which limits.
pub(crate) fn how(plan: &Plan) -> String {
    let mut text = match plan.schedule.written() {
        Some(list) if list.is_open() => open(plan, list.waits()),
        Some(list) if list.waits().is_empty() => "One attempt, without a retry.".to_owned(),
        Some(list) => listed(plan, list.waits()),
        None => "The schedule is chosen at run time.".to_owned(),
    };
    let limit = |limit: &Limit| {
        limit
            .written
            .map_or("a limit chosen at run time".to_owned(), text_of)
    };
    if plan.retry_after.is_some() {
        let longest = match &plan.max_retry_after {
            Some(longest) => format!(" up to {}", limit(longest)),
            None if plan.schedule.is_open() => ", however long it is".to_owned(),
            None => " up to the listed waits together".to_owned(),
        };
        let _ = write!(text, " A server's hint is followed{longest}.");
    }
    if let Some(lasted) = &plan.reset_after {
        let _ = write!(
            text,
            " An attempt that lasted {} starts the list anew.",
            limit(lasted)
        );
    }
    if let Some(attempt) = &plan.attempt_timeout {
        let _ = write!(text, " Each attempt may take {}.", limit(attempt));
    }
    if let Some(elapsed) = &plan.max_elapsed {
        let _ = write!(
            text,
            " No wait ends later than {} after the start.",
            limit(elapsed)
        );
    }
    text
}

/// An open list.
fn open(plan: &Plan, waits: &[Duration]) -> String {
    format!(
        "Attempts without end, with waits of {} between them, the last one repeated{}.",
        shown(waits),
        spread(&plan.jitter)
    )
}

/// The waits. A long list is told by its beginning and its end.
fn shown(waits: &[Duration]) -> String {
    let shown: Vec<String> = match waits {
        [first, second, third, .., last] if waits.len() > 8 => {
            let [first, second, third, last] =
                [first, second, third, last].map(|wait| text_of(*wait));
            vec![first, second, third, format!("… {last}")]
        }
        _ => waits.iter().copied().map(text_of).collect(),
    };
    shown.join(", ")
}

fn listed(plan: &Plan, waits: &[Duration]) -> String {
    let mut text = format!(
        "Up to {} attempts, with {} of {}{} between them{}",
        waits.len() + 1,
        if waits.len() == 1 { "a wait" } else { "waits" },
        if matches!(plan.again, Again::ByError) {
            "at most "
        } else {
            ""
        },
        shown(waits),
        spread(&plan.jitter)
    );
    if let Some(worst) = plan.worst_case() {
        let _ = write!(text, ": at worst {} of waiting", text_of(worst));
    }
    text + "."
}

fn spread(jitter: &Jitter) -> String {
    match jitter {
        Jitter::Proportional(_, jitter) if *jitter == retry_schedule::Jitter::none() => {
            String::new()
        }
        Jitter::Proportional(number, _) => {
            let percent = number.to_string().parse::<f64>().unwrap_or_default() * 100.0;
            // Two places, where they are needed.
            format!(", each ±{} %", (percent * 100.0).round() / 100.0)
        }
        Jitter::Full => ", each shortened at random down to 0".to_owned(),
        Jitter::Equal => ", each shortened at random by up to a half".to_owned(),
        Jitter::Expression(_) => ", each with a jitter chosen at run time".to_owned(),
    }
}

fn text_of(duration: Duration) -> String {
    duration_text(duration).to_string()
}

/// What is retried.
pub(crate) fn what(plan: &Plan) -> String {
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
        Again::ByError => (Some("an error that has a list".to_owned()), None),
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
