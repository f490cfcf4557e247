//! Code that `#[retry]` takes: each function here compiles, and is retried as if its loop were written by hand.
//!
//! One file for each kind of code, which says at its beginning why the kind is easy to get wrong. A function that turned out not to
//! compile is added to the file of its kind.

// The library by another name, for `crate = again`.
extern crate retry_core as again;

mod support;

mod async_trait_methods;
mod attributes;
mod blocks;
mod bodies;
mod boxed_errors;
mod delegating;
mod fragments;
mod functions;
mod hygiene;
mod impl_types;
mod inner_attributes;
mod keys;
mod lints;
mod methods;
mod names;
mod parameters;
mod precedence;
mod returned_futures;
mod returns;
mod schedules;
mod traits_in_scope;
