//! What a metrics exporter sees.

use metrics_util::debugging::{DebugValue, DebuggingRecorder};
use retry_core::{retry, testing};
use std::collections::BTreeMap;

#[retry(schedule = [1s, 2s, 0], jitter = 0, on = |_| true, name = "sample")]
fn fail(times: &mut u32) -> Result<(), &'static str> {
    if *times == 0 {
        return Ok(());
    }
    *times -= 1;
    Err("down")
}

#[test]
fn counters_follow_what_happens() {
    let recorder = DebuggingRecorder::new();
    let snapshots = recorder.snapshotter();
    let _waits = testing::skip_waits();
    metrics::with_local_recorder(&recorder, || {
        for times in [0, 0, 1, 2, 3] {
            let _ = fail(&mut { times });
        }
    });
    let counted: BTreeMap<String, f64> = snapshots
        .snapshot()
        .into_vec()
        .into_iter()
        .map(|(key, _, _, value)| {
            let (_, key) = key.into_parts();
            let labels: Vec<String> = key
                .labels()
                .map(|label| format!("{}={}", label.key(), label.value()))
                .collect();
            let value = match value {
                DebugValue::Counter(count) => f64::from(u32::try_from(count).unwrap()),
                DebugValue::Histogram(values) => {
                    values.iter().map(|value| value.into_inner()).sum()
                }
                DebugValue::Gauge(value) => value.into_inner(),
            };
            (format!("{} {}", key.name(), labels.join(" ")), value)
        })
        .collect();
    let expected = [
        ("retry_calls_total function=sample", 3.0),
        ("retry_gave_up_total function=sample reason=exhausted", 1.0),
        ("retry_recovered_total function=sample", 2.0),
        ("retry_retries_total function=sample", 5.0),
        ("retry_wait_seconds function=sample", 7.0),
    ];
    assert_eq!(
        counted,
        expected
            .into_iter()
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    );
}
