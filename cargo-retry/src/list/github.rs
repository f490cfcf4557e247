//! Annotations of GitHub Actions: a notice at each site, an error at each mistake, a warning where something is not seen.

use crate::github::annotate;
use crate::inventory::Inventory;

pub(crate) fn write(inventory: &Inventory) -> String {
    let mut text = String::new();
    for (function, site) in inventory.sites() {
        let file = &function.module.file;
        if let Some(retry) = &site.retry {
            let [how, what] = &retry.sentences;
            annotate(
                &mut text,
                "notice",
                file,
                site.at,
                &function.label(),
                &format!("{how} {what}"),
            );
        }
        for mistake in &site.mistakes {
            annotate(
                &mut text,
                "error",
                file,
                mistake.at,
                &function.label(),
                &mistake.message,
            );
        }
    }
    for blind in &inventory.unseen {
        annotate(
            &mut text,
            "warning",
            &blind.file,
            blind.at,
            "not seen",
            &blind.reason,
        );
    }
    text
}
