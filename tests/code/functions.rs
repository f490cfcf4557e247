//! Free functions of each kind: sync and async, `unsafe`, `extern`, nested, recursive, spawned, cancelled.
//!
//! The function must stay what it was: a `Send` future, a function pointer, a visibility.

use crate::support::*;
use retry_core::retry;
use std::rc::Rc;

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn not_send_error_in_send_future() -> Result<u32, Rc<Down>> {
    call().map_err(Rc::new)
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn recursion(flaky: &Flaky, depth: u32) -> Result<u32, Down> {
    if depth > 0 {
        recursion(flaky, depth - 1)
    } else {
        flaky.call()
    }
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn recursion_async(flaky: &Flaky, depth: u32) -> Result<u32, Down> {
    if depth > 0 {
        return Box::pin(recursion_async(flaky, depth - 1)).await;
    }
    flaky.call()
}

#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
fn unit_ok() -> Result<(), Down> {
    call()?;
    Ok(())
}
#[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
async fn unit_ok_async() -> Result<(), Down> {
    call().map(drop)
}

#[test]
fn each_retries() {
    assert_eq!(run(send(not_send_error_in_send_future())), Ok(3));
    assert_eq!(recursion(&flaky(), 2), Ok(3));
    assert_eq!(run(recursion_async(&flaky(), 2)), Ok(3));
    assert_eq!(unit_ok(), Ok(()));
    assert_eq!(run(unit_ok_async()), Ok(()));
}

mod async_gives_up {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
    async fn get() -> Result<u32, Down> {
        pause().await;
        fail()
    }
    #[test]
    fn retries() {
        assert_eq!(run(send(get())), Err(Down));
        assert_eq!(calls(), 3);
    }
}

mod cancelled_in_a_wait {
    use super::*;
    use std::time::Duration;

    #[retry(schedule = [1h, 0], on = |_| true)]
    async fn get() -> Result<u32, Down> {
        fail()
    }
    #[test]
    fn retries() {
        assert!(
            run(async { tokio::time::timeout(Duration::from_millis(5), get()).await }).is_err()
        );
        assert_eq!(calls(), 1);
    }
}

mod extern_functions {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    extern "Rust" fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[allow(improper_ctypes_definitions)]
    pub extern "C" fn get_c() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = [1ms, 1ms, 0], until = |n| *n == 2)]
    #[unsafe(no_mangle)]
    pub unsafe extern "C" fn polled_from_c() -> u32 {
        count()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        reset();
        assert_eq!(get_c(), Ok(3));
        reset();
        assert_eq!(unsafe { polled_from_c() }, 2);
    }
}

mod function_in_a_function {
    use super::*;

    #[test]
    fn retries() {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn get() -> Result<u32, Down> {
            call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn get_async() -> Result<u32, Down> {
            call()
        }
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod function_pointer_and_item {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn get(flaky: &Flaky) -> Result<u32, Down> {
        flaky.call()
    }
    #[test]
    fn retries() {
        let pointer: fn(&Flaky) -> Result<u32, Down> = get;
        assert_eq!(pointer(&flaky()), Ok(3));
        assert_eq!(
            [flaky(), flaky()].iter().map(get).collect::<Vec<_>>(),
            [Ok(3), Ok(3)]
        );
    }
}

mod long_list {
    use super::*;

    #[retry(schedule = constant(1us, attempts = 1_000), jitter = 0, on = |_| true, sleep = no_sleep)]
    fn get() -> Result<u32, Down> {
        fail()
    }
    #[retry(schedule = constant(1us, attempts = 1000), on = |_| true, sleep = no_sleep_async)]
    async fn get_async() -> Result<u32, Down> {
        fail()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Err(Down));
        assert_eq!(run(get_async()), Err(Down));
        assert_eq!(calls(), 2_000);
    }
}

mod nested_retries_multiply {
    use super::*;

    #[retry(schedule = [1ms, 0], on = |_| true)]
    fn inner() -> Result<u32, Down> {
        fail()
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    fn outer() -> Result<u32, Down> {
        inner()
    }
    #[test]
    fn retries() {
        assert_eq!(outer(), Err(Down));
        assert_eq!(calls(), 6);
    }
}

mod not_retryable {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = Api::is_retryable)]
    fn get() -> Result<u32, Api> {
        if count() == 2 {
            Err(Api::Fatal("no".into()))
        } else {
            Err(Api::Busy)
        }
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Err(Api::Fatal("no".into())));
        assert_eq!(calls(), 2);
    }
}

