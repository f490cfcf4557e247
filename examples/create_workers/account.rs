//! Who asks, and for which workspace: the client says it, and the server knows it.

use std::env;

pub struct Account {
    pub sid: String,
    pub token: String,
    pub workspace: String,
}

impl Account {
    /// What the environment names; the rest is that of the demonstration.
    pub fn from_env() -> Self {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let demo = Self::default();
        Self {
            sid: variable("TWILIO_ACCOUNT_SID").unwrap_or(demo.sid),
            token: variable("TWILIO_AUTH_TOKEN").unwrap_or(demo.token),
            workspace: variable("TWILIO_WORKSPACE_SID").unwrap_or(demo.workspace),
        }
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
