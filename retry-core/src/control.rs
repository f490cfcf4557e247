//! A switch for operators: turn retries off, or replace a schedule, while the program runs.
//!
//! A function is known by its path, `my_app::client::create_worker`; a method by that of its type, or of its trait's
//! implementation, `my_app::Client::create` or `<my_app::Client as my_app::Api>::create`; a block by its function, line and
//! column, `my_app::legacy:12:15`; and each of them by its key `name` where that is written. [`functions`] lists those that have
//! been called. The environment is read once, at the first call of a retried function:
//!
//! - `RETRY=off` turns all retries off: each call makes one attempt.
//! - `RETRY_my_app__client__create_worker="1s, 2s, 0"` replaces that function's schedule. [`variable`] tells the variable of a
//!   name.
//!
//! The replacement has its own number of attempts and its own `max`. Where a function has lists by error, it takes the place of each
//! of them: an error that has a list waits for the replacement's entries, and one that has none returns at once.
//!
//! If the value is not a schedule, or if its worst case is more than the function's `max_wait`, the function keeps the schedule in
//! its source. The reason is reported once, at the function's first call: as an event if the feature `tracing` is on, or else on
//! standard error. A variable that belongs to no function changes nothing, and costs nothing.
//!
//! ```
//! use retry_core::control::{self, Setting};
//! use retry_core::retry;
//!
//! #[retry(schedule = [1ms, 1ms, 0], on = |_| true, name = "sample")]
//! fn sample(attempts: &mut u32) -> Result<(), u32> {
//!     *attempts += 1;
//!     Err(*attempts)
//! }
//!
//! assert_eq!(sample(&mut 0), Err(3));
//! assert_eq!(control::set("sample", "1ms, 0")?, Setting::InForce);
//! assert_eq!(sample(&mut 0), Err(2));
//! control::disable();
//! assert_eq!(sample(&mut 0), Err(1));
//! control::enable();
//! control::reset("sample");
//! assert_eq!(sample(&mut 0), Err(3));
//!
//! // A name that is misspelt, or whose function has not been called so far:
//! assert_eq!(control::set("simple", "1ms, 0")?, Setting::Pending);
//! assert_eq!(control::functions(), ["sample"]);
//! # Ok::<(), control::SetError>(())
//! ```
//!
//! While a function is not switched, a call costs one relaxed atomic load more than without this feature. If the key `name` is
//! an expression other than a literal, each call looks the name up.

