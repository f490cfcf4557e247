//! Functions that a `macro_rules!` writes.
//!
//! A fragment such as `$on:expr` reaches the macro in a group without delimiters. It means what it would mean if it were written out: a
//! closure stays a closure, and a list a list.

#![allow(clippy::needless_question_mark, reason = "as people write it")]

use crate::support::*;
use retry_core::Jitter;
use retry_core::retry;
use std::pin::Pin;

macro_rules! policy {
    ($p:pat, $t:ty, $e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn argument_pattern_async($p: $t) -> Result<u32, Down> {
            call().map(|n| n + $e)
        }
    };
}
policy!([a, .., b], [u32; 4], a + b);

macro_rules! policy {
    ($($arg:ident: $t:ty),*) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn argument_ty_and_ident($($arg: $t),*) -> Result<u32, Down> { $(let _ = &$arg;)* call() }
    };
}
policy!(a: u32, b: String, wait: &str);

macro_rules! retried {
    ($b:block) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn block_body_async() -> Result<u32, Down> $b
    };
}
retried!({
    pause().await;
    Ok(call()?)
});

macro_rules! policy {
    ($krate:path) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, crate = $krate)]
        fn crate_path() -> Result<u32, Down> {
            call()
        }
    };
}
policy!(::retry_core);

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn expr_body() -> Result<u32, Down> {
            $e
        }
    };
}
retried!(call());

macro_rules! retried {
    ($e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn expr_body_async_block() -> impl Future<Output = Result<u32, Down>> {
            $e
        }
    };
}
retried!(async { call() });

macro_rules! retried {
    ($n:ident<$t:ident: $bound:path, const $c:ident: $ct:ty>) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn $n<$t: $bound, const $c: $ct>(all: [$t; $c]) -> Result<[$t; $c], Down> {
            call().map(|_| all.clone())
        }
    };
}
retried!(generic_idents<T: Clone, const N: usize>);

macro_rules! retried {
    ($i:item) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout())]
        $i
    };
}
retried! { async fn item_whole_async(a: String) -> Result<u32, Down> { let _ = &a; call() } }

macro_rules! retried {
    ($i:item) => {
        $i
    };
}
retried! {
    #[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout())]
    fn item_with_attributes() -> Result<u32, Down> { call() }
}

macro_rules! policy {
    ($jitter:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], jitter = $jitter, on = |_| true)]
        fn jitter_expr_value() -> Result<u32, Down> {
            call()
        }
    };
}
policy!(Jitter::full());

macro_rules! policy {
    ($jitter:ident) => {
        #[retry(schedule = [1ms, 1ms, 0], jitter = $jitter, on = |_| true)]
        fn jitter_ident_full() -> Result<u32, Down> {
            call()
        }
    };
}
policy!(full);

macro_rules! policy {
    ($jitter:literal) => {
        #[retry(schedule = [1ms, 1ms, 0], jitter = $jitter, max_wait = 3ms, on = |_| true)]
        fn jitter_literal_number() -> Result<u32, Down> {
            call()
        }
    };
}
policy!(0.5);

macro_rules! policy {
    ($l:lifetime) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn lifetime_async_bound<$l, T: ToString + $l>(name: &$l T) -> Result<(String, &$l T), Down> { call().map(|_| (name.to_string(), name)) }
    };
}
policy!('x);

macro_rules! policy {
    ($l:lifetime) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn lifetime_label_in_body() -> Result<u32, Down> { $l: loop { loop { break $l call(); } } }
    };
}
policy!('outer);

macro_rules! policy {
    ($timeout:expr, $elapsed:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], attempt_timeout = $timeout, max_elapsed = $elapsed, on = |_| true)]
        async fn limits_expr() -> Result<u32, std::io::Error> { Ok(call().map_err(std::io::Error::other)?) }
    };
}
policy!(5s, std::time::Duration::from_secs(10));

macro_rules! policy {
    ($(#[$m:meta])* $n:ident) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        $(#[$m])*
        fn $n() -> Result<u32, Down> { call() }
    };
}
policy!(/** Documented. */ #[inline] #[must_use = "it counts"] #[cfg(all())] meta_attributes_below);

macro_rules! policy {
    (#[$m:meta] $n:ident) => {
        #[$m]
        fn $n() -> Result<u32, Down> {
            call()
        }
    };
}
policy!(
    #[retry(schedule = [1ms, 1ms, 0], on = |e| e.is_timeout())]
    meta_is_the_attribute
);

macro_rules! inner {
    ($on:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = $on)]
        fn on_closure_twice_nested() -> Result<u32, Down> {
            call()
        }
    };
}
macro_rules! outer {
    ($on:expr) => {
        inner!($on);
    };
}
outer!(|e| e.is_timeout());

