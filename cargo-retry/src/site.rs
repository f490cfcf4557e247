//! What is retried somewhere, and how: the same as in `retry-macros-impl`, as plain values that can go from thread to thread.

use crate::place::{At, text};
use retry_schedule::{Jitter, Schedule, duration_text};
use std::time::Duration;

/// A `#[retry]` or a `retry_block!`.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// Where the attribute, or the macro's name, stands.
    pub(crate) at: At,
    /// The keys in the order written, each with what is written for it.
    pub(crate) keys: Vec<(&'static str, String)>,
    /// How it is retried, unless something is wrong.
    pub(crate) retry: Option<Retry>,
    /// Everything that the macro refuses.
    pub(crate) mistakes: Vec<Mistake>,
}

/// What is wrong, and where.
#[derive(Debug, Clone)]
pub(crate) struct Mistake {
    pub(crate) at: At,
    pub(crate) end: At,
    pub(crate) message: String,
}

/// How something is retried.
#[derive(Debug, Clone)]
pub(crate) struct Retry {
    /// The schedule, where it is written; of lists by error, the longest entries.
    pub(crate) schedule: Option<Schedule>,
    /// The patterns of lists by error, and their waits, the `0` included.
    pub(crate) by_error: Vec<(String, Vec<Duration>)>,
    /// The jitter, where it is written.
    pub(crate) jitter: Option<Jitter>,
    pub(crate) worst_case: Option<Duration>,
    pub(crate) is_async: bool,
    pub(crate) retries_every_error: bool,
    /// How, and what, in words.
    pub(crate) sentences: [String; 2],
}

/// How many attempts there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Attempts {
    UpTo(usize),
    WithoutEnd,
    /// The schedule is chosen at run time.
    Unknown,
}

impl Site {
    pub(crate) fn of(site: &retry_macros_impl::Site) -> Self {
        let at = At::from(site.span.start());
        let mistakes = site.mistakes.iter().map(|mistake| {
            let (from, to) = (mistake.span().start(), mistake.end().end());
            // What is missing has no place of its own.
            let is_somewhere = from.line > 1 || from.column > 0 || to.column > 0;
            Mistake {
                at: if is_somewhere { from.into() } else { at },
                end: if is_somewhere { to.into() } else { at },
                message: mistake.message().to_owned(),
            }
        });
        let keys = site.keys.iter().map(|(key, value)| (*key, text(value)));
        Self {
            at,
            keys: keys.collect(),
            mistakes: mistakes.collect(),
            retry: site
                .retry
                .as_ref()
                .filter(|_| site.mistakes.is_empty())
                .map(|retry| Retry {
                    schedule: retry.schedule.clone(),
                    by_error: retry
                        .by_error
                        .iter()
                        .map(|(pattern, waits)| (text(pattern), waits.clone()))
                        .collect(),
                    jitter: retry.jitter,
                    worst_case: retry.worst_case,
                    is_async: retry.is_async,
                    retries_every_error: retry.retries_every_error,
                    sentences: retry.sentences.clone(),
                }),
        }
    }

    /// What is written for a key.
    pub(crate) fn key(&self, name: &str) -> Option<&str> {
        let pair = self.keys.iter().find(|(key, _)| *key == name)?;
        Some(&pair.1)
    }

    pub(crate) fn attempts(&self) -> Attempts {
        match self
            .retry
            .as_ref()
            .and_then(|retry| retry.schedule.as_ref())
        {
            Some(schedule) if schedule.is_open() => Attempts::WithoutEnd,
            Some(schedule) => Attempts::UpTo(schedule.attempts()),
            None => Attempts::Unknown,
        }
    }

    /// The waits as text, a long list by its beginning and its end.
    pub(crate) fn waits(&self) -> String {
        let Some(schedule) = self
            .retry
            .as_ref()
            .and_then(|retry| retry.schedule.as_ref())
        else {
            return self.key("schedule").unwrap_or("?").to_owned();
        };
        let text = |wait: &Duration| duration_text(*wait).to_string();
        let mut shown: Vec<String> = match schedule.waits() {
            [] => vec!["none".to_owned()],
            [first, second, third, .., last] if schedule.waits().len() > 8 => {
                vec![
                    text(first),
                    text(second),
                    text(third),
                    "…".to_owned(),
                    text(last),
                ]
            }
            waits => waits.iter().map(text).collect(),
        };
        if schedule.is_open() {
            shown.push("..".to_owned());
        }
        shown.join(", ")
    }

    /// The jitter as text: the default where none is written.
    pub(crate) fn jitter(&self) -> String {
        match (
            self.key("jitter"),
            self.retry.as_ref().and_then(|retry| retry.jitter),
        ) {
            (_, Some(jitter)) => jitter_text(jitter),
            (Some(written), None) => written.to_owned(),
            (None, None) => jitter_text(Jitter::default()),
        }
    }

    pub(crate) fn worst_case(&self) -> String {
        match (
            self.attempts(),
            self.retry.as_ref().and_then(|retry| retry.worst_case),
        ) {
            (Attempts::WithoutEnd, _) => "without end".to_owned(),
            (_, Some(worst)) => duration_text(worst).to_string(),
            (_, None) => "unknown".to_owned(),
        }
    }

    /// Which outcomes are retried, as the keys say it.
    pub(crate) fn retried(&self) -> String {
        let on = match (self.key("on"), &self.retry) {
            (_, Some(retry)) if retry.retries_every_error => Some("every error".to_owned()),
            (Some(on), _) => Some(on.to_owned()),
            (None, Some(retry)) if !retry.by_error.is_empty() => {
                let patterns: Vec<&str> = retry
                    .by_error
                    .iter()
                    .map(|(pattern, _)| &**pattern)
                    .collect();
                Some(patterns.join(" | "))
            }
            _ => None,
        };
        let until = self.key("until").map(|until| format!("until {until}"));
        let both: Vec<String> = on.into_iter().chain(until).collect();
        if both.is_empty() {
            return if self.retry.is_some() { "None" } else { "?" }.to_owned();
        }
        both.join(", ")
    }
}

/// `±20 %`, `full`, `none`.
fn jitter_text(jitter: Jitter) -> String {
    let text = jitter.to_string();
    match text.parse::<f64>() {
        Ok(0.0) => "none".to_owned(),
        Ok(part) => format!("±{} %", (part * 10_000.0).round() / 100.0),
        Err(_) => text,
    }
}

impl std::fmt::Display for Attempts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UpTo(count) => count.fmt(f),
            Self::WithoutEnd => f.write_str("∞"),
            Self::Unknown => f.write_str("?"),
        }
    }
}
