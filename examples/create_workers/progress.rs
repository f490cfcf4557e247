//! How far the workers are, counted as it happens.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

/// Counts of all workers together.
#[derive(Debug)]
pub struct Progress {
    total: usize,
    created: AtomicUsize,
    failed: AtomicUsize,
    waiting: AtomicUsize,
    requests: AtomicUsize,
    rate_limited: AtomicUsize,
}

impl Progress {
    pub fn new(total: usize) -> Self {
        Self {
            total,
            created: AtomicUsize::new(0),
            failed: AtomicUsize::new(0),
            waiting: AtomicUsize::new(0),
            requests: AtomicUsize::new(0),
            rate_limited: AtomicUsize::new(0),
        }
    }

    /// How many workers there are to create.
    pub fn total(&self) -> usize {
        self.total
    }

    pub fn created(&self) -> usize {
        self.created.load(Relaxed)
    }

    pub fn failed(&self) -> usize {
        self.failed.load(Relaxed)
    }

    /// Workers that were rate limited at least once and are not finished.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Relaxed)
    }

    pub fn requests(&self) -> usize {
        self.requests.load(Relaxed)
    }

    pub fn rate_limited(&self) -> usize {
        self.rate_limited.load(Relaxed)
    }

    pub fn finished(&self) -> usize {
        self.created() + self.failed()
    }
}

/// Counts of one worker, which add to those of all.
#[derive(Debug)]
pub struct Call<'a> {
    progress: &'a Progress,
    requests: AtomicUsize,
    rate_limited: AtomicUsize,
}

impl<'a> Call<'a> {
    pub fn new(progress: &'a Progress) -> Self {
        Self {
            progress,
            requests: AtomicUsize::new(0),
            rate_limited: AtomicUsize::new(0),
        }
    }

    pub fn count_request(&self) {
        self.requests.fetch_add(1, Relaxed);
        self.progress.requests.fetch_add(1, Relaxed);
    }

    pub fn count_rate_limited(&self) {
        if self.rate_limited.fetch_add(1, Relaxed) == 0 {
            self.progress.waiting.fetch_add(1, Relaxed);
        }
        self.progress.rate_limited.fetch_add(1, Relaxed);
    }

    /// Says how the call ended; gives the number of its attempts.
    pub fn finish(self, created: bool) -> usize {
        if self.rate_limited.into_inner() > 0 {
            self.progress.waiting.fetch_sub(1, Relaxed);
        }
        let count = if created {
            &self.progress.created
        } else {
            &self.progress.failed
        };
        count.fetch_add(1, Relaxed);
        self.requests.into_inner()
    }
}
