//! What keeps the tool from its work. Each text says what to change.

use camino::Utf8PathBuf;
use retry_schedule::{DurationError, ScheduleError};
use std::io;

#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    #[error("cargo cannot describe the workspace")]
    Metadata(#[from] cargo_metadata::Error),
    #[error("there is no package `{name}` in this workspace{}", nearest.as_ref().map(|nearest| format!(": did you mean `{nearest}`?")).unwrap_or_default())]
    NoPackage {
        name: String,
        nearest: Option<String>,
    },
    #[error("[workspace.metadata.retry] cannot be read")]
    Config(#[source] serde_json::Error),
    #[error("cannot read the schedule `{text}`")]
    Schedule { text: String, source: ScheduleError },
    #[error("cannot read {flag}")]
    Duration {
        flag: &'static str,
        source: DurationError,
    },
    #[error("{0}")]
    Argument(String),
    #[error("cannot write")]
    Write(#[from] io::Error),
    #[error("cannot write {path}")]
    WriteFile {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("cannot read {path}")]
    ReadFile {
        path: Utf8PathBuf,
        source: io::Error,
    },
    #[error("{path} is no SCIP index")]
    Scip {
        path: Utf8PathBuf,
        source: prost::DecodeError,
    },
}

impl Error {
    /// The error and its causes, on one line.
    pub(crate) fn one_line(&self) -> String {
        let mut line = self.to_string();
        let mut error: &dyn std::error::Error = self;
        while let Some(source) = error.source() {
            line = format!("{line}: {source}");
            error = source;
        }
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    }
}
