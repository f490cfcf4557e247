//! The sockets of Unix.

/// The module of a file that `#[path]` leads to is beside it.
mod beside;

#[retry(schedule = linear(10ms, step = 10ms, attempts = 12), on = |error| error.kind() == WouldBlock)]
fn connect(path: &Path) -> io::Result<Socket> {
    Socket::connect(path)
}
