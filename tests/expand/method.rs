impl Connection {
    /// Sends the frame, over a new connection if need be.
    #[retry(schedule = [250ms, 1.5s, 0], on = io::Error::is_transient)]
    pub(crate) fn send(&mut self, mut frame: Frame) -> io::Result<usize> {
        frame.sequence += 1;
        self.socket()?.write(frame.as_bytes())
    }
}
