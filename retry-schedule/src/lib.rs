//! What a schedule of waits is: exact durations, lists, shapes, their text form, and the bounds of jitter.
//!
//! `retry-macros` reads the schedules that stand in source code with this crate, and `retry-core` those that
//! arrive at run time, so the two cannot drift apart. Most users want `retry-core`, which re-exports
//! [`Schedule`], [`Shape`] and [`Jitter`].
//!
//! ```
//! use core::time::Duration;
//! use retry_schedule::{Jitter, Schedule};
//!
//! let schedule: Schedule = "1s, 2s, 4s, 8s, 0".parse()?;
//! assert_eq!(schedule.attempts(), 5);
//! assert_eq!(schedule.total(), Duration::from_secs(15));
//! assert_eq!(schedule.worst_case(&Jitter::default()), Duration::from_secs(18));
//! # Ok::<(), retry_schedule::ScheduleError>(())
//! ```

#![no_std]

extern crate alloc;

mod decimal;
mod duration;
mod error;
mod geometric;
mod jitter;
mod schedule;
mod shape;
mod suggest;

pub use duration::{UNITS, duration_text, parse_duration};
pub use error::{DurationError, ScheduleError, ShapeError};
pub use jitter::{Jitter, JitterError};
pub use schedule::{MAX_TEXT, Schedule, check_backoffs};
pub use shape::{MAX_ATTEMPTS, SHAPES, Shape};
pub use suggest::nearest;
