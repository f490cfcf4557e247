//! The same work for each contender, as functions that one table names.

#![forbid(unsafe_code)]

#[macro_use]
mod variants;
#[macro_use]
pub mod work;

pub mod contenders;

mod by_hand;
mod keys;
#[cfg(feature = "peers")]
mod peers;
mod this_crate;

use contenders::Contender;

/// All contenders, the bare call first, the loop by hand second.
#[must_use]
pub fn all() -> Vec<Contender> {
    let mut contenders = by_hand::contenders();
    contenders.push(this_crate::contender());
    #[cfg(feature = "peers")]
    contenders.extend(peers::contenders());
    contenders
}

/// This crate with each of its keys: what they cost.
#[must_use]
pub fn keys() -> Vec<Contender> {
    keys::contenders()
}