macro_rules! policy {
    ($on:block) => {
        #[retry(schedule = [1ms, 1ms, 0], on = $on)]
        fn on_expr_block() -> Result<u32, Down> {
            call()
        }
    };
}
policy!({ is_down });

macro_rules! policy {
    ($on:expr, fn $n:ident() -> $r:ty $b:block) => {
        #[retry(schedule = [1ms, 1ms, 0], on = $on)]
        fn $n() -> $r $b
    };
}
policy!(
    |e| e.is_timeout(),
    fn on_expr_closure() -> Result<u32, Down> {
        call()
    }
);

macro_rules! policy {
    ($on:path) => {
        #[retry(schedule = [1ms, 1ms, 0], on = $on)]
        fn on_path() -> Result<u32, Down> {
            call()
        }
    };
}
policy!(Down::is_timeout);

macro_rules! policy {
    ($p:pat) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |e| matches!(e, $p))]
        fn on_pattern_of_errors() -> Result<u32, Api> {
            api()
        }
    };
}
policy!(Api::Busy | Api::Timeout);

macro_rules! policy {
    ($hint:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, retry_after = $hint)]
        fn retry_after_expr_closure() -> Result<u32, Api> {
            api()
        }
    };
}
policy!(|e| e.hint());

macro_rules! policy {
    ($r:ty) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn return_future_ty() -> $r {
            Box::pin(async { call() })
        }
    };
}
policy!(Pin<Box<dyn Future<Output = Result<u32, Down>>>>);

macro_rules! policy {
    ($r:ty) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn return_impl_future_ty() -> $r {
            async { call() }
        }
    };
}
policy!(impl Future<Output = Result<u32, Down>>);

macro_rules! policy {
    ($r:ty) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        fn return_ty() -> $r {
            call()
        }
    };
}
policy!(std::result::Result<u32, Down>);

macro_rules! policy {
    ($r:ty) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        async fn return_ty_async() -> $r {
            Ok(call()?)
        }
    };
}
policy!(Result<u32, Api>);

macro_rules! policy {
    ($r:ty) => {
        #[retry(schedule = [1ms, 1ms, 0])]
        fn return_ty_option() -> $r {
            poll()
        }
    };
}
policy!(Option<u32>);

macro_rules! policy {
    ($($wait:expr),+) => {
        #[retry(schedule = [$($wait),+], on = |_| true)]
        fn schedule_expr_entries() -> Result<u32, Down> { call() }
    };
}
policy!(1ms, 1.5ms, 0);

macro_rules! policy {
    ($schedule:expr) => {
        #[retry(schedule = $schedule, on = |_| true)]
        fn schedule_expr_list() -> Result<u32, Down> {
            call()
        }
    };
}
policy!([1ms, 1ms, 0]);

macro_rules! policy {
    ($schedule:expr) => {
        #[retry(schedule = $schedule, on = |_| true)]
        fn schedule_expr_shape() -> Result<u32, Down> {
            call()
        }
    };
}
policy!(exponential(1ms, max = 2ms, attempts = 3));

macro_rules! policy {
    ($first:expr, $max:expr, $retries:expr) => {
        #[retry(schedule = fibonacci($first, max = $max, retries = $retries), on = |_| true)]
        fn shape_expr_arguments() -> Result<u32, Down> {
            call()
        }
    };
}
policy!(1ms, 2ms, 2);

macro_rules! policy {
    ($shape:ident) => {
        #[retry(schedule = $shape(1ms, attempts = 3), on = |_| true)]
        fn shape_ident_name() -> Result<u32, Down> {
            call()
        }
    };
}
policy!(constant);

macro_rules! policy {
    ($sleep:expr) => {
        #[retry(schedule = [1h, 1h, 0], on = |_| true, sleep = $sleep)]
        async fn sleep_expr_closure_async() -> Result<u32, Down> {
            call()
        }
    };
}
policy!(|wait| async move { assert!(wait.as_secs() > 10) });

macro_rules! policy {
    ($sleep:path) => {
        #[retry(schedule = [1h, 1h, 0], on = |_| true, sleep = $sleep)]
        async fn sleep_path() -> Result<u32, Down> {
            call()
        }
    };
}
policy!(crate::support::no_sleep_async);

macro_rules! retried {
    ($s:stmt, $e:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
        #[allow(redundant_semicolons, reason = "not every statement ends in one")]
        async fn stmt_in_body_hygienic() -> Result<u32, Down> {
            $s;
            Ok(call()? + $e)
        }
    };
}
retried!(let one = 1, one);

