// Each file uses only files on the lines below its own:
//
//   worker              fetches jobs, and sees each to its end
//   bury                jobs whose last attempt had no answer
//   attempt             one attempt, from its start to what the server is told
//   queue  rate         a queue on the server; the rate that a fleet shares
//   history  config     what is known of attempts; what the server is asked for
//   messages  letter  names  verdict
//   error  job  limit  report

//! The schedule that is written once, on a work queue that survives: NATS `JetStream`.
//!
//! `#[retry]` of `retry-core` waits in the process. Where one process is outgrown (a million jobs, several machines, a process that
//! dies in its wait), the wait belongs to a server. This crate lets the same [`Schedule`](retry_core::Schedule) drive it:
//! its length is the number of deliveries, and each refusal brings its own wait, with the same jitter and the same rule for hints.
//!
//! - [`Queue`]: jobs are published once by their id, and are on the server's disk then. What ends without success is a
//!   [`DeadLetter`], with its error, attempts and history, until somebody has looked at it.
//! - [`Worker`]: any number of them, in any number of processes, work on a queue. A worker that dies or hangs loses its jobs to
//!   others, and that counts as an attempt.
//! - [`Rate`]: one rate for all of them together.
//! - [`consumer`], [`verdict`] and [`Limit`] are the pure half: what the server is asked for, what becomes of a failure, and the
//!   arithmetic of the rate. They serve whoever writes a worker of their own.
//!
//! **Each job is attempted at least once, and may be attempted again after it has succeeded**: a worker can die between the success
//! and the server's hearing of it. So what an attempt calls must refuse duplicates, by [`Job::id`] or a key of the job's own.
//!
//! It needs a server of 2.12.5 or newer, with `JetStream`.
//!
//! ```
//! use core::time::Duration;
//! use retry_core::{Jitter, Schedule, schedule};
//! use retry_jetstream::{Verdict, consumer, verdict};
//!
//! const CREATE: Schedule = schedule![2s, 4s, 8s, 16s, 32s, 0];
//!
//! assert_eq!(consumer(&CREATE, Duration::from_secs(10)).max_deliver, 6);
//! let Verdict::Wait(wait) = verdict(&CREATE, Jitter::default(), 1, None) else {
//!     unreachable!("five more attempts are left")
//! };
//! assert!(Duration::from_millis(1_600) <= wait && wait <= Duration::from_millis(2_400));
//! ```
//!
//! # Features
//!
//! | feature | gives |
//! |---|---|
//! | `tracing` | retries, recoveries and giving up as events, as `retry-core` has them; `function` is the queue's name |
//! | `metrics` | the same as counters for the `metrics` facade |
//!
//! The counters are those of one process; the fleet's are their sum. A job that fails in one process and succeeds in another counts
//! as retried in the one and as recovered in the other.
//!
//! TLS is the client's: turn on `ring` or `aws-lc-rs` of `async-nats`.

mod attempt;
mod bury;
mod config;
mod error;
mod history;
mod job;
mod letter;
mod limit;
mod messages;
mod names;
mod queue;
mod rate;
mod report;
mod verdict;
mod worker;

pub use attempt::Refusal;
pub use config::{MAX_ACK_PENDING, consumer};
pub use error::Error;
pub use job::Job;
pub use letter::{DeadLetter, Failure, Reason};
pub use limit::{Leased, Limit};
pub use queue::{Counts, Published, Queue};
pub use rate::Rate;
pub use verdict::{Verdict, verdict, verdict_within};
pub use worker::{Unjudged, Worker};
