mod dial;

/// The macro refuses this one, twice.
#[retry(schedule = [1s, 2s], jitter = 1.5, on = is_busy)]
fn listen() -> io::Result<Listener> {
    Listener::bind()
}