use crate::max_wait::MaxWait;
use crate::site::{Function, Site};
use alloc::borrow::ToOwned as _;
use alloc::collections::BTreeMap;
use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;
use core::fmt::Write as _;
use core::sync::atomic::Ordering;
use core::time::Duration;
use retry_schedule::{Schedule, ScheduleError, duration_text, quoted};
use std::ffi::{OsStr, OsString};
use std::sync::{OnceLock, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use thiserror::Error;

/// What operators have changed, and what can be changed.
#[derive(Default)]
struct Switches {
    off: bool,
    /// What [`set`] has put in place, by name.
    set: BTreeMap<String, Schedule>,
    /// The environment's values, by variable, as long as no function has claimed them. Some belong to no function.
    environment: BTreeMap<String, OsString>,
    /// The functions that have been called, by name.
    known: BTreeMap<&'static str, Known>,
    /// What has to be reported when the lock is free again: what reports may itself be retried.
    refused: Vec<Refused>,
}

/// A name that has been called.
#[derive(Default)]
struct Known {
    /// Where it stands. By accident or on purpose, two places may have one `name`.
    sites: Vec<&'static Site>,
    /// Of each of them that has one.
    max_waits: Vec<&'static MaxWait>,
    /// The schedule of the environment.
    environment: Option<Schedule>,
}

/// A schedule of the environment, or one that was set before the function's first call.
struct Refused {
    by: String,
    value: String,
    reason: String,
}

/// Why a schedule cannot be [`set`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum SetError {
    /// The text is not a schedule.
    #[error(transparent)]
    Schedule(#[from] ScheduleError),
    /// Its waits may take longer than the function's `max_wait`.
    #[error("{}", too_long(*.worst_case, *.max_wait))]
    TooLong {
        /// All its waits together, each at its longest; [`Duration::MAX`] if it has no end.
        worst_case: Duration,
        /// The function's limit.
        max_wait: Duration,
    },
}

fn too_long(worst_case: Duration, max_wait: Duration) -> String {
    let max_wait = duration_text(max_wait);
    if worst_case == Duration::MAX {
        return format!(
            "the schedule has no end, and the function's `max_wait` is {max_wait}: write a list that ends in `0`"
        );
    }
    let worst_case = duration_text(worst_case);
    format!(
        "the worst case, every wait at its longest, is {worst_case}, more than the function's `max_wait` of {max_wait}: write shorter waits, or fewer"
    )
}

/// What became of a schedule that was [`set`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[must_use = "`Setting::Pending` may mean that the name is misspelt"]
pub enum Setting {
    /// It is in force from the function's next call on.
    InForce,
    /// No function of that name has been called so far. The first call of one will use it.
    Pending,
}

/// What is in force for a call.
pub(crate) enum InForce {
    /// The schedule in the source.
    Written,
    Replaced(Schedule),
    Off,
}

/// Turns all retries off: from the next call on, each call makes one attempt.
///
/// ```
/// use retry_core::{control, retry};
///
/// #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
/// fn down(attempts: &mut u32) -> Result<(), u32> {
///     *attempts += 1;
///     Err(*attempts)
/// }
///
/// control::disable();
/// assert_eq!(down(&mut 0), Err(1));
/// control::enable();
/// assert_eq!(down(&mut 0), Err(3));
/// ```
pub fn disable() {
    change(|switches| switches.turn(true));
}

/// Turns retries on again, after [`disable`] or `RETRY=off`.
pub fn enable() {
    change(|switches| switches.turn(false));
}

/// Replaces the schedule of the function of that name, from its next call on.
///
/// # Errors
///
/// [`SetError`] if the text is not a schedule, or if its worst case is more than the function's `max_wait`. Nothing changes then.
/// Of a function that has not been called so far, the `max_wait` is not known: a schedule that exceeds it is dropped at the first
/// call, and reported as those of the environment are.
///
/// ```
/// use retry_core::{control, retry};
///
/// #[retry(schedule = [1ms, 0], on = |_| true, name = "create", max_wait = 1s)]
/// fn create() -> Result<(), &'static str> {
///     Err("down")
/// }
///
/// assert!(create().is_err());
/// assert_eq!(control::set("create", "1ms, 2ms, 0"), Ok(control::Setting::InForce));
/// assert!(matches!(control::set("create", "1ms, 2ms"), Err(control::SetError::Schedule(_))));
/// assert!(matches!(control::set("create", "1m, 0"), Err(control::SetError::TooLong { .. })));
/// ```
pub fn set(function: &str, schedule: &str) -> Result<Setting, SetError> {
    let schedule = schedule.parse()?;
    change(|switches| {
        let setting = match switches.known.get(function) {
            Some(known) => {
                known.check(&schedule)?;
                Setting::InForce
            }
            None => Setting::Pending,
        };
        switches.set.insert(function.to_owned(), schedule);
        switches.update(function);
        Ok(setting)
    })
}

/// Takes back what [`set`] did for the function of that name: its next call uses the schedule of the environment, or else
/// the one in its source.
pub fn reset(function: &str) {
    change(|switches| {
        switches.set.remove(function);
        switches.update(function);
    });
}

/// The names of all functions and blocks that have been called so far, in alphabetical order.
///
/// ```
/// use retry_core::{control, retry};
///
/// #[retry(schedule = [1ms, 0], on = |_| true, name = "create")]
/// fn create() -> Result<(), &'static str> {
///     Ok(())
/// }
///
/// assert!(control::functions().is_empty());
/// create()?;
/// assert_eq!(control::functions(), ["create"]);
/// # Ok::<(), &'static str>(())
/// ```
#[must_use]
pub fn functions() -> Vec<&'static str> {
    read().known.keys().copied().collect()
}

/// What is waiting for a function that has not been called so far, or has another name: names given to [`set`], and variables
/// of the environment that begin with `RETRY_`.
///
/// ```
/// use retry_core::control;
///
/// assert_eq!(control::set("my_app::not_called", "1s, 0")?, control::Setting::Pending);
/// assert_eq!(control::pending(), ["my_app::not_called"]);
/// # Ok::<(), control::SetError>(())
/// ```
#[must_use]
pub fn pending() -> Vec<String> {
    let switches = read();
    let set = switches.set.keys();
    let set = set.filter(|name| !switches.known.contains_key(name.as_str()));
    set.chain(switches.environment.keys()).cloned().collect()
}

