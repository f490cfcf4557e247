//! A list of waits as it is written in the loop. In: durations. Out: tokens.

use crate::hygiene::quote_ours;
use proc_macro2::{Literal, TokenStream};
use std::time::Duration;

pub(super) fn list(backoffs: &[Duration]) -> TokenStream {
    let backoffs = backoffs.iter().copied().map(duration);
    quote_ours!([#(#backoffs),*])
}

/// The duration in the coarsest unit that is exact.
pub(super) fn duration(duration: Duration) -> TokenStream {
    let nanos = duration.as_nanos();
    let whole = |unit: u128| {
        let count = u64::try_from(nanos / unit)
            .ok()
            .filter(|_| nanos % unit == 0)?;
        Some(Literal::u64_unsuffixed(count))
    };
    if nanos == 0 {
        quote_ours!(::core::time::Duration::ZERO)
    } else if let Some(secs) = whole(1_000_000_000) {
        quote_ours!(::core::time::Duration::from_secs(#secs))
    } else if let Some(millis) = whole(1_000_000) {
        quote_ours!(::core::time::Duration::from_millis(#millis))
    } else if let Some(micros) = whole(1_000) {
        quote_ours!(::core::time::Duration::from_micros(#micros))
    } else if let Some(nanos) = whole(1) {
        quote_ours!(::core::time::Duration::from_nanos(#nanos))
    } else {
        let secs = Literal::u64_unsuffixed(duration.as_secs());
        let nanos = Literal::u32_unsuffixed(duration.subsec_nanos());
        quote_ours!(::core::time::Duration::new(#secs, #nanos))
    }
}
