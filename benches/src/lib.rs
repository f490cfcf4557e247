//! The same work for each contender, as functions that one table names.

#![forbid(unsafe_code)]

#[macro_use]
mod variants;
#[macro_use]
pub mod work;

pub mod contenders;

mod by_hand;
#[cfg(feature = "peers")]
mod peers;
mod this_crate;
