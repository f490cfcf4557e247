//! Which events and counters the hooks of a loop make.

#![cfg(any(feature = "metrics", feature = "tracing"))]

use core::time::Duration;
use retry_core::End;

const LIST: [Duration; 2] = [Duration::from_secs(1), Duration::ZERO];

/// One hook of each kind, of a function called `sample`.
fn every_hook(enabled: bool) {
    let backoffs = retry_core::backoffs!([LIST[0], LIST[1]], "sample", enabled);
    let (failed, done): (Result<u8, &str>, Result<u8, &str>) = (Err("down"), Ok(1));
    let (some, value) = (Some(1), 1);
    retry_core::retrying!(backoffs, 0, LIST[0], &"down");
    retry_core::retrying!(backoffs, 0, LIST[0]);
    retry_core::ended!(backoffs, 0, done: Result);
    retry_core::ended!(backoffs, 1, done: Result);
    retry_core::ended!(backoffs, 1, some: Option);
    retry_core::ended!(backoffs, 1, value: Value);
    retry_core::ended!(backoffs, 0, value: Value);
    retry_core::ended!(backoffs, 0, failed: Result);
    retry_core::ended!(backoffs, 1, failed: Result);
    retry_core::gave_up!(backoffs, 1, retry_core::exhausted(&backoffs));
    retry_core::gave_up!(backoffs, 0, End::MaxElapsed, &"down");
    retry_core::gave_up!(backoffs, 0, End::Budget);
    retry_core::gave_up!(backoffs, 0, End::RetryAfter, &"down");
    let _ = (some, value);
}

#[cfg(feature = "tracing")]
mod events {
    use super::*;
    use core::fmt;
    use std::sync::{Arc, Mutex};
    use tracing::field::{Field, Visit};
    use tracing::span::{Attributes, Id, Record};
    use tracing::{Event, Metadata, Subscriber};

    /// Writes each event as a line.
    #[derive(Default, Clone)]
    struct Log(Arc<Mutex<Vec<String>>>);

    struct Line(String);

