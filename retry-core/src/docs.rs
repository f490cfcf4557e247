//! Guides: how to choose, use, watch and test retries. There is one page for each question.
//!
//! | question | page |
//! |---|---|
//! | Why can retries make a failure longer? | [`why_retries_hurt`] |
//! | How long should the list be, and how long its waits? | [`choosing_a_schedule`] |
//! | Why are waits drawn at random, and which jitter fits? | [`jitter`] |
//! | The server says how long to wait. How does the call follow it? | [`hints`] |
//! | How does a budget keep retries from making an outage worse? | [`budgets`] |
//! | How long may an attempt take, and how long the call? | [`deadlines`] |
//! | How does a call wait until something is done? | [`polling`] |
//! | How does a program stay connected for days? | [`reconnecting`] |
//! | How are retries tested without waiting? | [`testing`] |
//! | How are retries seen in logs and counters? | [`observing`] |
//! | How are retries switched off, or changed, while the program runs? | [`operating`] |
//! | What does a sync function that waits do to an async program? | [`sync_in_async`] |
//! | What happens if a retry is inside a retry? | [`nesting`] |
//! | What to use instead of hedging, circuit breaking and adaptive rates, which are not here? | [`left_out`] |
//!
//! Each key has its own section on the page of [`retry`](macro@crate::retry).

// Each page is a file in `docs/`, which can be read there as well. Its links and its picture are given as references, and the first
// definition of a reference counts: here that of `links.txt` and of the picture as text, elsewhere that at the end of the file.
macro_rules! pages {
    ($($page:ident)*) => {$(
        #[doc = include_str!("../docs/links.txt")]
        #[doc = include_str!(concat!("../docs/pictures/", stringify!($page), ".txt"))]
        #[doc = include_str!(concat!("../docs/", stringify!($page), ".md"))]
        pub mod $page {}
    )*};
}

pages! {
    why_retries_hurt
    choosing_a_schedule
    jitter
    hints
    budgets
    deadlines
    polling
    reconnecting
    testing
    observing
    sync_in_async
    nesting
}

#[cfg(feature = "control")]
pages! {
    operating
}

#[doc = include_str!("../docs/links.txt")]
#[doc = include_str!("../docs/left_out.md")]
pub mod left_out {}
