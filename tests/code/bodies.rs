//! What may stand in a body: control flow, closures, items, macros, `?` into another error.
//!
//! The body is passed through unread and runs once per attempt. Its `return` and `?` end the attempt, and its type is known from the
//! signature alone.

#![allow(
    clippy::needless_lifetimes,
    clippy::needless_question_mark,
    clippy::needless_return,
    clippy::never_loop,
    clippy::redundant_closure,
    clippy::redundant_closure_call,
    reason = "as people write it"
)]

use crate::support::*;
use futures::StreamExt as _;
use retry_core::retry;

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn control_flow() -> Result<u32, Down> {
    for _ in 0..2 {
        match call() {
            Ok(n) if n > 0 => return Ok(n),
            Ok(_) => continue,
            Err(e) => return Err(e),
        }
    }
    Err(Down)
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn control_flow_async() -> Result<u32, Down> {
    let n = if let Ok(n) = call() {
        n
    } else {
        return Err(Down);
    };
    let Some(m) = Some(n) else { return Err(Down) };
    Ok(m)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn inner_closures_and_blocks() -> Result<u32, Down> {
    let one = || -> Result<u32, Down> {
        let n = call()?;
        return Ok(n);
    };
    let n = one()?;
    let label = 'a: {
        if n > 2 {
            break 'a n;
        }
        0
    };
    Ok(label)
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn inner_closures_and_blocks_async() -> Result<u32, Down> {
    let one = async {
        let n = call()?;
        if n > 100 {
            return Ok(0);
        }
        Ok::<u32, Down>(n)
    };
    let two = async || -> Result<u32, Down> { Ok(one.await?) };
    Ok(two().await?)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn inner_items() -> Result<u32, Down> {
    use std::collections::HashMap;
    const ONE: u32 = 1;
    #[derive(Default)]
    struct Local {
        n: u32,
    }
    impl Local {
        fn n(&self) -> Result<u32, Down> {
            Ok(call()? + self.n)
        }
    }
    fn helper<T: Default>() -> T {
        T::default()
    }
    macro_rules! add {
        ($e:expr) => {
            $e + ONE
        };
    }
    let _: HashMap<u8, u8> = HashMap::new();
    let local: Local = helper();
    Ok(add!(local.n()?))
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn macros_in_bodies() -> Result<String, Down> {
    let n = call()?;
    let text = format!("{n}{:?}", vec![n; 2]);
    assert!(matches!(n, 1..));
    Ok(text)
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn macros_in_bodies_async() -> Result<String, Down> {
    let (a, b) = futures::join!(async { call() }, async { 1 });
    tokio::select! { biased; _ = pause() => {}, _ = pause() => {} }
    Ok(format!("{}{b}", a?))
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn streams() -> Result<u32, Down> {
    let mut all = futures::stream::iter([1, 2]);
    let mut sum = 0;
    while let Some(n) = all.next().await {
        sum += n;
    }
    call().map(|n| n + sum)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn unsafe_and_raw_in_the_body() -> Result<u32, Down> {
    let mut n = 0;
    let p = &raw mut n;
    unsafe {
        *p = call()?;
        Ok(*p)
    }
}

#[test]
fn each_retries() {
    assert_eq!(control_flow(), Ok(3));
    assert_eq!(run(control_flow_async()), Ok(3));
    assert_eq!(inner_closures_and_blocks(), Ok(3));
    assert_eq!(run(inner_closures_and_blocks_async()), Ok(3));
    assert_eq!(inner_items(), Ok(4));
    assert_eq!(macros_in_bodies(), Ok("3[3, 3]".into()));
    assert_eq!(run(macros_in_bodies_async()), Ok("31".into()));
    assert_eq!(run(streams()), Ok(6));
    assert_eq!(unsafe_and_raw_in_the_body(), Ok(3));
}

mod coercions_of_the_output {
    use super::*;
    use std::fmt::Debug;

    #[retry(schedule = [1ms, 1ms, 0], until = |b| format!("{b:?}") == "2")]
    fn get() -> Box<dyn Debug> {
        Box::new(count())
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |b| b.len() == 2)]
    async fn slice(all: &[u8; 2]) -> &[u8] {
        all
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |f| f(1) == 1)]
    async fn pointer() -> fn(u32) -> u32 {
        |x| x
    }
    #[test]
    fn retries() {
        let _ = get();
        assert_eq!(run(slice(&[1, 2])), [1, 2]);
        assert_eq!(run(pointer())(1), 1);
    }
}

mod drops_between_attempts {
    use super::*;
    use std::cell::Cell;

    struct D<'a>(&'a Cell<u32>);
    impl Drop for D<'_> {
        fn drop(&mut self) {
            self.0.set(self.0.get() + 1);
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| dropped.get() > 0)]
    fn get<'a>(dropped: &'a Cell<u32>) -> Result<u32, Down> {
        let _d = D(dropped);
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| dropped.get() > 0)]
    async fn get_async<'a>(dropped: &'a Cell<u32>) -> Result<u32, Down> {
        let _d = D(dropped);
        pause().await;
        call()
    }
    #[test]
    fn retries() {
        let dropped = Cell::new(0);
        assert_eq!(get(&dropped), Ok(3));
        assert_eq!(dropped.get(), 3);
        assert_eq!(run(get_async(&dropped)), Ok(3));
        assert_eq!(dropped.get(), 6);
    }
}

