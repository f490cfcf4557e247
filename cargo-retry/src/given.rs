//! A schedule or a jitter as an argument. In: its text, or the name of a function that retries. Out: the value.

use crate::args::WorkspaceArgs;
use crate::error::Error;
use crate::inventory::Inventory;
use retry_schedule::{Jitter, Schedule};

/// How much of an argument is repeated in an error.
const MOST_CHARACTERS: usize = 60;

pub(crate) struct Given {
    pub(crate) schedule: Schedule,
    /// That of the function, where a name was given.
    pub(crate) jitter: Option<Jitter>,
}

pub(crate) fn schedule(text: &str, workspace: &WorkspaceArgs) -> Result<Given, Error> {
    let read = without_brackets(text).parse();
    match read {
        Ok(schedule) => Ok(Given {
            schedule,
            jitter: None,
        }),
        Err(_) if is_name(text) => of_function(text, workspace),
        Err(source) => Err(Error::Schedule {
            text: shorten(text, MOST_CHARACTERS),
            source,
        }),
    }
}

pub(crate) fn jitter(text: &str) -> Result<Jitter, Error> {
    let wrong = |reason: &dyn std::fmt::Display| {
        Error::Argument(format!("cannot use the jitter {text}: {reason}"))
    };
    match text {
        "full" => Ok(Jitter::full()),
        "equal" => Ok(Jitter::equal()),
        _ => {
            let proportion = text
                .parse()
                .map_err(|_| wrong(&"write a number from 0 to 1, `full` or `equal`"))?;
            Jitter::proportional(proportion).map_err(|error| wrong(&error))
        }
    }
}

/// A list as it stands in an attribute, and as it stands in a configuration.
pub(crate) fn without_brackets(text: &str) -> &str {
    let text = text.trim();
    text.strip_prefix('[')
        .and_then(|text| text.strip_suffix(']'))
        .unwrap_or(text)
}

/// The text, cut off where it gets too long.
pub(crate) fn shorten(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most - 1).chain(['…']).collect()
}

fn is_name(text: &str) -> bool {
    let is_word = |word: &str| {
        word.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && word.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    text.split("::").all(is_word)
}

fn of_function(name: &str, workspace: &WorkspaceArgs) -> Result<Given, Error> {
    let inventory = Inventory::read(workspace.manifest_path.as_deref(), &workspace.package)?;
    let (function, site) = inventory.one(name)?;
    let retry = site.retry.as_ref();
    match retry.and_then(|retry| retry.schedule.clone()) {
        Some(schedule) => Ok(Given {
            schedule,
            jitter: retry.and_then(|retry| retry.jitter),
        }),
        None => Err(Error::Argument(format!(
            "the schedule of {} ({}) is not known before run time: write a list",
            function.label(),
            function.place()
        ))),
    }
}
