//! What the macros say while the `tokio` feature of `retry-core` is off.

#[test]
fn async_code_without_a_timer_is_explained() {
    trybuild::TestCases::new().compile_fail("fail/*.rs");
}
