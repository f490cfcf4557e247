//! A switch for operators: turn retries off, or replace a schedule, while the program runs.
//!
//! A function is known by its module path and name, `my_app::client::create_worker`, or by its key `name`. The environment
//! is read once, at the first call of a retried function:
//!
//! - `RETRY=off` turns all retries off: each call makes one attempt.
//! - `RETRY_MY_APP_CLIENT_CREATE_WORKER="1s, 2s, 0"` replaces that function's schedule. The variable is `RETRY_` and the
//!   function's name in capitals, with `_` for each `::` and for every other character that is not a letter or a digit.
//!
//! The replacement has its own number of attempts and its own `max`. Where a function has lists by error, it takes the place of each
//! of them: an error that has a list waits for the replacement's entries, and one that has none returns at once.
//!
//! If the text is not a schedule, the function keeps the schedule in its source. The reason is reported once, at the
//! function's first call: as an event if the feature `tracing` is on, or else on standard error.
//!
//! ```
//! use retry_core::{control, retry};
//!
//! #[retry(schedule = [1ms, 1ms, 0], on = |_| true, name = "sample")]
//! fn sample(attempts: &mut u32) -> Result<(), u32> {
//!     *attempts += 1;
//!     Err(*attempts)
//! }
//!
//! assert_eq!(sample(&mut 0), Err(3));
//! control::set("sample", "1ms, 0")?;
//! assert_eq!(sample(&mut 0), Err(2));
//! control::disable();
//! assert_eq!(sample(&mut 0), Err(1));
//! control::enable();
//! control::reset("sample");
//! assert_eq!(sample(&mut 0), Err(3));
//! # Ok::<(), retry_core::ScheduleError>(())
//! ```
//!
//! While nothing is switched, a call costs one relaxed atomic load more than without this feature.

use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::string::String;
use core::sync::atomic::{AtomicBool, Ordering};
use retry_schedule::{Schedule, ScheduleError, quoted};
use std::sync::{OnceLock, PoisonError, RwLock};

/// Whether a call may have to use another schedule than the one in its source. `true` at first, because the environment has
/// not been read.
static SWITCHED: AtomicBool = AtomicBool::new(true);

/// What operators have changed.
#[derive(Default)]
struct Switches {
    off: bool,
    /// By function name.
    schedules: BTreeMap<String, Schedule>,
    /// By the name of the environment variable. Some may belong to no function.
    environment: BTreeMap<String, Variable>,
}

struct Variable {
    value: String,
    schedule: Result<Schedule, ScheduleError>,
    refused: AtomicBool,
}

/// Turns all retries off: from the next call on, each call makes one attempt.
pub fn disable() {
    change(|switches| switches.off = true);
}

/// Turns retries on again.
pub fn enable() {
    change(|switches| switches.off = false);
}

/// Replaces the schedule of the function of that name, from its next call on.
///
/// # Errors
///
/// [`ScheduleError`] if the text is not a schedule. Nothing changes then.
pub fn set(function: &str, schedule: &str) -> Result<(), ScheduleError> {
    let schedule = schedule.parse()?;
    change(|switches| switches.schedules.insert(function.to_owned(), schedule));
    Ok(())
}

/// Takes back what [`set`] did for the function of that name: its next call uses the schedule of the environment, or else
/// the one in its source.
pub fn reset(function: &str) {
    change(|switches| switches.schedules.remove(function));
}

/// What is in force for a call.
pub(crate) enum InForce {
    /// The schedule in the source.
    Written,
    Replaced(Schedule),
    Off,
}

/// What a call which begins now has to use.
pub(crate) fn in_force(function: &'static str) -> InForce {
    if SWITCHED.load(Ordering::Relaxed) {
        switched(function)
    } else {
        InForce::Written
    }
}

#[cold]
fn switched(function: &str) -> InForce {
    let switches = switches().read().unwrap_or_else(PoisonError::into_inner);
    update(&switches);
    if switches.off {
        return InForce::Off;
    }
    if let Some(schedule) = switches.schedules.get(function) {
        return InForce::Replaced(schedule.clone());
    }
    if switches.environment.is_empty() {
        return InForce::Written;
    }
    let name = variable(function);
    match switches.environment.get(&name) {
        Some(Variable {
            schedule: Ok(schedule),
            ..
        }) => InForce::Replaced(schedule.clone()),
        Some(Variable {
            value,
            schedule: Err(error),
            refused,
        }) => {
            if !refused.swap(true, Ordering::Relaxed) {
                refuse(&name, value, error);
            }
            InForce::Written
        }
        None => InForce::Written,
    }
}

fn change<T>(change: impl FnOnce(&mut Switches) -> T) {
    // A panic cannot leave a change half done, so a poisoned lock is as good as any.
    let mut switches = switches().write().unwrap_or_else(PoisonError::into_inner);
    change(&mut switches);
    update(&switches);
}

fn update(switches: &Switches) {
    let is_switched =
        switches.off || !switches.schedules.is_empty() || !switches.environment.is_empty();
    SWITCHED.store(is_switched, Ordering::Relaxed);
}

fn switches() -> &'static RwLock<Switches> {
    static SWITCHES: OnceLock<RwLock<Switches>> = OnceLock::new();

    SWITCHES.get_or_init(|| RwLock::new(from_environment()))
}

fn from_environment() -> Switches {
    let mut switches = Switches::default();
    for (name, value) in std::env::vars_os() {
        let (Some(name), Some(value)) = (name.to_str(), value.to_str()) else {
            continue;
        };
        if name == "RETRY" {
            match value {
                "off" => switches.off = true,
                "" | "on" => {}
                _ => refuse(name, value, &"write `off` or `on`"),
            }
        } else if name.starts_with("RETRY_") {
            let variable = Variable {
                value: value.to_owned(),
                schedule: value.parse(),
                refused: AtomicBool::new(false),
            };
            switches.environment.insert(name.to_owned(), variable);
        }
    }
    switches
}

fn refuse(name: &str, value: &str, reason: &dyn core::fmt::Display) {
    let value = quoted(value);
    #[cfg(feature = "tracing")]
    tracing::error!(target: "retry", name, %value, %reason, "refused");
    #[cfg(not(feature = "tracing"))]
    std::eprintln!("retry: the environment's {name}={value} is refused: {reason}");
}

/// The environment variable that replaces a function's schedule.
fn variable(function: &str) -> String {
    let mut name = String::from("RETRY_");
    for part in function.split("::").flat_map(|part| ["_", part]).skip(1) {
        name.extend(part.chars().map(|c| {
            if c.is_ascii_alphanumeric() {
                c.to_ascii_uppercase()
            } else {
                '_'
            }
        }));
    }
    name
}