macro_rules! policy {
    ($until:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], until = $until)]
        fn until_expr_closure() -> u32 {
            count()
        }
    };
}
policy!(|n| n.is_power_of_two() && *n > 1);

macro_rules! policy {
    ($until:expr) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, until = $until)]
        fn until_expr_closure_of_result() -> Result<Vec<u32>, Down> {
            Ok(vec![count()])
        }
    };
}
policy!(|v| v.contains(&2));

#[test]
fn each_retries() {
    assert_eq!(run(argument_pattern_async([1, 0, 0, 2])), Ok(6));
    assert_eq!(argument_ty_and_ident(1, String::new(), ""), Ok(3));
    assert_eq!(run(block_body_async()), Ok(3));
    assert_eq!(crate_path(), Ok(3));
    assert_eq!(expr_body(), Ok(3));
    assert_eq!(run(expr_body_async_block()), Ok(3));
    assert_eq!(generic_idents([1, 2]), Ok([1, 2]));
    assert_eq!(run(item_whole_async(String::new())), Ok(3));
    assert_eq!(item_with_attributes(), Ok(3));
    assert_eq!(jitter_expr_value(), Ok(3));
    assert_eq!(jitter_ident_full(), Ok(3));
    assert_eq!(jitter_literal_number(), Ok(3));
    assert_eq!(run(lifetime_async_bound(&5)), Ok(("5".to_owned(), &5)));
    assert_eq!(lifetime_label_in_body(), Ok(3));
    assert_eq!(run(limits_expr()).unwrap(), 3);
    assert_eq!(meta_attributes_below(), Ok(3));
    assert_eq!(meta_is_the_attribute(), Ok(3));
    assert_eq!(on_closure_twice_nested(), Ok(3));
    assert_eq!(on_expr_block(), Ok(3));
    assert_eq!(on_expr_closure(), Ok(3));
    assert_eq!(on_path(), Ok(3));
    assert_eq!(on_pattern_of_errors(), Ok(3));
    assert_eq!(retry_after_expr_closure(), Ok(3));
    assert_eq!(run(return_future_ty()), Ok(3));
    assert_eq!(run(return_impl_future_ty()), Ok(3));
    assert_eq!(return_ty(), Ok(3));
    assert_eq!(run(return_ty_async()), Ok(3));
    assert_eq!(return_ty_option(), Some(3));
    assert_eq!(schedule_expr_entries(), Ok(3));
    assert_eq!(schedule_expr_list(), Ok(3));
    assert_eq!(schedule_expr_shape(), Ok(3));
    assert_eq!(shape_expr_arguments(), Ok(3));
    assert_eq!(shape_ident_name(), Ok(3));
    assert_eq!(run(sleep_expr_closure_async()), Ok(3));
    assert_eq!(run(sleep_path()), Ok(3));
    assert_eq!(run(stmt_in_body_hygienic()), Ok(4));
    reset();
    assert_eq!(until_expr_closure(), 2);
    reset();
    assert_eq!(until_expr_closure_of_result(), Ok(vec![2]));
}

mod many_functions {
    use super::*;

    macro_rules! clients {
    ($($(#[$m:meta])* $v:vis fn $n:ident($($a:ident: $t:ty),*) -> $r:ty = $s:expr, $on:expr;)*) => {$(
        #[retry(schedule = $s, on = $on)]
        $(#[$m])*
        $v fn $n($($a: $t),*) -> $r { $(let _ = $a;)* call() }
    )*};
}
    clients! {
        /// One.
        pub fn one(id: u32) -> Result<u32, Down> = [1ms, 1ms, 0], |e| e.is_timeout();
        fn two() -> Result<u32, Down> = constant(1ms, retries = 2), is_down;
    }
    #[test]
    fn retries() {
        assert_eq!(one(1), Ok(3));
        assert_eq!(two(), Ok(3));
    }
}

mod name_literal {
    use super::*;
    use std::sync::Mutex;

    static NAME: Mutex<&str> = Mutex::new("");
    macro_rules! policy {
    ($name:literal) => {
        #[retry(schedule = [1ms, 1ms, 0], on = |_| true, name = $name, notify = |event| *NAME.lock().unwrap() = event.function)]
        fn get() -> Result<u32, Down> { call() }
    };
}
    policy!("store");
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(*NAME.lock().unwrap(), "store");
    }
}

mod on_expr_dyn_error_path {
    use super::*;
    use std::error::Error;

