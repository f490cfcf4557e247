//! The remote API: tells what a thing costs, and hangs up on whoever asks for it the first few times.

use std::collections::HashMap;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread;

struct Api {
    failures: u32,
    /// How many there were for each thing.
    requests: HashMap<u32, u32>,
}

/// Serves on a free port for as long as the program runs.
pub fn start(failures: u32) -> io::Result<SocketAddr> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let addr = listener.local_addr()?;
    let mut api = Api {
        failures,
        requests: HashMap::new(),
    };
    thread::spawn(move || {
        for connection in listener.incoming() {
            // A connection that broke is its client's to make again.
            let _ = connection.and_then(|connection| api.answer(&connection));
        }
    });
    Ok(addr)
}

impl Api {
    fn answer(&mut self, mut connection: &TcpStream) -> io::Result<()> {
        let mut request = String::new();
        BufReader::new(connection).read_line(&mut request)?;
        let id = request.strip_prefix("do the thing ").map(str::trim);
        let Some(id) = id.and_then(|id| id.parse().ok()) else {
            return writeln!(connection, "what?");
        };
        let count = self.requests.entry(id).or_default();
        *count += 1;
        if *count <= self.failures {
            return Ok(());
        }
        let price = 100 + u64::from(id);
        writeln!(connection, "{price}")
    }
}
