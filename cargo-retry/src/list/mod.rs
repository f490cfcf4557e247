//! `cargo retry list`: every place where something is retried. In: the inventory. Out: text in one of five forms.

mod github;
mod json;
mod markdown;
mod row;
mod sarif;
mod table;

use crate::args::ListArgs;
use crate::error::Error;
use crate::inventory::Inventory;
use crate::orphans;
use crate::screen::Screen;

pub(crate) fn run(args: &ListArgs) -> Result<String, Error> {
    let mut inventory = Inventory::read(
        args.workspace.manifest_path.as_deref(),
        &args.workspace.package,
    )?;
    // With some of the packages, a file may be a target's of another one.
    if args.workspace.package.is_empty() {
        let orphans = orphans::find(&inventory.workspace, &inventory.modules);
        inventory.unseen.extend(orphans);
    }
    let format = &args.format;
    Ok(if format.json {
        json::write(&inventory)
    } else if format.markdown {
        markdown::write(&inventory)
    } else if format.sarif {
        sarif::write(&inventory)
    } else if format.github {
        github::write(&inventory)
    } else {
        table::write(&inventory, Screen::new(args.color))
    })
}
