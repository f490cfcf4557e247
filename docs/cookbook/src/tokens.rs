//! Tokens of a service, which issues a new one whenever there is none.

use std::sync::Mutex;

/// The current token, and how many there were.
#[derive(Debug, Default)]
pub struct Tokens {
    state: Mutex<(Option<String>, u32)>,
}

impl Tokens {
    /// The current token: `token-1`, and after that is forgotten `token-2`.
    ///
    /// # Panics
    ///
    /// If another thread panicked here.
    pub fn current(&self) -> String {
        let (current, issued) = &mut *self.state.lock().unwrap();
        let issue = || {
            *issued += 1;
            format!("token-{issued}")
        };
        current.get_or_insert_with(issue).clone()
    }

    /// Drops that token, if it is the current one.
    ///
    /// # Panics
    ///
    /// If another thread panicked here.
    pub fn forget(&self, token: &str) {
        let (current, _) = &mut *self.state.lock().unwrap();
        current.take_if(|current| current == token);
    }
}
