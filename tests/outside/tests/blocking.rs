//! A sync function that waits in async code is noticed, once per process. So this is one test, in a process of its own.

use retry_core::retry;
use std::fmt::Debug;
use std::sync::Mutex;
use std::time::Duration;
use tokio::runtime::Builder;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Level, Metadata, Subscriber};

#[retry(schedule = [1ms, 0], on = |_| true)]
fn fail() -> Result<(), &'static str> {
    Err("down")
}

/// The warnings that are no retries.
static WARNINGS: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Log;

impl Subscriber for Log {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target() == "retry" && *metadata.level() == Level::WARN
    }

    fn event(&self, event: &Event<'_>) {
        struct Message(String);

        impl Visit for Message {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                if field.name() == "message" {
                    self.0 = format!("{value:?}");
                }
            }
        }

        let mut message = Message(String::new());
        event.record(&mut message);
        if message.0 != "retrying" && message.0 != "gave up" {
            WARNINGS.lock().unwrap().push(message.0);
        }
    }

    fn new_span(&self, _: &Attributes<'_>) -> Id {
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, _: &Record<'_>) {}
    fn record_follows_from(&self, _: &Id, _: &Id) {}
    fn enter(&self, _: &Id) {}
    fn exit(&self, _: &Id) {}
}

#[test]
fn a_sync_function_that_waits_in_a_task_is_noticed_once() {
    fn fails() {
        assert_eq!(fail(), Err("down"));
    }

    fn warnings() -> Vec<String> {
        std::mem::take(&mut *WARNINGS.lock().unwrap())
    }

    tracing::subscriber::set_global_default(Log).unwrap();
    let single = Builder::new_current_thread().build().unwrap();
    let many = Builder::new_multi_thread()
        .worker_threads(1)
        .build()
        .unwrap();

    // Where blocking is right, nothing is said.
    fails();
    {
        let _entered = single.enter();
        fails();
    }
    single
        .block_on(async { tokio::task::spawn_blocking(fails).await })
        .unwrap();
    many.block_on(async { tokio::spawn(async { tokio::task::block_in_place(fails) }).await })
        .unwrap();
    single.block_on(async { retry_core::sleep_blocking(Duration::ZERO) });
    assert_eq!(warnings(), [""; 0]);

    // In a task it is, however much of its time the task has used up.
    many.block_on(async {
        tokio::spawn(async {
            for _ in 0..100 {
                tokio::task::consume_budget().await;
            }
            fails();
        })
        .await
    })
    .unwrap();
    let said = warnings();
    assert_eq!(said.len(), 1, "{said:?}");
    assert!(said[0].contains("spawn_blocking"), "{said:?}");

    single.block_on(async { fails() });
    assert_eq!(warnings(), [""; 0]);
}