mod inference_of_the_output {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get() -> Result<Vec<u64>, Box<dyn std::error::Error + Send + Sync>> {
        if call().is_err() {
            return Err("down".into());
        }
        Ok(vec![1, 2].into_iter().collect())
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get_async() -> Result<Vec<u64>, Box<dyn std::error::Error + Send + Sync>> {
        if call().is_err() {
            return Err("down".into());
        }
        Ok(Default::default())
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn parsed(text: &str) -> Result<u64, Box<dyn std::error::Error>> {
        call()?;
        Ok(text.parse()?)
    }
    #[test]
    fn retries() {
        assert_eq!(get().unwrap(), [1, 2]);
        assert!(run(get_async()).unwrap().is_empty());
        assert_eq!(run(parsed("7")).unwrap(), 7);
    }
}

mod one_expression_kinds {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn a() -> Result<u32, Down> {
        match call() {
            Ok(n) => Ok(n),
            Err(e) => Err(e),
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn b() -> Result<u32, Down> {
        if calls() < 9 { call() } else { Err(Down) }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[allow(unused_braces, reason = "a block in the block is the point")]
    fn c() -> Result<u32, Down> {
        { call() }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn d() -> Result<u32, Down> {
        (|| call())()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn e() -> Result<u32, Down> {
        loop {
            break call();
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn f() -> Result<u32, Down> {
        Ok(call()?)
    }
    #[test]
    fn retries() {
        for get in [a, b, c, d, e, f] {
            reset();
            assert_eq!(get(), Ok(3));
        }
    }
}

mod question_mark_converts {
    use super::*;
    use std::{fmt, num::ParseIntError};

    #[derive(Debug)]
    enum E {
        #[allow(dead_code, reason = "it is only made")]
        Parse(ParseIntError),
        Down,
    }
    impl From<ParseIntError> for E {
        fn from(e: ParseIntError) -> Self {
            E::Parse(e)
        }
    }
    impl From<Down> for E {
        fn from(_: Down) -> Self {
            E::Down
        }
    }
    impl fmt::Display for E {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            write!(f, "{self:?}")
        }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e| matches!(e, E::Down))]
    fn get(text: &str) -> Result<u32, E> {
        let n = call()?;
        Ok(n + text.parse::<u32>()?)
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |e| matches!(e, E::Down))]
    async fn get_async(text: &str) -> Result<u32, E> {
        let n = call()?;
        pause().await;
        Ok(n + text.parse::<u32>()?)
    }
    #[test]
    fn retries() {
        assert_eq!(get("1").unwrap(), 4);
        reset();
        assert!(matches!(run(get_async("x")), Err(E::Parse(_))));
        assert_eq!(calls(), 3);
    }
}
