//! A list of waits as it is written in the loop. In: durations. Out: tokens.

use super::piece::{Piece, piece};
use proc_macro2::{Delimiter, Group, Ident, Literal, Span};
use quote::{ToTokens as _, quote};
use std::time::Duration;

pub(super) fn list(backoffs: &[Duration]) -> Piece<'static> {
    let (names, arguments): (Vec<_>, Vec<_>) = backoffs.iter().copied().map(parts).unzip();
    piece!([#(::core::time::Duration::#names #arguments),*])
}

pub(super) fn duration(duration: Duration) -> Piece<'static> {
    let (name, arguments) = parts(duration);
    piece!(::core::time::Duration::#name #arguments)
}

/// What gives the duration, in the coarsest unit that is exact: `from_secs`, and `(1)`.
fn parts(duration: Duration) -> (Ident, Option<Group>) {
    let nanos = duration.as_nanos();
    let units = [
        ("from_secs", 1_000_000_000),
        ("from_millis", 1_000_000),
        ("from_micros", 1_000),
        ("from_nanos", 1),
    ];
    let whole = units.into_iter().find_map(|(name, unit)| {
        let count = u64::try_from(nanos / unit).ok();
        Some((name, count.filter(|_| nanos % unit == 0)?))
    });
    let (name, arguments) = match whole {
        _ if duration.is_zero() => ("ZERO", None),
        Some((name, count)) => (
            name,
            Some(Literal::u64_unsuffixed(count).into_token_stream()),
        ),
        None => {
            let secs = Literal::u64_unsuffixed(duration.as_secs());
            let nanos = Literal::u32_unsuffixed(duration.subsec_nanos());
            ("new", Some(quote!(#secs, #nanos)))
        }
    };
    let span = Span::mixed_site();
    let arguments = arguments.map(|arguments| {
        let mut group = Group::new(Delimiter::Parenthesis, arguments);
        group.set_span(span);
        group
    });
    (Ident::new(name, span), arguments)
}
