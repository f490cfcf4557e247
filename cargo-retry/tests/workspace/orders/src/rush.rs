#![cfg(not(target_arch = "wasm32"))]

#[cfg_attr(feature = "retries", retry(schedule = exponential(1s, max = 60s, attempts = 10), on = is_busy), must_use)]
pub fn rush(order: &Order) -> Result<(), OrderError> {
    order.rush()
}
