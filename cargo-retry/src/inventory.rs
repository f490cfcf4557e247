//! Every function of the workspace, and every place where something is retried. In: the files. Out: one list, with the names
//! that functions go by.

use crate::clients;
use crate::error::Error;
use crate::modules::{Blind, Module, Modules};
use crate::site::Site;
use crate::source::Unit;
use crate::workspace::Workspace;
use camino::Utf8Path;
use std::collections::BTreeSet;

#[derive(Debug)]
pub(crate) struct Inventory {
    pub(crate) workspace: Workspace,
    pub(crate) modules: Vec<Module>,
    pub(crate) unseen: Vec<Blind>,
}

/// A function or a block, where it stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Function<'a> {
    pub(crate) module: &'a Module,
    pub(crate) unit: &'a Unit,
    /// The index of its file among `modules`, and its own in the file.
    pub(crate) index: (usize, usize),
}

impl Inventory {
    pub(crate) fn read(manifest: Option<&Utf8Path>, packages: &[String]) -> Result<Self, Error> {
        let workspace = Workspace::load(manifest, packages)?;
        let wanted: Vec<BTreeSet<String>> = workspace.packages.iter().map(clients::words).collect();
        let modules = Modules::follow(&workspace, &wanted);
        Ok(Self {
            workspace,
            modules: modules.all,
            unseen: modules.unseen,
        })
    }

    /// All of them, by package, file and line.
    pub(crate) fn functions(&self) -> impl Iterator<Item = Function<'_>> {
        self.modules.iter().enumerate().flat_map(|(file, module)| {
            let units = module.source.units.iter().enumerate();
            units.map(move |(unit, held)| Function {
                module,
                unit: held,
                index: (file, unit),
            })
        })
    }

    /// Those that retry, each with how.
    pub(crate) fn sites(&self) -> impl Iterator<Item = (Function<'_>, &Site)> {
        self.functions()
            .filter_map(|function| Some((function, function.unit.site.as_ref()?)))
    }

    pub(crate) fn package(&self, function: Function<'_>) -> &str {
        &self.workspace.packages[function.module.package].name
    }

    /// The site that a name means.
    pub(crate) fn one(&self, name: &str) -> Result<(Function<'_>, &Site), Error> {
        match &self.named(name)[..] {
            [one] => Ok(*one),
            [] => {
                let paths: Vec<String> =
                    self.sites().map(|(function, _)| function.path()).collect();
                let names = paths.iter().filter_map(|path| path.rsplit("::").next());
                let last = name.rsplit("::").next().unwrap_or(name);
                let meant = retry_schedule::nearest(last, names)
                    .map(|name| format!(": did you mean `{name}`?"));
                Err(Error::Argument(format!(
                    "nothing that retries is called `{name}`{}",
                    meant.unwrap_or_default()
                )))
            }
            several => {
                let places: Vec<String> = several
                    .iter()
                    .map(|(function, _)| format!("{} ({})", function.path(), function.place()))
                    .collect();
                Err(Error::Argument(format!(
                    "`{name}` may be one of several, so write more of its path: {}",
                    places.join(", ")
                )))
            }
        }
    }

    /// The sites that a name may mean: a function's, with or without what stands before it.
    pub(crate) fn named(&self, name: &str) -> Vec<(Function<'_>, &Site)> {
        let is_meant = |path: &str| path == name || path.ends_with(&format!("::{name}"));
        self.sites()
            .filter(|(function, _)| is_meant(&function.path()))
            .collect()
    }
}

impl Function<'_> {
    /// `crate::module::Type::function`; of a block, the path of what is around it.
    pub(crate) fn path(self) -> String {
        let unit = self.unit;
        let scopes = self
            .module
            .modules
            .iter()
            .chain(&unit.modules)
            .map(String::as_str);
        if unit.is_block {
            return scopes.collect::<Vec<_>>().join("::");
        }
        let owner = unit.owner.as_deref();
        scopes
            .chain(owner)
            .chain([unit.name.as_str()])
            .collect::<Vec<_>>()
            .join("::")
    }

    /// `Type::function`, `retry_block! in Type::function`.
    pub(crate) fn label(self) -> String {
        let unit = self.unit;
        if unit.is_block {
            return match unit.modules.last() {
                Some(around) if !unit.name.is_empty() => format!("retry_block! in {around}"),
                _ => "retry_block!".to_owned(),
            };
        }
        match &unit.owner {
            Some(owner) => format!("{owner}::{}", unit.name),
            None => unit.name.clone(),
        }
    }

    /// Whether only tests and benchmarks run it.
    pub(crate) fn is_test(self) -> bool {
        let of_tests =
            |target: &String| target.starts_with("test ") || target.starts_with("bench ");
        self.module.targets.iter().all(of_tests) || self.cfgs().iter().any(|cfg| cfg == "test")
    }

    /// Every condition for it to be compiled, outermost first.
    pub(crate) fn cfgs(self) -> Vec<String> {
        let mut cfgs: Vec<String> = Vec::new();
        for cfg in self.module.cfgs.iter().chain(&self.unit.cfgs) {
            if !cfgs.contains(cfg) {
                cfgs.push(cfg.clone());
            }
        }
        cfgs
    }

    /// `src/client.rs:12`
    pub(crate) fn place(self) -> String {
        format!("{}:{}", self.module.file, self.line())
    }

    /// The line of the attribute; of a function that does not retry, that of its name.
    pub(crate) fn line(self) -> usize {
        self.unit
            .site
            .as_ref()
            .map_or(self.unit.at.line, |site| site.at.line)
    }
}
