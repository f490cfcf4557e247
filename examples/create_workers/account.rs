//! Who asks, and for which workspace: the client says it, and the server knows it.

use std::collections::HashMap;
use std::env;
use std::io;

pub struct Account {
    pub sid: String,
    pub token: String,
    pub workspace: String,
}

/// Says nothing of what stands in the file: it may be secret.
#[derive(Debug, thiserror::Error)]
pub enum DotenvError {
    #[error(transparent)]
    File(#[from] io::Error),
    #[error("entry {entry} is not NAME=value")]
    Entry { entry: usize },
}

impl Account {
    /// What the environment says, or else a file `.env` in this folder or in one above it; the rest is that of the
    /// demonstration.
    pub fn from_env() -> Result<Self, DotenvError> {
        let file = dotenv()?;
        let variable = |name| {
            let value = env::var(name).ok().or_else(|| file.get(name).cloned());
            value.filter(|value| !value.is_empty())
        };
        let demo = Self::default();
        Ok(Self {
            sid: variable("TWILIO_ACCOUNT_SID").unwrap_or(demo.sid),
            token: variable("TWILIO_AUTH_TOKEN").unwrap_or(demo.token),
            workspace: variable("TWILIO_WORKSPACE_SID").unwrap_or(demo.workspace),
        })
    }
}

fn dotenv() -> Result<HashMap<String, String>, DotenvError> {
    let entries = match dotenvy::dotenv_iter() {
        Err(error) if error.not_found() => return Ok(HashMap::new()),
        entries => entries.map_err(|error| dotenv_error(error, 1))?,
    };
    let entries = (1..).zip(entries);
    let entries = entries.map(|(number, entry)| entry.map_err(|error| dotenv_error(error, number)));
    entries.collect()
}

fn dotenv_error(error: dotenvy::Error, entry: usize) -> DotenvError {
    match error {
        dotenvy::Error::Io(error) => error.into(),
        _ => DotenvError::Entry { entry },
    }
}

/// The account of the demonstration.
impl Default for Account {
    fn default() -> Self {
        Self {
            sid: "AC00000000000000000000000000000000".to_owned(),
            token: "demo".to_owned(),
            workspace: "WS00000000000000000000000000000000".to_owned(),
        }
    }
}
