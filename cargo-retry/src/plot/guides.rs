//! The pictures of the guides in `retry-core/docs/`, each drawn from loops of `#[retry]` that run on a paused clock.
//! `UPDATE_EXPECT=1` writes them anew.

use super::picture;
use super::timeline::{Call, Timeline};
use crate::simulate::paused;
use expect_test::expect_file;
use futures::FutureExt as _;
use futures::future::{join, join_all};
use retry_core::{AttemptTimeout, RetryBudget, retry, retry_block};
use retry_schedule::{Jitter, Schedule};
use std::cell::RefCell;
use std::fmt::Write as _;
use std::path::Path;
use std::time::Duration;
use tokio::time::{Instant, sleep};

/// What a call fails with: that the service is down, or how long it says to wait.
#[derive(Debug)]
struct Down(Option<Duration>);

impl From<AttemptTimeout> for Down {
    fn from(_: AttemptTimeout) -> Self {
        Self(None)
    }
}

/// A service that writes down when it is called, and is down.
struct Service {
    started: Instant,
    calls: RefCell<Vec<Duration>>,
}

impl Service {
    fn start() -> Self {
        Self {
            started: Instant::now(),
            calls: RefCell::default(),
        }
    }

    /// When one client has called such a service.
    fn seen(text: &str, client: impl AsyncFnOnce(&Self)) -> Timeline {
        paused(async {
            let service = Self::start();
            client(&service).await;
            service.timeline(text)
        })
    }

    fn timeline(self, text: &str) -> Timeline {
        let exact = |at| Call {
            at,
            earliest: at,
            latest: at,
        };
        Timeline {
            text: text.to_owned(),
            calls: self.calls.into_inner().into_iter().map(exact).collect(),
            done_at: None,
            noticed: None,
            is_open: false,
        }
    }

    /// Says how often it was called, this call included.
    fn count(&self) -> usize {
        let mut calls = self.calls.borrow_mut();
        calls.push(self.started.elapsed());
        calls.len()
    }

    fn call(&self) -> Result<(), Down> {
        self.count();
        Err(Down(None))
    }
}

fn listed(text: &str, label: &str, jitter: Jitter, done_at: Option<Duration>) -> Timeline {
    let schedule: Schedule = text.parse().expect("it is a schedule");
    Timeline::new(label, &schedule, jitter, done_at)
}

/// Compares the picture with its file, and with the same picture as a reference that rustdoc takes in.
fn picture(page: &str, timelines: &[Timeline]) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../retry-core/docs/pictures");
    let picture = picture::draw(timelines, picture::WIDTH).to_string();
    expect_file![folder.join(format!("{page}.svg"))].assert_eq(&picture);
    expect_file![folder.join(format!("{page}.txt"))].assert_eq(&reference(&picture));
}

/// `[timeline]: <..>`, with the picture as an address.
fn reference(picture: &str) -> String {
    let mut text = "[timeline]: <data:image/svg+xml;charset=utf-8,".to_owned();
    for byte in picture.trim_end().bytes() {
        match byte {
            b'\n' => text.push(' '),
            // What Markdown, an address or HTML gives a meaning.
            b'<' | b'>' | b'&' | b'#' | b'%' | b'\\' | b'"' | b'?' | 0x80.. => {
                let _ = write!(text, "%{byte:02X}");
            }
            _ => text.push(char::from(byte)),
        }
    }
    text + ">\n"
}

#[retry(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true)]
async fn once_inside(service: &Service) -> Result<(), Down> {
    service.call()
}

#[retry(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true)]
async fn twice_inside(service: &Service) -> Result<(), Down> {
    once_inside(service).await
}

#[retry(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true)]
async fn three_times_inside(service: &Service) -> Result<(), Down> {
    twice_inside(service).await
}

#[test]
fn why_retries_hurt() {
    let one = Service::seen("one call, no retries", async |service| {
        service.call().unwrap_err();
    });
    let four = Service::seen("one call, schedule = [1s, 2s, 4s, 0]", async |service| {
        once_inside(service).await.unwrap_err();
    });
    let all = Service::seen(
        "one call, that list in three functions inside each other",
        async |service| {
            three_times_inside(service).await.unwrap_err();
        },
    );
    assert_eq!(
        [one.calls.len(), four.calls.len(), all.calls.len()],
        [1, 4, 64]
    );
    picture("why_retries_hurt", &[one, four, all]);
}

