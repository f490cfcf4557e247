//! `retry_block!` wherever an expression may stand.
//!
//! There is no signature to read the type from: it comes from the context, or is written before the braces.

#![allow(
    clippy::manual_async_fn,
    clippy::needless_question_mark,
    reason = "as people write it"
)]

use crate::support::*;
use retry_core::retry_block;

fn question_mark_after() -> Result<u32, Box<dyn std::error::Error>> {
    let n = retry_block!(schedule = [1ms, 1ms, 0], on = is_down => { let n = call()?; Ok(n + 1) })?;
    Ok(n)
}
async fn question_mark_after_async() -> Result<u32, Box<dyn std::error::Error>> {
    let n = retry_block!(schedule = [1ms, 1ms, 0], on = is_down => async { let n = call()?; pause().await; Ok(n + 1) })?;
    Ok(n)
}

#[test]
fn each_retries() {
    assert_eq!(question_mark_after().unwrap(), 4);
    assert_eq!(run(question_mark_after_async()).unwrap(), 4);
}

mod all_keys {
    use super::*;
    use retry_core::{Jitter, RetryBudget, retry_block};

    static BUDGET: RetryBudget = RetryBudget::aws_standard();
    #[test]
    fn retries() {
        let got = retry_block!(schedule = [1ms, 1ms, 0], jitter = Jitter::full(), on = is_down, until = |n| *n == 3, enabled = true, max_elapsed = 9s, retry_after = |_| None, budget = &BUDGET, notify = |_| (), name = "block", sleep = no_sleep, => -> Result<u32, Down> { call() });
        assert_eq!(got, Ok(3));
        let got = run(send(async {
            retry_block!(schedule = [1ms, 1ms, 0], jitter = 0, on = |_| true, until = |n| *n == 3, enabled = true, max_elapsed = 9s, attempt_timeout = 5s, notify = |_| (), sleep = no_sleep_async => async -> std::io::Result<u32> { call().map_err(std::io::Error::other) })
        }));
        assert_eq!(got.unwrap(), 3);
    }
}

mod async_block {
    use super::*;
    use retry_core::retry_block;

    #[test]
    fn retries() {
        let n = run(send(async {
            retry_block!(schedule = [1ms, 1ms, 0], on = |e: &Down| e.is_timeout() => async { pause().await; call() })
        }));
        assert_eq!(n, Ok(3));
    }
}

mod by_path_and_braces {
    use super::*;

    #[test]
    fn retries() {
        assert_eq!(
            retry_core::retry_block! { schedule = [1ms, 1ms, 0], on = is_down => { call() } },
            Ok(3)
        );
        assert_eq!(
            ::retry_core::retry_block![schedule = [1ms, 1ms, 0], on = is_down => { call() }],
            Ok(3)
        );
    }
}

mod captures {
    use super::*;
    use retry_core::retry_block;

    #[test]
    fn retries() {
        let mut seen = vec![];
        let name = String::from("a");
        let got: Result<u32, Down> = retry_block!(schedule = [1ms, 1ms, 0], on = |_| !name.is_empty() => { seen.push(name.len()); call() });
        assert_eq!(got, Ok(3));
        assert_eq!(seen, [1, 1, 1]);
        let got: Result<u32, Down> = run(async {
            retry_block!(schedule = [1ms, 1ms, 0], on = |_| !name.is_empty() => async { seen.push(name.len()); pause().await; call() })
        });
        assert_eq!(got, Ok(3));
        assert_eq!(seen.len(), 6);
    }
}

mod in_async_trait_and_futures {
    use super::*;
    use async_trait::async_trait;
    use retry_core::retry_block;

    #[async_trait]
    trait Get {
        async fn get(&self) -> Result<u32, Down>;
    }
    #[async_trait]
    impl Get for Flaky {
        async fn get(&self) -> Result<u32, Down> {
            let n = retry_block!(schedule = [1ms, 1ms, 0], on = is_down => async { self.call() })?;
            Ok(n)
        }
    }
    fn future(flaky: &Flaky) -> impl Future<Output = Result<u32, Down>> + Send {
        async move { retry_block!(schedule = [1ms, 1ms, 0], on = is_down => async { flaky.call() }) }
    }
    #[test]
    fn retries() {
        assert_eq!(run(flaky().get()), Ok(3));
        assert_eq!(run(send(future(&flaky()))), Ok(3));
    }
}

mod nested {
    use super::*;
    use retry_core::retry_block;

    #[test]
    fn retries() {
        let got: Result<u32, Down> = retry_block!(schedule = [1ms, 0], on = |_| true => {
            retry_block!(schedule = [1ms, 1ms, 0], on = |_| true => { fail() })
        });
        assert_eq!(got, Err(Down));
        assert_eq!(calls(), 6);
    }
}

