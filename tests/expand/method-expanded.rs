impl Connection {
    /// Sends the frame, over a new connection if need be.
    ///
    /// # Retries
    ///
    /// Up to 3 attempts, with waits of 250ms, 1.5s between them, each ±20 %: at worst 2.1s of waiting.
    /// Tried again: an error for which `io::Error::is_transient` is true.
    pub(crate) fn send(&mut self, mut frame: Frame) -> io::Result<usize> {
        let backoffs = ::retry_core::backoffs!(
            [
                ::core::time::Duration::from_millis(250),
                ::core::time::Duration::from_millis(1500),
                ::core::time::Duration::ZERO
            ],
            fn
        );
        ::retry_core::nested!();
        let mut attempt = 0_u32;
        loop {
            let backoff = backoffs[attempt as usize];
            let wait = match (|| -> io::Result<usize> {
                frame.sequence += 1;
                self.socket()?.write(frame.as_bytes())
            })() {
                ::core::result::Result::Err(error)
                    if backoff != ::core::time::Duration::ZERO
                        && io::Error::is_transient(&error) =>
                {
                    let wait = ::retry_core::jitter!(backoffs, backoff, 0.2);
                    ::retry_core::retrying!(backoffs, attempt, wait, &error);
                    wait
                }
                result => {
                    ::retry_core::ended!(backoffs, attempt, result : Result);
                    return result;
                }
            };
            ::retry_core::sleep_blocking!(wait);
            attempt += 1;
        }
    }
}
