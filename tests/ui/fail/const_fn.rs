use retry_core::retry;

#[retry(schedule = [1s, 0], on = |_| true)]
const fn parse(digit: u8) -> Result<u8, ()> {
    match digit {
        b'0'..=b'9' => Ok(digit - b'0'),
        _ => Err(()),
    }
}

fn main() {
    let _ = parse(b'7');
}
