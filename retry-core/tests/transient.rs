//! Which errors are transient, as tables: all that are, and some that are not.

use retry_core::transient::{grpc_code, http_status, sqlstate};

#[test]
fn http_statuses() {
    let transient: Vec<u16> = (0..=u16::MAX).filter(|code| http_status(*code)).collect();
    assert_eq!(transient, [408, 429, 500, 502, 503, 504]);
}

#[test]
fn grpc_codes() {
    let transient: Vec<i32> = (-100..100).filter(|code| grpc_code(*code)).collect();
    assert_eq!(transient, [8, 10, 14]);
}

#[test]
fn sqlstates() {
    for (code, name, is_transient) in [
        ("00000", "successful_completion", false),
        ("08000", "connection_exception", true),
        ("08001", "sqlclient_unable_to_establish_sqlconnection", true),
        ("08003", "connection_does_not_exist", true),
        ("08006", "connection_failure", true),
        ("22012", "division_by_zero", false),
        ("23505", "unique_violation", false),
        ("40000", "transaction_rollback", false),
        ("40001", "serialization_failure", true),
        ("40P01", "deadlock_detected", true),
        ("42601", "syntax_error", false),
        ("53100", "disk_full", false),
        ("53300", "too_many_connections", true),
        ("57014", "query_canceled", false),
        ("57P01", "admin_shutdown", false),
        ("57P03", "cannot_connect_now", true),
        ("", "no code", false),
        ("08", "a class", false),
        ("080060", "six characters", false),
        ("40p01", "lower case", false),
        (" 40001", "a space", false),
    ] {
        assert_eq!(sqlstate(code), is_transient, "{code} {name}");
    }
}

#[cfg(feature = "std")]
mod io {
    use retry_core::transient;
    use std::error::Error as StdError;
    use std::fmt;
    use std::io::{Error, ErrorKind};
    use std::sync::Arc;

    /// An error that has a source, as those of TLS and of decoders have.
    #[derive(Debug)]
    struct Because<E>(E);

    impl<E> fmt::Display for Because<E> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("it failed because of its source")
        }
    }

    impl<E: StdError + 'static> StdError for Because<E> {
        fn source(&self) -> Option<&(dyn StdError + 'static)> {
            Some(&self.0)
        }
    }

    fn reset() -> Error {
        ErrorKind::ConnectionReset.into()
    }

    #[test]
    fn kinds() {
        for (kind, is_transient) in [
            (ErrorKind::ConnectionRefused, true),
            (ErrorKind::ConnectionReset, true),
            (ErrorKind::ConnectionAborted, true),
            (ErrorKind::BrokenPipe, true),
            (ErrorKind::NetworkDown, true),
            (ErrorKind::NetworkUnreachable, true),
            (ErrorKind::HostUnreachable, true),
            (ErrorKind::TimedOut, true),
            (ErrorKind::Interrupted, true),
            (ErrorKind::WouldBlock, true),
            (ErrorKind::NotFound, false),
            (ErrorKind::PermissionDenied, false),
            (ErrorKind::NotConnected, false),
            (ErrorKind::AddrInUse, false),
            (ErrorKind::AlreadyExists, false),
            (ErrorKind::InvalidInput, false),
            (ErrorKind::InvalidData, false),
            (ErrorKind::UnexpectedEof, false),
            (ErrorKind::StorageFull, false),
            (ErrorKind::Unsupported, false),
            (ErrorKind::OutOfMemory, false),
            (ErrorKind::Other, false),
        ] {
            assert_eq!(transient::io(&kind.into()), is_transient, "{kind:?}");
            let with_text = Error::new(kind, "down");
            assert_eq!(transient::io(&with_text), is_transient, "{kind:?}");
        }
    }

    #[test]
    fn errors_inside() {
        for (place, error) in [
            ("held", Error::other(reset())),
            ("held twice", Error::other(Error::other(reset()))),
            (
                "held under another kind",
                Error::new(ErrorKind::InvalidData, reset()),
            ),
            ("a source", Error::other(Because(reset()))),
            (
                "the source of a source",
                Error::other(Because(Because(reset()))),
            ),
            (
                "held by a source",
                Error::other(Because(Error::other(Because(reset())))),
            ),
            ("boxed", Error::other(Because(Box::new(reset())))),
            ("shared", Error::other(Because(Arc::new(reset())))),
        ] {
            assert!(transient::io(&error), "{place}");
        }
        for error in [
            Error::other(Because(Error::from(ErrorKind::NotFound))),
            Error::other(Because(fmt::Error)),
            Error::other("connection reset by peer"),
        ] {
            assert!(!transient::io(&error), "{error:?}");
        }
    }
}
