//! Schedules that are known at run time only: statics, fields, `if`, `match`, blocks, calls.
//!
//! The expression is evaluated once per call, as a value or as a reference, and may borrow from a `&mut self` that the body needs too.

#![allow(clippy::never_loop, reason = "as people write it")]

use crate::support::*;
use retry_core::Schedule;
use retry_core::ScheduleError;
use retry_core::retry;
use std::rc::Rc;
use std::time::Duration;

#[retry(schedule = { let n = attempts.max(3); Schedule::constant(Duration::from_millis(1)).attempts(n).unwrap() }, on = |_| true)]
fn block_with_statements(attempts: usize) -> Result<u32, Down> {
    call()
}

macro_rules! plan {
    ($n:expr) => {
        Schedule::constant(std::time::Duration::from_millis(1))
            .attempts($n)
            .unwrap()
    };
}
#[retry(schedule = plan!(3), on = |_| true)]
fn macro_gives_a_value() -> Result<u32, Down> {
    call()
}

#[retry(schedule = { let plan: Rc<Schedule> = Rc::new("1ms, 1ms, 0".parse().unwrap()); Schedule::clone(&plan) }, on = |_| true)]
async fn not_send_expression() -> Result<u32, Down> {
    pause().await;
    call()
}

#[retry(schedule = text.parse::<Schedule>()?, on = |_| true)]
fn question_mark_in_schedule(text: &str) -> Result<u32, Box<dyn std::error::Error>> {
    Ok(call()?)
}

#[test]
fn each_retries() {
    assert_eq!(block_with_statements(1), Ok(3));
    assert_eq!(macro_gives_a_value(), Ok(3));
    assert_eq!(run(send(not_send_expression())), Ok(3));
    assert_eq!(question_mark_in_schedule("1ms, 1ms, 0").unwrap(), 3);
    assert!(
        question_mark_in_schedule("1ms")
            .unwrap_err()
            .is::<ScheduleError>()
    );
}

mod associated_const {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    struct S(Flaky);
    impl S {
        const FAST: Schedule = Schedule::from_static(&[
            Duration::from_millis(1),
            Duration::from_millis(1),
            Duration::ZERO,
        ]);
        #[retry(schedule = Self::FAST, on = |_| true)]
        fn get(&mut self) -> Result<u32, Down> {
            self.0.call()
        }
        #[retry(schedule = &Self::FAST, on = |_| true)]
        async fn get_async(&mut self) -> Result<u32, Down> {
            self.0.call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(S(flaky()).get(), Ok(3));
        assert_eq!(run(S(flaky()).get_async()), Ok(3));
    }
}

mod block_of_reference {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    static FAST: Schedule = Schedule::from_static(&[
        Duration::from_millis(1),
        Duration::from_millis(1),
        Duration::ZERO,
    ]);
    #[retry(schedule = { &FAST }, on = |_| true)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}

mod block_unsafe {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    static FAST: Schedule = Schedule::from_static(&[
        Duration::from_millis(1),
        Duration::from_millis(1),
        Duration::ZERO,
    ]);
    unsafe fn fast() -> &'static Schedule {
        &FAST
    }
    #[retry(schedule = unsafe { fast() }, on = |_| true)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}

mod closure_called {
    use super::*;
    use retry_core::Schedule;

    #[retry(schedule = plan(3), on = |_| true)]
    fn get(plan: impl Fn(usize) -> Schedule) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        let plan: Schedule = "1ms, 1ms, 0".parse().unwrap();
        assert_eq!(get(|_| plan.clone()), Ok(3));
    }
}

mod const_value {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    const FAST: Schedule = Schedule::from_static(&[
        Duration::from_millis(1),
        Duration::from_millis(1),
        Duration::ZERO,
    ]);
    #[retry(schedule = FAST, on = |_| true)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = &FAST, on = |_| true)]
    async fn get_async() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod evaluated_once {
    use super::*;
    use retry_core::Schedule;
    use std::cell::Cell;

    fn plan(read: &Cell<u32>) -> Schedule {
        read.set(read.get() + 1);
        "1ms, 1ms, 0".parse().unwrap()
    }
    #[retry(schedule = plan(read), on = |_| true)]
    fn get(read: &Cell<u32>) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        let read = Cell::new(0);
        assert_eq!(get(&read), Ok(3));
        assert_eq!(read.get(), 1);
    }
}

mod field_of_indexed {
    use super::*;
    use retry_core::Schedule;

    #[retry(schedule = plans[1], on = |_| true)]
    fn get(plans: &[Schedule]) -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = &plans.0, on = |_| true)]
    fn of_tuple(plans: &(Schedule, u8)) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        let plan: Schedule = "1ms, 1ms, 0".parse().unwrap();
        assert_eq!(get(&["0".parse().unwrap(), plan.clone()]), Ok(3));
        assert_eq!(of_tuple(&(plan, 0)), Ok(3));
    }
}

mod field_of_mut_self {
    use super::*;
    use retry_core::Schedule;

    struct S {
        plan: Schedule,
        seen: Vec<u32>,
    }
    impl S {
        #[retry(schedule = self.plan, on = |_| true)]
        fn get(&mut self) -> Result<u32, Down> {
            self.seen.push(count());
            if self.seen.len() < 3 {
                Err(Down)
            } else {
                Ok(3)
            }
        }
        #[retry(schedule = self.plan, on = |_| true)]
        async fn get_async(&mut self) -> Result<u32, Down> {
            self.seen.push(count());
            if self.seen.len() < 3 {
                Err(Down)
            } else {
                Ok(3)
            }
        }
    }
    #[test]
    fn retries() {
        let plan: Schedule = "1ms, 1ms, 0".parse().unwrap();
        assert_eq!(
            S {
                plan: plan.clone(),
                seen: vec![]
            }
            .get(),
            Ok(3)
        );
        assert_eq!(run(S { plan, seen: vec![] }.get_async()), Ok(3));
    }
}

