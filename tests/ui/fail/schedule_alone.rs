use retry_core::{Schedule, schedule};

const ENDLESS: Schedule = schedule![1s, 2s];
const UNIT: Schedule = schedule![1, 0];
const EMPTY: Schedule = schedule![];
const SHAPE: Schedule = schedule!(exponential(1s));

fn main() {}
