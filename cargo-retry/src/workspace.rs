//! The workspace, as cargo sees it. In: a manifest. Out: its packages, their targets, what they depend on, and what
//! `[workspace.metadata.retry]` says. Nothing is resolved, so neither a network nor a lock file is needed.

use crate::error::Error;
use camino::{Utf8Path, Utf8PathBuf};
use cargo_metadata::MetadataCommand;
use std::collections::BTreeSet;

#[derive(Debug)]
pub(crate) struct Workspace {
    pub(crate) root: Utf8PathBuf,
    /// Where cargo builds.
    pub(crate) target: Utf8PathBuf,
    pub(crate) packages: Vec<Package>,
    /// `[workspace.metadata.retry]`.
    pub(crate) metadata: Option<serde_json::Value>,
}

#[derive(Debug)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) version: String,
    /// Where its manifest is.
    pub(crate) root: Utf8PathBuf,
    pub(crate) targets: Vec<Target>,
    /// The crates that it names in its manifest, by the name of the package.
    pub(crate) dependencies: BTreeSet<String>,
}

#[derive(Debug)]
pub(crate) struct Target {
    /// The name of the crate that is built from it.
    pub(crate) crate_name: String,
    /// `lib`, `bin create`, `test storms`.
    pub(crate) label: String,
    pub(crate) path: Utf8PathBuf,
}

impl Workspace {
    /// Asks cargo. With names, only those packages.
    pub(crate) fn load(manifest: Option<&Utf8Path>, names: &[String]) -> Result<Self, Error> {
        let mut command = MetadataCommand::new();
        command.no_deps();
        if let Some(manifest) = manifest {
            command.manifest_path(manifest);
        }
        let metadata = command.exec()?;
        let members = metadata
            .packages
            .iter()
            .filter(|package| metadata.workspace_members.contains(&package.id));
        let mut packages: Vec<Package> = members.map(package).collect();
        packages.sort_by(|one, other| one.name.cmp(&other.name));
        if let Some(missing) = names
            .iter()
            .find(|name| packages.iter().all(|package| package.name != **name))
        {
            let known = packages.iter().map(|package| package.name.as_str());
            let nearest = retry_schedule::nearest(missing, known).map(str::to_owned);
            return Err(Error::NoPackage {
                name: missing.clone(),
                nearest,
            });
        }
        if !names.is_empty() {
            packages.retain(|package| names.contains(&package.name));
        }
        Ok(Self {
            root: metadata.workspace_root,
            target: metadata.target_directory,
            packages,
            metadata: metadata.workspace_metadata.get("retry").cloned(),
        })
    }

    /// The path from the root of the workspace, with `/` between its parts.
    pub(crate) fn relative(&self, path: &Utf8Path) -> String {
        let path = path.strip_prefix(&self.root).unwrap_or(path);
        path.as_str().replace('\\', "/")
    }
}

fn package(package: &cargo_metadata::Package) -> Package {
    let mut targets: Vec<(usize, Target)> = package.targets.iter().map(target).collect();
    targets.sort_by(|one, other| (one.0, &one.1.label).cmp(&(other.0, &other.1.label)));
    Package {
        name: package.name.clone(),
        version: package.version.to_string(),
        root: package
            .manifest_path
            .parent()
            .map(Utf8Path::to_owned)
            .unwrap_or_default(),
        targets: targets.into_iter().map(|(_, target)| target).collect(),
        dependencies: package
            .dependencies
            .iter()
            .map(|dependency| dependency.name.clone())
            .collect(),
    }
}

/// The target, and its place among others: a file that several of them have is told as part of the first.
fn target(target: &cargo_metadata::Target) -> (usize, Target) {
    let kind = target
        .kind
        .first()
        .map(ToString::to_string)
        .unwrap_or_default();
    let order = ["bin", "example", "test", "bench", "custom-build"];
    let place = order
        .iter()
        .position(|other| *other == kind)
        .map_or(0, |place| place + 1);
    let label = match &*kind {
        "custom-build" => "build script".to_owned(),
        _ if place == 0 => "lib".to_owned(),
        _ => format!("{kind} {}", target.name),
    };
    let target = Target {
        crate_name: target.name.replace('-', "_"),
        label,
        path: target.src_path.clone(),
    };
    (place, target)
}