mod positions {
    use super::*;
    use retry_core::retry_block;

    fn id<T>(value: T) -> T {
        value
    }
    fn tail() -> Result<u32, Down> {
        retry_block!(schedule = [1ms, 1ms, 0], on = |_| true => { call() })
    }
    #[test]
    fn retries() {
        assert_eq!(tail(), Ok(3));
        assert_eq!(
            id(retry_block!(schedule = [1ms, 1ms, 0], on = is_down => { call() })),
            Ok(3)
        );
        if let Ok(n) = retry_block!(schedule = [1ms, 1ms, 0], on = is_down => { call() }) {
            assert_eq!(n, 3);
        } else {
            panic!()
        }
        match retry_block!(schedule = [1ms, 1ms, 0], on = is_down => { call() }) {
            Ok(3) => {}
            other => panic!("{other:?}"),
        }
        let Ok(3) = retry_block!(schedule = [1ms, 1ms, 0], on = is_down => { call() }) else {
            panic!()
        };
        assert_eq!(
            retry_block!(schedule = [1ms, 1ms, 0], on = is_down => { call() })
                .map(|n| n + 1)
                .unwrap_or(0),
            4
        );
        let get = || retry_block!(schedule = [1ms, 1ms, 0], on = is_down => { call() });
        assert_eq!(get(), Ok(3));
        let _ = retry_block!(schedule = [1ms, 0], on = is_down => { call() }).is_ok()
            || retry_block!(schedule = [1ms, 0], on = is_down => { call() }).is_ok();
        retry_block!(schedule = [1ms, 1ms, 0], on = is_down => { call() }).unwrap();
        let array = [
            retry_block!(schedule = [0], on = is_down => { call() }),
            Ok(1),
        ];
        assert_eq!(array.len(), 2);
    }
}

mod return_inside_ends_the_attempt {
    use super::*;
    use retry_core::retry_block;

    fn get() -> u32 {
        let n: Result<u32, Down> = retry_block!(schedule = [1ms, 1ms, 0], on = |_| true => { if count() < 3 { return Err(Down); } return Ok(7); });
        n.unwrap() + 1
    }
    #[test]
    fn retries() {
        assert_eq!(get(), 8);
        assert_eq!(calls(), 3);
    }
}

mod self_in_a_method {
    use super::*;
    use retry_core::{Schedule, retry_block};

    struct S {
        plan: Schedule,
        flaky: Flaky,
        seen: u32,
    }
    impl S {
        fn get(&mut self) -> Result<u32, Down> {
            retry_block!(schedule = self.plan, on = |_| true => { self.seen += 1; self.flaky.call() })
        }
        async fn get_async(&mut self) -> Result<u32, Down> {
            retry_block!(schedule = self.plan, on = |_| true => async { self.seen += 1; self.flaky.call() })
        }
    }
    #[test]
    fn retries() {
        let plan: Schedule = "1ms, 1ms, 0".parse().unwrap();
        assert_eq!(
            S {
                plan: plan.clone(),
                flaky: flaky(),
                seen: 0
            }
            .get(),
            Ok(3)
        );
        assert_eq!(
            run(S {
                plan,
                flaky: flaky(),
                seen: 0
            }
            .get_async()),
            Ok(3)
        );
    }
}

mod typed {
    use super::*;
    use retry_core::retry_block;

    #[test]
    fn retries() {
        assert_eq!(
            retry_block!(schedule = [1ms, 1ms, 0] => -> Option<u32> { poll() }),
            Some(3)
        );
        reset();
        assert_eq!(
            retry_block!(schedule = [1ms, 1ms, 0], until = |n| *n == 2 => -> Result<u32, Down> { Ok(count()) }),
            Ok(2)
        );
        reset();
        assert_eq!(
            retry_block!(schedule = [1ms, 1ms, 0], until = |n| *n == 2 => { count() }),
            2
        );
        reset();
        assert_eq!(
            run(async {
                retry_block!(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout() => async -> Result<u32, Down> { call() })
            }),
            Ok(3)
        );
    }
}

mod typed_by_alias_and_parentheses {
    #![allow(unused_parens)]
    use super::*;
    use retry_core::retry_block;

    type Res = Result<u32, Down>;
    #[test]
    fn retries() {
        assert_eq!(
            retry_block!(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout() => -> Res { Ok(call()?) }),
            Ok(3)
        );
        assert_eq!(
            retry_block!(schedule = [1ms, 1ms, 0], on = |_| true => -> (Result<u32, Down>) { Ok(call()?) }),
            Ok(3)
        );
    }
}
