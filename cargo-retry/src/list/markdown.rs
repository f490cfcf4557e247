//! The table for a page in Markdown.

use super::row::{Row, sum};
use crate::inventory::Inventory;
use std::collections::BTreeSet;
use std::fmt::Write as _;

pub(crate) fn write(inventory: &Inventory) -> String {
    let sites: Vec<_> = inventory.sites().collect();
    let packages: BTreeSet<usize> = sites
        .iter()
        .map(|(function, _)| function.module.package)
        .collect();
    let mut text = String::from(
        "| package | function | attempts | waits | jitter | worst case | retried | besides |\n|---|---|--:|---|---|--:|---|---|\n",
    );
    for (function, site) in &sites {
        let row = Row::of(*function, site);
        let file = &function.module.file;
        let line = function.line();
        let _ = writeln!(
            text,
            "| {} | [{}]({}#L{line}) | {} | {} | {} | {} | {} | {} |",
            cell(inventory.package(*function)),
            code(&row.function),
            file.replace(' ', "%20"),
            cell(&row.attempts),
            cell(&row.waits),
            cell(&row.jitter),
            cell(&row.worst_case),
            code(&row.retried),
            row.others
                .iter()
                .map(|other| code(other))
                .collect::<Vec<_>>()
                .join(", "),
        );
    }
    let _ = writeln!(text, "\n{}", sum(&sites, packages.len()));
    let errors = sites.iter().flat_map(|(function, site)| {
        site.mistakes.iter().map(|mistake| {
            format!(
                "- error: {}:{}: {}",
                function.module.file, mistake.at.line, mistake.message
            )
        })
    });
    let unseen = inventory.unseen.iter().map(|blind| {
        format!(
            "- not seen: {}:{}: {}",
            blind.file, blind.at.line, blind.reason
        )
    });
    for (index, line) in errors.chain(unseen).enumerate() {
        let blank = if index == 0 { "\n" } else { "" };
        let _ = writeln!(text, "{blank}{line}");
    }
    text
}

/// What ends a cell, or is read as markup, is written so that it does not.
fn cell(text: &str) -> String {
    let mut cell = String::new();
    for c in text.chars() {
        if matches!(c, '|' | '\\' | '`' | '*' | '_' | '<' | '[' | ']') {
            cell.push('\\');
        }
        cell.push(c);
    }
    cell
}

/// Code in a cell. A bar ends the cell even in code, and is escaped there, too.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|");
    if text.contains('`') {
        format!("`` {text} ``")
    } else {
        format!("`{text}`")
    }
}
