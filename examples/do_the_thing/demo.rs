//! What the command shows: the same calls, while somebody switches the flag.

use super::common::terminal::{BAD, GOOD, is_read};
use super::common::{one_line, say, shown, tell};
use super::flags::{Flags, FlagsError};
use super::{Arguments, Ledger, Legacy, SCHEDULE, api};
use retry_core::{Jitter, RetryEvent};
use std::error::Error;
use std::fmt::Display;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::Duration;
use std::{env, fs, process, thread};

/// How long the demonstration waits to hear of a change that it made.
const PATIENCE: Duration = Duration::from_secs(10);

/// Between the calls of whoever edits the file by hand.
const PAUSE: Duration = Duration::from_secs(1);

/// What keeps it from starting.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("cannot listen on the loopback interface")]
    Listen(#[source] io::Error),
    #[error("cannot write {}", .0.display())]
    Write(PathBuf, #[source] io::Error),
    #[error("{}", .0.display())]
    Flags(PathBuf, #[source] FlagsError),
    #[error("{}: nothing was heard of the change", .0.display())]
    Unheard(PathBuf),
}

/// Where the demonstration has its flags file; removed when this is dropped.
pub struct Folder(PathBuf);

impl Folder {
    pub fn temporary() -> Self {
        Self(env::temp_dir().join(format!("do_the_thing-{}", process::id())))
    }

    pub fn file(&self) -> PathBuf {
        self.0.join("flags.txt")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // It is not there if it was not needed.
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Says whether every call with the retries on succeeded. With a file of the user's, it goes on for as long as somebody reads.
pub fn run(arguments: Arguments, own_file: PathBuf) -> Result<bool, Failure> {
    let legacy = Legacy {
        api: api::start(arguments.failures).map_err(Failure::Listen)?,
        flags: Arc::new(Flags::default()),
        log: tell_wait,
        speed: arguments.speed,
    };
    match arguments.flags {
        Some(file) => calling(&legacy, &file),
        None => switching(&legacy, &own_file),
    }
}

/// What is read before the calls: the list, what it comes to, and how fast it runs.
fn introduce(legacy: &Legacy) {
    let worst = SCHEDULE.worst_case(&Jitter::default());
    let attempts = SCHEDULE.attempts();
    tell(format_args!("the list: {SCHEDULE}, each wait ± 20 %"));
    tell(format_args!(
        "{attempts} attempts at most, with {worst:?} of waiting at worst"
    ));
    tell(legacy.speed);
}

fn calling(legacy: &Legacy, file: &Path) -> Result<bool, Failure> {
    let name = shown(&file.display().to_string());
    let (shown_name, flags) = (name.clone(), Arc::clone(&legacy.flags));
    let failed = |error| Failure::Flags(file.to_owned(), error);
    let _watcher = legacy
        .flags
        .watch(file, move |told| match told {
            Ok(backoff) => drop(tell(format_args!("{shown_name}: {}", line(backoff)))),
            Err(error) => say(format_args!(
                "{shown_name}: {}; it stays at {}",
                one_line(&error),
                line(flags.backoff())
            )),
        })
        .map_err(failed)?;
    let backoff = legacy.flags.load(file).map_err(failed)?;
    introduce(legacy);
    tell(format_args!("{name}: {}", line(backoff)));
    for id in (1..).step_by(2).take_while(|_| is_read()) {
        call_both(legacy, id);
        thread::sleep(PAUSE);
    }
    Ok(true)
}

fn switching(legacy: &Legacy, file: &Path) -> Result<bool, Failure> {
    let write = |backoff| {
        let folder = file.parent().map_or(Ok(()), fs::create_dir_all);
        folder
            .and_then(|()| fs::write(file, format!("{}\n", line(backoff))))
            .map_err(|error| Failure::Write(file.to_owned(), error))
    };
    let failed = |error| Failure::Flags(file.to_owned(), error);
    write(false)?;
    let (hear, heard) = channel();
    let _watcher = legacy
        .flags
        .watch(file, move |told| {
            // The demonstration may have ended.
            let _ = hear.send(told);
        })
        .map_err(failed)?;
    legacy.flags.load(file).map_err(failed)?;
    introduce(legacy);
    let mut succeeded = true;
    for (id, backoff) in [(1, false), (3, true), (5, false)] {
        write(backoff)?;
        while legacy.flags.backoff() != backoff {
            let told = heard.recv_timeout(PATIENCE);
            // A file that was half written is looked at again.
            let _ = told.map_err(|_| Failure::Unheard(file.to_owned()))?;
        }
        tell(line(backoff));
        succeeded &= call_both(legacy, id) || !backoff;
    }
    Ok(succeeded)
}

/// Calls the method and the function with the block, and says whether both succeeded.
fn call_both(legacy: &Legacy, id: u32) -> bool {
    let done = call(format_args!("do_the_thing({id})"), || {
        legacy.do_the_thing(id)
    });
    let order = format!("3 x {}", id + 1);
    let booked = call(format_args!("book({order:?})"), || {
        legacy.book(&order, &mut Ledger::new())
    });
    done && booked
}

fn call<T: Display, E: Error>(name: impl Display, call: impl FnOnce() -> Result<T, E>) -> bool {
    tell(format_args!("  {name}"));
    let result = call();
    match &result {
        Ok(cents) => {
            let cents = shown(&cents.to_string());
            tell(format_args!("    {GOOD}gives {cents} cents{GOOD:#}"));
        }
        Err(error) => {
            let error = one_line(error);
            tell(format_args!("    {BAD}fails{BAD:#}: {error}"));
        }
    }
    result.is_ok()
}

/// What the list says of a wait, what jitter made of it, and why it is waited.
fn tell_wait(retry: &RetryEvent<'_, io::Error>) {
    let listed = format!("{:?}", retry.backoff);
    let wait = retry.wait.as_secs_f64();
    let attempt = retry.attempt;
    let reason = one_line(retry.error);
    tell(format_args!(
        "    listed {listed:>3}, waits {wait:5.2} s after attempt {attempt}: {reason}"
    ));
}

fn line(backoff: bool) -> &'static str {
    if backoff {
        "backoff = on"
    } else {
        "backoff = off"
    }
}
