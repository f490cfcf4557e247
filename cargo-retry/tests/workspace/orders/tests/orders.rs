#[test]
fn an_order_is_taken() {
    let taken = retry_block!(schedule = [10ms, 20ms, 0], until = |taken: &bool| *taken => { take() });
    assert!(taken);
}
