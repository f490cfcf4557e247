#[path = "../net/dial.rs"]
mod dial;

fn main() {
    dial::dial().unwrap();
}
