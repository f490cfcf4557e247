//! What a predicate is called with, whatever it takes and whatever the error is.

use core::fmt::{Debug, Display};
use core::time::Duration;
use retry_core::argument;
use std::any::{Any, type_name};
use std::error::Error;
use std::io;

/// Does what the loop does: calls the path with its argument.
macro_rules! ask {
    ($path:expr, $error:expr) => {{
        let result: Result<(), _> = Err($error);
        match result {
            Err(ref error) => $path(argument!($path, error)),
            Ok(()) => unreachable!(),
        }
    }};
}

type AnyError = Box<dyn Error + Send + Sync>;

struct NoTraits;

fn boxed() -> Box<dyn Error> {
    "down".into()
}

fn boxed_and_shared() -> AnyError {
    "down".into()
}

fn name_of<E>(_: &E) -> &'static str {
    type_name::<E>()
}

fn text_of(error: &dyn Error) -> String {
    error.to_string()
}

mod takes_the_error {
    use super::*;

    fn no_traits(_: &NoTraits) -> bool {
        true
    }

    #[allow(clippy::borrowed_box, reason = "it is what is tested")]
    fn boxed_one(error: &Box<dyn Error>) -> bool {
        error.to_string() == "down"
    }

    fn as_ref(error: &impl AsRef<dyn Error>) -> bool {
        error.as_ref().to_string() == "down"
    }

    fn debug(error: &impl Debug) -> String {
        format!("{error:?}")
    }

    #[test]
    fn a_function_of_its_type() {
        assert!(ask!(no_traits, NoTraits));
        assert!(ask!(boxed_one, boxed()));
    }

    #[test]
    fn a_generic_function() {
        assert_eq!(ask!(name_of, NoTraits), type_name::<NoTraits>());
        assert_eq!(ask!(name_of, boxed()), type_name::<Box<dyn Error>>());
        assert_eq!(ask!(name_of, boxed_and_shared()), type_name::<AnyError>());
        assert_eq!(
            ask!(name_of::<Box<u8>>, Box::new(1)),
            type_name::<Box<u8>>()
        );
    }

    #[test]
    fn a_function_of_impl_trait() {
        assert!(ask!(as_ref, boxed()));
        assert_eq!(ask!(debug, boxed()), "\"down\"");
    }

    #[test]
    fn a_function_of_unknown_type() {
        fn call<E, R>(predicate: impl Fn(&E) -> R, error: E) -> R {
            ask!(predicate, error)
        }
        fn call_by_reference<E>(predicate: &dyn Fn(&E) -> bool, error: E) -> bool {
            ask!(predicate, error)
        }
        assert!(call(no_traits, NoTraits));
        assert!(call(boxed_one, boxed()));
        assert!(call_by_reference(&no_traits, NoTraits));
    }

    #[test]
    fn a_method() {
        assert_eq!(
            ask!(io::Error::kind, io::Error::other("")),
            io::ErrorKind::Other
        );
        assert_eq!(ask!(ToString::to_string, boxed()), "down");
    }

    #[test]
    fn a_closure_that_changes_what_it_holds() {
        fn call(mut predicate: impl FnMut(&NoTraits) -> u32) -> u32 {
            ask!(predicate, NoTraits);
            ask!(predicate, NoTraits)
        }
        let mut calls = 0;
        assert_eq!(
            call(|_| {
                calls += 1;
                calls
            }),
            2
        );
    }

    #[test]
    fn a_closure_whose_argument_has_no_type() {
        let predicate = |error| {
            let &NoTraits = error;
            true
        };
        assert!(ask!(predicate, NoTraits));
    }
}

mod takes_what_is_in_the_box {
    use super::*;

    fn hint(error: &io::Error) -> Option<Duration> {
        (error.kind() == io::ErrorKind::Other).then_some(Duration::from_secs(1))
    }

    fn shared(error: &(dyn Error + Send + Sync)) -> String {
        error.to_string()
    }

    fn is_byte(error: &dyn Any) -> bool {
        error.is::<u8>()
    }

    fn is_byte_to_send(error: &(dyn Any + Send)) -> bool {
        error.is::<u8>()
    }

    #[test]
    fn a_function_of_its_type() {
        assert_eq!(ask!(text_of, boxed()), "down");
        assert_eq!(ask!(shared, boxed_and_shared()), "down");
        let byte = || -> Box<dyn Any + Send> { Box::new(1_u8) };
        assert!(ask!(is_byte_to_send, byte()));
        assert_eq!(
            ask!(hint, Box::new(io::Error::other(""))),
            Some(Duration::from_secs(1))
        );
    }

    #[test]
    fn a_function_of_what_it_coerces_to() {
        assert_eq!(ask!(text_of, boxed_and_shared()), "down");
        assert_eq!(ask!(text_of, Box::new(io::Error::other("down"))), "down");
        let byte = || -> Box<dyn Any + Send> { Box::new(1_u8) };
        assert!(ask!(is_byte, byte()));
    }
}

mod takes_what_the_error_coerces_to {
    use super::*;

    fn is_down(text: &str) -> bool {
        text == "down"
    }

    fn shown(error: &dyn Display) -> String {
        error.to_string()
    }

    #[test]
    fn a_plain_call_coerces() {
        assert!(ask!(is_down, String::from("down")));
        assert_eq!(ask!(text_of, io::Error::other("down")), "down");
        assert_eq!(ask!(shown, io::Error::other("down")), "down");
        let function: fn(&str) -> bool = is_down;
        assert!(ask!(function, String::from("down")));
    }
}

#[test]
fn a_future_stays_send() {
    fn check(_: impl Send) {}
    check(async {
        {
            let result: Result<(), AnyError> = Err(boxed_and_shared());
            match result {
                Err(ref error) if text_of(argument!(text_of, error)) == "down" => {}
                _ => return,
            }
        }
        core::future::ready(()).await;
    });
}
