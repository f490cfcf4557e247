//! Fragments inside of larger expressions: `$e * 2` with `1 + 1` is 4.
//!
//! The group around a fragment has no delimiters that could be seen. A macro that loses it makes 3 of it, without any error.

#![allow(
    clippy::eq_op,
    clippy::nonminimal_bool,
    clippy::overly_complex_bool_expr,
    reason = "as people write it"
)]

use crate::support::*;
use retry_core::retry;
use std::fmt::Debug;
use std::pin::Pin;

macro_rules! retried {
    ($n:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn array_length_in_argument(all: [u8; $n * 2]) -> Result<usize, Down> {
            call().map(|_| all.len())
        }
    };
}
retried!(1 + 1);

macro_rules! retried {
    ($n:expr) => {
        #[retry(schedule = [1ms, 1ms, 0])]
        fn array_length_in_option() -> Option<[u8; $n * 2]> {
            poll().map(|_| [0; 4])
        }
    };
}
retried!(1 + 1);

macro_rules! retried {
    ($n:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn array_length_in_return_async() -> Result<[u8; $n * 2], Down> {
            call().map(|_| [0; 4])
        }
    };
}
retried!(1 + 1);

macro_rules! retried {
    ($n:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |e: &[u8; $n * 2]| e.len() == 4)]
        fn array_length_in_type_of_key() -> Result<u32, [u8; $n * 2]> {
            call().map_err(|_| [0; 4])
        }
    };
}
retried!(1 + 1);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn async_block_tail() -> impl Future<Output = Result<u32, Down>> {
            async move {
                call()?;
                Ok($e * 2)
            }
        }
    };
}
retried!(1 + 1);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn before_the_async_block() -> impl Future<Output = Result<u32, Down>> {
            let n = $e * 2;
            async move {
                call()?;
                Ok(n)
            }
        }
    };
}
retried!(1 + 1);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn body_async() -> Result<u32, Down> {
            call()?;
            Ok($e * 2)
        }
    };
}
retried!(1 + 1);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], until = |n| *n > 3)]
        async fn body_begins_with_it_async() -> u32 {
            $e * 2
        }
    };
}
retried!(count() + 1);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn body_cast() -> Result<u8, Down> {
            call()?;
            Ok($e as u8)
        }
    };
}
retried!(255_u32 + 1);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn body_method_call() -> Result<i32, Down> {
            call()?;
            Ok($e.pow(2))
        }
    };
}
retried!(1_i32 + 1_i32);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn body_negated() -> Result<i32, Down> {
            call()?;
            Ok(-$e)
        }
    };
}
retried!(1 + 1);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn body_nested_group() -> Result<Vec<u32>, Down> {
            call()?;
            Ok((0..2).map(|n| (n + $e * 2)).collect())
        }
    };
}
retried!(1 + 1);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn body_question_mark() -> Result<u32, Down> {
            Ok($e?)
        }
    };
}
retried!(async { call() }.await);

macro_rules! retried {
    ($t:ty) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn body_type_with_plus() -> Result<String, Down> {
            call()?;
            let shown: &$t = &3;
            Ok(format!("{shown:?}"))
        }
    };
}
retried!(dyn Debug + Send);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn body_with_inner_attribute() -> Result<u32, Down> {
            #![allow(unused)]
            call()?;
            Ok($e * 2)
        }
    };
}
retried!(1 + 1);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn boxed_async_block_tail() -> Pin<Box<dyn Future<Output = Result<u32, Down>>>> {
            Box::pin(async move {
                call()?;
                Ok($e * 2)
            })
        }
    };
}
retried!(1 + 1);

macro_rules! retried {
    ($t:ty) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn negated_impl_of_fn_pointer() -> Result<fn() -> $t, Down> {
            fn one() -> u32 {
                1
            }
            call().map(|_| one as fn() -> $t)
        }
    };
}
retried!(u32);

macro_rules! retried { ($t:ty) => {
    #[retry(schedule = [1ms, 1ms, 0], on = |e: &Down| { let shown: &$t = e; format!("{shown:?}") == "Down" })]
    fn type_in_key() -> Result<u32, Down> { call() }
}; }
retried!(dyn Debug + Send);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 1ms, 0], until = |n| *n == $e * 2)]
        fn until_comparison() -> u32 {
            count()
        }
    };
}
retried!(1 + 1);

#[test]
fn each_retries() {
    assert_eq!(array_length_in_argument([0; 4]), Ok(4));
    assert_eq!(array_length_in_option(), Some([0; 4]));
    assert_eq!(run(array_length_in_return_async()), Ok([0; 4]));
    assert_eq!(array_length_in_type_of_key(), Ok(3));
    assert_eq!(run(async_block_tail()), Ok(4));
    assert_eq!(run(before_the_async_block()), Ok(4));
    assert_eq!(run(body_async()), Ok(4));
    reset();
    assert_eq!(run(body_begins_with_it_async()), 4);
    assert_eq!(body_cast(), Ok(0));
    assert_eq!(run(body_method_call()), Ok(4));
    assert_eq!(body_negated(), Ok(-2));
    assert_eq!(body_nested_group(), Ok(vec![4, 5]));
    assert_eq!(run(body_question_mark()), Ok(3));
    assert_eq!(run(body_type_with_plus()), Ok("3".to_owned()));
    assert_eq!(body_with_inner_attribute(), Ok(4));
    assert_eq!(run(boxed_async_block_tail()), Ok(4));
    assert_eq!(negated_impl_of_fn_pointer().unwrap()(), 1);
    assert_eq!(type_in_key(), Ok(3));
    reset();
    assert_eq!(until_comparison(), 4);
}

