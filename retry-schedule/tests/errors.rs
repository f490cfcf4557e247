//! What the errors say: which names they suggest, with and without `std`, and that a printed chain says nothing twice.

use retry_schedule::{
    Jitter, MAX_TEXT, Schedule, ScheduleError, Shape, ShapeArgument, ShapeError, ShapeKind,
};
use std::error::Error;

fn refused(text: &str) -> ScheduleError {
    text.parse::<Schedule>().expect_err(text)
}

#[test]
fn a_misspelt_name_is_answered_with_the_nearest_or_with_all() {
    let (shape, argument) = if cfg!(feature = "std") {
        (
            ": did you mean `exponential`?",
            ": did you mean `attempts`?",
        )
    } else {
        (
            ": write one of `constant`, `linear`, `exponential`, `fibonacci`, `inverse`",
            ": write one of `attempts`, `retries`",
        )
    };
    assert_eq!(
        refused("exponental(1s, retries = 2)").to_string(),
        format!("there is no shape `exponental`{shape}")
    );
    assert_eq!(
        refused("constant(1s, attempt = 2)").to_string(),
        format!("`constant` has no argument `attempt`{argument}")
    );
    assert_eq!(
        refused("constant(1s, max = 2s)").to_string(),
        "`constant` has no argument `max`: write one of `attempts`, `retries`"
    );
}

#[cfg(feature = "std")]
#[test]
fn a_name_is_near_while_a_third_of_its_letters_differ_but_never_all() {
    use retry_schedule::nearest;
    assert_eq!(nearest("factors", ["step", "factor"]), Some("factor"));
    assert_eq!(nearest("facxxr", ["step", "factor"]), Some("factor"));
    assert_eq!(nearest("facxyz", ["step", "factor"]), None);
    assert_eq!(nearest("x", ["y"]), None);
    assert_eq!(nearest("", ["y"]), None);
}

#[test]
fn several_units_in_one_duration_are_answered_with_the_smallest() {
    let is_said_of = |text: &str| {
        let said = refused(&format!("{text}, 0")).to_string();
        said.contains("more than one unit: write it in the smallest")
    };
    for text in ["1m30s", "1h30m10s", "1d2h3m4s"] {
        assert!(is_said_of(text), "{text}");
    }
    for text in ["1m30", "1m30x", "1x30s", "1h30m10", "1h30x10s", "1ms30"] {
        assert!(!is_said_of(text), "{text}");
    }
}

#[test]
fn the_unit_that_is_meant_is_known_by_its_longer_names() {
    for (written, unit) in [
        ("nanoseconds", "ns"),
        ("micros", "us"),
        ("µs", "us"),
        ("milli", "ms"),
        ("MSEC", "ms"),
        ("S", "s"),
        ("sec", "s"),
        ("Seconds", "s"),
        ("minute", "m"),
        ("mins", "m"),
        ("hr", "h"),
        ("days", "d"),
    ] {
        let said = refused(&format!("4{written}, 0")).to_string();
        let fix = format!(": write `4{unit}`");
        assert!(said.ends_with(&fix), "{said}");
    }
    let said = refused("4weeks, 0").to_string();
    assert!(
        said.contains("an unknown unit `weeks`: write one of "),
        "{said}"
    );
}

#[test]
fn a_text_of_four_kibibytes_is_read_and_one_byte_more_is_not() {
    let text = |bytes: usize| format!("1s,{:>1$}", "0", bytes - 3);
    assert_eq!(text(MAX_TEXT).parse(), "1s, 0".parse::<Schedule>());
    let bytes = MAX_TEXT + 1;
    assert_eq!(refused(&text(bytes)), ScheduleError::TextTooLong { bytes });
}

#[test]
fn a_shape_ends_at_its_bounds() {
    let attempts = |text: &str| text.parse::<Schedule>().map(|schedule| schedule.attempts());
    let within = |time: &str| format!("inverse(1s, min = 1s, within = {time})");
    assert_eq!(attempts(&within("1000s")), Ok(1_000));
    assert_eq!(attempts(&within("2s")), Ok(2));
    for text in [within("1001s"), within("1s")] {
        assert!(
            refused(&text).to_string().contains("`within` is "),
            "{text}"
        );
    }
    for factor in ["0", "1", "1.000000001"] {
        let said = refused(&format!(
            "inverse(4s, factor = {factor}, min = 1s, retries = 2)"
        ));
        let expected = format!(
            "`factor = {factor}` is out of range: `factor` is a number above 0 and below 1"
        );
        assert!(said.to_string().starts_with(&expected), "{said}");
    }
    for factor in ["0.000000001", "0.999999999"] {
        let text = format!("inverse(4s, factor = {factor}, min = 1s, retries = 2)");
        assert_eq!(attempts(&text), Ok(3));
    }
}

