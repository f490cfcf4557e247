//! What a predicate or a hint is called with. The path of a function and a `&E` flow in; `&E` flows out, or `&T` where
//! `E` is a `Box<T>` and the function does not take the box.

use alloc::boxed::Box;
use core::marker::PhantomData;
use core::ops::Deref;

/// The argument for `path(argument!(path, error))`, where `error` is a `&E`:
///
/// 1. `error`, if the path takes a `&E`.
/// 2. `&**error`, if `E` is a `Box`: the path then takes what is in it, or what that coerces to.
/// 3. `error` in all other cases: the call may still coerce it, as a `&String` to a `&str`.
///
/// Nothing but the type of the path is looked at. The code that names it is never reached, so that a path to a variable
/// that holds an `FnMut` is not borrowed while it is called.
#[doc(hidden)]
#[macro_export]
macro_rules! argument {
    ($path:expr, $error:expr) => {
        'argument: {
            break 'argument $crate::__private::ByPath::of($error);
            #[allow(unreachable_code)]
            $crate::__private::ByPath::of_path(&$path, $error)
        }
        .__retry_core_argument()
    };
}

/// The three cases, each behind the one before. The compiler takes the first whose bound holds, because it looks for a
/// method behind a `Deref` only when it has found none before it.
#[derive(Debug)]
pub struct ByPath<'a, P, E>(ByBox<'a, E>, PhantomData<fn(&P)>);

#[derive(Debug)]
pub struct ByBox<'a, E>(AsItIs<'a, E>);

#[derive(Debug)]
pub struct AsItIs<'a, E>(&'a E);

impl<'a, P, E> ByPath<'a, P, E> {
    /// For a path whose type is not known yet.
    #[must_use]
    pub fn of(error: &'a E) -> Self {
        Self(ByBox(AsItIs(error)), PhantomData)
    }

    /// The same; the argument says what `P` is.
    #[must_use]
    pub fn of_path(_: &P, error: &'a E) -> Self {
        Self::of(error)
    }
}

impl<'a, P: FnOnce(&'a E) -> R, E, R> ByPath<'a, P, E> {
    /// The error itself.
    #[must_use]
    pub fn __retry_core_argument(&self) -> &'a E {
        self.0.0.0
    }
}

impl<'a, T: ?Sized> ByBox<'a, Box<T>> {
    /// What is in the box.
    #[must_use]
    pub fn __retry_core_argument(&self) -> &'a T {
        self.0.0
    }
}

impl<'a, E> AsItIs<'a, E> {
    /// The error itself.
    #[must_use]
    pub fn __retry_core_argument(&self) -> &'a E {
        self.0
    }
}

impl<'a, P, E> Deref for ByPath<'a, P, E> {
    type Target = ByBox<'a, E>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, E> Deref for ByBox<'a, E> {
    type Target = AsItIs<'a, E>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
