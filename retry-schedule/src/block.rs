//! Random numbers in blocks. A moment, a process and a way to fill bytes flow in; a number that nobody had before flows out.
//!
//! A system call takes some hundred nanoseconds, for one number or for some. So where a thread draws again within a
//! millisecond, it fetches more at once. Each number is used once, and a copy of the memory cannot use it again: after
//! `fork` the process is another one, and what a snapshot of a virtual machine keeps is out of date in a millisecond.
//! The system takes some nanoseconds for each byte, so a number has no more of them than a wait needs.
//!
//! To ask for the process is a system call, too. A thread that asked less than 5 µs ago does not ask again: `fork` takes
//! longer.

use core::cell::Cell;
use core::time::Duration;
use std::time::Instant;

/// How long a number may wait for its use. A thread that need not ask for its process may still use it then.
const FRESH: Duration = Duration::from_millis(1);

/// In less than this, no process is copied: the system makes its page tables anew, which takes tens of microseconds.
const COPYING: Duration = Duration::from_micros(5);

/// The most numbers that are fetched at once: half a kibibyte.
const MOST: usize = 128;

/// The numbers of one thread.
#[derive(Debug)]
pub(crate) struct Block {
    numbers: [Cell<u32>; MOST],
    left: Cell<usize>,
    fetched: Cell<usize>,
    /// Until when they may be used.
    fresh: Cell<Option<Instant>>,
    /// The process that they are of: the one that asked last.
    process: Cell<u32>,
    /// When it asked, and until when it need not ask again.
    asked: Cell<Option<(Instant, Instant)>>,
}

impl Block {
    pub(crate) const fn new() -> Self {
        Self {
            numbers: [const { Cell::new(0) }; MOST],
            left: Cell::new(0),
            fetched: Cell::new(0),
            fresh: Cell::new(None),
            process: Cell::new(0),
            asked: Cell::new(None),
        }
    }

    /// The next number, or none if `fill` gives none. Alone, a number is fetched alone; then 2, 4, 8 and so on.
    #[inline]
    pub(crate) fn next(
        &self,
        now: Instant,
        process: impl FnOnce() -> u32,
        fill: impl FnOnce(&mut [u8]) -> bool,
    ) -> Option<u32> {
        // A clock that stands still tells nothing.
        let is_same = self
            .asked
            .get()
            .is_some_and(|(asked, until)| asked < now && now < until);
        if !is_same {
            self.ask(now, process());
        }
        if self.left.get() == 0 {
            self.fetch(now, fill)?;
        }
        let left = self.left.get() - 1;
        self.left.set(left);
        Some(self.numbers[left].take())
    }

    /// Forgets what another process has fetched, and what was fetched too long ago.
    fn ask(&self, now: Instant, process: u32) {
        let is_fresh = self.fresh.get().is_some_and(|until| now < until);
        if self.process.replace(process) != process || !is_fresh {
            self.left.set(0);
            self.fetched.set(0);
        }
        self.asked
            .set(now.checked_add(COPYING).map(|until| (now, until)));
    }

    #[cold]
    fn fetch(&self, now: Instant, fill: impl FnOnce(&mut [u8]) -> bool) -> Option<()> {
        let count = (self.fetched.take() * 2).clamp(1, MOST);
        let mut bytes = [[0; size_of::<u32>()]; MOST];
        if !fill(bytes[..count].as_flattened_mut()) {
            return None;
        }
        for (number, bytes) in self.numbers.iter().zip(bytes) {
            number.set(u32::from_ne_bytes(bytes));
        }
        self.left.set(count);
        self.fetched.set(count);
        self.fresh.set(now.checked_add(FRESH));
        Some(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Block, COPYING, MOST};
    use core::cell::Cell;
    use std::collections::HashSet;
    use std::time::{Duration, Instant};
    use std::vec::Vec;

    const PROCESS: u32 = 7;

    /// A system that counts, and how many numbers it was asked for each time.
    #[derive(Default)]
    struct System {
        asked: Vec<usize>,
        given: u32,
    }

    impl System {
        fn fill(&mut self, bytes: &mut [u8]) -> bool {
            self.asked.push(bytes.len() / 4);
            for number in bytes.chunks_exact_mut(4) {
                self.given += 1;
                number.copy_from_slice(&self.given.to_ne_bytes());
            }
            true
        }
    }

    fn draw(block: &Block, system: &mut System, process: u32, now: Instant) -> u32 {
        block
            .next(now, || process, |bytes| system.fill(bytes))
            .expect("a number")
    }

    #[test]
    fn a_single_number_is_fetched_alone_and_many_are_fetched_together() {
        let (block, mut system, start) = (Block::new(), System::default(), Instant::now());
        for second in 0..3 {
            draw(
                &block,
                &mut system,
                PROCESS,
                start + Duration::from_secs(second),
            );
        }
        assert_eq!(system.asked, [1, 1, 1]);
        let now = start + Duration::from_secs(9);
        let drawn: HashSet<u32> = (0..383)
            .map(|_| draw(&block, &mut system, PROCESS, now))
            .collect();
        assert_eq!(drawn.len(), 383);
        assert_eq!(system.asked[3..], [1, 2, 4, 8, 16, 32, 64, 128, 128]);
        assert_eq!(*system.asked.iter().max().unwrap(), MOST);
    }

    #[test]
    fn numbers_are_forgotten_after_a_millisecond() {
        for (nanos, asked) in [(999_999, &[1, 2, 4][..]), (1_000_000, &[1, 2, 4, 1])] {
            let (block, mut system, start) = (Block::new(), System::default(), Instant::now());
            for _ in 0..4 {
                draw(&block, &mut system, PROCESS, start);
            }
            draw(
                &block,
                &mut system,
                PROCESS,
                start + Duration::from_nanos(nanos),
            );
            assert_eq!(system.asked, asked, "{nanos} ns");
        }
    }

    #[test]
    fn a_process_does_not_use_what_another_one_fetched() {
        // The copy draws as soon as it can. Where the clock has not moved, it asks nevertheless.
        for later in [Duration::ZERO, COPYING, COPYING * 2] {
            let (block, mut system, now) = (Block::new(), System::default(), Instant::now());
            for _ in 0..4 {
                draw(&block, &mut system, PROCESS, now);
            }
            draw(&block, &mut system, PROCESS + 1, now + later);
            assert_eq!(system.asked, [1, 2, 4, 1], "{later:?}");
        }
    }

    #[test]
    fn a_storm_asks_for_the_process_once_in_five_microseconds() {
        let (block, mut system, start) = (Block::new(), System::default(), Instant::now());
        let asked = Cell::new(0);
        for nanos in 0..15_000 {
            let process = || {
                asked.set(asked.get() + 1);
                PROCESS
            };
            let now = start + Duration::from_nanos(nanos);
            block
                .next(now, process, |bytes| system.fill(bytes))
                .expect("a number");
        }
        assert_eq!(asked.get(), 3);
    }

    #[test]
    fn a_system_that_gives_nothing_is_asked_again() {
        let (block, mut system, now) = (Block::new(), System::default(), Instant::now());
        assert_eq!(block.next(now, || PROCESS, |_| false), None);
        assert_eq!(draw(&block, &mut system, PROCESS, now), 1);
        assert_eq!(block.next(now, || PROCESS, |_| false), None);
        assert_eq!(draw(&block, &mut system, PROCESS, now), 2);
        assert_eq!(system.asked, [1, 1]);
    }
}
