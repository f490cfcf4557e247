//! An error of a program that calls a service.

use std::fmt;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApiError {
    /// The service has too much to do.
    Busy,
    /// The caller may not do this.
    Forbidden,
}

impl ApiError {
    /// Whether another attempt may help.
    pub fn is_transient(&self) -> bool {
        *self == Self::Busy
    }
}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Busy => "busy",
            Self::Forbidden => "forbidden",
        })
    }
}

impl std::error::Error for ApiError {}