/// The environment variable that replaces the schedule of the function of that name.
///
/// It is `RETRY_` and the name, with `__` for each `::`. In the name of a trait's implementation, `__as__` stands for ` as `,
/// `____` for `>::`, and nothing for the `<`. Any other character that is neither a letter of ASCII nor a digit is `___`, its
/// number in hexadecimal, and `_`. So is a `_` that is not between two letters or digits, and the first letter of a module that is
/// called `as`. Two names never have one variable, and every variable can be set by a shell.
///
/// ```
/// use retry_core::control::variable;
///
/// assert_eq!(variable("my_app::Client::create"), "RETRY_my_app__Client__create");
/// assert_eq!(variable("<my_app::Client as my_app::Api>::create"), "RETRY_my_app__Client__as__my_app__Api____create");
/// assert_eq!(variable("my_app::legacy:12:15"), "RETRY_my_app__legacy___3a_12___3a_15");
/// ```
#[must_use]
pub fn variable(function: &str) -> String {
    let mut variable = String::from("RETRY_");
    match implementation(function) {
        Some([ty, of, rest]) => {
            write_escaped(&mut variable, ty);
            variable.push_str("__as__");
            write_escaped(&mut variable, of);
            variable.push_str("____");
            write_escaped(&mut variable, rest);
        }
        None => write_escaped(&mut variable, function),
    }
    variable
}

/// The parts of `<Type as Trait>::method`, if type and trait are plain paths.
fn implementation(function: &str) -> Option<[&str; 3]> {
    let (ty, rest) = function.strip_prefix('<')?.split_once(" as ")?;
    let (of, rest) = rest.split_once(">::")?;
    let is_of_path = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | ':');
    let is_whole = |path: &str| path.split("::").all(|segment| !segment.is_empty());
    let parts = [ty, of, rest];
    ((ty.chars().chain(of.chars())).all(is_of_path) && parts.into_iter().all(is_whole))
        .then_some(parts)
}

fn write_escaped(variable: &mut String, path: &str) {
    for (number, segment) in path.split("::").enumerate() {
        if number > 0 {
            variable.push_str("__");
        }
        let mut before = None;
        let mut chars = segment.chars().peekable();
        while let Some(c) = chars.next() {
            let is_plain = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric());
            let stays = match c {
                '_' => is_plain(before) && is_plain(chars.peek().copied()),
                // ` as ` is written so.
                _ => is_plain(Some(c)) && (segment != "as" || before.is_some()),
            };
            if stays {
                variable.push(c);
            } else {
                // Nothing is lost: to write into a `String` does not fail.
                let _ = write!(variable, "___{:x}_", u32::from(c));
            }
            before = Some(c);
        }
    }
}

/// What a call which begins now has to use.
pub(crate) fn in_force(function: Function, max_wait: Option<&'static MaxWait>) -> InForce {
    match function {
        Function::Site(site) if !site.asks.load(Ordering::Relaxed) => InForce::Written,
        _ => switched(function, max_wait),
    }
}

#[cold]
fn switched(function: Function, max_wait: Option<&'static MaxWait>) -> InForce {
    let name = function.name();
    let switches = read();
    let knows = |known: &Known| known.has_site(function) && known.has_max_wait(max_wait);
    if switches.known.get(name).is_some_and(knows) {
        return switches.in_force(name);
    }
    drop(switches);
    change(|switches| {
        switches.meet(name, function, max_wait);
        switches.in_force(name)
    })
}

impl Switches {
    /// The first call at a place.
    fn meet(&mut self, name: &'static str, function: Function, max_wait: Option<&'static MaxWait>) {
        let known = self.known.entry(name).or_default();
        if let Function::Site(site) = function {
            if !known.has_site(function) {
                known.sites.push(site);
            }
        }
        if !known.has_max_wait(max_wait) {
            known.max_waits.extend(max_wait);
        }
        let variable = variable(name);
        if let Some(value) = self.environment.remove(&variable) {
            match read_value(&value) {
                Ok(schedule) => known.environment = Some(schedule),
                Err(reason) => self.refused.push(Refused {
                    by: variable.clone(),
                    value: value.to_string_lossy().into_owned(),
                    reason,
                }),
            }
        }
        // What is in force already may be too long for this place.
        let mut refused = |by: String, schedule: &Schedule| match known.check(schedule) {
            Ok(()) => false,
            Err(error) => {
                let (value, reason) = (schedule.to_string(), error.to_string());
                self.refused.push(Refused { by, value, reason });
                true
            }
        };
        let of_environment = known.environment.as_ref();
        let refuses_environment =
            of_environment.is_some_and(|schedule| refused(variable, schedule));
        let set = self.set.get(name);
        if set.is_some_and(|schedule| refused(name.to_owned(), schedule)) {
            self.set.remove(name);
        }
        if refuses_environment {
            known.environment = None;
        }
        self.update(name);
    }

