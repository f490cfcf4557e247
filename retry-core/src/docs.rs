//! Guides: how to choose, use, watch and test retries. There is one page for each question.
//!
//! | question | page |
//! |---|---|
//! | Why can retries make a failure longer? | [`why_retries_hurt`] |
//! | How long should the list be, and how long its waits? | [`choosing_a_schedule`] |
//! | Why are waits drawn at random, and which jitter fits? | [`jitter`] |
//! | The server says when. How is it obeyed? | [`hints`] |
//! | How do retries not become the outage? | [`budgets`] |
//! | How long may an attempt take, and how long the call? | [`deadlines`] |
//! | How is something waited for that takes its time? | [`polling`] |
//! | How does a connection last for days? | [`reconnecting`] |
//! | How is all that tested without waiting? | [`testing`] |
//! | What is seen of it in logs and counters? | [`observing`] |
//! | How is it switched while the program runs? | [`operating`] |
//! | What does a sync function do to an async program? | [`sync_in_async`] |
//! | What if a retry is inside a retry? | [`nesting`] |
//! | Where are hedging, circuit breaking and adaptive rates? | [`left_out`] |
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
