//! Predicates for common errors: does this one often pass by itself?
//!
//! What an I/O error, an HTTP server, a gRPC server or PostgreSQL says flows in; whether another attempt may help flows out.
//! Each function has its table and the source of it. Not among them is what says that the request is wrong, and what says
//! that the request may have been carried out.
//!
//! The tables are opinionated, and they may grow in any release. Write a predicate of your own where that matters. Whether an
//! operation may be repeated at all is another question, which only its author can answer.
//!
//! ```
//! use retry_core::{retry, transient};
//!
//! #[derive(Debug)]
//! enum ApiError {
//!     Io(std::io::Error),
//!     Status(u16),
//! }
//!
//! fn is_retryable(error: &ApiError) -> bool {
//!     match error {
//!         ApiError::Io(error) => transient::io(error),
//!         ApiError::Status(status) => transient::http_status(*status),
//!     }
//! }
//!
//! #[retry(schedule = [1ms, 2ms, 4ms, 0], on = is_retryable)]
//! fn fetch(answers: &mut impl Iterator<Item = u16>) -> Result<u16, ApiError> {
//!     match answers.next() {
//!         Some(200) => Ok(200),
//!         Some(status) => Err(ApiError::Status(status)),
//!         None => Err(ApiError::Io(std::io::ErrorKind::ConnectionReset.into())),
//!     }
//! }
//!
//! assert_eq!(fetch(&mut [503, 429, 200].into_iter()).unwrap(), 200);
//! assert!(matches!(fetch(&mut [503, 404, 200].into_iter()), Err(ApiError::Status(404))));
//! ```

#![allow(clippy::doc_markdown, reason = "PostgreSQL is a name, and no code")]

#[cfg(feature = "std")]
use core::error::Error;
#[cfg(feature = "std")]
use std::{boxed::Box, io, sync::Arc};

/// Whether an I/O error often passes by itself.
///
/// | kind | what happened |
/// |---|---|
/// | `ConnectionRefused` | nobody listens: the server is starting or restarting |
/// | `ConnectionReset`, `ConnectionAborted`, `BrokenPipe` | the connection broke |
/// | `NetworkDown`, `NetworkUnreachable`, `HostUnreachable` | there is no way to the server at the moment |
/// | `TimedOut` | no answer in time; an `attempt_timeout` that became an I/O error has this kind too |
/// | `Interrupted` | a signal came in between |
/// | `WouldBlock` | not ready, or the time limit of a socket is over |
///
/// If the kind is another one, the same is asked about the I/O errors inside: in what the error holds, in what that has as its
/// [`source`](core::error::Error::source), and so on, also in a `Box` or an `Arc`. An error of TLS or of a decoder often holds
/// that of the connection.
///
/// A connection that breaks does not say whether the server has carried out the request.
///
/// Source: the kinds are those of [`std::io::ErrorKind`], the choice is this crate's. It is opinionated and may grow.
///
/// ```
/// use retry_core::{retry, transient};
/// use std::io;
///
/// #[retry(schedule = [1ms, 2ms, 0], on = transient::io)]
/// fn read(path: &str) -> io::Result<String> {
///     std::fs::read_to_string(path)
/// }
///
/// // A closure says the same: `on = |error| transient::io(error)`.
/// assert_eq!(read("/no/such/file").unwrap_err().kind(), io::ErrorKind::NotFound);
/// assert!(transient::io(&io::ErrorKind::ConnectionReset.into()));
/// ```
#[cfg(feature = "std")]
#[must_use]
pub fn io(error: &io::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        next = match as_io(error) {
            Some(error) if is_transient(error.kind()) => return true,
            // Its own `source` leaves out the error that it holds.
            Some(error) => error.get_ref().map(|inside| inside as _),
            None => error.source(),
        };
    }
    false
}

