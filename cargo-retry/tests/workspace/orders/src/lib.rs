//! Takes orders.

mod net;
#[cfg(feature = "rush")]
mod rush;
pub mod shop;
mod forgotten;

pub use shop::Shop;
