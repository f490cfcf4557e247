//! The timer of async code. A duration flows in; a future that is ready when it is over flows out.
//!
//! It is tokio's. Where tokio has none, an [`Alarm`] is set instead: outside a runtime, in one whose timer is not enabled, and
//! in one that shuts down. Tokio panics there. When a wait begins, the result of the attempt is gone, so that panic would be all
//! that the caller ever hears of its error.

use crate::alarm::Alarm;
use core::pin::Pin;
use core::task::{Context, Poll};
use core::time::Duration;
use pin_project_lite::pin_project;
use std::panic::{AssertUnwindSafe, catch_unwind};
use tokio::runtime::Handle;

pin_project! {
    #[project = Project]
    #[derive(Debug)]
    #[must_use = "futures do nothing unless awaited"]
    pub(crate) enum Timer {
        Tokio {
            #[pin]
            timer: tokio::time::Sleep,
        },
        Alarm {
            alarm: Alarm,
        },
        Yield {
            has_yielded: bool,
        },
    }
}

impl Timer {
    pub(crate) fn new(wait: Duration) -> Self {
        // Only of a runtime without a timer nothing is known before it panics.
        let timer = Handle::try_current()
            .ok()
            .and_then(|_| unless_it_panics(|| tokio::time::sleep(wait)));
        match timer {
            Some(timer) => Self::Tokio { timer },
            None => Self::Alarm {
                alarm: Alarm::after(wait),
            },
        }
    }

    /// Is over as soon as other tasks have run.
    pub(crate) fn yielding() -> Self {
        Self::Yield { has_yielded: false }
    }
}

impl Future for Timer {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let deadline = match self.as_mut().project() {
            Project::Tokio { mut timer } => {
                match unless_it_panics(|| timer.as_mut().poll(cx)) {
                    Some(poll) => return poll,
                    // The runtime shuts down.
                    None => timer.deadline().into_std(),
                }
            }
            Project::Alarm { alarm } => return alarm.poll(cx),
            Project::Yield { has_yielded: true } => return Poll::Ready(()),
            Project::Yield { has_yielded } => {
                *has_yielded = true;
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
        };
        self.set(Self::Alarm {
            alarm: Alarm::at(deadline),
        });
        self.poll(cx)
    }
}

/// What tokio gives, unless it has no timer.
fn unless_it_panics<T>(timer: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(timer)).ok()
}
