//! Every file of every target. In: the workspace. Out: each file once, read, with what leads to it.
//!
//! Files are found as the compiler finds them, by following `mod` from the root of each target. Those that are found together
//! are read in parallel.

use crate::place::At;
use crate::source::{Declared, Source, Unseen};
use crate::workspace::Workspace;
use camino::{Utf8Path, Utf8PathBuf};
use indicatif::{ProgressBar, ProgressStyle};
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fs;
use std::sync::Arc;

/// For each thread; only what is used of it is taken.
const STACK: usize = 256 << 20;

/// Does it on threads whose stacks are large: deeply nested code is read by deep recursion.
pub(crate) struct Threads(Option<rayon::ThreadPool>);

impl Threads {
    pub(crate) fn new() -> Self {
        let threads = rayon::ThreadPoolBuilder::new().stack_size(STACK).build();
        Self(threads.ok())
    }

    pub(crate) fn run<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        match &self.0 {
            Some(threads) => threads.install(work),
            None => work(),
        }
    }
}

/// A file, and the first way that leads to it.
#[derive(Debug)]
pub(crate) struct Module {
    /// Which package of the workspace.
    pub(crate) package: usize,
    /// The targets that have it.
    pub(crate) targets: Vec<String>,
    /// From the root of the workspace.
    pub(crate) file: String,
    pub(crate) path: Utf8PathBuf,
    /// `storms::client`, from the name of the crate on.
    pub(crate) modules: Vec<String>,
    pub(crate) cfgs: Vec<String>,
    pub(crate) source: Arc<Source>,
}

/// Something that could not be seen, with its file.
#[derive(Debug, Clone)]
pub(crate) struct Blind {
    pub(crate) file: String,
    pub(crate) at: At,
    pub(crate) reason: String,
}

/// All files.
#[derive(Debug, Default)]
pub(crate) struct Modules {
    pub(crate) all: Vec<Module>,
    pub(crate) unseen: Vec<Blind>,
}

/// A file that is still to be read, and what leads to it.
#[derive(Clone)]
struct Way {
    package: usize,
    target: usize,
    path: Utf8PathBuf,
    modules: Vec<String>,
    cfgs: Vec<String>,
    /// Where the files of its modules are.
    directory: Utf8PathBuf,
    /// Who declares it, and where.
    declared: Option<(String, At)>,
}

impl Modules {
    /// Reads everything. `wanted` are identifiers to look for in each package.
    pub(crate) fn follow(workspace: &Workspace, wanted: &[BTreeSet<String>]) -> Self {
        let progress = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} reading: {pos} files") {
            progress.set_style(style);
        }
        let threads = Threads::new();
        let mut found = Self::default();
        let mut ways = Vec::new();
        for (package, held) in workspace.packages.iter().enumerate() {
            for (target, root) in held.targets.iter().enumerate() {
                ways.push(Way {
                    package,
                    target,
                    path: root.path.clone(),
                    modules: vec![root.crate_name.clone()],
                    cfgs: Vec::new(),
                    directory: parent(&root.path),
                    declared: None,
                });
            }
        }
        let mut read: HashMap<Utf8PathBuf, Result<Arc<Source>, String>> = HashMap::new();
        let mut seen: HashSet<(usize, usize, Utf8PathBuf)> = HashSet::new();
        let mut indices: BTreeMap<(usize, Utf8PathBuf), usize> = BTreeMap::new();
        while !ways.is_empty() {
            ways.retain(|way| seen.insert((way.package, way.target, way.path.clone())));
            let mut new: Vec<(&Utf8PathBuf, usize)> = Vec::new();
            let mut once: HashSet<&Utf8PathBuf> = HashSet::new();
            for way in &ways {
                if !read.contains_key(&way.path) && once.insert(&way.path) {
                    new.push((&way.path, way.package));
                }
            }
            let read_all = || -> Vec<(Utf8PathBuf, Result<Arc<Source>, String>)> {
                new.par_iter()
                    .map(|(path, package)| {
                        let source = match fs::read(path) {
                            Ok(bytes) => Ok(Arc::new(Source::read(
                                &String::from_utf8_lossy(&bytes),
                                &wanted[*package],
                            ))),
                            Err(error) => Err(error.to_string()),
                        };
                        // All that is kept are plain values, so the text behind the spans can go.
                        proc_macro2::extra::invalidate_current_thread_spans();
                        progress.inc(1);
                        ((*path).clone(), source)
                    })
                    .collect()
            };
            read.extend(threads.run(read_all));
            let mut next = Vec::new();
            for way in ways {
                found.take(workspace, &way, &read, &mut indices, &mut next);
            }
            ways = next;
        }
        progress.finish_and_clear();
        found
            .all
            .sort_by(|one, other| (one.package, &one.file).cmp(&(other.package, &other.file)));
        found
            .unseen
            .sort_by(|one, other| (&one.file, one.at).cmp(&(&other.file, other.at)));
        found.unseen.dedup_by(|one, other| {
            (&one.file, one.at, &one.reason) == (&other.file, other.at, &other.reason)
        });
        found
    }

    fn take(
        &mut self,
        workspace: &Workspace,
        way: &Way,
        read: &HashMap<Utf8PathBuf, Result<Arc<Source>, String>>,
        indices: &mut BTreeMap<(usize, Utf8PathBuf), usize>,
        next: &mut Vec<Way>,
    ) {
        let file = workspace.relative(&way.path);
        let source = match &read[&way.path] {
            Ok(source) => source,
            Err(error) => {
                let (by, at) = way
                    .declared
                    .clone()
                    .unwrap_or((file.clone(), At { line: 1, column: 1 }));
                self.unseen.push(Blind {
                    file: by,
                    at,
                    reason: format!("{file} cannot be read: {error}"),
                });
                return;
            }
        };
        let label = &workspace.packages[way.package].targets[way.target].label;
        let key = (way.package, way.path.clone());
        if let Some(index) = indices.get(&key) {
            self.all[*index].targets.push(label.clone());
        } else {
            indices.insert(key, self.all.len());
            self.all.push(Module {
                package: way.package,
                targets: vec![label.clone()],
                file: file.clone(),
                path: way.path.clone(),
                modules: way.modules.clone(),
                cfgs: way.cfgs.clone(),
                source: Arc::clone(source),
            });
            let unseen = source.unseen.iter().map(|Unseen { at, reason }| Blind {
                file: file.clone(),
                at: *at,
                reason: reason.clone(),
            });
            self.unseen.extend(unseen);
        }
        for declared in &source.modules {
            let files = files_of(way, declared);
            if files.is_empty() {
                let name = declared.name.as_deref().unwrap_or_default();
                self.unseen.push(Blind {
                    file: file.clone(),
                    at: declared.at,
                    reason: format!("there is no file for `mod {name};`"),
                });
            }
            for (condition, path, directory) in files {
                let mut cfgs = way.cfgs.clone();
                cfgs.extend(declared.cfgs.iter().cloned());
                cfgs.extend(condition);
                let around = declared.around.iter().map(|(name, _)| name.clone());
                next.push(Way {
                    package: way.package,
                    target: way.target,
                    path,
                    modules: way
                        .modules
                        .iter()
                        .cloned()
                        .chain(around)
                        .chain(declared.name.clone())
                        .collect(),
                    cfgs,
                    directory,
                    declared: Some((file.clone(), declared.at)),
                });
            }
        }
    }
}

