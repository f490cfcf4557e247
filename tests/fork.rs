//! Processes that were one a moment ago do not draw the same waits.

#![cfg(unix)]

use retry_core::jitter;
use std::collections::HashSet;
use std::io::{Read as _, Write as _, pipe};
use std::time::Duration;

#[test]
fn eight_forked_processes_draw_eight_different_waits() {
    let hour = Duration::from_secs(3600);
    // Whatever is set up at the first draw is set up before the fork, and would be copied by it.
    let _ = jitter(hour, 0.2);
    let (mut reader, mut writer) = pipe().expect("a pipe");
    let children: Vec<libc::pid_t> = (0..8)
        .map(|_| {
            // SAFETY: the child makes system calls only, and ends without running what its parent would.
            match unsafe { libc::fork() } {
                0 => {
                    let wait = jitter(hour, 0.2).as_nanos().to_le_bytes();
                    let written = writer.write_all(&wait).is_ok();
                    unsafe { libc::_exit(i32::from(!written)) }
                }
                child => child,
            }
        })
        .collect();
    drop(writer);
    let mut drawn = Vec::new();
    reader.read_to_end(&mut drawn).expect("the children wrote");
    for child in children {
        // SAFETY: the child is ours, and no status is asked for.
        assert_eq!(
            unsafe { libc::waitpid(child, std::ptr::null_mut(), 0) },
            child
        );
    }
    let waits: HashSet<&[u8]> = drawn.chunks_exact(16).collect();
    assert_eq!(waits.len(), 8);
}
