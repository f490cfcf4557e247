//! The one clock of the board: every wait and every time that is shown goes by it.

use crate::common::Speed;
use std::time::Duration;
use tokio::time::Instant;

/// Long enough that a fraction of it can be measured at any speed.
const HOUR: Duration = Duration::from_secs(3600);

#[derive(Debug, Clone, Copy)]
pub struct Clock {
    started: Instant,
    speed: Speed,
}

impl Clock {
    pub fn start(speed: Speed) -> Self {
        Self {
            started: Instant::now(),
            speed,
        }
    }

    /// What has passed since the start, in the time of the schedule.
    pub fn now(self) -> Duration {
        let passed = self.started.elapsed().as_nanos() * HOUR.as_nanos();
        let nanos = passed / self.speed.scale(HOUR).as_nanos();
        Duration::from_nanos(nanos.try_into().unwrap_or(u64::MAX))
    }

    pub async fn sleep(self, wait: Duration) {
        self.speed.sleep(wait).await;
    }
}
