//! `cargo retry simulate`: what many clients together do to a service, on tokio's paused clock. In: a schedule, a jitter, how
//! many clients there are, and what the service takes. Out: the numbers by which to choose among schedules, jitters and budgets.
//!
//! What is simulated are the loops of `#[retry]` themselves: `storm` is a service that takes so many requests per second,
//! `outage` one that takes none, `brown_out` one that is slow for a while.

pub(crate) mod brown_out;
pub(crate) mod outage;
pub(crate) mod storm;
#[cfg(test)]
mod tests;

use crate::args::SimulateArgs;
use crate::error::Error;
use crate::given::{self, Given};
use crate::screen::plural;
use retry_core::{AttemptTimeout, RetryBudget};
use retry_schedule::{Jitter, Schedule, duration_text};
use serde_json::json;
use std::fmt::Write as _;
use std::future::Future;
use std::time::Duration;
use storm::{Limit, Storm};

/// What every attempt that does not succeed fails with.
#[derive(Debug)]
pub(crate) struct Failed;

impl From<AttemptTimeout> for Failed {
    fn from(_: AttemptTimeout) -> Self {
        Self
    }
}

/// Runs on a clock that moves on as soon as everybody waits.
pub(crate) fn paused<T>(simulation: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build();
    runtime
        .expect("a runtime without input and output needs nothing of the system")
        .block_on(simulation)
}

pub(crate) fn run(args: &SimulateArgs) -> Result<String, Error> {
    let Given {
        schedule,
        jitter: own,
    } = given::schedule(&args.schedule, &args.workspace)?;
    if schedule.is_open() {
        return Err(Error::Argument("an open list never ends, and neither would its simulation: write a list that ends in `0`".to_owned()));
    }
    let jitter = args.jitter.as_deref().map(given::jitter).transpose()?;
    let jitter = jitter.or(own).unwrap_or_default();
    let budget = budget(&args.budget)?;
    let limit = Limit {
        per_second: rate(&args.rate)?,
        burst: f64::from(args.burst),
    };
    let simulated = Simulated::of(args, &schedule, jitter, limit, &budget);
    Ok(if args.json {
        simulated.to_json()
    } else {
        simulated.to_text(args, &schedule, jitter)
    })
}

