//! `cargo retry check`, for CI. In: the inventory, and rules from flags or from `[workspace.metadata.retry]`. Out: one line for
//! each violation, then notes on what deserves a second look.

use crate::args::CheckArgs;
use crate::chains::Chains;
use crate::error::Error;
use crate::github;
use crate::graph::Graph;
use crate::inventory::{Function, Inventory};
use crate::nested::headline;
use crate::place::At;
use crate::screen::plural;
use crate::site::{Attempts, Site};
use retry_schedule::{Jitter, duration_text, parse_duration};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::time::Duration;

/// `[workspace.metadata.retry]`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "kebab-case")]
struct Config {
    max_worst_case: Option<String>,
    max_attempts: Option<usize>,
    limiter_window: Option<String>,
    no_nested: bool,
    require_budget: bool,
    unique_names: bool,
}

struct Rules {
    max_worst_case: Option<Duration>,
    max_attempts: Option<usize>,
    limiter_window: Option<Duration>,
    no_nested: bool,
    require_budget: bool,
    unique_names: bool,
}

impl Rules {
    /// Flags count before what the manifest says.
    fn of(args: &CheckArgs, inventory: &Inventory) -> Result<Self, Error> {
        let config: Config = match &inventory.workspace.metadata {
            Some(metadata) => Config::deserialize(metadata).map_err(Error::Config)?,
            None => Config::default(),
        };
        let duration = |flag, name, configured: &Option<String>, given: &Option<String>| {
            let (text, flag) = match (given, configured) {
                (Some(text), _) => (text, flag),
                (None, Some(text)) => (text, name),
                (None, None) => return Ok(None),
            };
            parse_duration(text)
                .map(Some)
                .map_err(|source| Error::Duration { flag, source })
        };
        Ok(Self {
            max_worst_case: duration(
                "--max-worst-case",
                "max-worst-case",
                &config.max_worst_case,
                &args.max_worst_case,
            )?,
            max_attempts: args.max_attempts.or(config.max_attempts),
            limiter_window: duration(
                "--limiter-window",
                "limiter-window",
                &config.limiter_window,
                &args.limiter_window,
            )?,
            no_nested: args.no_nested || config.no_nested,
            require_budget: args.require_budget || config.require_budget,
            unique_names: args.unique_names || config.unique_names,
        })
    }
}

struct Finding {
    /// The rule that is broken; nothing for a note.
    rule: Option<&'static str>,
    file: String,
    at: At,
    title: String,
    text: String,
}

/// What is found, and whether no rule is broken.
pub(crate) fn run(args: &CheckArgs) -> Result<(String, bool), Error> {
    let inventory = Inventory::read(
        args.workspace.manifest_path.as_deref(),
        &args.workspace.package,
    )?;
    let rules = Rules::of(args, &inventory)?;
    let mut findings = Vec::new();
    let is_judged = |function: Function<'_>| args.tests || !function.is_test();
    for (function, site) in inventory
        .sites()
        .filter(|(function, _)| is_judged(*function))
    {
        for mistake in &site.mistakes {
            let mut wrong = finding(function, site, Some("mistake"), mistake.message.clone());
            wrong.at = mistake.at;
            findings.push(wrong);
        }
        let mut found = |rule, text: String| findings.push(finding(function, site, rule, text));
        rules.judge(site, &mut found);
        notes(function, site, &mut found);
        if let Some(window) = rules.limiter_window {
            shorter_than(window, site, &mut found);
        }
    }
    same_names(&inventory, &rules, args.tests, &mut findings);
    if rules.no_nested {
        nested(&inventory, args.tests, &mut findings);
    }
    for blind in &inventory.unseen {
        findings.push(Finding {
            rule: None,
            file: blind.file.clone(),
            at: blind.at,
            title: "not seen".to_owned(),
            text: blind.reason.clone(),
        });
    }
    // Violations first, each kind by its place.
    findings.sort_by(|one, other| {
        let key = |finding: &Finding| (finding.rule.is_none(), finding.file.clone(), finding.at);
        key(one).cmp(&key(other))
    });
    let is_well = findings.iter().all(|finding| finding.rule.is_none());
    let mut text = String::new();
    for finding in &findings {
        let Finding {
            rule,
            file,
            at,
            title,
            text: said,
        } = finding;
        if args.github {
            let level = if rule.is_some() { "error" } else { "notice" };
            github::annotate(&mut text, level, file, *at, title, said);
            continue;
        }
        let level = rule.map_or("note".to_owned(), |rule| format!("error[{rule}]"));
        let _ = writeln!(
            text,
            "{file}:{}:{}: {level}: {title}: {said}",
            at.line, at.column
        );
    }
    if text.is_empty() {
        let count = inventory.sites().count();
        let _ = writeln!(
            text,
            "Nothing to say about {}.",
            plural(count, "retry", "retries")
        );
    }
    Ok((text, is_well))
}

fn finding(
    function: Function<'_>,
    site: &Site,
    rule: Option<&'static str>,
    text: String,
) -> Finding {
    Finding {
        rule,
        file: function.module.file.clone(),
        at: site.at,
        title: function.label(),
        text,
    }
}

