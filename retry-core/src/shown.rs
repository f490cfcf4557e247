//! An error as text for an event. Any `&E` flows in; a [`Shown`] flows out, which prints what `E` has: its `Display` and the
//! errors behind it, or its `Display` alone, or its `Debug`, or nothing.

use alloc::string::String;
use core::error::Error;
use core::fmt::{self, Write as _};
use core::ops::Deref;
use retry_schedule::{MAX_QUOTED, quoted};

/// The most errors that are looked at behind an error. An error may be its own source.
const MAX_SOURCES: usize = 64;

/// An error, as far as it can be shown: in quotes, escaped, and at most 1 KiB long.
#[derive(Clone, Copy)]
pub enum Shown<'a> {
    /// By its `Display`, and by that of its sources, of which this is the first.
    Error(&'a dyn fmt::Display, Option<&'a (dyn Error + 'static)>),
    /// By its alternate `Display`, `{:#}`: error types that are no `Error` show their sources there.
    Display(&'a dyn fmt::Display),
    /// By its `Debug`.
    Debug(&'a dyn fmt::Debug),
    /// An error without any.
    Hidden,
    /// There is no error.
    Nothing,
}

impl Shown<'_> {
    #[cfg(feature = "tracing")]
    pub(crate) fn visible(&self) -> Option<tracing::field::DisplayValue<&Self>> {
        (!matches!(self, Self::Hidden | Self::Nothing)).then(|| tracing::field::display(self))
    }

    #[cfg(feature = "tracing")]
    pub(crate) fn is_error(&self) -> bool {
        !matches!(self, Self::Nothing)
    }
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match *self {
            Self::Error(error, source) => chain(error, source, &mut { MAX_SOURCES }),
            Self::Display(error) => Text::of(format_args!("{error:#}")),
            Self::Debug(error) => Text::of(format_args!("{error:?}")),
            Self::Hidden | Self::Nothing => return Ok(()),
        };
        quoted(text.0).fmt(f)
    }
}

impl fmt::Debug for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text of an error, and behind it those of its sources that it does not end in already. `left` is how many of these are
/// looked at.
fn chain<'a>(
    error: &'a dyn fmt::Display,
    mut source: Option<&'a (dyn Error + 'static)>,
    left: &mut usize,
) -> Text {
    let mut text = Text::of(format_args!("{error}"));
    while let Some(next) = source {
        if *left == 0 {
            text.add(&Text::of(format_args!("…")));
            break;
        }
        *left -= 1;
        source = next.source();
        if text.ends_in(&Text::of(format_args!("{next}"))) {
            continue;
        }
        let rest = chain(&next, source, left);
        if !text.ends_in(&rest) {
            text.add(&rest);
        }
        break;
    }
    text
}

/// A text that is kept only as far as it can be shown, and a little further, so that a cut is seen.
#[derive(Default)]
struct Text(String);

impl Text {
    fn of(text: fmt::Arguments<'_>) -> Self {
        let mut kept = Self::default();
        // What fails here is the error's own `Display`. What it has written so far is shown.
        let _ = kept.write_fmt(text);
        kept
    }

    /// Whether the other text stands at the end, as whole words.
    fn ends_in(&self, other: &Self) -> bool {
        let before = self.0.strip_suffix(&*other.0);
        other.0.is_empty() || before.is_some_and(|text| !text.ends_with(char::is_alphanumeric))
    }

    fn add(&mut self, other: &Self) {
        if !self.0.is_empty() {
            let _ = self.write_str(": ");
        }
        let _ = self.write_str(&other.0);
    }
}

/// It never fails, because an error's `Display` may not expect that.
impl fmt::Write for Text {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for c in text.chars() {
            if self.0.len() > MAX_QUOTED {
                break;
            }
            self.0.push(c);
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
        $crate::__private::ByError::of($error).__retry_core_shown()
    };
}

/// The ways to show an error, each behind the one before. The compiler takes the first whose bound holds, because it looks
/// for a method behind a `Deref` only when it has found none before it. No trait is involved, so no method of a user's trait
/// can be meant instead.
#[derive(Debug)]
pub struct ByError<'a, E>(ByTarget<'a, E>);

#[derive(Debug)]
pub struct ByTarget<'a, E>(ByDisplay<'a, E>);

#[derive(Debug)]
pub struct ByDisplay<'a, E>(ByDebug<'a, E>);

#[derive(Debug)]
pub struct ByDebug<'a, E>(NotAtAll<'a, E>);

#[derive(Debug)]
pub struct NotAtAll<'a, E>(&'a E);

impl<'a, E> ByError<'a, E> {
    /// Begins with the first way.
    #[must_use]
    pub fn of(error: &'a E) -> Self {
        Self(ByTarget(ByDisplay(ByDebug(NotAtAll(error)))))
    }
}

impl<'a, E: Error> ByError<'a, E> {
    /// With its sources.
    #[must_use]
    pub fn __retry_core_shown(&self) -> Shown<'a> {
        let error = self.0.0.0.0.0;
        Shown::Error(error, error.source())
    }
}

impl<'a, E: fmt::Display + Deref<Target: Error>> ByTarget<'a, E> {
    /// With the sources of what it holds: a `Box<dyn Error>` is no `Error`, nor is an `anyhow::Error`.
    #[must_use]
    pub fn __retry_core_shown(&self) -> Shown<'a> {
        let error = self.0.0.0.0;
        Shown::Error(error, error.deref().source())
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

/// Puts each way behind the one before.
macro_rules! behind {
    ($($First:ident => $Next:ident,)*) => {$(
        impl<'a, E> Deref for $First<'a, E> {
            type Target = $Next<'a, E>;

            fn deref(&self) -> &Self::Target {
                &self.0
            }
        }
    )*};
}

behind! {
    ByError => ByTarget,
    ByTarget => ByDisplay,
    ByDisplay => ByDebug,
    ByDebug => NotAtAll,
}
