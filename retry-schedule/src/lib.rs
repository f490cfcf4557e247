// Each file uses only files on the lines below its own:
//
//   serialized          schedules and jitter in serde's formats
//   builder  text       schedules of shapes built from values; schedules as text
//   jittered            the waits of a schedule, drawn
//   schedule            the checked list
//   jitter  waits       the bounds of jitter and its text; the list that a shape makes
//   shape               a shape: its arguments, and whether they fit together
//   kind  duration      the names of shapes and arguments; durations as text
//   unit  decimal       units; decimal numbers
//   named  suggest  quoted  geometric  entropy

//! What a schedule of waits is: exact durations, lists, shapes, their text form, and the bounds of jitter.
//!
//! `retry-macros` reads the schedules in source code with this crate, and `retry-core` reads those that arrive at run
//! time, so that the two always agree. Most users want `retry-core`, which re-exports [`Schedule`], [`Shape`] and
//! [`Jitter`].
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
//!
//! Examples of what `retry-core` re-exports say `use retry_core::`, because they are shown there as well. Whoever depends on this crate
//! alone writes `use retry_schedule::` in their place.

#![no_std]

extern crate alloc;
#[cfg(all(feature = "draw", feature = "std"))]
extern crate std;

#[cfg(all(feature = "draw", feature = "std", any(unix, windows)))]
mod block;
mod builder;
mod decimal;
mod duration;
#[cfg(feature = "draw")]
#[doc(hidden)]
pub mod entropy;
mod geometric;
mod jitter;
#[cfg(feature = "draw")]
mod jittered;
mod kind;
mod named;
mod quoted;
mod schedule;
#[cfg(feature = "serde")]
mod serialized;
mod shape;
mod suggest;
mod text;
mod unit;
mod waits;

pub use duration::{DurationError, duration_text, parse_duration};
pub use jitter::{Jitter, JitterError};
#[cfg(feature = "draw")]
pub use jittered::Jittered;
pub use kind::{SHAPES, ShapeArgument, ShapeKind};
#[doc(hidden)]
pub use quoted::{MAX_QUOTED, Quoted, quoted};
#[doc(hidden)]
pub use schedule::StaticShape;
pub use schedule::{MAX_TEXT, Schedule, ScheduleError};
pub use shape::{MAX_ATTEMPTS, Shape, ShapeError};
pub use suggest::nearest;
pub use unit::{UNITS, Unit};
