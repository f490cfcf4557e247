//! `cargo retry expand FUNCTION`: the loop of one site, formatted. In: the inventory, and a name. Out: what the macro writes.

use crate::args::ExpandArgs;
use crate::error::Error;
use crate::inventory::{Function, Inventory};
use crate::place::At;
use proc_macro2::TokenStream;
use std::fs;

pub(crate) fn run(args: &ExpandArgs) -> Result<String, Error> {
    let inventory = Inventory::read(
        args.workspace.manifest_path.as_deref(),
        &args.workspace.package,
    )?;
    let (function, site) = inventory.one(&args.function)?;
    let path = &function.module.path;
    let text = fs::read_to_string(path).map_err(|source| Error::ReadFile {
        path: path.clone(),
        source,
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    let tokens: TokenStream = text.parse().unwrap_or_default();
    let all = retry_macros_impl::sites(tokens);
    let found = all.iter().find(|found| {
        At::from(found.span.start()).line == site.at.line && found.mistakes.is_empty()
    });
    let formatted = found.and_then(|found| format(function, &found.expand()));
    formatted.ok_or_else(|| {
        let reasons: Vec<&str> = site
            .mistakes
            .iter()
            .map(|mistake| mistake.message.as_str())
            .collect();
        Error::Argument(format!(
            "{} has no loop: {}",
            function.label(),
            reasons.join("; ")
        ))
    })
}

/// A function by itself. A method stands in an `impl` while it is formatted, a block in a function.
fn format(function: Function<'_>, tokens: &TokenStream) -> Option<String> {
    let unit = function.unit;
    let (before, after) = match (unit.is_block, &unit.owner) {
        (true, _) => ("fn block() {", "}"),
        (false, Some(_)) => ("impl Type {", "}"),
        (false, None) => ("", ""),
    };
    let file = syn::parse_str(&format!("{before}{tokens}{after}")).ok()?;
    let text = prettyplease::unparse(&file);
    if before.is_empty() {
        return Some(text);
    }
    let mut lines: Vec<&str> = text.lines().skip(1).collect();
    lines.pop();
    let mut text = String::new();
    for line in lines {
        text.push_str(line.strip_prefix("    ").unwrap_or(line));
        text.push('\n');
    }
    Some(text)
}
