//! A program without the standard library, linked and run: were `retry-core` to need it, there would be two panic
//! handlers, and nothing would link.

#![no_std]
#![no_main]

use core::alloc::{GlobalAlloc, Layout};
use core::panic::PanicInfo;
use core::sync::atomic::{AtomicU32, Ordering};
use core::time::Duration;
use retry_core::{Jitter, Schedule, retry, retry_block};

struct Nothing;

// SAFETY: it never gives out memory.
unsafe impl GlobalAlloc for Nothing {
    unsafe fn alloc(&self, _: Layout) -> *mut u8 {
        core::ptr::null_mut()
    }

    unsafe fn dealloc(&self, _: *mut u8, _: Layout) {}
}

#[global_allocator]
static NOTHING: Nothing = Nothing;

#[panic_handler]
fn panic(_: &PanicInfo<'_>) -> ! {
    // SAFETY: ending the process is always possible.
    unsafe { libc::abort() }
}

/// Named by the `alloc` crate that comes with the compiler, which was built to unwind.
#[unsafe(no_mangle)]
extern "C" fn rust_eh_personality() {}

static WAITED: AtomicU32 = AtomicU32::new(0);

fn timer(wait: Duration) {
    WAITED.fetch_add(wait.subsec_millis(), Ordering::Relaxed);
}

#[retry(schedule = [100ms, 200ms, 0], jitter = equal, on = |_| true, sleep = timer)]
fn sample(attempts: &mut u32) -> Result<u32, ()> {
    *attempts += 1;
    if *attempts == 3 { Ok(*attempts) } else { Err(()) }
}

static SCHEDULE: Schedule = Schedule::from_static(&[Duration::from_millis(50), Duration::ZERO]);

/// 0 if every retry did what it should.
#[unsafe(no_mangle)]
extern "C" fn main() -> libc::c_int {
    if sample(&mut 0) != Ok(3) {
        return 1;
    }
    let waited = WAITED.swap(0, Ordering::Relaxed);
    if !(150..=300).contains(&waited) {
        return 2;
    }
    let failed: Result<(), u8> =
        retry_block!(schedule = SCHEDULE, jitter = Jitter::none(), on = |_| true, sleep = timer => { Err(7) });
    if failed != Err(7) || WAITED.load(Ordering::Relaxed) != 50 {
        return 3;
    }
    0
}
