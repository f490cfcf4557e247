//! Random numbers for jitter. Nothing flows in; a uniform `u64` flows out.
//!
//! Each number comes from the operating system. A generator kept in memory would be copied by `fork` and by a snapshot of
//! a virtual machine. The copies would then draw the same numbers and retry at the same time. Numbers that are needed
//! within the same millisecond are fetched together, as `block` says, if there is a clock and a process id.

#[cfg(all(feature = "std", any(unix, windows)))]
use crate::block::Block;
use core::sync::atomic::{AtomicUsize, Ordering};

/// What tests have fixed in place of a random number.
#[cfg(feature = "test-util")]
static FIXED: std::sync::OnceLock<fn() -> Option<u64>> = std::sync::OnceLock::new();

/// A uniformly random number, unless a test has fixed it.
#[must_use]
pub fn draw() -> u64 {
    #[cfg(feature = "test-util")]
    if let Some(fixed) = FIXED.get().and_then(|fixed| fixed()) {
        return fixed;
    }
    from_system().unwrap_or_else(fallback)
}

/// From now on, every draw asks this function first. Only the first function that is given counts.
#[cfg(feature = "test-util")]
pub fn ask_first(fixed: fn() -> Option<u64>) {
    FIXED.get_or_init(|| fixed);
}

#[cfg(all(feature = "std", any(unix, windows)))]
fn from_system() -> Option<u64> {
    std::thread_local! {
        static BLOCK: Block = const { Block::new() };
    }
    let fill =
        |bytes: &mut [u8]| rand::TryRng::try_fill_bytes(&mut rand::rngs::SysRng, bytes).is_ok();
    let now = std::time::Instant::now();
    let number = BLOCK.with(|block| block.next(now, std::process::id, fill))?;
    Some(spread(number))
}

/// The position of `u64` that lies where the number lies in `u32`: 0 and the last one stay what they are. Four billion places
/// are enough for a wait: those of ten minutes ± 20 % are 56 ns apart.
#[cfg(all(feature = "std", any(unix, windows)))]
fn spread(number: u32) -> u64 {
    u64::from(number) << 32 | u64::from(number)
}

#[cfg(all(
    any(unix, windows, target_os = "wasi"),
    not(all(feature = "std", any(unix, windows)))
))]
fn from_system() -> Option<u64> {
    rand::TryRng::try_next_u64(&mut rand::rngs::SysRng).ok()
}

#[cfg(not(any(unix, windows, target_os = "wasi")))]
fn from_system() -> Option<u64> {
    None
}

/// A number that differs from draw to draw and, where there is a clock, from process to process. It is not secret.
#[cold]
fn fallback() -> u64 {
    static DRAWS: AtomicUsize = AtomicUsize::new(0);

    let draws = DRAWS.fetch_add(1, Ordering::Relaxed);
    mix(mix(draws as u64) ^ process())
}

#[cfg(all(feature = "std", any(unix, windows)))]
fn process() -> u64 {
    use std::time::{SystemTime, UNIX_EPOCH};

    let nanos = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |now| u64::from(now.subsec_nanos()) ^ now.as_secs());
    mix(nanos) ^ u64::from(std::process::id())
}

#[cfg(not(all(feature = "std", any(unix, windows))))]
fn process() -> u64 {
    let here = 0u8;
    core::ptr::from_ref(&here).addr() as u64
}

/// The finalizer of `SplitMix64`: Steele, Lea and Flood, "Fast Splittable Pseudorandom Number Generators", OOPSLA 2014.
fn mix(state: u64) -> u64 {
    let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests {
    extern crate std;

    use super::{draw, fallback, from_system, mix};
    use std::collections::HashSet;

    #[test]
    fn no_two_draws_are_alike_with_or_without_the_system() {
        let drawn: HashSet<u64> = (0..100).flat_map(|_| [draw(), fallback()]).collect();
        assert_eq!(drawn.len(), 200);
    }

    #[test]
    fn the_system_gives_numbers() {
        assert!(from_system().is_some());
    }

    // There is no clock without it.
    #[cfg(feature = "std")]
    #[test]
    fn what_stands_for_the_process_is_another_at_each_moment() {
        use std::time::SystemTime;

        let at_next_moment = || {
            let now = SystemTime::now();
            while SystemTime::now() == now {}
            super::process()
        };
        let seen: HashSet<u64> = (0..100).map(|_| at_next_moment()).collect();
        assert_eq!(seen.len(), 100);
    }

    /// The first numbers of the published generator, from the seed 0.
    #[test]
    fn numbers_are_mixed_as_published() {
        const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
        let mixed = [0, GAMMA, GAMMA.wrapping_mul(2)].map(mix);
        assert_eq!(
            mixed,
            [
                0xe220_a839_7b1d_cdaf,
                0x6e78_9e6a_a1b9_65f4,
                0x06c4_5d18_8009_454f,
            ]
        );
    }

    #[test]
    fn draws_without_the_system_use_every_bit() {
        let (ones, zeros) = (0..64).fold((0, 0), |(ones, zeros), _| {
            let drawn = fallback();
            (ones | drawn, zeros | !drawn)
        });
        assert_eq!((ones, zeros), (u64::MAX, u64::MAX));
    }
}
