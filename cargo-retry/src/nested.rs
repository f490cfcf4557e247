//! `cargo retry nested`: where retries multiply. In: the inventory, and an index of calls if one is given. Out: chains, those
//! that multiply most first.

use crate::args::NestedArgs;
use crate::chains::{Chain, Chains, What};
use crate::clients;
use crate::error::Error;
use crate::graph::Graph;
use crate::inventory::Inventory;
use crate::scip::Index;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt::Write as _;

pub(crate) fn run(args: &NestedArgs) -> Result<String, Error> {
    if args.clients {
        return Ok(table_of_clients());
    }
    let inventory = Inventory::read(
        args.workspace.manifest_path.as_deref(),
        &args.workspace.package,
    )?;
    let index = args.scip.as_deref().map(Index::read).transpose()?;
    let graph = Graph::new(&inventory, index.as_ref(), args.tests);
    let chains = Chains::of(&graph);
    Ok(if args.json {
        to_json(&chains)
    } else {
        to_text(&chains, index.is_some())
    })
}

fn to_text(chains: &Chains<'_>, has_index: bool) -> String {
    let mut text = String::new();
    let mut clients = BTreeSet::new();
    for chain in &chains.all {
        let _ = writeln!(text, "{}", headline(chain));
        for link in &chain.links {
            let through: Vec<String> = link
                .through
                .iter()
                .map(|function| format!("{} ({})", function.label(), function.place()))
                .collect();
            let through = if through.is_empty() {
                String::new()
            } else {
                format!("  through {}", through.join(", "))
            };
            let _ = writeln!(
                text,
                "  {:>3}  {}  {}{through}",
                link.what.attempts(),
                link.what.label(),
                link.what.place()
            );
            if let What::Client(client) = link.what {
                clients.insert(&client.name);
            }
        }
        text.push('\n');
    }
    let count = chains.all.len();
    let _ = match count {
        0 => writeln!(text, "No function that retries calls another that does."),
        1 => writeln!(text, "1 chain."),
        _ => writeln!(text, "{count} chains."),
    };
    if chains.left_out > 0 {
        let _ = writeln!(text, "More than {count} were not followed.");
    }
    for client in clients::all()
        .iter()
        .filter(|client| clients.contains(&client.name))
    {
        let _ = writeln!(
            text,
            "{} ({}): {}.",
            client.name, client.versions, client.retries
        );
    }
    if count > 0 && !has_index {
        let _ = writeln!(
            text,
            "\"possible\" rests on names: it may be another function, and calls that only a compiler resolves are missed. With `rust-analyzer scip .` and `--scip index.scip`, calls are resolved."
        );
    }
    text
}

/// `27 = 3 × 3 × 3 attempts, possible`
pub(crate) fn headline(chain: &Chain<'_>) -> String {
    if chain.is_circle {
        return format!(
            "without end: the last calls one before it again, {}",
            chain.certainty
        );
    }
    let factors: Vec<String> = chain
        .links
        .iter()
        .map(|link| link.what.attempts().to_string())
        .collect();
    format!(
        "{} = {} attempts, {}",
        chain.product(),
        factors.join(" × "),
        chain.certainty
    )
}

fn to_json(chains: &Chains<'_>) -> String {
    let chain = |chain: &Chain<'_>| {
        let product = chain.product();
        let links: Vec<Value> = chain
            .links
            .iter()
            .map(|link| {
                let attempts = match link.what.attempts() {
                    crate::site::Attempts::UpTo(count) => Some(count),
                    _ => None,
                };
                let through: Vec<Value> = link
                    .through
                    .iter()
                    .map(|function| json!({ "path": function.path(), "file": function.module.file, "line": function.line() }))
                    .collect();
                match link.what {
                    What::Function(function) => json!({ "path": function.path(), "file": function.module.file, "line": function.line(), "attempts": attempts, "through": through }),
                    What::Client(client) => json!({ "client": client.name, "versions": client.versions, "source": client.source, "within": client.within, "attempts": attempts, "through": through }),
                }
            })
            .collect();
        json!({
            "certainty": chain.certainty.to_string(),
            "attempts": if product.is_open || product.is_endless { Value::Null } else { u64::try_from(product.known).map_or(Value::Null, Value::from) },
            "circle": chain.is_circle,
            "links": links,
        })
    };
    let chains: Vec<Value> = chains.all.iter().map(chain).collect();
    format!("{:#}\n", json!({ "version": 1, "chains": chains }))
}

/// The table behind it, with what it rests on.
fn table_of_clients() -> String {
    let mut text = String::new();
    for client in clients::all() {
        let _ = writeln!(
            text,
            "{} ({}): {}",
            client.name,
            client.versions,
            client.bound()
        );
        let _ = writeln!(text, "  {}", client.retries);
        let _ = writeln!(text, "  {}", client.source);
    }
    text
}
