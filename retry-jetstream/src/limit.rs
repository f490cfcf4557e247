//! The arithmetic of a shared rate. The stored time and the time now flow in; tokens and the time to store, or a wait, flow out.

use core::num::NonZeroU32;
use core::time::Duration;

const NANOS: u128 = 1_000_000_000;

/// How many attempts a whole fleet may start: so many a second, and so many at once.
///
/// This is the generic cell rate algorithm (ITU-T I.371, annex A). What is stored is one time: the one at which all tokens taken so
/// far would have come at an even rate. It may lie ahead of the present by as much as the burst takes.
///
/// Workers lease tokens before they fetch messages, and use them within [`window`](Limit::window). So attempts may start later than
/// their tokens were counted, and [`most_in`](Limit::most_in) says what that makes of the limit.
///
/// ```
/// use core::num::NonZeroU32;
/// use core::time::Duration;
/// use retry_jetstream::Limit;
///
/// let limit = Limit::per_second(NonZeroU32::new(30).unwrap());
/// // 30, the burst of 6, and what the window of 200 ms adds: 6
/// assert_eq!(limit.most_in(Duration::from_secs(1)), 42);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Limit {
    per_second: NonZeroU32,
    burst: NonZeroU32,
    window: Duration,
}

/// Tokens, and what is stored once they are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Leased {
    /// How many.
    pub tokens: u32,
    /// The time to store, in nanoseconds on the clock of `now`.
    pub stored: u64,
}

impl Limit {
    /// So many attempts a second. The burst is a fifth of that, at least 1, and the window 200 ms.
    #[must_use]
    pub const fn per_second(per_second: NonZeroU32) -> Self {
        let burst = match NonZeroU32::new(per_second.get() / 5) {
            Some(burst) => burst,
            None => NonZeroU32::MIN,
        };
        Self {
            per_second,
            burst,
            window: Duration::from_millis(200),
        }
    }

    /// So many tokens can be leased at once after a rest.
    #[must_use]
    pub const fn burst(self, burst: NonZeroU32) -> Self {
        Self { burst, ..self }
    }

    /// For how long leased tokens can be used. A longer window means fewer requests to the server for each message, and more
    /// attempts above the rate.
    #[must_use]
    pub const fn window(self, window: Duration) -> Self {
        Self { window, ..self }
    }

    /// How long leased tokens can be used.
    #[must_use]
    pub const fn lease_time(&self) -> Duration {
        self.window
    }

    /// The most attempts that start in any such period, in the whole fleet: the burst, and the rate times the period and the
    /// window.
    ///
    /// The workers go by the server's clock, which they know to within the time of one request. That adds the rate times the slowest
    /// such request.
    #[must_use]
    pub fn most_in(&self, period: Duration) -> u64 {
        let counted = period.saturating_add(self.window).as_nanos();
        let most = counted.saturating_mul(self.rate()).div_ceil(NANOS);
        let most = most + u128::from(self.burst.get());
        u64::try_from(most).unwrap_or(u64::MAX)
    }

    /// Takes up to `wanted` tokens, at least one, or says after what time there is one. `stored` is what was stored last, if
    /// anything was. It and `now` are nanoseconds since the same moment.
    ///
    /// ```
    /// use core::num::NonZeroU32;
    /// use core::time::Duration;
    /// use retry_jetstream::Limit;
    ///
    /// const TEN: NonZeroU32 = NonZeroU32::new(10).unwrap();
    /// let limit = Limit::per_second(TEN).burst(NonZeroU32::new(3).unwrap());
    ///
    /// let first = limit.lease(None, 0, 8).unwrap();
    /// assert_eq!((first.tokens, first.stored), (3, 300_000_000));
    /// let wait = limit.lease(Some(first.stored), 0, 1).unwrap_err();
    /// assert_eq!(wait, Duration::from_millis(100));
    /// ```
    ///
    /// # Errors
    ///
    /// The time after which there is a token.
    pub fn lease(&self, stored: Option<u64>, now: u64, wanted: u32) -> Result<Leased, Duration> {
        let start = u128::from(stored.unwrap_or(0).max(now));
        let full = u128::from(now) + self.time_of(self.burst.get());
        let room = full.saturating_sub(start);
        let tokens = (room * self.rate() / NANOS).min(u128::from(wanted.max(1)));
        let tokens = u32::try_from(tokens).unwrap_or(u32::MAX);
        if tokens == 0 {
            let wait = (start + self.time_of(1)).saturating_sub(full);
            return Err(Duration::from_nanos(saturated(wait)));
        }
        let stored = saturated(start + self.time_of(tokens));
        Ok(Leased { tokens, stored })
    }

    fn rate(&self) -> u128 {
        self.per_second.get().into()
    }

    /// What so many tokens take at an even rate, in nanoseconds, rounded up.
    fn time_of(&self, tokens: u32) -> u128 {
        (u128::from(tokens) * NANOS).div_ceil(self.rate())
    }
}

fn saturated(nanos: u128) -> u64 {
    u64::try_from(nanos).unwrap_or(u64::MAX)
}
