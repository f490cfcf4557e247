use retry_core::{Schedule, schedule};

const TEXT: Schedule = schedule!("1s, 2s, 0");
const TWICE: Schedule = schedule![[1s, 2s, 0]];
const ARRAY: Schedule = schedule!(&[1s, 2s]);
const BY_ERROR: Schedule = schedule!(match { Down => [1s, 0] });
const EMPTY: Schedule = schedule![];

struct Down;

fn main() {}