#[test]
fn a_printed_chain_says_nothing_twice() {
    let jitter = Jitter::proportional(2.0).expect_err("it is above 1");
    assert!(jitter.source().is_none());
    for text in [
        "",
        "1s, 4, 0",
        "1s",
        "constant(1)",
        "constant(1s, retries = x)",
    ] {
        let error = refused(text);
        assert!(error.source().is_none(), "{text}: {error}");
    }
}

#[test]
fn an_argument_is_known_by_its_type() {
    let mut shape = Shape::parse("linear", "1s").expect("it is a shape");
    let missing = shape.set("step", "1");
    assert!(matches!(
        missing,
        Err(ShapeError::Duration {
            argument: Some(ShapeArgument::Step),
            ..
        })
    ));
    assert_eq!(
        shape.backoffs(),
        Err(ShapeError::NoAttempts(ShapeKind::Linear))
    );
    for kind in ShapeKind::ALL {
        assert_eq!(ShapeKind::from_name(kind.name()), Some(kind));
    }
}

/// What each kind of error says about a text.
fn said_about(text: &str) -> Vec<String> {
    let mut said = vec![text.parse::<Jitter>().expect_err(text).to_string()];
    // As an entry, a number, a unit, a shape, an argument and a value.
    for schedule in [
        format!("1s, {text}, 0"),
        format!("1s, 4{text}, 0"),
        format!("1s, .4{text}, 0"),
        format!("1s, -{text}, 0"),
        format!("1s, 1e3{text}, 0"),
        format!("a{text}(1s, retries = 2)"),
        format!("constant(1s, {text}"),
        format!("constant(1s, {text} = 2)"),
        format!("constant(1s, retries = {text})"),
        format!("linear(1s, step = {text}, retries = 2)"),
        format!("exponential(1s, factor = {text}, retries = 2)"),
    ] {
        said.push(refused(&schedule).to_string());
    }
    said
}

#[test]
fn a_text_of_others_stays_on_its_line() {
    for (text, escaped) in [
        ("x\ny", "x\\ny"),
        ("x\u{1b}[31my", "x\\u{1b}[31my"),
        ("x\u{85}y", "x\\u{85}y"),
        ("x\u{202e}y", "x\\u{202e}y"),
        ("x\u{2066}y\u{2069}z", "x\\u{2066}y\\u{2069}z"),
        ("x\u{61c}y", "x\\u{61c}y"),
        ("x\u{2028}y", "x\\u{2028}y"),
        ("x\u{2029}y", "x\\u{2029}y"),
        ("x`y", "x\\`y"),
        ("x\\y", "x\\\\y"),
    ] {
        for said in said_about(text) {
            assert!(said.contains(escaped), "{text:?}: {said:?}");
            assert!(!said.contains(text), "{text:?}: {said:?}");
        }
    }
    // What can be read is left alone.
    for text in ["x\"y", "x'y", "größe", "x — y", "नमस्ते"] {
        for said in said_about(text) {
            assert!(said.contains(text), "{text:?}: {said:?}");
        }
    }
}

#[test]
fn a_text_of_others_is_cut_after_a_kibibyte() {
    for letter in ["x", "ä", "\u{202e}"] {
        for said in said_about(&letter.repeat(4_000 / letter.len())) {
            let quoted = said.split('`').map(str::len).max().unwrap_or_default();
            assert!((1_000..=1_024).contains(&quoted), "{quoted}: {said}");
            assert!(said.contains("`…"), "{said}");
        }
    }
}

#[test]
fn a_cut_is_shown_where_something_is_missing() {
    let quoted = |text: &str| retry_schedule::quoted(text).to_string();
    assert_eq!(quoted("down"), r#""down""#);
    assert_eq!(
        quoted(&"x".repeat(1_024)),
        format!("\"{}\"", "x".repeat(1_024))
    );
    assert_eq!(
        quoted(&"x".repeat(1_025)),
        format!("\"{}\"…", "x".repeat(1_024))
    );
    // Not in the middle of a character, nor of an escape.
    assert_eq!(
        quoted(&("x".to_owned() + &"ä".repeat(512))),
        format!("\"x{}\"…", "ä".repeat(511))
    );
    assert_eq!(
        quoted(&("x".repeat(1_023) + "\n")),
        format!("\"{}\"…", "x".repeat(1_023))
    );
    assert_eq!(
        quoted(&("x".repeat(1_022) + "\n")),
        format!("\"{}\\n\"", "x".repeat(1_022))
    );
    // A text that holds a `…` is not cut.
    assert_eq!(quoted("and so on…"), r#""and so on…""#);
}
