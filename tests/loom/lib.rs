//! The bucket of `RetryBudget`, in every order in which a few threads may change it.
//!
//! `scripts/loom` runs it; without `--cfg loom` there is nothing here.

#![cfg(all(loom, test))]

#[path = "../../retry-core/src/bucket.rs"]
mod bucket;

/// The atomics that `bucket` counts with.
mod atomic {
    pub(crate) use loom::sync::atomic::{AtomicU32, Ordering};
}

use bucket::Bucket;
use loom::sync::Arc;
use loom::thread::{self, JoinHandle};

const CAPACITY: u32 = 10;

fn bucket(tokens: u32) -> Arc<Bucket> {
    Arc::new(Bucket::new(tokens))
}

fn spawn<T: 'static>(
    bucket: &Arc<Bucket>,
    change: impl FnOnce(&Bucket) -> T + 'static,
) -> JoinHandle<T> {
    let bucket = Arc::clone(bucket);
    thread::spawn(move || change(&bucket))
}

/// How many of these withdrawals are granted.
fn withdraw(bucket: &Bucket, tokens: u32, times: u32) -> u32 {
    (0..times).map(|_| u32::from(bucket.withdraw(tokens))).sum()
}

#[test]
fn the_tokens_stay_within_0_and_the_capacity() {
    loom::model(|| {
        let bucket = bucket(5);
        let giver = spawn(&bucket, |bucket| {
            bucket.deposit(7, CAPACITY);
            bucket.deposit(u32::MAX, CAPACITY);
        });
        let taker = spawn(&bucket, |bucket| {
            bucket.withdraw(6);
            bucket.drain(8);
        });
        // Below 0 would be far above the capacity.
        assert!(bucket.tokens() <= CAPACITY);
        assert!(bucket.tokens() <= CAPACITY);
        giver.join().unwrap();
        assert!(bucket.tokens() <= CAPACITY);
        taker.join().unwrap();
        assert!(bucket.tokens() <= CAPACITY);
    });
}

#[test]
fn no_more_is_granted_than_there_was_and_was_given() {
    loom::model(|| {
        let bucket = bucket(3);
        let first = spawn(&bucket, |bucket| withdraw(bucket, 2, 2));
        let second = spawn(&bucket, |bucket| {
            bucket.deposit(1, CAPACITY);
            withdraw(bucket, 2, 1)
        });
        let granted = first.join().unwrap() + second.join().unwrap();
        // Nothing is lost, either.
        assert_eq!(2 * granted + bucket.tokens(), 3 + 1);
    });
}

#[test]
fn of_many_who_want_the_last_token_one_gets_it() {
    loom::model(|| {
        let bucket = bucket(1);
        let others = [(); 2].map(|()| spawn(&bucket, |bucket| bucket.withdraw(1)));
        let granted = u32::from(bucket.withdraw(1))
            + others
                .map(|other| u32::from(other.join().unwrap()))
                .iter()
                .sum::<u32>();
        assert_eq!((granted, bucket.tokens()), (1, 0));
    });
}

#[test]
fn a_drain_never_goes_below_0_and_says_what_it_left() {
    loom::model(|| {
        let bucket = bucket(7);
        let others = [(); 2].map(|()| spawn(&bucket, |bucket| bucket.drain(3)));
        let mine = bucket.drain(3);
        let [one, other] = others.map(|other| other.join().unwrap());
        let mut left = [mine, one, other];
        left.sort_unstable();
        assert_eq!((left, bucket.tokens()), ([0, 1, 4], 0));
    });
}

#[test]
fn a_drain_and_a_deposit_both_count() {
    loom::model(|| {
        let bucket = bucket(2);
        let giver = spawn(&bucket, |bucket| bucket.deposit(4, CAPACITY));
        let taker = spawn(&bucket, |bucket| bucket.drain(3));
        giver.join().unwrap();
        match taker.join().unwrap() {
            0 => assert_eq!(bucket.tokens(), 4, "it found two"),
            3 => assert_eq!(bucket.tokens(), 3, "it found six"),
            left => panic!("it left {left}"),
        }
    });
}

#[test]
fn what_does_not_fit_is_lost_and_nothing_else() {
    loom::model(|| {
        let bucket = bucket(CAPACITY);
        let giver = spawn(&bucket, |bucket| bucket.deposit(4, CAPACITY));
        let taker = spawn(&bucket, |bucket| bucket.withdraw(3));
        giver.join().unwrap();
        assert!(taker.join().unwrap());
        // Given first, all four are lost; given last, one of them.
        assert!([CAPACITY - 3, CAPACITY].contains(&bucket.tokens()));
    });
}

/// A hook that panics gives back what its retry took.
#[test]
fn what_is_given_back_is_there_for_others_and_never_twice() {
    loom::model(|| {
        let bucket = bucket(2);
        let panics = spawn(&bucket, |bucket| {
            let granted = bucket.withdraw(2);
            if granted {
                bucket.deposit(2, CAPACITY);
            }
            granted
        });
        let retries = spawn(&bucket, |bucket| bucket.withdraw(2));
        let (panicked, retried) = (panics.join().unwrap(), retries.join().unwrap());
        assert!(panicked || retried, "one of them found both tokens");
        assert_eq!(bucket.tokens(), if retried { 0 } else { 2 });
    });
}

/// The last failure of a call takes its token beside the retries of others.
#[test]
fn a_last_failure_counts_while_others_retry() {
    loom::model(|| {
        let bucket = bucket(4);
        let last = spawn(&bucket, |bucket| bucket.drain(1));
        let retry = spawn(&bucket, |bucket| bucket.drain(1));
        bucket.deposit(1, CAPACITY);
        let left = [last.join().unwrap(), retry.join().unwrap()];
        assert_eq!(bucket.tokens(), 3);
        assert!(left.iter().all(|left| (2..=4).contains(left)), "{left:?}");
    });
}
