//! Async bodies that branch, so that each has more than one counter when its lines are counted. Compiled by `coverage.rs`.

use async_trait::async_trait;
use retry_core::{retry, retry_block};

#[retry(schedule = [1ms, 0], on = |_| true)]
pub async fn function(n: u32) -> Result<u32, u32> {
    if n > 3 { Ok(n) } else { Err(n) }
}

pub async fn block(n: u32) -> Result<u32, u32> {
    retry_block!(schedule = [1ms, 0], on = |_: &u32| true => async { if n > 3 { Ok(n) } else { Err(n) } })
}

#[async_trait]
pub trait Get {
    async fn method(&self, n: u32) -> Result<u32, u32>;
}

#[async_trait]
impl Get for u32 {
    #[retry(schedule = [1ms, 0], on = |_| true)]
    async fn method(&self, n: u32) -> Result<u32, u32> {
        if n > *self { Ok(n) } else { Err(n) }
    }
}
