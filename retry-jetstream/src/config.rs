//! What the server is asked for. A schedule and a queue's name flow in; configurations flow out, or what is different in those
//! that the server has.

use crate::error::Error;
use crate::names::Names;
use async_nats::jetstream::consumer::{self, AckPolicy, pull};
use async_nats::jetstream::{kv, stream};
use core::fmt::Debug;
use core::time::Duration;
use retry_core::Schedule;

/// How many messages may be under way or wait for their next attempt, in a whole fleet, unless
/// [`Worker::max_ack_pending`](crate::Worker::max_ack_pending) says otherwise.
///
/// Where more wait, no new ones are delivered until some are done. A fleet that starts r jobs a second needs r times the worst case
/// of its schedule: 30/s with 37 s, 1,110.
pub const MAX_ACK_PENDING: i64 = 20_000;

/// After that long without a sign of life, a worker counts as dead, however long its attempts may take.
const LONGEST_ACK_WAIT: Duration = Duration::from_secs(30);
/// A busy machine may be silent for that long.
const SHORTEST_ACK_WAIT: Duration = Duration::from_millis(100);

/// For how long a second publication with the same id is recognised. The server keeps these ids in memory.
pub(crate) const DEDUPLICATED: Duration = Duration::from_secs(60 * 60);

/// How many failures of a job are kept; the server allows no more.
const HISTORY: i64 = 64;
/// What is left of jobs whose end nobody tidied up after.
const HISTORY_AGE: Duration = Duration::from_secs(30 * 24 * 60 * 60);

/// The consumer that makes the server deliver a job as often as the schedule has attempts.
///
/// Acknowledgement is explicit, and there is no `backoff`: the server would not wait the listed times. Each refusal brings its own
/// wait instead. `ack_wait` is `attempt_timeout`, but 100 ms at least and 30 s at most: workers send a sign of life three times as
/// often while an attempt runs, so it only says how soon a dead worker's jobs go to others.
///
/// ```
/// use core::time::Duration;
/// use retry_core::{Schedule, schedule};
///
/// const CREATE: Schedule = schedule![2s, 4s, 8s, 16s, 32s, 0];
///
/// let consumer = retry_jetstream::consumer(&CREATE, Duration::from_secs(10));
/// assert_eq!(consumer.max_deliver, 6);
/// assert_eq!(consumer.ack_wait, Duration::from_secs(10));
/// assert!(consumer.backoff.is_empty());
/// ```
#[must_use]
pub fn consumer(schedule: &Schedule, attempt_timeout: Duration) -> pull::Config {
    pull::Config {
        ack_policy: AckPolicy::Explicit,
        ack_wait: attempt_timeout.clamp(SHORTEST_ACK_WAIT, LONGEST_ACK_WAIT),
        // An open schedule has `usize::MAX` attempts; -1 says without end.
        max_deliver: i64::try_from(schedule.attempts()).unwrap_or(-1),
        max_ack_pending: MAX_ACK_PENDING,
        ..pull::Config::default()
    }
}

/// Jobs that wait or are under way. A job that is done or dead is not in it any more.
pub(crate) fn jobs(names: &Names) -> stream::Config {
    stream::Config {
        name: names.jobs(),
        subjects: vec![names.job_subject()],
        retention: stream::RetentionPolicy::WorkQueue,
        storage: stream::StorageType::File,
        // A full stream refuses new jobs; it would drop the oldest otherwise.
        discard: stream::DiscardPolicy::New,
        duplicate_window: DEDUPLICATED,
        allow_direct: true,
        ..stream::Config::default()
    }
}

/// Dead letters, until somebody deletes them.
pub(crate) fn dead(names: &Names) -> stream::Config {
    stream::Config {
        name: names.dead(),
        subjects: vec![names.dead_subject()],
        storage: stream::StorageType::File,
        discard: stream::DiscardPolicy::New,
        duplicate_window: DEDUPLICATED,
        allow_direct: true,
        ..stream::Config::default()
    }
}

/// What the server says about jobs whose last attempt ended without an answer. It is kept, so that it is not lost while no worker
/// listens.
pub(crate) fn ended(names: &Names) -> stream::Config {
    stream::Config {
        name: names.ended(),
        subjects: vec![names.advisory_subject()],
        retention: stream::RetentionPolicy::WorkQueue,
        storage: stream::StorageType::File,
        ..stream::Config::default()
    }
}

pub(crate) fn history(names: &Names) -> kv::Config {
    kv::Config {
        bucket: names.history(),
        history: HISTORY,
        max_age: HISTORY_AGE,
        storage: stream::StorageType::File,
        ..kv::Config::default()
    }
}

/// Whether a stream that exists does what the queue relies on. Sizes, replicas and the like are the operator's.
pub(crate) fn check_stream(found: &stream::Config, wanted: &stream::Config) -> Result<(), Error> {
    let of = format!("stream `{}`", wanted.name);
    same(&of, "subjects", &found.subjects, &wanted.subjects)?;
    same(&of, "retention", &found.retention, &wanted.retention)?;
    same(&of, "storage", &found.storage, &wanted.storage)?;
    if wanted.discard == stream::DiscardPolicy::New {
        same(&of, "discard", &found.discard, &wanted.discard)?;
    }
    same(&of, "max_age", &found.max_age, &wanted.max_age)
}

/// Whether a consumer that exists delivers as the schedule says.
pub(crate) fn check_consumer(found: &consumer::Config, wanted: &pull::Config) -> Result<(), Error> {
    let of = format!(
        "consumer `{}`",
        wanted.durable_name.as_deref().unwrap_or_default()
    );
    same(&of, "ack_policy", &found.ack_policy, &wanted.ack_policy)?;
    same(&of, "backoff", &found.backoff, &wanted.backoff)?;
    same(&of, "ack_wait", &found.ack_wait, &wanted.ack_wait)?;
    same(&of, "max_deliver", &found.max_deliver, &wanted.max_deliver)?;
    same(
        &of,
        "max_ack_pending",
        &found.max_ack_pending,
        &wanted.max_ack_pending,
    )
}

fn same<T: Debug + PartialEq>(
    of: &str,
    what: &'static str,
    found: &T,
    wanted: &T,
) -> Result<(), Error> {
    if found == wanted {
        return Ok(());
    }
    Err(Error::Otherwise {
        of: of.to_owned(),
        what,
        found: format!("{found:?}"),
        wanted: format!("{wanted:?}"),
    })
}
