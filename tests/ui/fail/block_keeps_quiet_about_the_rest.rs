use retry_core::retry_block;
use std::io;

fn main() -> io::Result<()> {
    let path = String::from("status");
    let status =
        retry_block!(schedule = [1s, 2s], on = is_transient => { std::fs::read_to_string(&path) })?;
    println!("{}", status.trim());
    Ok(())
}

fn is_transient(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::TimedOut
}
