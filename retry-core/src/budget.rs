//! A budget of retries that many calls share. Retries and successes flow in; whether a retry may be made flows out.

use crate::bucket::Bucket;
use crate::end::End;

/// A limit on the retries of many calls together: when too many calls fail, retries stop, and the service gets the load of
/// the calls alone.
///
/// A retry takes tokens, and a success gives some back. When there are too few, the error returns at once. Backoff and
/// jitter spread the load, but they do not reduce it: while a service is down, three retries make four times the load. A
/// budget ends that. There are three rules, each known from a system that uses it:
/// [`aws_standard`](Self::aws_standard), [`grpc`](Self::grpc) and [`percent`](Self::percent). [`holding`](Self::holding) begins a
/// rule of your own.
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
/// not give back what its retry took. A `notify` that panics does: no retry was made.
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

/// In tokens. A few more fit into the bucket's number.
const MAX_TOKENS: u32 = 4_000_000;

impl RetryBudget {
    /// The retry quota of the AWS SDKs' standard mode: 500 tokens; a retry takes 5, one after a timeout 10; a success gives
    /// back what its last retry took, and one without a retry gives 1.
    ///
    /// Source: AWS SDKs and Tools Reference Guide, "Retry behavior", standard mode.
    #[must_use]
    pub const fn aws_standard() -> Self {
        Self::holding(500)
            .retry_costs(5.0)
            .timeout_costs(10.0)
            .success_gives(1.0)
            .success_refunds()
    }

    /// Begins a rule of your own: a bucket that holds so many tokens and starts full. A retry takes 1, and a success gives
    /// nothing, until you say otherwise. All numbers count to three decimal places. A capacity above 4,000,000 counts as
    /// 4,000,000.
    ///
    /// In 2026 the AWS SDKs raised what a retry takes to 14 tokens, timeouts included; a retry of a throttled request takes 5. A
    /// budget is not told which error it was, but `on` is: say what the cheapest retry takes, and let `on` take the rest with
    /// [`try_take`](Self::try_take).
    ///
    /// ```
    /// use retry_core::{RetryBudget, retry};
    ///
    /// static AWS_2026: RetryBudget = RetryBudget::holding(500)
    ///     .retry_costs(5.0)
    ///     .timeout_costs(5.0)
    ///     .success_gives(1.0)
    ///     .success_refunds();
    ///
    /// enum ApiError {
    ///     Throttled,
    ///     Unavailable,
    ///     Refused,
    /// }
    ///
    /// impl ApiError {
    ///     fn is_retryable(&self) -> bool {
    ///         match self {
    ///             Self::Throttled => true,
    ///             // 14 tokens in all.
    ///             Self::Unavailable => AWS_2026.try_take(9.0),
    ///             Self::Refused => false,
    ///         }
    ///     }
    /// }
    ///
    /// #[retry(schedule = [1ms, 1ms, 0], on = ApiError::is_retryable, budget = &AWS_2026)]
    /// fn call(answers: &mut Vec<ApiError>) -> Result<(), ApiError> {
    ///     answers.pop().map_or(Ok(()), Err)
    /// }
    ///
    /// assert!(call(&mut vec![ApiError::Unavailable, ApiError::Throttled, ApiError::Unavailable]).is_err());
    /// assert_eq!(AWS_2026.available(), 500.0 - 14.0 - 5.0);
    /// assert!(call(&mut vec![ApiError::Refused]).is_err());
    /// assert_eq!(AWS_2026.available(), 500.0 - 14.0 - 5.0);
    /// ```
    ///
    /// What differs from the SDKs: a success after retries gives back 5, not 14, after the dearer error, too.
    ///
    /// Source of these numbers: AWS Developer Tools Blog, "Announcing updated retry behavior for AWS SDKs and Tools", and AWS SDKs
    /// and Tools Reference Guide, "Retry behavior".
    #[must_use]
    pub const fn holding(capacity: u32) -> Self {
        let capacity = if capacity > MAX_TOKENS {
            MAX_TOKENS
        } else {
            capacity
        };
        let capacity = capacity * TOKEN;
        Self {
            bucket: Bucket::new(capacity),
            rule: Rule {
                capacity,
                retry: TOKEN,
                timeout: TOKEN,
                success: 0,
                refunds: false,
                threshold: None,
            },
        }
    }

    /// What a retry takes, after a timeout too. A number below 0 counts as 0, and so does NaN; one above 4,000,000 as 4,000,000.
    #[must_use]
    pub const fn retry_costs(mut self, tokens: f64) -> Self {
        self.rule.retry = thousandths(tokens, MAX_TOKENS * TOKEN);
        self.rule.timeout = self.rule.retry;
        self
    }

    /// What a retry takes after an `attempt_timeout`, within the bounds of [`retry_costs`](Self::retry_costs), which is written
    /// before this.
    #[must_use]
    pub const fn timeout_costs(mut self, tokens: f64) -> Self {
        self.rule.timeout = thousandths(tokens, MAX_TOKENS * TOKEN);
        self
    }

    /// What a success gives, within the bounds of [`retry_costs`](Self::retry_costs).
    #[must_use]
    pub const fn success_gives(mut self, tokens: f64) -> Self {
        self.rule.success = thousandths(tokens, MAX_TOKENS * TOKEN);
        self
    }

    /// A success after retries gives back what its last retry took. One at the first attempt gives
    /// [`success_gives`](Self::success_gives).
    #[must_use]
    pub const fn success_refunds(mut self) -> Self {
        self.rule.refunds = true;
        self
    }

