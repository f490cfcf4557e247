//! Annotations of GitHub Actions. In: a place, and what is to be said. Out: the line that the runner reads.

use crate::place::At;
use std::fmt::Write as _;

/// Adds one; the level is `notice`, `warning` or `error`.
pub(crate) fn annotate(
    text: &mut String,
    level: &str,
    file: &str,
    at: At,
    title: &str,
    message: &str,
) {
    let At { line, column } = at;
    let [file, title] = [file, title].map(property);
    let _ = writeln!(
        text,
        "::{level} file={file},line={line},col={column},title={title}::{}",
        data(message)
    );
}

/// As the toolkit of GitHub Actions escapes what it writes.
fn data(text: &str) -> String {
    text.replace('%', "%25")
        .replace('\r', "%0D")
        .replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
