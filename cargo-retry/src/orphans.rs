//! Files that no target has, although something retries in them. In: the workspace, and the files that its targets lead to. Out:
//! one note for each folder that has such files.
//!
//! A file without retries is not told: examples of errors and test data are full of them.

use crate::modules::{Blind, Module, Threads};
use crate::place::At;
use crate::source::Source;
use crate::workspace::Workspace;
use camino::{Utf8Path, Utf8PathBuf};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fs;

pub(crate) fn find(workspace: &Workspace, modules: &[Module]) -> Vec<Blind> {
    let known: HashSet<&Utf8Path> = modules.iter().map(|module| &*module.path).collect();
    let mut files: BTreeSet<Utf8PathBuf> = BTreeSet::new();
    for package in &workspace.packages {
        walk(&package.root, workspace, &mut files);
    }
    let files: Vec<Utf8PathBuf> = files
        .into_iter()
        .filter(|file| !known.contains(&**file))
        .collect();
    let retry = || -> Vec<(&Utf8PathBuf, Vec<At>)> {
        let files = files.par_iter().map(|file| (file, sites(file)));
        files.filter(|(_, sites)| !sites.is_empty()).collect()
    };
    let retry = Threads::new().run(retry);
    let mut folders: BTreeMap<&Utf8Path, Vec<(&Utf8PathBuf, Vec<At>)>> = BTreeMap::new();
    for (file, sites) in retry {
        let folder = file.parent().unwrap_or(file);
        folders.entry(folder).or_default().push((file, sites));
    }
    folders.values().map(|held| note(workspace, held)).collect()
}

fn note(workspace: &Workspace, held: &[(&Utf8PathBuf, Vec<At>)]) -> Blind {
    let (first, sites) = &held[0];
    let others = match held.len() - 1 {
        0 => String::new(),
        1 => " and another one beside it".to_owned(),
        more => format!(" and {more} others beside it"),
    };
    let verb = match held.iter().map(|(_, sites)| sites.len()).sum() {
        1 => "1 place retries".to_owned(),
        count => format!("{count} places retry"),
    };
    Blind {
        file: workspace.relative(first),
        at: sites[0],
        reason: format!("no target has this file{others}, where {verb}"),
    }
}

/// Where something retries in the file.
fn sites(file: &Utf8Path) -> Vec<At> {
    let text = fs::read(file).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    // Most files do not have the word, and are not parsed.
    if !text.contains("retry") {
        return Vec::new();
    }
    let source = Source::read(&text, &BTreeSet::new());
    proc_macro2::extra::invalidate_current_thread_spans();
    let sites = source.units.iter().filter_map(|unit| unit.site.as_ref());
    sites.map(|site| site.at).collect()
}

/// The Rust files of one package. What has a manifest is another package, and what cargo and others build is nobody's.
fn walk(folder: &Utf8Path, workspace: &Workspace, files: &mut BTreeSet<Utf8PathBuf>) {
    let Ok(entries) = folder.read_dir_utf8() else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let Ok(kind) = entry.file_type() else {
            continue;
        };
        if kind.is_dir() {
            let is_other = entry.file_name().starts_with('.')
                || path == workspace.target
                || path.join("Cargo.toml").exists()
                || path.join("CACHEDIR.TAG").exists();
            if !is_other {
                walk(path, workspace, files);
            }
        } else if kind.is_file() && path.extension() == Some("rs") {
            files.insert(path.to_owned());
        }
    }
}
