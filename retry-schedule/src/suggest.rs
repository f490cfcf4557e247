//! "Did you mean": the nearest name of a list.

use alloc::vec::Vec;

/// The candidate nearest to `word`, if one is near enough to be a slip of the pen: at most a third of its letters
/// differ (edit distance after Levenshtein, 1966), and never all of them.
///
/// ```
/// use retry_schedule::nearest;
///
/// assert_eq!(nearest("shedule", ["schedule", "jitter"]), Some("schedule"));
/// assert_eq!(nearest("colour", ["schedule", "jitter"]), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    candidates
        .into_iter()
        .map(|candidate| (distance(word, candidate), candidate))
        .filter(|&(distance, candidate)| distance <= candidate.chars().count().div_ceil(3))
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

fn distance(a: &str, b: &str) -> usize {
    let mut row: Vec<usize> = (0..=b.chars().count()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = i;
        row[0] = i + 1;
        for (j, to) in b.chars().enumerate() {
            let replaced = diagonal + usize::from(from != to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row.last().copied().unwrap_or(0)
}
