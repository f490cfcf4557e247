//! The table for people: one for each package, as wide as the terminal.

use super::row::{Row, sum};
use crate::inventory::{Function, Inventory};
use crate::screen::Screen;
use crate::site::{Attempts, Site};
use comfy_table::{
    Attribute, Cell, Color, ColumnConstraint, ContentArrangement, Table, Width, presets,
};
use std::collections::BTreeSet;
use std::fmt::Write as _;

pub(crate) fn write(inventory: &Inventory, screen: Screen) -> String {
    let sites: Vec<_> = inventory.sites().collect();
    let packages: BTreeSet<usize> = sites
        .iter()
        .map(|(function, _)| function.module.package)
        .collect();
    let mut text = String::new();
    for package in &packages {
        let own: Vec<_> = sites
            .iter()
            .filter(|(function, _)| function.module.package == *package)
            .collect();
        let held = &inventory.workspace.packages[*package];
        let _ = writeln!(
            text,
            "{} {}\n{}\n",
            held.name,
            held.version,
            table(&own, screen)
        );
    }
    let _ = writeln!(text, "{}", sum(&sites, packages.len()));
    for (function, site) in &sites {
        for mistake in &site.mistakes {
            let at = mistake.at;
            let _ = writeln!(
                text,
                "error: {}:{}:{}: {}",
                function.module.file, at.line, at.column, mistake.message
            );
        }
    }
    for blind in &inventory.unseen {
        let _ = writeln!(
            text,
            "not seen: {}:{}:{}: {}",
            blind.file, blind.at.line, blind.at.column, blind.reason
        );
    }
    text
}

fn table(sites: &[&(Function<'_>, &Site)], screen: Screen) -> Table {
    let mut table = Table::new();
    table
        .load_preset(presets::UTF8_HORIZONTAL_ONLY)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_width(screen.width)
        .set_header(
            [
                "function",
                "attempts",
                "waits",
                "worst case",
                "retried",
                "besides",
            ]
            .map(|name| Cell::new(name).add_attribute(Attribute::Bold)),
        );
    if screen.has_colors {
        table.enforce_styling();
    } else {
        table.force_no_tty();
    }
    // Names are what is looked for: they get room before what is said of them.
    let longest = sites
        .iter()
        .flat_map(|(function, _)| [function.label(), function.place()])
        .map(|text| text.chars().count())
        .max();
    let room = longest
        .unwrap_or_default()
        .min(usize::from(screen.width) * 2 / 5);
    let room = u16::try_from(room + 2).unwrap_or(screen.width);
    if let Some(column) = table.column_mut(0) {
        column.set_constraint(ColumnConstraint::LowerBoundary(Width::Fixed(room)));
    }
    for (function, site) in sites {
        let row = Row::of(*function, site);
        let waits = match &*row.jitter {
            "none" => row.waits,
            jitter => format!("{}\n{jitter}", row.waits),
        };
        let worst = Cell::new(row.worst_case);
        table.add_row([
            Cell::new(format!("{}\n{}", row.function, row.place)).fg(if site.retry.is_some() {
                Color::Cyan
            } else {
                Color::Red
            }),
            Cell::new(row.attempts),
            Cell::new(waits),
            if site.attempts() == Attempts::WithoutEnd {
                worst.fg(Color::Yellow)
            } else {
                worst
            },
            Cell::new(row.retried),
            Cell::new(row.others.join("\n")),
        ]);
    }
    table
}