#[test]
fn choosing_a_schedule() {
    let shapes = [
        "constant(2s, attempts = 6)",
        "inverse(8s, min = 1s, attempts = 6)",
        "linear(1s, step = 1s, attempts = 6)",
        "fibonacci(1s, attempts = 6)",
        "exponential(1s, attempts = 6)",
    ];
    picture(
        "choosing_a_schedule",
        &shapes.map(|shape| listed(shape, shape, Jitter::none(), None)),
    );
}

#[test]
fn jitter() {
    let rows = [
        ("jitter = 0", Jitter::none()),
        ("jitter = 0.2", Jitter::default()),
        ("jitter = equal", Jitter::equal()),
        ("jitter = full", Jitter::full()),
    ];
    picture(
        "jitter",
        &rows.map(|(row, jitter)| {
            listed(
                "1s, 2s, 4s, 8s, 0",
                &format!("schedule = [1s, 2s, 4s, 8s, 0], {row}"),
                jitter,
                None,
            )
        }),
    );
}

#[test]
fn hints() {
    let hinted = |text: &str, hint: Option<u64>| {
        Service::seen(text, async |service| {
            let ended: Result<(), Down> = retry_block!(
                schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true, retry_after = |down: &Down| down.0
            => async {
                let is_first = service.count() == 1;
                let hint = hint.filter(|_| is_first);
                Err(Down(hint.map(Duration::from_secs)))
            });
            ended.unwrap_err();
        })
    };
    let rows = [
        hinted("schedule = [1s, 2s, 4s, 0], no hint", None),
        hinted("the first answer says Retry-After: 3", Some(3)),
        hinted("the first answer says Retry-After: 60", Some(60)),
    ];
    picture("hints", &rows);
}

#[test]
fn budgets() {
    let budget = RetryBudget::percent(0.1, 3);
    let mut rows = paused(async {
        let services: Vec<_> = (0..4).map(|_| Service::start()).collect();
        let calls = services.iter().map(async |service| {
            retry_block!(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true, budget = &budget
                => async { service.call() })
        });
        assert!(join_all(calls).await.iter().all(Result::is_err));
        let rows = (1..).zip(services);
        let rows = rows.map(|(number, service)| {
            service.timeline(&format!(
                "call {number} of 4, with one budget of three retries"
            ))
        });
        rows.collect::<Vec<_>>()
    });
    let without = async |service: &Service| once_inside(service).await.unwrap_err();
    rows.push(Service::seen(
        "the same call without a budget",
        async |service| {
            without(service).await;
        },
    ));
    picture("budgets", &rows);
}

/// An attempt that takes three seconds.
async fn hang(service: &Service) -> Result<(), Down> {
    let failed = service.call();
    sleep(Duration::from_secs(3)).await;
    failed
}

#[test]
fn deadlines() {
    let rows = [
        Service::seen(
            "schedule = [1s, 2s, 4s, 0], each attempt takes 3 s",
            async |service| {
                let ended = retry_block!(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true
                => async { hang(service).await });
                ended.unwrap_err();
            },
        ),
        Service::seen("with attempt_timeout = 1s", async |service| {
            let ended = retry_block!(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true, attempt_timeout = 1s
                => async { hang(service).await });
            ended.unwrap_err();
        }),
        Service::seen("with max_elapsed = 8s", async |service| {
            let ended = retry_block!(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true, max_elapsed = 8s
                => async { hang(service).await });
            ended.unwrap_err();
        }),
    ];
    picture("deadlines", &rows);
}

#[test]
fn polling() {
    let lists = [
        "exponential(1s, retries = 4)",
        "inverse(7s, factor = 0.5, min = 1s, retries = 6)",
    ];
    let done_at = Some(Duration::from_secs(10));
    let rows = lists.map(|list| listed(list, list, Jitter::none(), done_at));
    picture("polling", &rows);
}

/// Three connections cannot be made, the fourth one holds for twenty seconds.
async fn connect(service: &Service) -> Result<(), Down> {
    if service.count() == 4 {
        sleep(Duration::from_secs(20)).await;
    }
    Err(Down(None))
}

#[test]
fn reconnecting() {
    let rows = [
        Service::seen(
            "schedule = [1s, 2s, 5s, ..], the fourth connection holds for 20 s",
            async |service| {
                let ended = retry_block!(schedule = [1s, 2s, 5s, ..], jitter = 0, on = |_| service.calls.borrow().len() < 7
                => async { connect(service).await });
                ended.unwrap_err();
            },
        ),
        Service::seen("with reset_after = 10s", async |service| {
            let ended = retry_block!(
                schedule = [1s, 2s, 5s, ..],
                jitter = 0,
                on = |_| service.calls.borrow().len() < 7,
                reset_after = 10s
            => async { connect(service).await });
            ended.unwrap_err();
        }),
    ];
    picture("reconnecting", &rows);
}

