//! A shape goes in, the list of its waits comes out.

use crate::duration::{duration_text, from_nanos};
use crate::geometric::Geometric;
use crate::kind::{ShapeArgument, ShapeKind};
use crate::shape::{Factor, MARGIN, Shape, ShapeError, out_of_range};
use alloc::vec::Vec;
use core::time::Duration;

impl Shape {
    /// The list, the `0` at its end included. Where the last wait is repeated without end, the list ends in that wait.
    ///
    /// # Errors
    ///
    /// An argument is missing, not the shape's own, or out of range; a wait does not fit a [`Duration`]; or there is no
    /// last wait to repeat.
    pub fn backoffs(&self) -> Result<Vec<Duration>, ShapeError> {
        let retries = self.check()?;
        let mut list = match self.kind {
            ShapeKind::Constant if self.is_open => Ok(alloc::vec![self.first]),
            ShapeKind::Constant => self.list(retries, |_| Some(self.first)),
            ShapeKind::Linear => {
                let step = self.step.ok_or(self.missing(ShapeArgument::Step))?;
                self.list(retries, |waits| match waits {
                    [] => Some(self.first),
                    [.., last] => last.checked_add(step),
                })
            }
            ShapeKind::Fibonacci => self.list(retries, |waits| match waits {
                [] | [_] => Some(self.first),
                [.., before, last] => last.checked_add(*before),
            }),
            ShapeKind::Exponential => self.geometric(retries, Factor(2_000_000_000)),
            ShapeKind::Inverse => self.geometric(retries, Factor(500_000_000)),
        }?;
        if !self.is_open {
            list.push(Duration::ZERO);
        }
        Ok(list)
    }

    fn geometric(&self, retries: usize, default: Factor) -> Result<Vec<Duration>, ShapeError> {
        let factor = self.factor.unwrap_or(default);
        let min = self.min.unwrap_or(Duration::ZERO);
        let bounds = [min, self.max.unwrap_or(Duration::MAX)];
        let mut exact = Geometric::new(self.first.as_nanos());
        self.list(retries, |waits| {
            match waits {
                [] => {}
                // Once at its bound, a wait stays there: no need to go on multiplying.
                [.., last] if bounds.contains(last) => return Some(*last),
                _ => exact.multiply(factor.0),
            }
            Some(from_nanos(exact.rounded()?)?.max(min))
        })
    }

    /// The waits that `next` makes of those before, none above `max`, until there are enough, or `within` is used up, or
    /// the wait is there that an open list repeats.
    /// A `next` of `None` is a wait that does not fit a duration.
    fn list(
        &self,
        retries: usize,
        mut next: impl FnMut(&[Duration]) -> Option<Duration>,
    ) -> Result<Vec<Duration>, ShapeError> {
        let max = self.max.unwrap_or(Duration::MAX);
        let repeated = match self.settled() {
            _ if !self.is_open => None,
            None => return Err(ShapeError::NeverSettles(self.kind)),
            settled => settled,
        };
        let mut left = self.within.map(|within| within.saturating_sub(MARGIN));
        let mut waits = Vec::new();
        while waits.len() < retries && left != Some(Duration::ZERO) {
            let entry = waits.len() + 1;
            let wait = next(&waits)
                .or(self.max)
                .ok_or(ShapeError::TooLarge { entry })?;
            let wait = wait.min(max).min(left.unwrap_or(max));
            left = left.map(|left| left.saturating_sub(wait));
            waits.push(wait);
            if repeated.is_some_and(|(repeated, _)| wait == repeated) {
                return Ok(waits);
            }
        }
        if let Some((_, argument)) = repeated {
            return Err(ShapeError::SettlesTooLate { argument });
        }
        match (self.within, left) {
            (Some(within), Some(left)) if !left.is_zero() => Err(out_of_range(
                ShapeArgument::Within,
                &duration_text(within),
                "a time that at most 1000 attempts can take: write a shorter one, or a longer `min`",
            )),
            _ => Ok(waits),
        }
    }
}