impl Rules {
    fn judge(&self, site: &Site, found: &mut dyn FnMut(Option<&'static str>, String)) {
        let Some(retry) = &site.retry else {
            return;
        };
        if let Some(most) = self.max_attempts {
            match site.attempts() {
                Attempts::UpTo(count) if count > most => {
                    found(
                        Some("max-attempts"),
                        format!("makes up to {count} attempts, more than {most}"),
                    );
                }
                Attempts::WithoutEnd => {
                    found(
                        Some("max-attempts"),
                        format!("makes attempts without end, more than {most}"),
                    );
                }
                Attempts::Unknown => {
                    found(
                        None,
                        "its schedule is chosen at run time, so `max-attempts` cannot be checked"
                            .to_owned(),
                    );
                }
                Attempts::UpTo(_) => {}
            }
        }
        if let Some(limit) = self.max_worst_case {
            // No wait ends later than `max_elapsed`.
            let elapsed = site
                .key("max_elapsed")
                .and_then(|text| parse_duration(text).ok());
            let worst = match (retry.worst_case, elapsed) {
                (Some(worst), Some(elapsed)) => Some(worst.min(elapsed)),
                (worst, elapsed) => worst.or(elapsed),
            };
            match (worst, site.attempts()) {
                (Some(worst), _) if worst > limit => {
                    let [worst, limit] = [worst, limit].map(duration_text);
                    found(Some("max-worst-case"), format!("may wait for {worst}, more than {limit}"));
                }
                (Some(_), _) => {}
                (None, Attempts::WithoutEnd) => {
                    let limit = duration_text(limit);
                    found(Some("max-worst-case"), format!("waits without end, more than {limit}: `max_elapsed` would end it"));
                }
                (None, _) => found(
                    None,
                    "what it depends on is chosen at run time, so `max-worst-case` cannot be checked".to_owned(),
                ),
            }
        }
        if self.require_budget && site.key("budget").is_none() {
            found(Some("require-budget"), "has no `budget`".to_owned());
        }
    }
}

/// The names of functions that do something which should be done once.
const DOES_SOMETHING: [&str; 11] = [
    "post", "create", "insert", "send", "publish", "charge", "pay", "append", "enqueue",
    "transfer", "submit",
];

fn notes(function: Function<'_>, site: &Site, found: &mut dyn FnMut(Option<&'static str>, String)) {
    let Some(retry) = &site.retry else {
        return;
    };
    if retry.retries_every_error {
        let unit = function.unit;
        let does = |name: &str| {
            DOES_SOMETHING
                .iter()
                .any(|verb| name == *verb || name.starts_with(&format!("{verb}_")))
        };
        let called = unit.calls.iter().map(|call| call.callee.name());
        let own = (!unit.is_block).then_some(unit.name.as_str());
        if let Some(name) = own.into_iter().chain(called).find(|name| does(name)) {
            found(
                None,
                format!(
                    "retries every error of something that may have been done (`{name}`): say which errors mean that it was not"
                ),
            );
        }
    }
    if retry.jitter == Some(Jitter::none()) && site.attempts() != Attempts::UpTo(1) {
        found(
            None,
            "has no jitter: clients that fail together come back together".to_owned(),
        );
    }
}

/// A list that is over before a limiter lets anybody through again.
fn shorter_than(
    window: Duration,
    site: &Site,
    found: &mut dyn FnMut(Option<&'static str>, String),
) {
    let Some(retry) = &site.retry else {
        return;
    };
    let (Some(schedule), Some(jitter)) = (&retry.schedule, &retry.jitter) else {
        return;
    };
    if schedule.is_open() || schedule.waits().is_empty() {
        return;
    }
    let shortest = schedule.waits().iter().fold(Duration::ZERO, |sum, wait| {
        sum.saturating_add(jitter.bounds(*wait).0)
    });
    if shortest < window {
        let [shortest, window] = [shortest, window].map(duration_text);
        found(
            None,
            format!(
                "may have used its list up after {shortest}, before the limiter's window of {window} is over"
            ),
        );
    }
}

/// Logs, metrics and switches know a retry by its name.
fn same_names(inventory: &Inventory, rules: &Rules, tests: bool, findings: &mut Vec<Finding>) {
    let mut by_name: BTreeMap<String, Vec<(Function<'_>, &Site)>> = BTreeMap::new();
    for (function, site) in inventory.sites() {
        if function.is_test() && !tests {
            continue;
        }
        // A block has its place besides the path of what is around it.
        let name = match site.key("name") {
            Some(name) => name.to_owned(),
            None if function.unit.is_block => format!("{} {}", function.path(), function.place()),
            None => function.path(),
        };
        by_name.entry(name).or_default().push((function, site));
    }
    for (name, same) in by_name {
        let Some((first, others)) = same.split_first() else {
            continue;
        };
        for (function, site) in others {
            let text = format!(
                "is also called {name}, as the one at {} is",
                first.0.place()
            );
            // Under other conditions they need not be there together.
            let is_violation = rules.unique_names && function.cfgs() == first.0.cfgs();
            let rule = is_violation.then_some("unique-names");
            findings.push(finding(*function, site, rule, text));
        }
    }
}

fn nested(inventory: &Inventory, tests: bool, findings: &mut Vec<Finding>) {
    let graph = Graph::new(inventory, None, tests);
    for chain in Chains::of(&graph).all {
        let Some(crate::chains::What::Function(function)) =
            chain.links.first().map(|link| link.what)
        else {
            continue;
        };
        let Some(site) = &function.unit.site else {
            continue;
        };
        let names: Vec<String> = chain.links.iter().map(|link| link.what.label()).collect();
        let text = format!("{}: {}", headline(&chain), names.join(" → "));
        findings.push(finding(function, site, Some("no-nested"), text));
    }
}
