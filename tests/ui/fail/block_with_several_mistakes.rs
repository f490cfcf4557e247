use retry_core::retry_block;
use std::io;

fn main() -> io::Result<()> {
    let status = retry_block!(schedule = [1s, 2], jiter = 0.1, on = |_| true => { fetch() })?;
    drop(status);
    Ok(())
}

fn fetch() -> io::Result<String> {
    std::fs::read_to_string("status")
}