struct Simulated {
    storms: Vec<(&'static str, Storm)>,
    outages: Vec<(&'static str, usize)>,
    recoveries: Vec<(&'static str, Option<usize>)>,
}

impl Simulated {
    fn of(
        args: &SimulateArgs,
        schedule: &Schedule,
        jitter: Jitter,
        limit: Limit,
        budget: &dyn Fn() -> RetryBudget,
    ) -> Self {
        let clients = args.clients as usize;
        let mut storms = Vec::new();
        if jitter != Jitter::none() {
            storms.push((
                "as given",
                paused(storm::of(clients, limit, schedule, jitter, None)),
            ));
        }
        storms.push((
            "no jitter",
            paused(storm::of(clients, limit, schedule, Jitter::none(), None)),
        ));
        storms.push((
            "with a budget",
            paused(storm::of(clients, limit, schedule, jitter, Some(&budget()))),
        ));
        let outages = vec![
            (
                "as given",
                paused(outage::requests(clients, schedule, jitter, None)),
            ),
            (
                "with a budget",
                paused(outage::requests(clients, schedule, jitter, Some(&budget()))),
            ),
            (
                "and no answers",
                paused(outage::unanswered_requests(
                    clients,
                    schedule,
                    jitter,
                    &budget(),
                )),
            ),
        ];
        let once = Schedule::from_static(&[Duration::ZERO]);
        let recovery = |schedule: &Schedule, budget: Option<RetryBudget>| {
            let goodput = paused(brown_out::goodput(schedule, jitter, budget));
            brown_out::recovery(&goodput)
        };
        let recoveries = vec![
            ("as given", recovery(schedule, None)),
            ("with a budget", recovery(schedule, Some(budget()))),
            ("without retries", recovery(&once, None)),
        ];
        Self {
            storms,
            outages,
            recoveries,
        }
    }

    fn to_text(&self, args: &SimulateArgs, schedule: &Schedule, jitter: Jitter) -> String {
        let mut text = String::new();
        let worst = duration_text(schedule.worst_case(&jitter));
        let _ = writeln!(
            text,
            "{}: {}, jitter {jitter}, at worst {worst} of waiting. The budget is {}.\n",
            given::shorten(&args.schedule, 60),
            plural(schedule.attempts(), "attempt", "attempts"),
            args.budget
        );
        let _ = writeln!(
            text,
            "{} at once, at a service that takes {} with a burst of {}:",
            plural(args.clients as usize, "client", "clients"),
            args.rate,
            args.burst
        );
        let _ = writeln!(
            text,
            "                  created  requests  last success  peak per 100 ms"
        );
        for (name, storm) in &self.storms {
            let last = storm.last_success.map_or("never".to_owned(), |last| {
                format!("{:.1} s", last.as_secs_f64())
            });
            let _ = writeln!(
                text,
                "  {name:15}{:>8}{:>10}{last:>14}{:>17}",
                storm.created, storm.requests, storm.peak
            );
        }
        let _ = writeln!(
            text,
            "\nIn an outage, where nothing succeeds:\n                 requests  per call"
        );
        for (name, requests) in &self.outages {
            // Hundredths are enough, and whole numbers stay exact.
            let hundredths = *requests as u64 * 100 / u64::from(args.clients);
            let per_call = format!("{}.{:02}", hundredths / 100, hundredths % 100);
            let _ = writeln!(text, "  {name:15}{requests:>8}{per_call:>10}");
        }
        let _ = writeln!(
            text,
            "\nAfter a brown-out: a service that answers {} requests per second gets {} calls per second, and is slow from second {} to {}:",
            brown_out::CAPACITY,
            brown_out::LOAD,
            brown_out::SLOW.start,
            brown_out::SLOW.end
        );
        for (name, recovery) in &self.recoveries {
            let _ = match recovery {
                Some(second) => writeln!(text, "  {name:16} well again in second {second}"),
                None => writeln!(text, "  {name:16} still down in second {}", brown_out::END),
            };
        }
        text
    }

    fn to_json(&self) -> String {
        let storms: Vec<_> = self
            .storms
            .iter()
            .map(|(name, storm)| {
                json!({
                    "case": name,
                    "created": storm.created,
                    "requests": storm.requests,
                    "last_success_seconds": storm.last_success.map(|last| last.as_secs_f64()),
                    "peak_per_100_ms": storm.peak,
                })
            })
            .collect();
        let outages: Vec<_> = self
            .outages
            .iter()
            .map(|(name, requests)| json!({ "case": name, "requests": requests }))
            .collect();
        let recoveries: Vec<_> = self
            .recoveries
            .iter()
            .map(|(name, second)| json!({ "case": name, "well_again_in_second": second }))
            .collect();
        format!(
            "{:#}\n",
            json!({ "version": 1, "storm": storms, "outage": outages, "brown_out": recoveries })
        )
    }
}

/// `30/s`, `300/m`, `5000/h`, in requests per second.
pub(crate) fn rate(text: &str) -> Result<f64, Error> {
    let wrong = || {
        Error::Argument(format!(
            "cannot read --rate {text}: write how many requests in which time, such as 30/s, 300/m or 5000/h"
        ))
    };
    let (count, unit) = text.split_once('/').ok_or_else(wrong)?;
    let count: f64 = count.trim().parse().map_err(|_| wrong())?;
    let seconds = match unit.trim() {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3_600.0,
        _ => return Err(wrong()),
    };
    if !(count > 0.0 && count <= 1e9) {
        return Err(wrong());
    }
    Ok(count / seconds)
}

/// `aws`, `grpc(100, 0.1)`, `percent(0.1, 10)`, each time a full one.
fn budget(text: &str) -> Result<Box<dyn Fn() -> RetryBudget>, Error> {
    let wrong = || {
        Error::Argument(format!(
            "cannot read --budget {text}: write aws, grpc(100, 0.1) or percent(0.1, 10)"
        ))
    };
    if text == "aws" {
        return Ok(Box::new(RetryBudget::aws_standard));
    }
    let (name, arguments) = text
        .strip_suffix(')')
        .and_then(|text| text.split_once('('))
        .ok_or_else(wrong)?;
    let (one, other) = arguments.split_once(',').ok_or_else(wrong)?;
    let (one, other) = (one.trim(), other.trim());
    let count = |text: &str| {
        text.replace('_', "")
            .parse::<u32>()
            .ok()
            .filter(|count| *count <= 1_000_000)
            .ok_or_else(wrong)
    };
    let ratio = |text: &str| {
        text.parse::<f64>()
            .ok()
            .filter(|ratio| (0.0..=10.0).contains(ratio))
            .ok_or_else(wrong)
    };
    match name.trim() {
        "grpc" => {
            let (tokens, ratio) = (count(one)?, ratio(other)?);
            if tokens == 0 || ratio == 0.0 {
                return Err(wrong());
            }
            Ok(Box::new(move || RetryBudget::grpc(tokens, ratio)))
        }
        "percent" => {
            let (ratio, reserve) = (ratio(one)?, count(other)?);
            Ok(Box::new(move || RetryBudget::percent(ratio, reserve)))
        }
        _ => Err(wrong()),
    }
}
