//! The keys: their names, and an example of each.

/// A key of `#[retry]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    Schedule,
    Jitter,
    On,
    Until,
    Enabled,
    MaxWait,
    MaxElapsed,
    AttemptTimeout,
    RetryAfter,
    MaxRetryAfter,
    ResetAfter,
    Clone,
    Attempt,
    Done,
    Budget,
    Notify,
    Sleep,
    Name,
    Crate,
}

impl Keyword {
    pub(crate) const ALL: [Self; 19] = [
        Self::Schedule,
        Self::Jitter,
        Self::On,
        Self::Until,
        Self::Enabled,
        Self::MaxWait,
        Self::MaxElapsed,
        Self::AttemptTimeout,
        Self::RetryAfter,
        Self::MaxRetryAfter,
        Self::ResetAfter,
        Self::Clone,
        Self::Attempt,
        Self::Done,
        Self::Budget,
        Self::Notify,
        Self::Sleep,
        Self::Name,
        Self::Crate,
    ];

    /// How it is written.
    pub(crate) fn text(self) -> &'static str {
        self.text_and_example().0
    }

    /// A value that it may have.
    pub(crate) fn example(self) -> &'static str {
        self.text_and_example().1
    }

    fn text_and_example(self) -> (&'static str, &'static str) {
        match self {
            Self::Schedule => ("schedule", "[1s, 2s, 4s, 0]"),
            Self::Jitter => ("jitter", "0.2"),
            Self::On => ("on", "is_retryable"),
            Self::Until => ("until", "|value| value.is_ready()"),
            Self::Enabled => ("enabled", "flags::backoff()"),
            Self::MaxWait => ("max_wait", "20s"),
            Self::MaxElapsed => ("max_elapsed", "10s"),
            Self::AttemptTimeout => ("attempt_timeout", "2s"),
            Self::RetryAfter => ("retry_after", "|error| error.retry_after()"),
            Self::MaxRetryAfter => ("max_retry_after", "30s"),
            Self::ResetAfter => ("reset_after", "1m"),
            Self::Clone => ("clone", "[request]"),
            Self::Attempt => ("attempt", "attempt"),
            Self::Done => ("done", "log_end"),
            Self::Budget => ("budget", "&BUDGET"),
            Self::Notify => ("notify", "log_retry"),
            Self::Sleep => ("sleep", "tokio::time::sleep"),
            Self::Name => ("name", "\"create_worker\""),
            Self::Crate => ("crate", "::my_retry"),
        }
    }

    /// The key of that name.
    pub(crate) fn of(written: &syn::Ident) -> Option<Self> {
        let written = written.to_string();
        Self::ALL.into_iter().find(|name| written == name.text())
    }

    /// The key whose name is nearest to a misspelt one.
    pub(crate) fn nearest(written: &str) -> Option<Self> {
        let nearest = retry_schedule::nearest(written, Self::ALL.into_iter().map(Self::text))?;
        Self::ALL.into_iter().find(|name| name.text() == nearest)
    }
}
