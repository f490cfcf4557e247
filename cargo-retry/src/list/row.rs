//! What tables say of a site, in their columns.

use crate::inventory::Function;
use crate::screen::plural;
use crate::site::Site;

/// The keys that bound a call and have no column of their own.
const OTHERS: [&str; 8] = [
    "budget",
    "max_elapsed",
    "attempt_timeout",
    "max_wait",
    "retry_after",
    "max_retry_after",
    "reset_after",
    "enabled",
];

/// How much of an expression a table shows.
const MOST_CHARACTERS: usize = 60;

pub(crate) struct Row {
    pub(crate) function: String,
    pub(crate) place: String,
    pub(crate) attempts: String,
    pub(crate) waits: String,
    pub(crate) jitter: String,
    pub(crate) worst_case: String,
    pub(crate) retried: String,
    /// Budget, limits, conditions.
    pub(crate) others: Vec<String>,
}

impl Row {
    pub(crate) fn of(function: Function<'_>, site: &Site) -> Self {
        let keys = OTHERS
            .iter()
            .filter_map(|key| Some(format!("{key} = {}", site.key(key)?)));
        let cfgs = function.cfgs().into_iter().map(|cfg| format!("cfg({cfg})"));
        let of_trait = function
            .unit
            .of_trait
            .iter()
            .map(|name| format!("impl {name}"));
        let in_macro = function
            .unit
            .in_macro
            .iter()
            .map(|name| format!("in {name}!"));
        Self {
            function: function.label(),
            place: function.place(),
            attempts: site.attempts().to_string(),
            waits: site.waits(),
            jitter: site.jitter(),
            worst_case: site.worst_case(),
            retried: shorten(&site.retried()),
            others: keys.chain(of_trait).chain(cfgs).chain(in_macro).collect(),
        }
    }
}

/// `3 functions and 1 block retry in 2 packages.`
pub(crate) fn sum(sites: &[(Function<'_>, &Site)], packages: usize) -> String {
    let blocks = sites
        .iter()
        .filter(|(function, _)| function.unit.is_block)
        .count();
    let functions = sites.len() - blocks;
    let mut text = match (functions, blocks) {
        (0, 0) => return "Nothing retries.".to_owned(),
        (_, 0) => plural(functions, "function", "functions"),
        (0, _) => plural(blocks, "block", "blocks"),
        _ => format!(
            "{} and {}",
            plural(functions, "function", "functions"),
            plural(blocks, "block", "blocks")
        ),
    };
    text += if sites.len() == 1 {
        " retries in "
    } else {
        " retry in "
    };
    text + &plural(packages, "package", "packages") + "."
}

/// A long expression by its beginning.
fn shorten(text: &str) -> String {
    if text.chars().count() <= MOST_CHARACTERS {
        return text.to_owned();
    }
    text.chars()
        .take(MOST_CHARACTERS - 1)
        .chain(['…'])
        .collect()
}
