use retry_core::{Schedule, retry};

#[retry(schedule = if urgent { &FAST } else { 7 }, on = |_| true)]
fn fetch(urgent: bool) -> Result<(), Down> {
    Err(Down)
}

static FAST: Schedule = Schedule::from_static(&[std::time::Duration::ZERO]);

struct Down;

fn main() {}
