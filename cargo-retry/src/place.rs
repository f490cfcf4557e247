//! Where something stands in a file. In: a span, or tokens. Out: a line and a column, or the text that stands there.

use proc_macro2::{LineColumn, TokenStream};

/// A place in a file; both numbers start at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct At {
    pub(crate) line: usize,
    pub(crate) column: usize,
}

impl From<LineColumn> for At {
    fn from(place: LineColumn) -> Self {
        Self {
            line: place.line,
            column: place.column + 1,
        }
    }
}

/// The text of tokens as it stands in the source, on one line.
pub(crate) fn text(tokens: &TokenStream) -> String {
    let mut trees = tokens.clone().into_iter();
    let Some(first) = trees.next() else {
        return String::new();
    };
    let last = trees.last().unwrap_or_else(|| first.clone());
    let written = first
        .span()
        .join(last.span())
        .and_then(|span| span.source_text());
    let written = written.unwrap_or_else(|| tokens.to_string());
    written.split_whitespace().collect::<Vec<_>>().join(" ")
}
