use retry_core::retry_block;
use std::io;

fn main() {
    let _: io::Result<String> = retry_block!(schedule = [1s, 0], on = |_| true, attempt_timeout = 2s => {
        std::fs::read_to_string("status")
    });
}
