//! JSON for other programs, in the form of `docs/list.schema.json`.

use crate::inventory::{Function, Inventory};
use crate::modules::Blind;
use crate::site::{Attempts, Mistake, Site};
use retry_schedule::duration_text;
use serde::Serialize;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Serialize)]
struct Document<'a> {
    /// The version of the form.
    version: u32,
    sites: Vec<Entry<'a>>,
    unseen: Vec<NotSeen<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    package: &'a str,
    targets: &'a [String],
    path: String,
    kind: &'static str,
    function: &'a str,
    r#type: Option<&'a str>,
    r#trait: Option<&'a str>,
    file: &'a str,
    line: usize,
    column: usize,
    cfg: Vec<String>,
    r#macro: Option<&'a str>,
    r#async: Option<bool>,
    schedule: Schedule<'a>,
    attempts: Option<usize>,
    worst_case: Option<Wait>,
    jitter: String,
    keys: BTreeMap<&'a str, &'a str>,
    sentences: Option<&'a [String; 2]>,
    mistakes: Vec<Wrong<'a>>,
}

#[derive(Serialize)]
struct Schedule<'a> {
    kind: &'static str,
    waits: Option<Vec<Wait>>,
    by_error: Vec<Arm<'a>>,
}

#[derive(Serialize)]
struct Arm<'a> {
    pattern: &'a str,
    waits: Vec<Wait>,
}

#[derive(Serialize)]
struct Wait {
    text: String,
    seconds: f64,
}

#[derive(Serialize)]
struct Wrong<'a> {
    line: usize,
    column: usize,
    end_line: usize,
    end_column: usize,
    message: &'a str,
}

#[derive(Serialize)]
struct NotSeen<'a> {
    file: &'a str,
    line: usize,
    column: usize,
    reason: &'a str,
}

pub(crate) fn write(inventory: &Inventory) -> String {
    let document = Document {
        version: 1,
        sites: inventory
            .sites()
            .map(|(function, site)| entry(inventory, function, site))
            .collect(),
        unseen: inventory.unseen.iter().map(not_seen).collect(),
    };
    // Nothing in it has keys that are no strings, or numbers that JSON has not.
    serde_json::to_string_pretty(&document).unwrap_or_default() + "\n"
}

fn entry<'a>(inventory: &'a Inventory, function: Function<'a>, site: &'a Site) -> Entry<'a> {
    let Function { module, unit, .. } = function;
    let retry = site.retry.as_ref();
    let schedule = retry.and_then(|retry| retry.schedule.as_ref());
    let by_error = retry.map_or(&[][..], |retry| &retry.by_error);
    Entry {
        package: inventory.package(function),
        targets: &module.targets,
        path: function.path(),
        kind: if unit.is_block { "block" } else { "function" },
        function: &unit.name,
        r#type: unit.owner.as_deref(),
        r#trait: unit.of_trait.as_deref(),
        file: &module.file,
        line: site.at.line,
        column: site.at.column,
        cfg: function.cfgs(),
        r#macro: unit.in_macro.as_deref(),
        r#async: retry.map(|retry| retry.is_async),
        schedule: Schedule {
            kind: match (retry, site.attempts()) {
                (None, _) => "wrong",
                (_, Attempts::Unknown) => "run_time",
                (_, Attempts::WithoutEnd) => "open",
                _ if !by_error.is_empty() => "by_error",
                _ => "list",
            },
            waits: schedule.map(|schedule| schedule.waits().iter().copied().map(wait).collect()),
            by_error: by_error
                .iter()
                .map(|(pattern, waits)| Arm {
                    pattern,
                    // The `0` at the end is no wait.
                    waits: waits
                        .iter()
                        .filter(|entry| !entry.is_zero())
                        .copied()
                        .map(wait)
                        .collect(),
                })
                .collect(),
        },
        attempts: match site.attempts() {
            Attempts::UpTo(count) => Some(count),
            _ => None,
        },
        worst_case: retry.and_then(|retry| retry.worst_case).map(wait),
        jitter: site.jitter(),
        keys: site
            .keys
            .iter()
            .map(|(key, value)| (*key, &**value))
            .collect(),
        sentences: retry.map(|retry| &retry.sentences),
        mistakes: site.mistakes.iter().map(wrong).collect(),
    }
}

fn wait(wait: Duration) -> Wait {
    Wait {
        text: duration_text(wait).to_string(),
        seconds: wait.as_secs_f64(),
    }
}

fn wrong(mistake: &Mistake) -> Wrong<'_> {
    Wrong {
        line: mistake.at.line,
        column: mistake.at.column,
        end_line: mistake.end.line,
        end_column: mistake.end.column,
        message: &mistake.message,
    }
}

fn not_seen(blind: &Blind) -> NotSeen<'_> {
    NotSeen {
        file: &blind.file,
        line: blind.at.line,
        column: blind.at.column,
        reason: &blind.reason,
    }
}
