use retry_core::retry;

#[retry(schedule = [1s, 0])]
fn fetch() -> Fallible<u8> {
    Ok(7)
}

type Fallible<T> = Result<T, ()>;

fn main() {}
