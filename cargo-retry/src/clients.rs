//! Clients that retry by themselves, from the data file `clients.json`. In: the dependencies of a package, and a call. Out: the
//! client that the call may reach.

use crate::screen::plural;
use crate::workspace::Package;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::sync::LazyLock;

/// A client, its defaults, and how to tell that it is called.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Client {
    pub(crate) name: String,
    /// The packages that have it. `*` at the end stands for anything.
    pub(crate) packages: Vec<String>,
    pub(crate) versions: String,
    /// How many attempts it makes; nothing where only time bounds them.
    pub(crate) attempts: Option<usize>,
    /// How long it goes on.
    pub(crate) within: Option<String>,
    /// What it retries, in words.
    pub(crate) retries: String,
    /// Where that is written.
    pub(crate) source: String,
    /// The identifiers one of which is in a file that uses it.
    pub(crate) words: Vec<String>,
    /// The methods that retry.
    pub(crate) methods: Vec<String>,
}

static CLIENTS: LazyLock<Vec<Client>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("clients.json")).expect("the data file is read by a test")
});

pub(crate) fn all() -> &'static [Client] {
    &CLIENTS
}

impl Client {
    /// Whether a package of that name is this client.
    pub(crate) fn is_package(&self, name: &str) -> bool {
        self.packages.iter().any(|pattern| matches(pattern, name))
    }

    /// Whether it makes a request more than once.
    pub(crate) fn multiplies(&self) -> bool {
        self.attempts != Some(1)
    }

    /// `11 attempts in 3m`
    pub(crate) fn bound(&self) -> String {
        let attempts = self.attempts.map_or_else(
            || "any number of attempts".to_owned(),
            |attempts| plural(attempts, "attempt", "attempts"),
        );
        match &self.within {
            Some(within) => format!("{attempts} in {within}"),
            None => attempts,
        }
    }
}

/// The clients that a package depends on, and that retry.
pub(crate) fn of(package: &Package) -> impl Iterator<Item = &'static Client> {
    all().iter().filter(|client| {
        client.multiplies()
            && package
                .dependencies
                .iter()
                .any(|name| client.is_package(name))
    })
}

/// The identifiers by which the clients that a package depends on are known.
pub(crate) fn words(package: &Package) -> BTreeSet<String> {
    let mut words = BTreeSet::new();
    for client in of(package) {
        for word in &client.words {
            match word.strip_suffix('*') {
                // `aws_sdk_*`: the crates that the package names.
                Some(_) => words.extend(
                    package
                        .dependencies
                        .iter()
                        .map(|name| name.replace('-', "_"))
                        .filter(|name| matches(word, name)),
                ),
                None => {
                    words.insert(word.clone());
                }
            }
        }
    }
    words
}

/// The client that a call of this method may reach, in a file with these words.
pub(crate) fn reached(
    package: &Package,
    mentions: &BTreeSet<String>,
    method: &str,
) -> Option<&'static Client> {
    of(package).find(|client| {
        client.methods.iter().any(|name| name == method)
            && mentions
                .iter()
                .any(|word| client.words.iter().any(|pattern| matches(pattern, word)))
    })
}

fn matches(pattern: &str, text: &str) -> bool {
    match pattern.strip_suffix('*') {
        Some(start) => text.starts_with(start),
        None => text == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::{all, matches};

    #[test]
    fn every_client_has_a_number_or_a_time_a_version_and_a_source() {
        for client in all() {
            assert!(
                client.attempts.is_some() || client.within.is_some(),
                "{client:?}"
            );
            assert!(client.source.starts_with("https://"), "{client:?}");
            assert!(
                !client.versions.is_empty() && !client.retries.is_empty(),
                "{client:?}"
            );
            assert_eq!(
                client.multiplies(),
                !client.methods.is_empty(),
                "{client:?}"
            );
            if let Some(within) = &client.within {
                retry_schedule::parse_duration(within).unwrap();
            }
        }
    }

    #[test]
    fn a_star_at_the_end_stands_for_anything() {
        assert!(matches("aws-sdk-*", "aws-sdk-s3"));
        assert!(!matches("aws-sdk-*", "aws-config"));
        assert!(!matches("kube", "kube-client"));
    }
}