type Candidate = (Option<String>, Utf8PathBuf, Utf8PathBuf);

/// The files that a declaration may mean, each with its condition and with the directory of its own modules.
fn files_of(way: &Way, declared: &Declared) -> Vec<Candidate> {
    let here = parent(&way.path);
    let Some(name) = &declared.name else {
        // An included file is read as if it stood where it is included, but looks for modules beside itself.
        let path = |(condition, path): &(Option<String>, String)| {
            let path = normal(&here.join(path));
            let directory = parent(&path);
            (condition.clone(), path, directory)
        };
        return declared.paths.iter().map(path).collect();
    };
    let mut directory = way.directory.clone();
    let mut is_redirected = false;
    for (around, path) in &declared.around {
        directory = match path {
            // The path of an inline module starts where the file is, unless another one is around it.
            Some(path) if !is_redirected => here.join(path),
            Some(path) => directory.join(path),
            None => directory.join(around),
        };
        is_redirected = true;
    }
    let mut files: Vec<Candidate> = Vec::new();
    for (condition, path) in &declared.paths {
        let base = if declared.around.is_empty() {
            &here
        } else {
            &directory
        };
        let path = normal(&base.join(path));
        // What `#[path]` leads to has its modules beside it, as `mod.rs` has.
        let directory = parent(&path);
        files.push((condition.clone(), path, directory));
    }
    if declared
        .paths
        .iter()
        .any(|(condition, _)| condition.is_none())
    {
        return files;
    }
    let flat = directory.join(format!("{name}.rs"));
    let nested = directory.join(name).join("mod.rs");
    // The usual place is for when no `cfg_attr` says another.
    let elsewhere: Vec<&str> = declared
        .paths
        .iter()
        .filter_map(|(condition, _)| condition.as_deref())
        .collect();
    let condition = match &elsewhere[..] {
        [] => None,
        [one] => Some(format!("not({one})")),
        several => Some(format!("not(any({}))", several.join(", "))),
    };
    for path in [flat, nested] {
        if path.is_file() {
            files.push((condition, normal(&path), normal(&directory.join(name))));
            break;
        }
    }
    files
}

fn parent(path: &Utf8Path) -> Utf8PathBuf {
    path.parent().map(Utf8Path::to_owned).unwrap_or_default()
}

/// Without `.` and `..`, so that a file has one path, however it is reached.
fn normal(path: &Utf8Path) -> Utf8PathBuf {
    use camino::Utf8Component;
    let mut normal = Utf8PathBuf::new();
    for component in path.components() {
        match component {
            Utf8Component::CurDir => {}
            Utf8Component::ParentDir if normal.file_name().is_some() => {
                normal.pop();
            }
            _ => normal.push(component),
        }
    }
    normal
}
