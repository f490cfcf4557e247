//! One worker process: jobs flow in, requests to the API flow out, and what became of them is told on standard output.

use crate::args::Work;
use crate::common::{http, interrupted, tell};
use crate::failure::Failure;
use crate::tally::Tally;
use reqwest::{Client, StatusCode, Url};
use retry_core::{AttemptTimeout, Schedule, schedule, transient};
use retry_jetstream::{Limit, Rate, Worker};
use std::future;
use std::sync::Arc;
use std::time::Duration;
use tokio::io::AsyncReadExt as _;
use tokio::time::sleep;

/// The queue's name, and the rate's.
pub const QUEUE: &str = "create";

const CREATE: Schedule = schedule![2s, 4s, 8s, 16s, 32s, 0];

const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
/// How soon the job of a killed process goes to another. It is no multiple of how often the show kills a process: a job would come
/// back just when the next one is killed, and of many jobs one would lose all its attempts so.
const ACK_WAIT: Duration = Duration::from_millis(2_500);

/// How often the tally is told.
const TELL: Duration = Duration::from_millis(100);

#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    #[error("the API answers that there were too many requests")]
    RateLimited { hint: Option<Duration> },
    #[error("the API answers {0}")]
    Status(StatusCode),
    #[error(transparent)]
    Transport(#[from] reqwest::Error),
    #[error(transparent)]
    TimedOut(#[from] AttemptTimeout),
}

impl ApiError {
    /// The API refuses duplicates, so a request whose answer was lost may be made again.
    fn is_transient(&self) -> bool {
        match self {
            Self::Status(status) => transient::http_status(status.as_u16()),
            Self::RateLimited { .. } | Self::Transport(_) | Self::TimedOut(_) => true,
        }
    }

    fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::RateLimited { hint } => *hint,
            _ => None,
        }
    }
}

pub async fn work(args: &Work) -> Result<(), Failure> {
    let jetstream = crate::server::connect(&args.server.nats).await?;
    let rate = Rate::open(&jetstream, QUEUE, Limit::per_second(args.rate)).await?;
    let tally = Arc::new(Tally::default());
    let http = http::client().no_proxy().build()?;
    let mut url = args.api.clone();
    url.set_path("workers");
    let until_eof = args.until_eof;
    let interrupted = interrupted();
    let run = Worker::open(jetstream, QUEUE, &CREATE)
        .attempt_timeout(ATTEMPT_TIMEOUT)
        .ack_wait(ACK_WAIT)
        .rate(&rate)
        .on(ApiError::is_transient)
        .retry_after(ApiError::retry_after)
        .notify({
            let tally = Arc::clone(&tally);
            move |refusal| tally.waits(refusal.wait)
        })
        .stop(async move {
            tokio::select! {
                () = interrupted => {}
                () = end_of_input(), if until_eof => {}
            }
        })
        .run({
            let tally = Arc::clone(&tally);
            move |job, _attempt| {
                let (http, url, tally) = (http.clone(), url.clone(), Arc::clone(&tally));
                async move { create(&http, url, job.payload().clone(), &tally).await }
            }
        });
    tokio::select! {
        biased;
        ended = run => ended?,
        () = tell_all(&tally) => {}
    }
    tell(&*tally);
    Ok(())
}

async fn create(
    http: &Client,
    url: Url,
    name: impl Into<reqwest::Body>,
    tally: &Tally,
) -> Result<(), ApiError> {
    tally.fetches();
    let response = http.post(url).body(name).send().await?;
    match response.status() {
        StatusCode::CREATED => tally.creates(),
        // An attempt before this one created it, and did not live to tell.
        StatusCode::CONFLICT => {}
        StatusCode::TOO_MANY_REQUESTS => {
            tally.is_refused();
            let seconds = response.headers().get("Retry-After");
            let seconds = seconds.and_then(|value| value.to_str().ok()?.parse().ok());
            return Err(ApiError::RateLimited {
                hint: seconds.map(Duration::from_secs),
            });
        }
        status => {
            tally.is_refused();
            return Err(ApiError::Status(status));
        }
    }
    Ok(())
}

/// Until nobody listens.
async fn tell_all(tally: &Tally) {
    let mut told = String::new();
    loop {
        let line = tally.to_string();
        if line != told && !tell(&line) {
            return future::pending().await;
        }
        told = line;
        sleep(TELL).await;
    }
}

async fn end_of_input() {
    let mut input = tokio::io::stdin();
    let mut byte = [0];
    while matches!(input.read(&mut byte).await, Ok(1..)) {}
}