    /// gRPC's retry throttling: `max_tokens`, of which each failure takes 1 and each success gives `ratio`; retries go on
    /// only while more than half of them are left. The failure of the last attempt takes 1 too. An error for which `on` is false
    /// takes nothing, but `on` is not asked about the last one.
    ///
    /// As in gRPC, the ratio counts to three decimal places. A ratio outside 0.001 to `max_tokens` counts as the nearer of the
    /// two, and so does a `max_tokens` outside 1 to 1,000.
    ///
    /// Source: gRFC A6, "gRPC Retry Design", throttling retry attempts; grpc-go counts a failure before it compares the attempts.
    #[must_use]
    pub const fn grpc(max_tokens: u32, ratio: f64) -> Self {
        let max_tokens = if max_tokens == 0 {
            1
        } else if max_tokens > 1_000 {
            1_000
        } else {
            max_tokens
        };
        let mut budget = Self::holding(max_tokens);
        let success = thousandths(ratio, budget.rule.capacity);
        budget.rule.success = if success == 0 { 1 } else { success };
        budget.rule.threshold = Some(budget.rule.capacity / 2);
        budget
    }

    /// Each success gives `ratio` of a retry, each retry takes 1: in the long run, `ratio` retries to a success, whatever the
    /// reserve. The bucket starts with `reserve` tokens, and holds two more, so that nothing that a success gives is lost while
    /// retries wait for it.
    ///
    /// The ratio counts to three decimal places. One outside 0 to 1 counts as the nearer of the two. A `reserve` above
    /// 4,000,000 counts as 4,000,000.
    ///
    /// ```
    /// use retry_core::{RetryBudget, retry};
    ///
    /// static BUDGET: RetryBudget = RetryBudget::percent(0.5, 0);
    ///
    /// #[retry(schedule = [1ms, 0], on = |_| true, budget = &BUDGET)]
    /// fn call(answers: &mut Vec<Result<(), &'static str>>) -> Result<(), &'static str> {
    ///     answers.pop().unwrap_or(Ok(()))
    /// }
    ///
    /// assert!(call(&mut vec![Err("down")]).is_err(), "nothing was given so far");
    /// assert!(call(&mut vec![]).is_ok());
    /// assert!(call(&mut vec![]).is_ok());
    /// assert!(call(&mut vec![Err("down")]).is_ok(), "two successes have paid for a retry");
    /// ```
    ///
    /// Source: Finagle's and Linkerd's retry budgets, without their time window.
    #[must_use]
    pub const fn percent(ratio: f64, reserve: u32) -> Self {
        let mut budget = Self::holding(reserve);
        // Less than one token is there before a success, and a success gives at most one.
        budget.rule.capacity += 2 * TOKEN;
        budget.rule.success = thousandths(ratio, TOKEN);
        budget
    }

    /// How many tokens there are now.
    #[must_use]
    pub fn available(&self) -> f64 {
        f64::from(self.bucket.tokens()) / f64::from(TOKEN)
    }

    /// Takes tokens besides what a retry takes, if there are so many; if not, takes none and gives `false`. In `on`, which is called
    /// once for each failure while a wait is left, it makes retries after some errors cost more. Nothing gives these tokens back
    /// but later successes. Where `on` is false for want of tokens, the call ends as `NotRetryable`.
    ///
    /// The number counts to three decimal places. One below 0 counts as 0, and so does NaN; one above 4,000,000 as 4,000,000.
    ///
    /// ```
    /// use retry_core::RetryBudget;
    ///
    /// static BUDGET: RetryBudget = RetryBudget::holding(10);
    ///
    /// assert!(BUDGET.try_take(9.0));
    /// assert!(!BUDGET.try_take(9.0));
    /// assert_eq!(BUDGET.available(), 1.0);
    /// ```
    #[must_use]
    #[cold]
    pub fn try_take(&self, tokens: f64) -> bool {
        self.bucket
            .withdraw(thousandths(tokens, MAX_TOKENS * TOKEN))
    }

    /// Whether a retry may be made. `spent` becomes what it takes, in thousandths of a token.
    #[doc(hidden)]
    #[cold]
    pub fn withdraw(&self, spent: &mut u32, timed_out: bool) -> bool {
        let cost = if timed_out {
            self.rule.timeout
        } else {
            self.rule.retry
        };
        *spent = cost;
        match self.rule.threshold {
            Some(threshold) => self.bucket.drain(cost) > threshold,
            None => self.bucket.withdraw(cost),
        }
    }

    /// Gives back what a retry took, unless it is forgotten. A rule that counts failures keeps it.
    #[doc(hidden)]
    #[must_use]
    pub fn unspent(&self, spent: u32) -> Unspent<'_> {
        Unspent {
            budget: self,
            spent,
        }
    }

    /// Counts the failure of the last attempt.
    #[doc(hidden)]
    #[cold]
    pub fn ended(&self, end: End) {
        if self.rule.threshold.is_some() && end == End::Exhausted {
            self.bucket.drain(self.rule.retry);
        }
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

/// What a retry took that has not been made so far.
#[doc(hidden)]
#[derive(Debug)]
pub struct Unspent<'a> {
    budget: &'a RetryBudget,
    spent: u32,
}

impl Drop for Unspent<'_> {
    fn drop(&mut self) {
        let RetryBudget { bucket, rule } = self.budget;
        if rule.threshold.is_none() {
            bucket.deposit(self.spent, rule.capacity);
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
