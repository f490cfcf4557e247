//! A call, as it is written: which function it may be, is for those to say who know all functions.

use crate::place::At;

/// A call, or a function that is handed over to be called.
#[derive(Debug, Clone)]
pub(crate) struct Call {
    pub(crate) callee: Callee,
    /// How many arguments it has besides `self`, where that can be told.
    pub(crate) arguments: Option<usize>,
    /// Where the name stands.
    pub(crate) at: At,
}

#[derive(Debug, Clone)]
pub(crate) enum Callee {
    /// `create(..)`, `Client::create(..)`
    Path(Vec<String>),
    /// `client.create(..)`
    Method {
        name: String,
        /// `self.create(..)`
        on_self: bool,
    },
}

impl Callee {
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Path(segments) => segments.last().map_or("", String::as_str),
            Self::Method { name, .. } => name,
        }
    }
}
