// Each file uses only files on the lines below its own:
//
//   worker              fetches jobs, and sees each to its end
//   bury                jobs whose last attempt had no answer
//   attempt             one attempt, from its start to what the server is told
//   queue  rate         a queue on the server; the rate that a fleet shares
//   history  config     what is known of attempts; what the server is asked for
//   messages  letter  names  verdict
//   error  job  limit  report

//! Retries that survive the process: the schedule of `#[retry]` on a work queue of NATS `JetStream`.
//!
//! `#[retry]` of `retry-core` waits in the process. That is not enough for a million jobs, for several machines, or for a process
//! that may die while it waits. Then a server has to keep the waits. With this crate, the same [`Schedule`](retry_core::Schedule)
//! drives a queue of that server. Its length is the number of deliveries. A failed attempt is refused with the wait that the list
//! says, with the same jitter and the same rule for hints.
//!
//! - [`Queue`]: jobs are published once by their id, and are in the server's files then. A job that ends without success becomes a
//!   [`DeadLetter`], with its error, attempts and history, until somebody has looked at it.
//! - [`Worker`]: any number of workers, in any number of processes, work on a queue. If a worker dies or hangs, its jobs go to other
//!   workers, and that counts as an attempt.
//! - [`Rate`]: one rate for all workers together.
//! - [`consumer`], [`verdict`] and [`Limit`] decide without a server: what the server is asked for, what becomes of a failure, and
//!   the arithmetic of the rate. Use them to write a worker of your own.
//!
//! **Each job is attempted at least once, and may be attempted again after it has succeeded**: a worker can die after the success,
//! but before the server hears of it. So what an attempt calls must refuse duplicates, by [`Job::id`] or a key of the job's own.
//!
//! It needs a NATS server of version 2.12.5 or newer, with `JetStream`. The page `docs/fleet.md` of the repository says how it works,
//! what is guaranteed, and how large it grows.
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
//! The counters are those of one process. Add them up for the fleet. A job that fails in one process and succeeds in another counts
//! as retried in the one and as recovered in the other.
//!
//! For TLS, turn on the feature `ring` or `aws-lc-rs` of `async-nats`.

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
