//! SARIF 2.1.0, for code scanning: each site is a note, each mistake an error.

use crate::inventory::Inventory;
use crate::place::At;
use serde_json::{Value, json};
use std::fmt::Write as _;

pub(crate) fn write(inventory: &Inventory) -> String {
    let mut results = Vec::new();
    for (function, site) in inventory.sites() {
        let file = &function.module.file;
        if let Some(retry) = &site.retry {
            let [how, what] = &retry.sentences;
            let text = format!("`{}`: {how} {what}", function.label());
            results.push(result(
                "site",
                "note",
                &text,
                file,
                site.at,
                None,
                Some(&function.path()),
            ));
        }
        for mistake in &site.mistakes {
            let path = function.path();
            results.push(result(
                "mistake",
                "error",
                &mistake.message,
                file,
                mistake.at,
                Some(mistake.end),
                Some(&path),
            ));
        }
    }
    for blind in &inventory.unseen {
        results.push(result(
            "unseen",
            "warning",
            &blind.reason,
            &blind.file,
            blind.at,
            None,
            None,
        ));
    }
    let document = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cargo-retry",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": [
                    rule("site", "Something is retried here", "note"),
                    rule("mistake", "The retry macros refuse this", "error"),
                    rule("unseen", "What is retried here cannot be seen", "warning"),
                ],
            } },
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": { "ROOT": { "description": { "text": "The root of the workspace" } } },
            "results": results,
        }],
    });
    format!("{document:#}\n")
}

fn rule(id: &str, text: &str, level: &str) -> Value {
    json!({
        "id": id,
        "shortDescription": { "text": text },
        "defaultConfiguration": { "level": level },
    })
}

fn result(
    rule: &str,
    level: &str,
    text: &str,
    file: &str,
    at: At,
    end: Option<At>,
    path: Option<&str>,
) -> Value {
    let mut region = json!({ "startLine": at.line, "startColumn": at.column });
    if let Some(end) = end.filter(|end| *end > at) {
        region["endLine"] = end.line.into();
        region["endColumn"] = end.column.into();
    }
    let mut location = json!({
        "physicalLocation": {
            "artifactLocation": { "uri": uri(file), "uriBaseId": "ROOT" },
            "region": region,
        },
    });
    if let Some(path) = path {
        location["logicalLocations"] = json!([{ "fullyQualifiedName": path, "kind": "function" }]);
    }
    json!({
        "ruleId": rule,
        "level": level,
        "message": { "text": text },
        "locations": [location],
    })
}

/// The path as a reference of a URI.
fn uri(path: &str) -> String {
    let mut uri = String::new();
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(byte.into());
        } else {
            let _ = write!(uri, "%{byte:02X}");
        }
    }
    uri
}
