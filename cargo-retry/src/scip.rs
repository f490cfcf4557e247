//! An index of calls, as `rust-analyzer scip .` writes it: <https://github.com/sourcegraph/scip>. In: the file. Out: for each
//! place, what stands there.
//!
//! Only the fields that are needed are named; the others are skipped.

use crate::error::Error;
use crate::place::At;
use camino::Utf8Path;
use prost::Message;
use std::collections::HashMap;
use std::fs;

#[derive(Message)]
struct File {
    #[prost(message, repeated, tag = "2")]
    documents: Vec<Document>,
}

#[derive(Message)]
struct Document {
    #[prost(string, tag = "1")]
    relative_path: String,
    #[prost(message, repeated, tag = "2")]
    occurrences: Vec<Occurrence>,
}

#[derive(Message)]
struct Occurrence {
    /// Line, column, and where it ends; all from 0.
    #[prost(int32, repeated, tag = "1")]
    range: Vec<i32>,
    #[prost(string, tag = "2")]
    symbol: String,
    /// The first bit says that it is defined here.
    #[prost(int32, tag = "3")]
    symbol_roles: i32,
}

#[derive(Debug, Default)]
pub(crate) struct Index {
    /// The symbol at each place of each file.
    symbols: HashMap<String, HashMap<At, String>>,
    definitions: HashMap<String, (String, At)>,
}

/// What a name stands for.
#[derive(Debug)]
pub(crate) struct Target {
    /// Where it is defined, if that is in the workspace.
    pub(crate) defined: Option<(String, At)>,
    /// The package and the method, if it is not.
    pub(crate) outside: Option<(String, String)>,
}

impl Index {
    pub(crate) fn read(path: &Utf8Path) -> Result<Self, Error> {
        let bytes = fs::read(path).map_err(|source| Error::ReadFile {
            path: path.to_owned(),
            source,
        })?;
        let file = File::decode(&*bytes).map_err(|source| Error::Scip {
            path: path.to_owned(),
            source,
        })?;
        let mut index = Self::default();
        for document in file.documents {
            let places = index
                .symbols
                .entry(document.relative_path.clone())
                .or_default();
            for occurrence in document.occurrences {
                let [line, column, ..] = occurrence.range[..] else {
                    continue;
                };
                let (Ok(line), Ok(column)) = (usize::try_from(line), usize::try_from(column))
                else {
                    continue;
                };
                let at = At {
                    line: line + 1,
                    column: column + 1,
                };
                if occurrence.symbol_roles & 1 == 1 {
                    index.definitions.insert(
                        occurrence.symbol.clone(),
                        (document.relative_path.clone(), at),
                    );
                }
                places.insert(at, occurrence.symbol);
            }
        }
        Ok(index)
    }

    /// Whether it has that file.
    pub(crate) fn has(&self, file: &str) -> bool {
        self.symbols.contains_key(file)
    }

    pub(crate) fn target(&self, file: &str, at: At) -> Option<Target> {
        let symbol = self.symbols.get(file)?.get(&at)?;
        let defined = self.definitions.get(symbol).cloned();
        let outside = if defined.is_none() {
            package_and_method(symbol)
        } else {
            None
        };
        Some(Target { defined, outside })
    }
}

/// `rust-analyzer cargo object_store 0.11.2 ObjectStore#put().`: the scheme, the manager, the package, its version, and the
/// descriptors.
fn package_and_method(symbol: &str) -> Option<(String, String)> {
    let mut parts = symbol.splitn(5, ' ');
    let package = parts.nth(2)?;
    let descriptors = parts.nth(1)?;
    let method = descriptors.strip_suffix("().")?;
    let method = method.rsplit(['/', '#', ']', '`']).next()?;
    Some((package.to_owned(), method.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::package_and_method;

    #[test]
    fn the_package_and_the_method_of_a_symbol() {
        let read = |symbol| {
            package_and_method(symbol).map(|(package, method)| format!("{package} {method}"))
        };
        for (symbol, expected) in [
            (
                "rust-analyzer cargo object_store 0.11.2 ObjectStore#put().",
                Some("object_store put"),
            ),
            (
                "rust-analyzer cargo reqwest 0.13.5 async_impl/request/impl#[RequestBuilder]send().",
                Some("reqwest send"),
            ),
            (
                "rust-analyzer cargo core https://github.com/rust-lang/rust/library/core option/impl#[`Option<T>`]unwrap().",
                Some("core unwrap"),
            ),
            ("rust-analyzer cargo reqwest 0.13.5 Client#", None),
            ("local 12", None),
        ] {
            assert_eq!(read(symbol).as_deref(), expected, "{symbol}");
        }
    }
}
