//! Half-written, but the rest of the workspace is listed all the same.

mod whole;

#[retry(schedule = [1s, 2s, 0], on = is_busy)]
fn half() -> io::Result<()> {
    let = ;
}