/// The I/O error that this is, or that a pointer to one hides: the `source` of the pointer is that of the error behind it.
#[cfg(feature = "std")]
fn as_io<'a>(error: &'a (dyn Error + 'static)) -> Option<&'a io::Error> {
    let boxed = || error.downcast_ref::<Box<io::Error>>().map(AsRef::as_ref);
    let shared = || error.downcast_ref::<Arc<io::Error>>().map(AsRef::as_ref);
    error.downcast_ref().or_else(boxed).or_else(shared)
}

#[cfg(feature = "std")]
fn is_transient(kind: io::ErrorKind) -> bool {
    use io::ErrorKind as Kind;

    matches!(
        kind,
        Kind::ConnectionRefused
            | Kind::ConnectionReset
            | Kind::ConnectionAborted
            | Kind::BrokenPipe
            | Kind::NetworkDown
            | Kind::NetworkUnreachable
            | Kind::HostUnreachable
            | Kind::TimedOut
            | Kind::Interrupted
            | Kind::WouldBlock
    )
}

/// Whether the status of an HTTP response often passes by itself.
///
/// | status | name | defined in |
/// |---|---|---|
/// | 408 | Request Timeout | RFC 9110, section 15.5.9 |
/// | 429 | Too Many Requests | RFC 6585, section 4 |
/// | 500 | Internal Server Error | RFC 9110, section 15.6.1 |
/// | 502 | Bad Gateway | RFC 9110, section 15.6.3 |
/// | 503 | Service Unavailable | RFC 9110, section 15.6.4 |
/// | 504 | Gateway Timeout | RFC 9110, section 15.6.5 |
///
/// 429 and 503 often come with a `Retry-After` header, which `retry_after_header` reads for the key `retry_after`. With 500, 502
/// and 504 the server may have carried out the request: repeat only what may be done twice.
///
/// Source: the RFCs in the table; the choice is this crate's. It is opinionated and may grow.
///
/// ```
/// use retry_core::transient;
///
/// assert!(transient::http_status(503));
/// assert!(!transient::http_status(404));
/// ```
#[must_use]
pub const fn http_status(status: u16) -> bool {
    matches!(status, 408 | 429 | 500 | 502 | 503 | 504)
}

/// Whether the status code of a gRPC call often passes by itself. It is a number; from `tonic`, `code as i32`.
///
/// | code | name | what happened |
/// |---|---|---|
/// | 8 | `RESOURCE_EXHAUSTED` | a quota is used up, or the server is overloaded |
/// | 10 | `ABORTED` | a conflict with another call: repeat all that belongs together, from the first read on |
/// | 14 | `UNAVAILABLE` | the server cannot be reached at the moment |
///
/// `DEADLINE_EXCEEDED` (4) is not among them: the call may have been carried out. That is possible with `UNAVAILABLE` too, if
/// the connection broke in the middle of a call. Some libraries use `RESOURCE_EXHAUSTED` for a message that is too large, which
/// does not pass by itself.
///
/// Source: [gRPC's status codes](https://grpc.io/docs/guides/status-codes/), `doc/statuscodes.md` in its repository; the choice
/// is this crate's. It is opinionated and may grow.
///
/// ```
/// use retry_core::transient;
///
/// assert!(transient::grpc_code(14));
/// assert!(!transient::grpc_code(4));
/// ```
#[must_use]
pub const fn grpc_code(code: i32) -> bool {
    matches!(code, 8 | 10 | 14)
}

/// Whether a SQLSTATE, the five characters that PostgreSQL gives with each error, often passes by itself.
///
/// | code | name | what to repeat |
/// |---|---|---|
/// | `40001` | `serialization_failure` | the whole transaction |
/// | `40P01` | `deadlock_detected` | the whole transaction |
/// | class `08` | connection exception | the whole transaction, on a new connection |
/// | `53300` | `too_many_connections` | connecting |
/// | `57P03` | `cannot_connect_now` | connecting: the server is starting up or shutting down |
///
/// If the connection breaks during `COMMIT` (class `08`; `08007` says so itself), the transaction may have been committed: repeat
/// only what may be done twice.
///
/// Source: [appendix A of PostgreSQL's documentation](https://www.postgresql.org/docs/current/errcodes-appendix.html); the
/// choice is this crate's. It is opinionated and may grow.
///
/// ```
/// use retry_core::transient;
///
/// assert!(transient::sqlstate("40001"));
/// // A key that exists already will exist at the next attempt too.
/// assert!(!transient::sqlstate("23505"));
/// ```
#[must_use]
pub fn sqlstate(code: &str) -> bool {
    let is_connection = code.len() == 5 && code.starts_with("08");
    is_connection || matches!(code, "40001" | "40P01" | "53300" | "57P03")
}