mod if_let_else_if {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    static FAST: Schedule = Schedule::from_static(&[
        Duration::from_millis(1),
        Duration::from_millis(1),
        Duration::ZERO,
    ]);
    static ONCE: Schedule = Schedule::from_static(&[Duration::ZERO]);
    #[retry(schedule = if let Some(own) = own { own } else if urgent { &FAST } else { &ONCE }, on = |_| true)]
    fn get(own: Option<&Schedule>, urgent: bool) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(None, true), Ok(3));
        assert_eq!(get(Some(&ONCE), true), Err(Down));
    }
}

mod if_of_references {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    static FAST: Schedule = Schedule::from_static(&[
        Duration::from_millis(1),
        Duration::from_millis(1),
        Duration::ZERO,
    ]);
    static ONCE: Schedule = Schedule::from_static(&[Duration::ZERO]);
    #[retry(schedule = if urgent { &FAST } else { &ONCE }, on = |_| true)]
    fn get(urgent: bool) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(true), Ok(3));
        assert_eq!(get(false), Err(Down));
    }
}

mod if_of_values {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    fn fast(n: usize) -> Schedule {
        Schedule::constant(Duration::from_millis(1))
            .attempts(n)
            .unwrap()
    }
    #[retry(schedule = if urgent { fast(3) } else { fast(1) }, on = |_| true)]
    fn get(urgent: bool) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(true), Ok(3));
        assert_eq!(get(false), Err(Down));
    }
}

mod lazy_lock_deref {
    use super::*;
    use retry_core::Schedule;
    use std::sync::LazyLock;

    static FAST: LazyLock<Schedule> = LazyLock::new(|| "1ms, 1ms, 0".parse().unwrap());
    #[retry(schedule = &*FAST, on = |_| true)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = FAST.clone(), on = |_| true)]
    async fn get_async() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod loop_with_break {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    static FAST: Schedule = Schedule::from_static(&[
        Duration::from_millis(1),
        Duration::from_millis(1),
        Duration::ZERO,
    ]);
    #[retry(schedule = loop { break &FAST }, on = |_| true)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
    }
}

mod match_on_argument {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    static FAST: Schedule = Schedule::from_static(&[
        Duration::from_millis(1),
        Duration::from_millis(1),
        Duration::ZERO,
    ]);
    static ONCE: Schedule = Schedule::from_static(&[Duration::ZERO]);
    #[retry(schedule = match kind { 0 => &ONCE, 1 | 2 => &FAST, _ => unreachable!() }, on = |_| true)]
    fn get(kind: u8) -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(0), Err(Down));
        assert_eq!(get(2), Ok(3));
    }
}

mod match_on_self_field {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    static FAST: Schedule = Schedule::from_static(&[
        Duration::from_millis(1),
        Duration::from_millis(1),
        Duration::ZERO,
    ]);
    struct S {
        own: Option<Schedule>,
        flaky: Flaky,
    }
    impl S {
        #[retry(schedule = match &self.own { Some(own) => own, None => &FAST }, on = |_| true)]
        fn get(&mut self) -> Result<u32, Down> {
            self.flaky.call()
        }
        #[retry(schedule = match &self.own { Some(own) if own.attempts() > 0 => own.clone(), _ => FAST.clone() }, on = |_| true)]
        async fn get_async(&mut self) -> Result<u32, Down> {
            self.flaky.call()
        }
    }
    #[test]
    fn retries() {
        assert_eq!(
            S {
                own: None,
                flaky: flaky()
            }
            .get(),
            Ok(3)
        );
        assert_eq!(
            run(S {
                own: Some(FAST.clone()),
                flaky: flaky()
            }
            .get_async()),
            Ok(3)
        );
    }
}

mod static_in_module {
    use super::*;

    mod schedules {
        use retry_core::Schedule;
        use std::time::Duration;
        pub static FAST: Schedule = Schedule::from_static(&[
            Duration::from_millis(1),
            Duration::from_millis(1),
            Duration::ZERO,
        ]);
    }
    #[retry(schedule = &schedules::FAST, on = |_| true)]
    fn get() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = &crate::schedules::static_in_module::schedules::FAST, on = |_| true)]
    async fn get_async() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get(), Ok(3));
        assert_eq!(run(get_async()), Ok(3));
    }
}

mod trait_const_of_generic {
    use super::*;
    use retry_core::Schedule;
    use std::time::Duration;

    trait Plan {
        const PLAN: Schedule;
    }
    struct Fast;
    impl Plan for Fast {
        const PLAN: Schedule = Schedule::from_static(&[
            Duration::from_millis(1),
            Duration::from_millis(1),
            Duration::ZERO,
        ]);
    }
    #[retry(schedule = <P as Plan>::PLAN, on = |_| true)]
    fn get<P: Plan>() -> Result<u32, Down> {
        call()
    }
    #[retry(schedule = P::PLAN, on = |_| true)]
    async fn get_async<P: Plan>() -> Result<u32, Down> {
        call()
    }
    #[test]
    fn retries() {
        assert_eq!(get::<Fast>(), Ok(3));
        assert_eq!(run(get_async::<Fast>()), Ok(3));
    }
}
