//! The code blocks of the README, compiled.
#![cfg_attr(doctest, doc = include_str!("../../README.md"))]