    fn in_force(&self, name: &str) -> InForce {
        if self.off {
            return InForce::Off;
        }
        let of_environment = || self.known.get(name)?.environment.as_ref();
        match self.set.get(name).or_else(of_environment) {
            Some(schedule) => InForce::Replaced(schedule.clone()),
            None => InForce::Written,
        }
    }

    fn turn(&mut self, off: bool) {
        self.off = off;
        for name in self.known.keys() {
            self.update(name);
        }
    }

    /// Tells the calls of a function whether they have to ask.
    fn update(&self, name: &str) {
        let asks = !matches!(self.in_force(name), InForce::Written);
        for site in self.known.get(name).iter().flat_map(|known| &known.sites) {
            site.asks.store(asks, Ordering::Relaxed);
        }
    }

    fn from_environment() -> Self {
        let mut switches = Self::default();
        for (variable, value) in std::env::vars_os() {
            // The variables of this crate are ASCII.
            let Some(variable) = variable.to_str() else {
                continue;
            };
            if variable == "RETRY" {
                match value.to_str() {
                    Some("off") => switches.off = true,
                    Some("" | "on") => {}
                    _ => switches.refused.push(Refused {
                        by: variable.to_owned(),
                        value: value.to_string_lossy().into_owned(),
                        reason: "write `off` or `on`".to_owned(),
                    }),
                }
            } else if variable.starts_with("RETRY_") {
                switches.environment.insert(variable.to_owned(), value);
            }
        }
        switches
    }
}

fn read_value(value: &OsStr) -> Result<Schedule, String> {
    let text = value.to_str();
    let text = text.ok_or("it is not UTF-8: write it in ASCII, as in `1s, 2s, 0`")?;
    text.parse()
        .map_err(|error: ScheduleError| error.to_string())
}

impl Known {
    fn has_site(&self, function: Function) -> bool {
        match function {
            Function::Site(site) => self.sites.iter().any(|known| core::ptr::eq(*known, site)),
            Function::Named(_) => true,
        }
    }

    fn has_max_wait(&self, max_wait: Option<&'static MaxWait>) -> bool {
        max_wait.is_none_or(|max_wait| {
            let mut known = self.max_waits.iter();
            known.any(|known| core::ptr::eq(*known, max_wait))
        })
    }

    /// Whether the schedule is within every `max_wait`.
    fn check(&self, schedule: &Schedule) -> Result<(), SetError> {
        for known in &self.max_waits {
            if let Some(worst_case) = known.exceeded_by(schedule) {
                return Err(SetError::TooLong {
                    worst_case,
                    max_wait: known.max_wait,
                });
            }
        }
        Ok(())
    }
}

impl Refused {
    fn report(&self) {
        let Self { by, value, reason } = self;
        let value = quoted(value);
        #[cfg(feature = "tracing")]
        tracing::error!(target: "retry", name = by, %value, %reason, "refused");
        #[cfg(not(feature = "tracing"))]
        std::eprintln!("retry: {by}={value} is refused: {reason}");
    }
}

// A panic cannot leave a change half done, so a poisoned lock is as good as any.

fn read() -> RwLockReadGuard<'static, Switches> {
    switches().read().unwrap_or_else(PoisonError::into_inner)
}

fn write() -> RwLockWriteGuard<'static, Switches> {
    switches().write().unwrap_or_else(PoisonError::into_inner)
}

fn change<T>(change: impl FnOnce(&mut Switches) -> T) -> T {
    let mut switches = write();
    let changed = change(&mut switches);
    let refused = core::mem::take(&mut switches.refused);
    drop(switches);
    refused.iter().for_each(Refused::report);
    changed
}

fn switches() -> &'static RwLock<Switches> {
    static SWITCHES: OnceLock<RwLock<Switches>> = OnceLock::new();

    SWITCHES.get_or_init(|| RwLock::new(Switches::from_environment()))
}