mod async_trait_body {
    use super::*;
    use async_trait::async_trait;

    // As everywhere, async_trait may lose the group itself: the value is only compared with what it gives without `retry`.

    #[async_trait]
    trait Get {
        async fn get(&self) -> Result<u32, Down>;
        async fn bare(&self) -> Result<u32, Down>;
    }
    struct S;
    macro_rules! retried {
        ($e:expr) => {
            #[async_trait]
            impl Get for S {
                #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
                async fn get(&self) -> Result<u32, Down> {
                    call()?;
                    Ok($e * 2)
                }
                async fn bare(&self) -> Result<u32, Down> {
                    Ok($e * 2)
                }
            }
        };
    }
    retried!(1 + 1);
    #[test]
    fn retries() {
        assert_eq!(run(S.get()), run(S.bare()));
    }
}

mod const_argument_in_braces {
    use super::*;

    struct A<const N: usize>;
    macro_rules! retried {
        ($n:expr) => {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            fn get() -> Result<A<{ $n * 2 }>, Down> {
                call().map(|_| A::<4>)
            }
        };
    }
    retried!(1 + 1);
    #[test]
    fn retries() {
        let _: A<4> = get().unwrap();
    }
}

mod enabled_and {
    use super::*;

    macro_rules! retried {
        ($e:expr) => {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true, enabled = $e && cfg!(windows))]
            fn get() -> Result<u32, Down> {
                call()
            }
        };
    }
    retried!(true || true);
    #[test]
    fn retries() {
        // `(true || true) && false`
        assert_eq!(get(), Err(Down));
        assert_eq!(calls(), 1);
    }
}

mod enabled_negated_or {
    use super::*;

    macro_rules! retried {
        ($e:expr) => {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true, enabled = !$e)]
            fn get() -> Result<u32, Down> {
                call()
            }
        };
    }
    retried!(false || true);
    #[test]
    fn retries() {
        // `!(false || true)` is false: one attempt.
        assert_eq!(get(), Err(Down));
        assert_eq!(calls(), 1);
    }
}

mod max_elapsed_product {
    use super::*;
    use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
    use std::time::Duration;

    static TOLD: AtomicUsize = AtomicUsize::new(0);
    macro_rules! retried { ($e:expr) => {
    #[retry(schedule = [1ms, 1ms, 0], jitter = 0, on = |_| true, max_elapsed = Duration::from_secs(1) * ($e * 2 - 3), notify = |_| { TOLD.fetch_add(1, SeqCst); })]
    fn get() -> Result<u32, Down> { call() }
}; }
    retried!(1 + 1);
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(TOLD.load(SeqCst), 2);
    }
}

mod on_negated_of_argument {
    use super::*;

    macro_rules! retried {
        ($x:ident, $e:expr) => {
            #[retry(schedule = [1ms, 1ms, 0], on = |$x: &Down| !$e)]
            fn get() -> Result<u32, Down> {
                call()
            }
        };
    }
    retried!(e, e.is_timeout() || true);
    #[test]
    fn retries() {
        assert_eq!(get(), Err(Down));
        assert_eq!(calls(), 1);
    }
}

mod pointer_to_dyn {
    use super::*;
    use std::fmt::Debug;

    macro_rules! retried {
        ($t:ty) => {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            fn get(p: *const $t) -> Result<*const $t, Down> {
                call().map(|_| p)
            }
        };
    }
    retried!(dyn Debug + Send);
    #[test]
    fn retries() {
        let p: *const (dyn Debug + Send) = &3;
        assert!(get(p).is_ok());
    }
}

mod reference_to_dyn_in_boxed_future {
    use super::*;
    use std::{fmt::Debug, pin::Pin};

    macro_rules! retried {
        ($t:ty) => {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            fn get() -> Pin<Box<dyn Future<Output = Result<&'static $t, Down>>>> {
                Box::pin(async move { call().map(|_| &3 as &'static $t) })
            }
        };
    }
    retried!(dyn Debug + Send);
    #[test]
    fn retries() {
        assert_eq!(format!("{:?}", run(get()).unwrap()), "3");
    }
}

mod retry_block_async_body {
    use super::*;
    use retry_core::retry_block;

    macro_rules! again { ($e:expr) => { retry_block!(schedule = [1ms, 1ms, 0], on = |_| true => async -> Result<u32, Down> { call()?; Ok($e * 2) }) }; }
    #[test]
    fn retries() {
        assert_eq!(run(async { again!(1 + 1) }), Ok(4));
    }
}

mod schedule_of_a_call {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    fn constant_of(n: usize) -> Schedule {
        Schedule::constant(Duration::from_millis(1))
            .attempts(n)
            .unwrap()
    }
    macro_rules! retried {
        ($e:expr) => {
            #[retry(schedule = constant_of($e * 2), on = |_| true)]
            fn get() -> Result<u32, Down> {
                fail()
            }
        };
    }
    retried!(1 + 1);
    #[test]
    fn retries() {
        assert_eq!(get(), Err(Down));
        assert_eq!(calls(), 4);
    }
}
