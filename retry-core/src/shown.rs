//! An error as text for an event. Any `&E` flows in; a [`Shown`] flows out, which prints what `E` has: its `Display`, or
//! else its `Debug`, or else nothing.

use core::fmt::{self, Write as _};
use core::ops::Deref;

/// The longest text of an error, in bytes.
const MAX_ERROR: usize = 1_024;

/// An error, as far as it can be shown. Its text is escaped and at most 1 KiB long.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// By its `Display`.
    Display(&'a dyn fmt::Display),
    /// By its `Debug`.
    Debug(&'a dyn fmt::Debug),
    /// An error without either.
    Hidden,
    /// There is no error.
    Nothing,
}

impl Shown<'_> {
    #[cfg(feature = "tracing")]
    pub(crate) fn visible(&self) -> Option<tracing::field::DisplayValue<&Self>> {
        matches!(self, Self::Display(_) | Self::Debug(_)).then(|| tracing::field::display(self))
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn is_error(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut capped = Capped {
            to: f,
            left: MAX_ERROR,
        };
        let written = match self {
            Self::Display(error) => write!(capped, "{error}"),
            Self::Debug(error) => write!(capped, "{error:?}"),
            Self::Hidden | Self::Nothing => Ok(()),
        };
        // A text that is too long ends in an error from `Capped`, which is not an error for `f`.
        if capped.left == 0 {
            f.write_str("…")
        } else {
            written
        }
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

struct Capped<'a, 'b> {
    to: &'a mut fmt::Formatter<'b>,
    left: usize,
}

impl fmt::Write for Capped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            let escaped = c.is_control();
            let length = if escaped {
                c.escape_default().len()
            } else {
                c.len_utf8()
            };
            if length > self.left {
                self.left = 0;
                return Err(fmt::Error);
            }
            self.left -= length;
            if escaped {
                write!(self.to, "{}", c.escape_default())?;
            } else {
                self.to.write_char(c)?;
            }
        }
        Ok(())
    }
}

/// An error as [`Shown`], whatever it implements: `shown!(error)` with a reference. `shown!()` says that there is none.
#[doc(hidden)]
#[macro_export]
macro_rules! shown {
    () => {
        $crate::__private::Shown::Nothing
    };
    ($error:expr) => {
        $crate::__private::ByDisplay::of($error).__retry_core_shown()
    };
}

/// The three ways to show an error, each behind the one before. The compiler takes the first whose bound holds, because
/// it looks for a method behind a `Deref` only when it has found none before it. No trait is involved, so no method of a
/// user's trait can be meant instead.
#[derive(Debug)]
pub struct ByDisplay<'a, E>(ByDebug<'a, E>);

#[derive(Debug)]
pub struct ByDebug<'a, E>(NotAtAll<'a, E>);

#[derive(Debug)]
pub struct NotAtAll<'a, E>(&'a E);

impl<'a, E> ByDisplay<'a, E> {
    /// Begins with the first way.
    #[must_use]
    pub fn of(error: &'a E) -> Self {
        Self(ByDebug(NotAtAll(error)))
    }
}

impl<'a, E: fmt::Display> ByDisplay<'a, E> {
    /// By its `Display`.
    #[must_use]
    pub fn __retry_core_shown(&self) -> Shown<'a> {
        Shown::Display(self.0.0.0)
    }
}

impl<'a, E: fmt::Debug> ByDebug<'a, E> {
    /// By its `Debug`.
    #[must_use]
    pub fn __retry_core_shown(&self) -> Shown<'a> {
        Shown::Debug(self.0.0)
    }
}

impl<'a, E> NotAtAll<'a, E> {
    /// An error that has neither.
    #[allow(clippy::unused_self, reason = "the method is found by its receiver")]
    #[must_use]
    pub fn __retry_core_shown(&self) -> Shown<'a> {
        Shown::Hidden
    }
}

impl<'a, E> Deref for ByDisplay<'a, E> {
    type Target = ByDebug<'a, E>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl<'a, E> Deref for ByDebug<'a, E> {
    type Target = NotAtAll<'a, E>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}