#[test]
fn testing() {
    let call = async |service: &Service| once_inside(service).await.unwrap_err();
    let rows = [
        Service::seen("schedule = [1s, 2s, 4s, 0], as it runs", async |service| {
            call(service).await;
        }),
        Service::seen("with testing::skip_waits()", async |service| {
            let _waits = retry_core::testing::skip_waits();
            call(service).await;
        }),
        Service::seen("with testing::limit_attempts(1)", async |service| {
            let _once = retry_core::testing::limit_attempts(1);
            call(service).await;
        }),
    ];
    picture("testing", &rows);
}

#[test]
fn observing() {
    let called = |text: &str, successful: usize, on: fn(&Down) -> bool| {
        Service::seen(text, async |service| {
            let ended = retry_block!(schedule = [1s, 2s, 4s, 0], jitter = 0, on = on => async {
                if service.count() == successful { Ok(()) } else { Err(Down(None)) }
            });
            assert_eq!(ended.is_ok(), successful > 0);
        })
    };
    let rows = [
        called("two WARN \"retrying\", one INFO \"recovered\"", 3, |_| true),
        called(
            "three WARN \"retrying\", one WARN \"gave up\", reason \"exhausted\"",
            0,
            |_| true,
        ),
        called("one DEBUG \"gave up\", reason \"not_retryable\"", 0, |_| {
            false
        }),
    ];
    picture("observing", &rows);
}

#[test]
fn operating() {
    let switched = |text: &str, schedule: &str, enabled: bool| {
        let schedule: Schedule = schedule.parse().expect("it is a schedule");
        Service::seen(text, async |service| {
            let ended = retry_block!(schedule = schedule, jitter = 0, on = |_| true, enabled = enabled
                => async { service.call() });
            ended.unwrap_err();
        })
    };
    let rows = [
        switched("schedule = [1s, 2s, 4s, 0]", "1s, 2s, 4s, 0", true),
        switched("RETRY_my_app__fetch=\"1s, 1s, 0\"", "1s, 1s, 0", true),
        switched("RETRY=off", "1s, 2s, 4s, 0", false),
    ];
    picture("operating", &rows);
}

/// Calls once a second, up to the tenth.
async fn tick(service: &Service) {
    while service.started.elapsed() < Duration::from_secs(10) {
        service.count();
        sleep(Duration::from_secs(1)).await;
    }
}

#[retry(schedule = [1s, 2s, 4s, 0], jitter = 0, on = |_| true, sleep = stand_still)]
fn blocking(service: &Service) -> Result<(), Down> {
    service.call()
}

/// The time passes, and nothing else happens on the thread.
fn stand_still(wait: Duration) {
    let _ = tokio::time::advance(wait).now_or_never();
}

#[test]
fn sync_in_async() {
    let [call, beside] = paused(async {
        let (call, ticks) = (Service::start(), Service::start());
        let (ended, ()) = join(once_inside(&call), tick(&ticks)).await;
        ended.unwrap_err();
        [
            call.timeline("a call with schedule = [1s, 2s, 4s, 0]"),
            ticks.timeline("ticks of another task, if the call is in spawn_blocking, or is async"),
        ]
    });
    let blocked = Service::seen(
        "ticks of another task, if the call blocks the thread",
        async |ticks| {
            let call = Service::start();
            let (ended, ()) = join(async { blocking(&call) }, tick(ticks)).await;
            ended.unwrap_err();
            assert_eq!(call.started.elapsed(), ticks.started.elapsed());
        },
    );
    picture("sync_in_async", &[call, beside, blocked]);
}

#[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, enabled = retries)]
async fn inner(service: &Service, retries: bool) -> Result<(), Down> {
    service.call()
}

#[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true)]
async fn outer(service: &Service, retries: bool) -> Result<(), Down> {
    inner(service, retries).await
}

#[test]
fn nesting() {
    let rows = [
        Service::seen(
            "both functions retry, each with schedule = [1s, 2s, 0]",
            async |service| {
                outer(service, true).await.unwrap_err();
            },
        ),
        Service::seen("the inner one with enabled = false", async |service| {
            outer(service, false).await.unwrap_err();
        }),
    ];
    picture("nesting", &rows);
}
