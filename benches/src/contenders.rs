//! What a contender is: who it is, and what it can do.

use crate::work::Call;
use std::future::Future;
use std::pin::Pin;

pub type Task = Pin<Box<dyn Future<Output = ()> + Send>>;

#[derive(Clone, Copy, Debug, Default)]
pub struct Contender {
    pub name: &'static str,
    pub sync: Sync,
    pub asynchronous: Async,
}

/// `None` is what it cannot do.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sync {
    /// With its own sleeper, which success never calls.
    pub real: Option<Call>,
    /// With waits that take no time.
    pub jittered: Option<Call>,
    pub plain: Option<Call>,
}

#[derive(Clone, Copy, Debug, Default)]
pub struct Async {
    pub real: Option<Call>,
    pub jittered: Option<Call>,
    pub plain: Option<Call>,
    /// A task whose first four attempts fail, on tokio's timer.
    pub task: Option<fn() -> Task>,
    /// Spawns the same, as it is, so that no box is counted.
    pub spawn: Option<fn(&mut tokio::task::JoinSet<()>)>,
    /// The sizes of three futures: trivial, with a kibibyte returned, with a kibibyte held.
    pub sizes: Option<fn() -> [usize; 3]>,
}

/// The loop that all ratios are to.
pub const BY_HAND: &str = "by hand";
pub const OUR_JITTER: &str = "by hand, our jitter";
pub const THIS_CRATE: &str = "this crate";