    macro_rules! policy {
        ($on:expr) => {
            #[retry(schedule = [1ms, 1ms, 0], on = $on)]
            fn get() -> Result<u32, Box<dyn Error>> {
                Ok(call()?)
            }
        };
    }
    fn again(e: &(dyn Error + 'static)) -> bool {
        e.is::<Down>()
    }
    policy!(again);
    #[test]
    fn retries() {
        assert_eq!(get().unwrap(), 3);
    }
}

mod receiver_tt {
    use super::*;

    struct S(Flaky);
    macro_rules! retried {
    ($self:ident, $($receiver:tt)*) => {
        impl S {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            fn get($($receiver)*) -> Result<u32, Down> { $self.0.call() }
        }
    };
}
    retried!(self, &mut self);
    #[test]
    fn retries() {
        assert_eq!(S(flaky()).get(), Ok(3));
    }
}

mod retry_block_async_fragments {
    use super::*;
    use retry_core::retry_block;

    macro_rules! again {
    ($on:expr, $t:ty => $e:expr) => { retry_block!(schedule = [1ms, 1ms, 0], on = $on => async -> $t { $e }) };
}
    #[test]
    fn retries() {
        let value: Result<u32, Down> = run(async { again!(is_down, Result<u32, Down> => call()) });
        assert_eq!(value, Ok(3));
    }
}

mod retry_block_fragments {
    use super::*;
    use retry_core::retry_block;

    macro_rules! again {
    ($on:expr => $b:block) => { retry_block!(schedule = [1ms, 1ms, 0], on = $on => $b) };
}
    #[test]
    fn retries() {
        assert_eq!(again!(|e| e.is_timeout() => { call() }), Ok(3));
    }
}

mod retry_block_schedule_expr {
    use super::*;
    use retry_core::retry_block;

    macro_rules! again {
    ($s:expr, $e:expr) => { retry_block!(schedule = $s, on = |_| true => { $e }) };
}
    #[test]
    fn retries() {
        assert_eq!(again!([1ms, 1ms, 0], call()), Ok(3));
    }
}

mod return_dyn_ty_behind_reference_async {
    use super::*;
    use std::fmt::Debug;

    macro_rules! policy {
        ($t:ty) => {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            async fn get() -> Result<&'static $t, Down> {
                call().map(|_| &3_u32 as &'static $t)
            }
        };
    }
    policy!(dyn Debug + Sync + Send);
    #[test]
    fn retries() {
        assert_eq!(format!("{:?}", run(get()).unwrap()), "3");
    }
}

mod schedule_expr_if {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    static SLOW: Schedule = Schedule::from_static(&[
        Duration::from_millis(1),
        Duration::from_millis(1),
        Duration::ZERO,
    ]);
    static ONCE: Schedule = Schedule::from_static(&[Duration::ZERO]);
    macro_rules! policy {
        ($schedule:expr) => {
            #[retry(schedule = $schedule, on = |_| true)]
            fn get() -> Result<u32, Down> {
                call()
            }
        };
    }
    policy!(if cfg!(unix) { &SLOW } else { &ONCE });
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}

mod self_in_keys_by_macro {
    use super::*;

    struct S {
        flaky: Flaky,
        again: bool,
    }
    macro_rules! retried {
    ($self:ident, $on:expr) => {
        impl S {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| $on)]
            fn get(&$self) -> Result<u32, Down> { $self.flaky.call() }
        }
    };
}
    retried!(self, self.again);
    #[test]
    fn retries() {
        assert_eq!(
            S {
                flaky: flaky(),
                again: true
            }
            .get(),
            Ok(3)
        );
    }
}

mod trait_impl_by_macro {
    use super::*;

    trait Get {
        fn fetch(&self) -> Result<u32, Down>;
    }
    macro_rules! implement {
    ($($t:ty),*) => {$(
        impl Get for $t {
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            fn fetch(&self) -> Result<u32, Down> { call() }
        }
    )*};
}
    implement!(u8, Vec<u8>, &'static str);
    #[test]
    fn retries() {
        assert_eq!(vec![1_u8].fetch(), Ok(3));
        assert_eq!("a".fetch(), Ok(3));
    }
}

mod visibility {

    mod inner {
        use crate::support::*;
        use retry_core::retry;
        macro_rules! policy {
        ($($v:vis fn $n:ident;)*) => {$(
            #[retry(schedule = [1ms, 1ms, 0], on = |_| true)]
            $v fn $n() -> Result<u32, Down> { call() }
        )*};
    }
        policy! { pub fn a; pub(crate) fn b; pub(super) fn c; pub(in crate::fragments::visibility::inner) fn d; fn e; }
        pub fn private() {
            let _ = (d(), e());
        }
    }
    #[test]
    fn retries() {
        assert_eq!(inner::a(), Ok(3));
        let _ = (inner::b(), inner::c());
        inner::private();
    }
}
