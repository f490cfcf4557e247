//! What comes of a schedule and a jitter. In: what is typed. Out: the picture, the worst case, the storm, the attribute to copy,
//! or what the macro says against it.
//!
//! What is typed is read by the macro itself, as if it stood in an attribute.

use crate::plot;
use crate::simulate::storm::{self, Limit, Storm};
use crate::simulate::{paused, rate};
use crate::site::{Attempts, Site};
use proc_macro2::{Span, TokenStream};
use retry_schedule::Jitter;
use serde::{Deserialize, Serialize};

/// More than these nobody can wait for.
const MOST_CLIENTS: u32 = 2_000;

/// Between these widths a picture can be looked at.
const NARROWEST: u16 = 240;
const WIDEST: u16 = 2_000;

#[derive(Debug, Deserialize)]
pub(crate) struct Question {
    schedule: String,
    #[serde(default)]
    jitter: String,
    clients: u32,
    rate: String,
    burst: u32,
    /// How much room the page has for the picture, in pixels.
    width: u16,
}

#[derive(Debug, Default, Serialize)]
pub(crate) struct Answer {
    /// What the macro says against it; the rest is empty then.
    mistakes: Vec<String>,
    attribute: String,
    attempts: String,
    waits: String,
    worst_case: String,
    sentence: String,
    /// The timeline, an SVG.
    picture: String,
    storms: Vec<Shown>,
    /// What cannot be simulated.
    remark: String,
}

#[derive(Debug, Serialize)]
struct Shown {
    name: String,
    created: usize,
    requests: usize,
    peak: usize,
    /// When each client got through, in seconds.
    successes: Vec<f64>,
}

impl Answer {
    pub(crate) fn wrong(mistakes: Vec<String>) -> Self {
        Self {
            mistakes,
            ..Self::default()
        }
    }

    pub(crate) fn to(question: &Question) -> Self {
        let schedule = question.schedule.trim();
        let schedule = if schedule.is_empty() || is_whole(schedule) {
            schedule.to_owned()
        } else {
            format!("[{schedule}]")
        };
        let jitter = match question.jitter.trim() {
            "" => String::new(),
            jitter => format!(", jitter = {jitter}"),
        };
        let keys = format!("schedule = {schedule}{jitter}, on = is_retryable");
        let Ok(tokens) = keys.parse::<TokenStream>() else {
            return Self::wrong(vec![
                "this cannot be read: a bracket or a quote is not closed".to_owned(),
            ]);
        };
        let item = "fn call() -> Result<(), Error> {}"
            .parse()
            .unwrap_or_default();
        let site = Site::of(&retry_macros_impl::Site::of_function(
            tokens,
            item,
            Span::call_site(),
        ));
        if !site.mistakes.is_empty() {
            return Self::wrong(
                site.mistakes
                    .into_iter()
                    .map(|mistake| mistake.message)
                    .collect(),
            );
        }
        let retry = site.retry.as_ref();
        let (Some(list), Some(jitter)) = (
            retry.and_then(|retry| retry.schedule.clone()),
            retry.and_then(|retry| retry.jitter),
        ) else {
            return Self::wrong(vec!["this is known only at run time: write a list or a shape, and a number, `full` or `equal`".to_owned()]);
        };
        let mut answer = Self {
            attribute: format!("#[retry({keys})]"),
            attempts: match site.attempts() {
                Attempts::WithoutEnd => "without end".to_owned(),
                attempts => attempts.to_string(),
            },
            waits: site.waits(),
            worst_case: site.worst_case(),
            sentence: retry
                .map(|retry| retry.sentences[0].clone())
                .unwrap_or_default(),
            picture: plot::picture_of(
                &question.schedule,
                &list,
                jitter,
                question.width.clamp(NARROWEST, WIDEST),
            ),
            ..Self::default()
        };
        let per_second = match rate(&question.rate) {
            Ok(per_second) => per_second,
            Err(error) => {
                answer.remark = error.one_line();
                return answer;
            }
        };
        if site.attempts() == Attempts::WithoutEnd {
            answer.remark += "An open list never ends, so its storm is not simulated.";
            return answer;
        }
        let clients = question.clients.clamp(1, MOST_CLIENTS) as usize;
        let limit = Limit {
            per_second,
            burst: f64::from(question.burst),
        };
        let storm = |name: &str, jitter| {
            shown(
                name,
                &paused(storm::of(clients, limit, &list, jitter, None)),
            )
        };
        if jitter != Jitter::none() {
            answer.storms.push(storm("with this jitter", jitter));
        }
        answer.storms.push(storm("without jitter", Jitter::none()));
        answer
    }
}

fn shown(name: &str, storm: &Storm) -> Shown {
    Shown {
        name: name.to_owned(),
        created: storm.created,
        requests: storm.requests,
        peak: storm.peak,
        successes: storm
            .successes
            .iter()
            .map(std::time::Duration::as_secs_f64)
            .collect(),
    }
}

/// Whether it is a list in its brackets, a shape, or lists by error.
fn is_whole(text: &str) -> bool {
    text.starts_with('[')
        || text.starts_with("match")
        || text.starts_with(|c: char| c.is_alphabetic())
}