mod not_send_locals {
    use super::*;
    use std::{cell::Cell, rc::Rc};

    #[retry(schedule = [1ms, 1ms, 0], on = |_| seen.get() > 0)]
    async fn get(seen: Rc<Cell<u32>>) -> Result<u32, Down> {
        pause().await;
        seen.set(seen.get() + 1);
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(run(get(Rc::new(Cell::new(0)))), Ok(3));
    }
}

mod one_attempt {
    use super::*;

    #[retry(schedule = [0], on = |_| unreachable!("no wait is left"))]
    fn get() -> Result<u32, Down> {
        fail()
    }
    #[retry(schedule = [0], on = |_| unreachable!("no wait is left"))]
    async fn get_async() -> Result<u32, Down> {
        fail()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Err(Down));
        assert_eq!(run(get_async()), Err(Down));
        assert_eq!(calls(), 2);
    }
}

mod spawned_and_static {
    use super::*;
    use std::sync::Arc;

    #[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout())]
    async fn get(flaky: Arc<Flaky>, name: String) -> Result<(u32, usize), Down> {
        pause().await;
        Ok((flaky.call()?, name.len()))
    }
    #[test]
    fn retries() {
        let result = tokio::runtime::Runtime::new()
            .unwrap()
            .block_on(async { tokio::spawn(get(Arc::new(flaky()), "a".into())).await });
        assert_eq!(result.unwrap(), Ok((3, 1)));
    }
}

mod sync_gives_up {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = is_down)]
    fn get() -> Result<u32, Down> {
        fail()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Err(Down));
        assert_eq!(calls(), 3);
    }
}

mod tokio_main_above {
    use super::*;

    #[tokio::main(flavor = "current_thread")]
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get() -> Result<(), Down> {
        pause().await;
        call().map(drop)
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(()));
    }
}

mod tokio_main_below {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    #[tokio::main(flavor = "current_thread")]
    async fn get() -> Result<(), Down> {
        pause().await;
        call().map(drop)
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(()));
    }
}

mod two_in_a_join {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async fn get(flaky: &Flaky) -> Result<u32, Down> {
        pause().await;
        flaky.call()
    }
    #[test]
    fn retries() {
        let (a, b) = (flaky(), flaky());
        assert_eq!(
            run(async { futures::join!(get(&a), get(&b)) }),
            (Ok(3), Ok(3))
        );
    }
}

mod unsafe_functions {
    use super::*;

    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    unsafe fn get(flaky: *const Flaky) -> Result<u32, Down> {
        unsafe { (*flaky).call() }
    }
    #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
    async unsafe fn get_async(flaky: *const Flaky) -> Result<u32, Down> {
        unsafe { (*flaky).call() }
    }
    #[test]
    fn retries() {
        assert_eq!(unsafe { get(&flaky()) }, Ok(3));
        let flaky = flaky();
        assert_eq!(run(unsafe { get_async(&flaky) }), Ok(3));
    }
}

mod visibilities {
    use super::*;

    mod a {
        use crate::support::*;
        use retry_core::retry;
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        pub(crate) fn one() -> Result<u32, Down> {
            call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        pub(super) async fn two() -> Result<u32, Down> {
            call()
        }
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        pub(in crate::functions::visibilities::a) fn three() -> Result<u32, Down> {
            call()
        }
        pub fn four() -> Result<u32, Down> {
            three()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(a::one(), Ok(3));
        assert_eq!(run(a::two()), Ok(3));
        assert_eq!(a::four(), Ok(3));
    }
}
