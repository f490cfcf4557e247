//! Processes that were one a moment ago do not draw the same waits, on any way to draw one, with other threads or without.

#![cfg(unix)]
#![allow(
    clippy::incompatible_msrv,
    reason = "the oldest compiler does not build tests"
)]

use retry_core::{Jitter, Schedule, jitter, jitter_capped, schedule};
use std::collections::HashSet;
use std::io::{Read as _, Write as _, pipe};
use std::thread;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);
const HOURS: Schedule = schedule![1h, 1h, 0];

const WAYS: [fn() -> Duration; 3] = [
    || jitter(HOUR, 0.2),
    || jitter_capped(HOUR, Jitter::full(), 2 * HOUR),
    || HOURS.jittered(Jitter::equal()).next().expect("a wait"),
];

const BEFORE: usize = 5;
const CHILDREN: usize = 4;

/// The waits of a thread that draws, forks while numbers may be left, and draws again, and those of its children.
fn family(way: fn() -> Duration) -> Vec<u128> {
    let (mut reader, mut writer) = pipe().expect("a pipe");
    let mut drawn: Vec<_> = (0..BEFORE).map(|_| way().as_nanos()).collect();
    let children: Vec<libc::pid_t> = (0..CHILDREN)
        // SAFETY: the child makes system calls only, and ends without running what its parent would.
        .map(|_| match unsafe { libc::fork() } {
            0 => {
                let wait = way().as_nanos().to_le_bytes();
                let written = writer.write_all(&wait).is_ok();
                unsafe { libc::_exit(i32::from(!written)) }
            }
            child => child,
        })
        .collect();
    drop(writer);
    drawn.push(way().as_nanos());
    let mut written = Vec::new();
    reader.read_to_end(&mut written).expect("the children");
    for child in children {
        // SAFETY: the child is ours, and no status is asked for.
        let ended = unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) };
        assert_eq!(ended, child);
    }
    let waits = written.chunks_exact(size_of::<u128>());
    drawn.extend(waits.map(|wait| u128::from_le_bytes(wait.try_into().expect("16 bytes"))));
    drawn
}

#[test]
fn forked_processes_draw_different_waits() {
    for way in WAYS {
        for _ in 0..5 {
            let drawn = family(way);
            assert_eq!(drawn.len(), BEFORE + CHILDREN + 1);
            let different: HashSet<_> = drawn.iter().collect();
            assert_eq!(different.len(), drawn.len(), "{drawn:?}");
        }
    }
}

#[test]
fn processes_that_threads_fork_draw_different_waits() {
    for way in WAYS {
        let drawn: Vec<u128> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(move || family(way))).collect();
            let ended = threads
                .into_iter()
                .map(|thread| thread.join().expect("an end"));
            ended.flatten().collect()
        });
        assert_eq!(drawn.len(), 4 * (BEFORE + CHILDREN + 1));
        let different: HashSet<_> = drawn.iter().collect();
        assert_eq!(different.len(), drawn.len(), "{drawn:?}");
    }
}
