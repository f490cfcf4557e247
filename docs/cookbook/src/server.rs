//! An HTTP server on this machine. Answers flow in, one for each request; what was requested flows out.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Gives one answer to each request, in their order, and 500 to those that follow.
#[derive(Debug)]
pub struct Server {
    url: String,
    requests: Arc<Mutex<Vec<String>>>,
}

/// What a [`Server`] answers, see [`answer`].
#[derive(Debug)]
pub struct Answer {
    status: u16,
    headers: String,
    body: &'static str,
    is_cut_off: bool,
}

/// An answer with that status, and no body.
pub fn answer(status: u16) -> Answer {
    Answer {
        status,
        headers: String::new(),
        body: "",
        is_cut_off: false,
    }
}

impl Answer {
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers += &format!("{name}: {value}\r\n");
        self
    }

    #[must_use]
    pub fn body(mut self, body: &'static str) -> Self {
        self.body = body;
        self
    }

    /// The connection ends before the last byte of the body.
    #[must_use]
    pub fn cut_off(mut self) -> Self {
        self.is_cut_off = true;
        self
    }

    fn write(&self, stream: &mut TcpStream) -> std::io::Result<()> {
        let Self {
            status,
            headers,
            body,
            is_cut_off,
        } = self;
        let length = body.len() + usize::from(*is_cut_off);
        write!(
            stream,
            "HTTP/1.1 {status} -\r\n{headers}content-length: {length}\r\nconnection: close\r\n\r\n{body}"
        )
    }
}

impl Server {
    /// Listens on a free port, for as long as the process lives.
    ///
    /// # Panics
    ///
    /// If this machine has no port.
    pub fn giving(answers: impl IntoIterator<Item = Answer>) -> Self {
        // With some of the heavy recipes, `reqwest` can speak TLS, and asks for cryptography even where none is used. Another
        // test may have installed it.
        #[cfg(feature = "rustls")]
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("the port");
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        let mut answers: Vec<Answer> = answers.into_iter().collect();
        answers.reverse();
        thread::spawn(move || {
            for stream in listener.incoming() {
                // A client may hang up whenever it likes.
                let _ = stream.and_then(|mut stream| {
                    let request = read(&stream)?;
                    seen.lock().unwrap().push(request);
                    answers
                        .pop()
                        .unwrap_or_else(|| answer(500))
                        .write(&mut stream)
                });
            }
        });
        Self {
            url: format!("http://{address}"),
            requests,
        }
    }

    /// Its address, without a `/` at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The requests so far, each from its first line to the end of its body.
    ///
    /// # Panics
    ///
    /// If the server panicked.
    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads a request whose body, if it has one, is as long as its header says.
fn read(stream: &TcpStream) -> std::io::Result<String> {
    let mut stream = BufReader::new(stream);
    let mut request = String::new();
    let mut length = 0;
    while stream.read_line(&mut request)? > 2 {
        let line = request.lines().last().unwrap_or_default();
        if let Some((name, value)) = line.split_once(": ")
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.parse().unwrap_or_default();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    Ok(request + &String::from_utf8_lossy(&body))
}