    impl Visit for Line {
        fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
            use fmt::Write as _;
            match field.name() {
                "message" => write!(self.0, " {value:?}").unwrap(),
                name => write!(self.0, " {name}={value:?}").unwrap(),
            }
        }
    }

    impl Subscriber for Log {
        fn enabled(&self, metadata: &Metadata<'_>) -> bool {
            metadata.target() == "retry"
        }

        fn event(&self, event: &Event<'_>) {
            let mut line = Line(event.metadata().level().to_string());
            event.record(&mut line);
            self.0.lock().unwrap().push(line.0);
        }

        fn new_span(&self, _: &Attributes<'_>) -> Id {
            Id::from_u64(1)
        }

        fn record(&self, _: &Id, _: &Record<'_>) {}
        fn record_follows_from(&self, _: &Id, _: &Id) {}
        fn enter(&self, _: &Id) {}
        fn exit(&self, _: &Id) {}
    }

    fn logged(run: impl FnOnce()) -> Vec<String> {
        let log = Log::default();
        tracing::subscriber::with_default(log.clone(), run);
        let lines = log.0.lock().unwrap();
        lines.clone()
    }

    #[test]
    fn each_hook_makes_its_event() {
        let sample = r#"function="sample" attempt"#;
        assert_eq!(
            logged(|| every_hook(true)),
            [
                format!("WARN retrying {sample}=1 attempts=2 wait=1s error=\"down\""),
                format!("DEBUG retrying {sample}=1 attempts=2 wait=1s"),
                format!("INFO recovered {sample}=2 attempts=2"),
                format!("INFO recovered {sample}=2 attempts=2"),
                format!("INFO recovered {sample}=2 attempts=2"),
                format!(
                    r#"DEBUG gave up {sample}=1 attempts=2 reason="not_retryable" error="down""#
                ),
                format!(r#"WARN gave up {sample}=2 attempts=2 reason="exhausted" error="down""#),
                format!(r#"WARN gave up {sample}=2 attempts=2 reason="exhausted""#),
                format!(r#"WARN gave up {sample}=1 attempts=2 reason="max_elapsed" error="down""#),
                format!(r#"WARN gave up {sample}=1 attempts=2 reason="budget""#),
                format!(r#"WARN gave up {sample}=1 attempts=2 reason="retry_after" error="down""#),
            ]
        );
    }

    #[test]
    fn a_call_that_is_not_enabled_makes_none() {
        assert_eq!(logged(|| every_hook(false)), [""; 0]);
    }

    mod errors {
        use super::*;

        /// Of a user: it applies to everything.
        trait Show {
            fn show(&self) -> &'static str {
                "by the user's trait"
            }
        }

        impl<T: ?Sized> Show for T {}

        struct Silent;

        #[derive(Debug)]
        #[allow(dead_code, reason = "it is shown")]
        struct OnlyDebug(u8);

        fn shown<E>(error: &E, show: impl Fn(&E)) -> String {
            let lines = logged(|| show(error));
            let (_, text) = lines[0].split_once("wait=1s").unwrap();
            text.trim_start().to_owned()
        }

        macro_rules! shown {
            ($error:expr) => {
                shown($error, |error| {
                    let backoffs = retry_core::backoffs!([LIST[0], LIST[1]], "sample");
                    retry_core::retrying!(backoffs, 0, LIST[0], error);
                })
            };
        }

        #[test]
        fn an_error_needs_no_traits() {
            assert_eq!(Silent.show(), "by the user's trait");
            assert_eq!(shown!(&"down"), r#"error="down""#);
            assert_eq!(shown!(&OnlyDebug(7)), r#"error="OnlyDebug(7)""#);
            assert_eq!(shown!(&Silent), "");
            let boxed: Box<dyn std::error::Error> = "down".into();
            assert_eq!(shown!(&boxed), r#"error="down""#);
        }

        #[test]
        fn an_error_of_unknown_type_shows_what_its_bounds_allow() {
            fn any<E>(error: &E) -> String {
                shown!(error)
            }
            fn debug<E: fmt::Debug>(error: &E) -> String {
                shown!(error)
            }
            assert_eq!(any(&"down"), "");
            assert_eq!(debug(&"down"), r#"error="\"down\"""#);
        }

        #[test]
        fn an_error_is_escaped_and_ends_after_a_kibibyte() {
            for (text, escaped) in [
                ("a\nb\u{1b}[31mc", r"a\nb\u{1b}[31mc"),
                ("a\u{85}b\u{2028}c\u{2029}d", r"a\u{85}b\u{2028}c\u{2029}d"),
                (
                    "\u{202e}a\u{2066}b\u{200f}c",
                    r"\u{202e}a\u{2066}b\u{200f}c",
                ),
                (r#"a "b" \n"#, r#"a \"b\" \\n"#),
                ("größe 'x' `y` नमस्ते", "größe 'x' `y` नमस्ते"),
            ] {
                assert_eq!(shown!(&text), format!("error=\"{escaped}\""));
            }
            let whole = "ä".repeat(512);
            assert_eq!(shown!(&whole), format!("error=\"{whole}\""));
            assert_eq!(shown!(&"ä".repeat(10_000)), format!("error=\"{whole}\"…"));
        }

        #[test]
        fn a_display_that_fails_or_expects_no_failure_is_shown() {
            struct Failing;
            impl fmt::Display for Failing {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str("so far")?;
                    Err(fmt::Error)
                }
            }
            struct Expecting;
            impl fmt::Display for Expecting {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    for _ in 0..9_999 {
                        f.write_str("xyz").expect("a text can be written");
                    }
                    Ok(())
                }
            }
            assert_eq!(shown!(&Failing), r#"error="so far""#);
            assert!(shown!(&Expecting).ends_with("xyzx\"…"));
        }

        mod sources {
            use super::*;
            use std::error::Error;
            use std::ops::Deref;
            use std::sync::Arc;

            /// Says a text, and has a source.
            #[derive(Debug)]
            struct Outer(&'static str, Option<Box<dyn Error + Send + Sync>>);

            impl fmt::Display for Outer {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    f.write_str(self.0)
                }
            }

            impl Error for Outer {
                fn source(&self) -> Option<&(dyn Error + 'static)> {
                    self.1.as_ref().map(|source| &**source as &dyn Error)
                }
            }

            /// An error that says the first text, with a source that says the second, and so on.
            fn error(texts: &[&'static str]) -> Outer {
                let (text, sources) = texts.split_first().unwrap();
                let source = (!sources.is_empty()).then(|| error(sources).into());
                Outer(text, source)
            }

            #[test]
            fn are_shown_each_once() {
                for (texts, expected) in [
                    (&["down"][..], "down"),
                    (
                        &["sending", "connecting", "refused"],
                        "sending: connecting: refused",
                    ),
                    // Its own text ends in that of its source.
                    (&["sending: refused", "refused"], "sending: refused"),
                    (
                        &["sending (refused)", "refused"],
                        "sending (refused): refused",
                    ),
                    // Or in those of all of them.
                    (&["a: b: c", "b: c", "c"], "a: b: c"),
                    (&["a: b: c", "b", "c"], "a: b: c"),
                    (&["a: b", "b", "c"], "a: b: c"),
                    (&["a: b", "b: c", "c"], "a: b: b: c"),
                    (&["a", "b: c", "c", "d"], "a: b: c: d"),
                    // It shows its source only.
                    (&["refused", "refused"], "refused"),
                    // The end of a word is another word.
                    (&["request 15", "5"], "request 15: 5"),
                    // A text may be empty.
                    (&["", "refused"], "refused"),
                    (&["sending", ""], "sending"),
                    (&["sending", "", "refused"], "sending: refused"),
                    (&["sending", "refused\n"], r"sending: refused\n"),
                ] {
                    assert_eq!(shown!(&error(texts)), format!("error=\"{expected}\""));
                }
            }

            #[test]
            fn are_found_in_boxes_and_behind_references() {
                let texts = ["sending", "refused"];
                let expected = r#"error="sending: refused""#;
                let boxed: Box<dyn Error> = error(&texts).into();
                assert_eq!(shown!(&boxed), expected);
                let boxed: Box<dyn Error + Send + Sync> = error(&texts).into();
                assert_eq!(shown!(&boxed), expected);
                assert_eq!(shown!(&Box::new(error(&texts))), expected);
                assert_eq!(shown!(&Arc::new(error(&texts))), expected);
                assert_eq!(shown!(&&error(&texts)), expected);
                let io = std::io::Error::other(error(&texts));
                assert_eq!(shown!(&io), expected);
            }

            #[test]
            fn of_a_report_are_shown() {
                /// As `anyhow::Error`: it holds an error, and is none.
                struct Holding(Box<dyn Error + Send + Sync>);
                impl fmt::Display for Holding {
                    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        self.0.fmt(f)
                    }
                }
                impl Deref for Holding {
                    type Target = dyn Error + Send + Sync;
                    fn deref(&self) -> &Self::Target {
                        &*self.0
                    }
                }
                /// As `error_stack::Report`: its alternate text has it all.
                struct Alternate;
                impl fmt::Display for Alternate {
                    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str(if f.alternate() {
                            "sending: refused"
                        } else {
                            "sending"
                        })
                    }
                }
                let expected = r#"error="sending: refused""#;
                let held = Holding(error(&["sending", "refused"]).into());
                assert_eq!(shown!(&held), expected);
                assert_eq!(shown!(&Alternate), expected);
            }

            #[test]
            fn without_end_are_cut() {
                #[derive(Debug)]
                struct Own;
                impl fmt::Display for Own {
                    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                        f.write_str("own")
                    }
                }
                impl Error for Own {
                    fn source(&self) -> Option<&(dyn Error + 'static)> {
                        Some(self)
                    }
                }
                assert_eq!(shown!(&Own), r#"error="own: …""#);
                let long = error(&["a"; 40]);
                assert_eq!(shown!(&long), r#"error="a""#);
                let long = error(&[["one", "two"]; 40].concat());
                let text = shown!(&long);
                assert!(text.ends_with(r#": one: …""#), "{text}");
            }
        }
    }
}

#[cfg(feature = "metrics")]
mod counters {
    use super::*;
    use metrics::{
        Counter, CounterFn, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder,
        SharedString, Unit,
    };
    use std::collections::BTreeMap;
    use std::sync::{Arc, Mutex};

    /// The sum of each counter and histogram.
    #[derive(Default, Clone)]
    struct Sums(Arc<Mutex<BTreeMap<String, f64>>>);

    struct Sum {
        sums: Sums,
        name: String,
    }

    impl Sum {
        fn add(&self, value: f64) {
            *self
                .sums
                .0
                .lock()
                .unwrap()
                .entry(self.name.clone())
                .or_default() += value;
        }
    }

    impl CounterFn for Sum {
        fn increment(&self, value: u64) {
            self.add(f64::from(u32::try_from(value).unwrap()));
        }

        fn absolute(&self, _: u64) {}
    }

    impl HistogramFn for Sum {
        fn record(&self, value: f64) {
            self.add(value);
        }
    }

    impl Sums {
        fn sum(&self, key: &Key) -> Arc<Sum> {
            let labels = key
                .labels()
                .map(|label| format!(" {}={}", label.key(), label.value()));
            Arc::new(Sum {
                sums: self.clone(),
                name: key.name().to_owned() + &labels.collect::<String>(),
            })
        }
    }

    impl Recorder for Sums {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
            Counter::from_arc(self.sum(key))
        }

        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }

        fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
            Histogram::from_arc(self.sum(key))
        }
    }

    #[test]
    fn each_hook_counts() {
        let sums = Sums::default();
        metrics::with_local_recorder(&sums, || {
            every_hook(true);
            every_hook(false);
        });
        let expected = [
            ("retry_calls_total function=sample", 9.0),
            ("retry_gave_up_total function=sample reason=budget", 1.0),
            ("retry_gave_up_total function=sample reason=exhausted", 2.0),
            (
                "retry_gave_up_total function=sample reason=max_elapsed",
                1.0,
            ),
            (
                "retry_gave_up_total function=sample reason=not_retryable",
                1.0,
            ),
            (
                "retry_gave_up_total function=sample reason=retry_after",
                1.0,
            ),
            ("retry_recovered_total function=sample", 3.0),
            ("retry_retries_total function=sample", 2.0),
            ("retry_wait_seconds function=sample", 2.0),
        ];
        let expected = expected.map(|(name, sum)| (name.to_owned(), sum));
        assert_eq!(*sums.0.lock().unwrap(), BTreeMap::from(expected));
    }
}
