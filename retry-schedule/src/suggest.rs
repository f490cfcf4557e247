//! "Did you mean": a word that is no name goes in, the name that was probably meant comes out.

use alloc::{format, string::String, vec::Vec};
#[cfg(feature = "std")]
use strsim::levenshtein as distance;

/// The candidate nearest to `word`, if it is near enough to be a typing error: at most a third of its letters differ
/// (rounded up), and never all of them. Letters are counted by the edit distance of Levenshtein (1966).
///
/// Without the feature `std` no candidate is ever near.
///
/// ```
/// use retry_schedule::nearest;
///
/// # #[cfg(feature = "std")]
/// assert_eq!(nearest("shedule", ["schedule", "jitter"]), Some("schedule"));
/// assert_eq!(nearest("colour", ["schedule", "jitter"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|&(distance, candidate)| {
            let letters = candidate.chars().count();
            distance <= letters.div_ceil(3) && distance < letters
        })
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

/// `strsim` needs the standard library.
#[cfg(not(feature = "std"))]
fn distance(_: &str, _: &str) -> usize {
    usize::MAX
}

/// The end of an error text about a word that is none of these names.
pub(crate) fn suggestion(word: &str, names: &[&'static str]) -> String {
    match nearest(word, names.iter().copied()) {
        Some(name) => format!(": did you mean `{name}`?"),
        None => format!(": write one of {}", listed(names)),
    }
}

/// The names in backticks, with commas between them.
pub(crate) fn listed(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}
