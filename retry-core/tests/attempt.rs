//! What the body is told about its attempt, and `done` about the call.

use core::convert::Infallible;
use core::time::Duration;
use retry_core::{Attempt, End, RetryDone};

#[test]
fn attempts_are_counted_from_one() {
    let attempts = [0, 1, 2].map(|attempt| Attempt::new(attempt, 3, None));
    assert_eq!(attempts.map(Attempt::number), [1, 2, 3]);
    assert_eq!(attempts.map(Attempt::attempts), [3, 3, 3]);
    assert_eq!(attempts.map(Attempt::is_first), [true, false, false]);
    assert_eq!(attempts.map(Attempt::is_last), [false, false, true]);
    assert_eq!(attempts.map(Attempt::remaining), [None; 3]);
}

#[test]
fn a_single_attempt_is_the_first_and_the_last() {
    let only = Attempt::new(0, 1, None);
    assert!(only.is_first() && only.is_last());
}

#[test]
fn no_attempt_of_a_schedule_without_end_is_the_last() {
    for attempt in [0, 1, u32::MAX - 1] {
        assert!(!Attempt::new(attempt, usize::MAX, None).is_last());
    }
}

#[test]
fn what_is_left_of_the_time_is_handed_on() {
    let second = Some(Duration::from_secs(1));
    assert_eq!(Attempt::new(1, 3, second).remaining(), second);
}

#[test]
fn done_has_all_that_the_loop_knows() {
    let done = RetryDone::new(
        "create",
        2,
        3,
        Duration::from_secs(1),
        Some("down"),
        End::Budget,
    );
    assert_eq!(
        (done.function, done.attempt, done.attempts),
        ("create", 2, 3)
    );
    assert_eq!(done.waited, Duration::from_secs(1));
    assert_eq!((done.error, done.end), (Some("down"), End::Budget));
    let value = RetryDone::<Infallible>::new("poll", 1, 1, Duration::ZERO, None, End::Succeeded);
    assert!(value.error.is_none());
}
