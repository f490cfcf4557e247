//! What the examples share of the terminal, by itself. What it does in a process is tested with each example.

#[path = "../examples/common/mod.rs"]
mod common;

use common::terminal::{cell, fit, shown};

#[test]
fn text_of_others_is_shown_without_what_a_terminal_obeys() {
    for (text, expected) in [
        ("Ada Lovelace", "Ada Lovelace"),
        ("Zoë, 名前, Ελλάδα", "Zoë, 名前, Ελλάδα"),
        (r#"{"a":'\'}"#, r#"{"a":'\'}"#),
        ("\u{1b}[2Jgone", r"\u{1b}[2Jgone"),
        ("\u{9b}31m", r"\u{9b}31m"),
        ("two\nlines\r\tand\u{7}", r"two\nlines\r\tand\u{7}"),
        ("\u{202e}evil\u{2066}", r"\u{202e}evil\u{2066}"),
        ("a\u{200f}b\u{61c}c", r"a\u{200f}b\u{61c}c"),
        ("a\u{2028}b\u{2029}c\u{85}", r"a\u{2028}b\u{2029}c\u{85}"),
        (
            "a\u{200b}b\u{feff}c\u{e0041}",
            r"a\u{200b}b\u{feff}c\u{e0041}",
        ),
    ] {
        assert_eq!(shown(text), expected);
    }
}

#[test]
fn letters_that_are_joined_stay_joined() {
    for text in ["می\u{200c}خواهم", "👩\u{200d}🚀", "e\u{301}", "नमस्ते"] {
        assert_eq!(shown(text), text);
    }
}

#[test]
fn text_of_others_has_an_end() {
    let all = "x".repeat(300);
    assert_eq!(shown(&all), all);
    let cut = shown(&"x".repeat(1_000_000));
    assert_eq!(cut, "x".repeat(299) + "…");
    assert_eq!(shown(&"\u{1b}".repeat(1_000_000)).chars().count(), 300);
}

#[test]
fn a_text_that_is_too_wide_is_cut_at_a_column() {
    for (text, columns, expected) in [
        ("Alder", 5, "Alder"),
        ("Alder", 4, "Ald…"),
        ("Alder", 1, "…"),
        ("Alder", 0, ""),
        ("名前名前", 8, "名前名前"),
        // Each is two columns wide, so there is one left.
        ("名前名前", 6, "名前…"),
        ("e\u{301}e\u{301}e\u{301}", 2, "e\u{301}…"),
    ] {
        assert_eq!(fit(text, columns), expected);
    }
}

#[test]
fn a_cell_is_as_wide_as_it_is_said_to_be() {
    for (text, columns, expected) in [
        ("Elm", 5, "Elm  "),
        ("名", 4, "名  "),
        ("名前名前", 6, "名前… "),
        ("Juniper", 4, "Jun…"),
    ] {
        assert_eq!(cell(text, columns), expected);
    }
}
