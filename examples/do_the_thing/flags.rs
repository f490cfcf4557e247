//! A feature flag in a file: read once at the start, and again whenever the file changes.

use notify::{Event, RecommendedWatcher, RecursiveMode, Watcher as _};
use std::ffi::OsStr;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::mpsc::channel;
use std::time::Duration;
use std::{path, thread};

/// How long a file that is being written is left alone.
const SETTLE: Duration = Duration::from_millis(10);

/// A file that is longer, such as a device that never ends, is not read to its end.
const LONGEST: u64 = 64 * 1024;

/// What can be switched while the program runs. Reading it takes no lock.
#[derive(Debug, Default)]
pub struct Flags {
    backoff: AtomicBool,
}

#[derive(Debug, thiserror::Error)]
pub enum FlagsError {
    #[error(transparent)]
    Read(#[from] io::Error),
    #[error(transparent)]
    Watch(#[from] notify::Error),
    #[error("line {0}: `{1}` is not `backoff = on` or `backoff = off`")]
    Line(usize, String),
    #[error("it is longer than 64 KiB")]
    TooLong,
    #[error("it has no line `backoff = on` or `backoff = off`")]
    Missing,
}

impl Flags {
    pub fn backoff(&self) -> bool {
        self.backoff.load(Relaxed)
    }

    /// Takes over what the file says. If that is not clear, the last good value stays.
    pub fn load(&self, file: &Path) -> Result<bool, FlagsError> {
        let mut text = String::new();
        let mut file = File::open(file)?.take(LONGEST + 1);
        file.read_to_string(&mut text)?;
        if file.limit() == 0 {
            return Err(FlagsError::TooLong);
        }
        let backoff = parse(&text)?;
        self.backoff.store(backoff, Relaxed);
        Ok(backoff)
    }

    /// Loads the file again after each change, for as long as the watcher lives, and tells what came of it.
    ///
    /// What is watched is the folder: many editors do not write to a file, but put another in its place.
    pub fn watch(
        self: &Arc<Self>,
        file: &Path,
        told: impl Fn(Result<bool, FlagsError>) + Send + 'static,
    ) -> Result<RecommendedWatcher, FlagsError> {
        let absolute = path::absolute(file)?;
        let folder = absolute.parent().unwrap_or(&absolute);
        let name = absolute.file_name().map(ToOwned::to_owned);
        let (changed, changes) = channel();
        let mut watcher = notify::recommended_watcher(move |event| {
            let concerned = match event {
                Ok(event) => concerns(&event, name.as_deref()),
                // Whatever was missed, the file knows.
                Err(_) => true,
            };
            if concerned {
                // Nobody listens any more once the watcher is being dropped.
                let _ = changed.send(());
            }
        })?;
        watcher.watch(folder, RecursiveMode::NonRecursive)?;
        let (flags, file) = (Arc::clone(self), file.to_owned());
        thread::spawn(move || {
            for () in &changes {
                thread::sleep(SETTLE);
                // One look is enough for all of them.
                changes.try_iter().for_each(drop);
                told(flags.load(&file));
            }
        });
        Ok(watcher)
    }
}

/// Whether the file of that name may have changed.
pub fn concerns(event: &Event, name: Option<&OsStr>) -> bool {
    // To read it is no change, and would have it read again and again.
    !event.kind.is_access()
        && (event.need_rescan() || event.paths.iter().any(|path| path.file_name() == name))
}

/// Reads lines such as `backoff = on`; empty ones, comments after `#` and flags of other names may stand between them.
fn parse(text: &str) -> Result<bool, FlagsError> {
    let mut backoff = None;
    for (index, written) in text.lines().enumerate() {
        let (line, _) = written.split_once('#').unwrap_or((written, ""));
        if line.trim().is_empty() {
            continue;
        }
        match line
            .split_once('=')
            .map(|(name, value)| (name.trim(), value.trim()))
        {
            Some(("backoff", "on")) => backoff = Some(true),
            Some(("backoff", "off")) => backoff = Some(false),
            Some((name, _)) if name != "backoff" => {}
            _ => return Err(FlagsError::Line(index + 1, written.trim().to_owned())),
        }
    }
    backoff.ok_or(FlagsError::Missing)
}
