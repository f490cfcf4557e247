//! A budget of retries that many calls share. Retries and successes flow in; whether a retry may be made flows out.

use crate::bucket::Bucket;

/// A limit on the retries of many calls together: when too many calls fail, retries stop, and the service gets the load of
/// the calls alone.
///
/// A retry takes tokens, and a success gives some back. When there are too few, the error returns at once. Backoff and
/// jitter spread the load, but they do not reduce it: while a service is down, three retries make four times the load. A
/// budget ends that. There are three rules, each known from a system that uses it:
/// [`aws_standard`](Self::aws_standard), [`grpc`](Self::grpc) and [`percent`](Self::percent).
///
/// Choose its size for the work. Five hundred creations against a rate limit need hundreds of retries in the first second.
/// A bucket made for a service with a steady load does not hold that many.
///
/// ```
/// use retry_core::{RetryBudget, retry};
///
/// static BUDGET: RetryBudget = RetryBudget::percent(0.1, 10);
///
/// #[retry(schedule = [1ms, 1ms, 0], on = |_| true, budget = &BUDGET)]
/// fn fail() -> Result<(), &'static str> {
///     Err("down")
/// }
///
/// for _ in 0..5 {
///     assert!(fail().is_err());
/// }
/// // Each call has made two retries, and the ten tokens are gone.
/// assert_eq!(BUDGET.available(), 0.0);
/// ```
///
/// It is one atomic number: `const`, lock-free, exact to a thousandth of a token. A call that is cancelled during a wait does
/// not give back what its retry took.
#[derive(Debug)]
pub struct RetryBudget {
    bucket: Bucket,
    rule: Rule,
}

/// In thousandths of a token.
#[derive(Debug, Clone, Copy)]
struct Rule {
    capacity: u32,
    /// What a retry takes.
    retry: u32,
    /// What a retry after a timeout takes.
    timeout: u32,
    /// What a success at the first attempt gives.
    success: u32,
    /// Whether a success gives back what its last retry took.
    refunds: bool,
    /// If there is one, a failure always takes its tokens, and retries are allowed only while more than this are left.
    threshold: Option<u32>,
}

const TOKEN: u32 = 1_000;

impl RetryBudget {
    /// The retry quota of the AWS SDKs' standard mode: 500 tokens; a retry takes 5, one after a timeout 10; a success gives
    /// back what its last retry took, and one without a retry gives 1.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode.
    #[must_use]
    pub const fn aws_standard() -> Self {
        Self::full(Rule {
            capacity: 500 * TOKEN,
            retry: 5 * TOKEN,
            timeout: 10 * TOKEN,
            success: TOKEN,
            refunds: true,
            threshold: None,
        })
    }

    /// gRPC's retry throttling: `max_tokens`, of which each failure takes 1 and each success gives `ratio`; retries go on
    /// only while more than half of them are left.
    ///
    /// As in gRPC, the ratio counts to three decimal places. A ratio outside 0.001 to `max_tokens` counts as the nearer of the
    /// two, and so does a `max_tokens` outside 1 to 1,000.
    ///
    /// Source: gRFC A6, "gRPC Retry Design", throttling retry attempts.
    #[must_use]
    pub const fn grpc(max_tokens: u32, ratio: f64) -> Self {
        let max_tokens = if max_tokens == 0 {
            1
        } else if max_tokens > 1_000 {
            1_000
        } else {
            max_tokens
        };
        let capacity = max_tokens * TOKEN;
        let success = thousandths(ratio, capacity);
        Self::full(Rule {
            capacity,
            retry: TOKEN,
            timeout: TOKEN,
            success: if success == 0 { 1 } else { success },
            refunds: false,
            threshold: Some(capacity / 2),
        })
    }

    /// Each success gives `ratio` of a retry, each retry takes 1: in the long run, `ratio` retries to a success, and
    /// `reserve` of them at once. The bucket holds `reserve` tokens and starts full.
    ///
    /// The ratio counts to three decimal places. One outside 0 to 1 counts as the nearer of the two. A `reserve` above
    /// 4,000,000 counts as 4,000,000.
    ///
    /// Source: Finagle's and Linkerd's retry budgets, without their time window.
    #[must_use]
    pub const fn percent(ratio: f64, reserve: u32) -> Self {
        let reserve = if reserve > 4_000_000 {
            4_000_000
        } else {
            reserve
        };
        Self::full(Rule {
            capacity: reserve * TOKEN,
            retry: TOKEN,
            timeout: TOKEN,
            success: thousandths(ratio, TOKEN),
            refunds: false,
            threshold: None,
        })
    }

    const fn full(rule: Rule) -> Self {
        Self {
            bucket: Bucket::new(rule.capacity),
            rule,
        }
    }

    /// How many tokens there are now.
    #[must_use]
    pub fn available(&self) -> f64 {
        f64::from(self.bucket.tokens()) / f64::from(TOKEN)
    }

    /// Whether a retry may be made; if so, `spent` is what it took, in thousandths of a token.
    #[doc(hidden)]
    #[cold]
    pub fn withdraw(&self, spent: &mut u32, timed_out: bool) -> bool {
        let cost = if timed_out {
            self.rule.timeout
        } else {
            self.rule.retry
        };
        let granted = match self.rule.threshold {
            Some(threshold) => self.bucket.drain(cost) > threshold,
            None => self.bucket.withdraw(cost),
        };
        if granted {
            *spent = cost;
        }
        granted
    }

    /// Counts a success, after a last retry that took `spent`, or after none.
    #[doc(hidden)]
    pub fn deposit(&self, spent: u32) {
        let tokens = if self.rule.refunds && spent > 0 {
            spent
        } else {
            self.rule.success
        };
        // A full bucket is left alone, so that calls that succeed do not fight over it.
        if self.bucket.tokens() < self.rule.capacity {
            self.bucket.deposit(tokens, self.rule.capacity);
        }
    }
}

/// The number in thousandths, at least 0 and at most `max`; NaN is 0.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast from a float saturates"
)]
const fn thousandths(number: f64, max: u32) -> u32 {
    let thousandths = (number * 1_000.0 + 0.5) as u32;
    if thousandths > max { max } else { thousandths }
}
