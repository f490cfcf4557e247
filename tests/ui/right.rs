//! What may look like a mistake and is none: it compiles and runs.

use retry_core::{Jitter, Schedule, retry, retry_block};
use std::io::{self, ErrorKind};
use std::time::Duration;

static API: Schedule = Schedule::from_static(&[Duration::from_secs(1), Duration::ZERO]);
const NONE: Jitter = Jitter::none();

struct Status {
    codes: Vec<u16>,
}

fn is_transient(error: &io::Error) -> bool {
    error.kind() == ErrorKind::TimedOut
}

fn at_least(attempts: usize) -> Schedule {
    let waits = Schedule::constant(Duration::from_secs(1));
    waits.attempts(attempts).unwrap()
}

#[test]
fn a_comma_after_the_last_of_anything() {
    #[retry(schedule = [1s, 0,], on = is_transient,)]
    fn in_a_list() -> io::Result<u16> {
        Ok(200)
    }

    #[retry(schedule = exponential(1s, attempts = 3,), on = is_transient,)]
    fn in_a_shape() -> io::Result<u16> {
        Ok(200)
    }

    let in_a_block: io::Result<u16> =
        retry_block!(schedule = [1s, 0], on = |_| true, => { Ok(200) },);

    assert_eq!(in_a_list().unwrap(), 200);
    assert_eq!(in_a_shape().unwrap(), 200);
    assert_eq!(in_a_block.unwrap(), 200);
}

#[test]
fn an_equals_sign_that_follows_no_key() {
    #[retry(
        schedule = [1s, 0],
        on = |error| if let ErrorKind::TimedOut = error.kind() { cfg!(unix) } else { is_transient(error) },
        enabled = 1 + 1 == 2
    )]
    fn of_a_pattern() -> io::Result<u16> {
        Ok(200)
    }

    #[retry(schedule = [1s, 0], until = |status: &Vec<Box<dyn Iterator<Item = u16>>>| status.len() == 1, jitter = 0)]
    fn of_an_associated_type() -> Vec<Box<dyn Iterator<Item = u16>>> {
        vec![Box::new([200].into_iter())]
    }

    assert_eq!(of_a_pattern().unwrap(), 200);
    assert_eq!(of_an_associated_type()[0].next(), Some(200));
}

#[test]
fn a_comma_or_an_angle_bracket_inside_a_value() {
    #[retry(on = |error| error.raw_os_error() < Some(5), schedule = [1s, 0])]
    fn in_a_comparison() -> io::Result<u16> {
        Ok(200)
    }

    #[retry(schedule = [1s, 0], until = Result::<u16, ()>::is_ok)]
    fn in_a_path() -> Option<Result<u16, ()>> {
        Some(Ok(200))
    }

    #[retry(schedule = [1s, 0], until = |Status { codes, .. }| codes.len() == 1)]
    fn in_a_pattern() -> Status {
        Status { codes: vec![200] }
    }

    assert_eq!(in_a_comparison().unwrap(), 200);
    assert_eq!(in_a_path(), Some(Ok(200)));
    assert_eq!(in_a_pattern().codes, [200]);
}

#[test]
fn names_like_those_of_keys_and_shapes() {
    mod schedule {
        pub(super) use super::API as on;
    }

    #[retry(schedule = schedule::on, on = |on| !is_transient(on), jitter = NONE)]
    fn keys(until: u16) -> io::Result<u16> {
        Ok(until)
    }

    #[retry(schedule = at_least(attempts), on = |_| true)]
    fn arguments(attempts: usize) -> io::Result<usize> {
        Ok(attempts)
    }

    assert_eq!(keys(200).unwrap(), 200);
    assert_eq!(arguments(3).unwrap(), 3);
}

#[test]
fn an_expression_in_parentheses_or_braces() {
    #[retry(schedule = (&API), on = { is_transient })]
    fn status() -> io::Result<u16> {
        Ok(200)
    }

    assert_eq!(status().unwrap(), 200);
}

#[test]
fn values_that_a_macro_passes_on() {
    macro_rules! retried {
        ($name:ident, $schedule:expr, $wait:literal, $jitter:expr, $on:path, $krate:path) => {
            #[retry(schedule = $schedule, jitter = $jitter, on = $on, crate = $krate)]
            fn $name() -> io::Result<u16> {
                let again = retry_block!(schedule = [$wait, 0], max_wait = $wait, jitter = 0, on = $on => { Ok(200) });
                again
            }
        };
    }

    retried!(of_a_list, [1s, 2s, 0], 1s, 0.2, is_transient, retry_core);
    retried!(of_a_value, &API, 1s, NONE, is_transient, ::retry_core);

    assert_eq!(of_a_list().unwrap(), 200);
    assert_eq!(of_a_value().unwrap(), 200);
}
