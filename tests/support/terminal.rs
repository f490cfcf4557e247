//! Examples on a terminal: a pair of ends, of which the example has the inner one, and what arrives at the outer one.

#![allow(dead_code, reason = "no test uses all of it")]

use super::process::{Ended, LIMIT, Process};
use std::fs::File;
use std::os::fd::{FromRawFd as _, OwnedFd};
use tokio::io::AsyncReadExt as _;
use tokio::process::Command;
use tokio::time;

/// The outer and the inner end of a terminal of so many columns.
pub fn open(columns: u16) -> Option<(File, OwnedFd)> {
    let size = libc::winsize {
        ws_row: 24,
        ws_col: columns,
        ws_xpixel: 0,
        ws_ypixel: 0,
    };
    let (mut outer, mut inner) = (-1, -1);
    let no_name = std::ptr::null_mut();
    // SAFETY: what is pointed to lives longer than the call; the two descriptors are new, and nobody else's.
    unsafe {
        let opened = libc::openpty(&mut outer, &mut inner, no_name, std::ptr::null(), &size);
        (opened == 0).then(|| (File::from_raw_fd(outer), OwnedFd::from_raw_fd(inner)))
    }
}

/// Runs a command with both of its outputs on a terminal of so many columns. `seen` is called with all that was written,
/// whenever that is more, and may interrupt the process. None where there are no terminals.
pub async fn run(
    mut command: Command,
    columns: u16,
    mut seen: impl FnMut(&str, &Process),
) -> Option<(String, Ended)> {
    let (outer, inner) = open(columns)?;
    let mut outer = tokio::fs::File::from_std(outer);
    let term = command.as_std().get_envs().any(|(name, _)| name == "TERM");
    if !term {
        command.env("TERM", "xterm");
    }
    command
        // What machines of continuous integration and users have set. `CI` alone is taken for colours.
        .env_remove("CI")
        .env_remove("CLICOLOR")
        .env_remove("CLICOLOR_FORCE")
        .stdout(inner.try_clone().unwrap())
        .stderr(inner);
    let process = Process::start(&mut command);
    // It holds the inner end, which has to be closed for the outer one to end.
    drop(command);
    let mut screen = Vec::new();
    let show = async {
        // Linux says that the terminal is gone, other systems that it ended.
        while let Ok(1..) = outer.read_buf(&mut screen).await {
            seen(&String::from_utf8_lossy(&screen), &process);
        }
    };
    time::timeout(LIMIT, show).await.expect("an end");
    let ended = process.end().await;
    Some((String::from_utf8(screen).unwrap(), ended))
}
