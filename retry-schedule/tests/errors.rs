//! What the errors say: which names they suggest, with and without `std`, and that a printed chain says nothing twice.

use retry_schedule::{
    Jitter, Schedule, ScheduleError, Shape, ShapeArgument, ShapeError, ShapeKind,
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
    assert_eq!(nearest("facxyz", ["step", "factor"]), None);
    assert_eq!(nearest("x", ["y"]), None);
    assert_eq!(nearest("", ["y"]), None);
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
